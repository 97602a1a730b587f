"""Whether evidence can rest on records: packs, documents and published folders are evidence."""

from __future__ import annotations

from kpa_analytics.data.training_data import TrainingData, need_one_account
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need, need_switch


def need_evidence(data: TrainingData, incremental: object) -> None:
    """Raise a KPADataError for records on which evidence must not rest.

    Those of several accounts have other ids than the vendor's, and records that lack a column are
    not those that were downloaded. Incremental completions may lack corrections of older records;
    `incremental=True` accepts them.
    """
    need_one_account(data.users)
    accepted = need_switch(incremental, "incremental")
    for name, frame in data.frames.items():
        table = endpoint_of(name).table
        need(frame, table, *table.schema)
    snapshot = data.snapshots.get("completions")
    if snapshot is None or snapshot.walk == "full" or accepted:
        return
    raise KPADataError(
        "the completions were only updated from their newest pages (refresh='recent'), so "
        "corrections of older records may be missing: use load_all(refresh=True), or pass "
        "incremental=True to accept them"
    )
