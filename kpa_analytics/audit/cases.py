"""Every case with the evidence behind it: who taught it, what is on file, what limits it."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.counting_records import counting_records
from kpa_analytics.analysis.limiting import HELD, OWN_PROOF, limiting_trainings
from kpa_analytics.audit.identity import with_numbers
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.names import with_names
from kpa_analytics.schema import CASES

#: What proves a completion, the strongest first.
SIGNED, FILE, INSTRUCTOR_ONLY, NOTHING, NOT_KNOWN = EVIDENCE = (
    "signed",
    "file",
    "instructor_only",
    "nothing",
    "not_known",
)
_PROOF = ("m_instructor_id", "signed", "files")


def audit_cases(data: TrainingData, status: pl.DataFrame) -> pl.DataFrame:
    """Add employee numbers, instructor, signature, files and limiting training to every case.

    `status` is the result of `expiry_status()` for the whole catalogue. The result is in
    `schema.CASES`, in the same order.
    """
    rows = limiting_trainings(status, data.trainings)
    counting = counting_records(data.completions, status)
    proof = counting.select("m_user_id", proof_training="training_id").hstack(
        data.completions.select(_PROOF)[counting["row"]]
    )
    joined = rows.with_columns(
        proof_training=pl.coalesce("limited_by_id", "training_id"),
    ).join(
        proof,
        on=["m_user_id", "proof_training"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )
    return (
        joined.lazy()
        .pipe(with_names, data.users, "m_instructor_id", "instructor")
        .collect()
        .pipe(with_numbers, data.users)
        .select(CASES.schema.names())
    )


def valid_completions(cases: pl.DataFrame) -> pl.DataFrame:
    """The cases that a completion of their own proves as of the day: current or expiring soon.

    `evidence` says what is on file: a signature, else a file, else only the instructor's name, else
    nothing. It is `not_known` where the API did not say.
    """
    valid = HELD & OWN_PROOF
    evidence = (
        pl.when("signed")
        .then(pl.lit(SIGNED))
        .when(pl.col("files") > 0)
        .then(pl.lit(FILE))
        .when(pl.col("signed").is_null() | pl.col("files").is_null())
        .then(pl.lit(NOT_KNOWN))
        .when(pl.col("m_instructor_id").is_not_null())
        .then(pl.lit(INSTRUCTOR_ONLY))
        .otherwise(pl.lit(NOTHING))
    )
    return cases.filter(valid).with_columns(evidence.cast(pl.Enum(EVIDENCE)).alias("evidence"))


def held_through_included(cases: pl.DataFrame) -> int:
    """The cases that are current or expiring soon, but only through included trainings.

    `valid_completions` leaves them out, because the completions of the included trainings are there
    already.
    """
    return cases.filter(HELD & ~OWN_PROOF).height
