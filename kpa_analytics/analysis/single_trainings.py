"""The trainings that a person completes one by one to hold a composed training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence


def single_trainings(
    training_id: int, included: Mapping[int, Sequence[int]], has_own_proof: Callable[[int], bool]
) -> set[int]:
    """The trainings that must be completed one by one to hold a training. docs/rules.md section 12.

    Args:
        training_id: the training.
        included: the included trainings of each composed training, as in `Rules.included`.
        has_own_proof: whether the person has completed a training itself, not only through its
            included trainings (`limiting.OWN_PROOF`). Such a training is completed as a whole
            again.

    Examples:
        >>> included = {4: [1, 5], 1: [2, 3]}
        >>> sorted(single_trainings(4, included, lambda training: False))
        [2, 3, 5]
        >>> sorted(single_trainings(4, included, lambda training: training == 1))
        [1, 5]
    """
    if training_id not in included or has_own_proof(training_id):
        return {training_id}
    return {
        single
        for each in included[training_id]
        for single in single_trainings(each, included, has_own_proof)
    }
