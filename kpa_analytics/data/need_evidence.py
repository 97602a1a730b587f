"""Whether evidence can rest on records: packs, documents and published folders are evidence."""

from __future__ import annotations

from kpa_analytics.data.training_data import TrainingData, need_one_account
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import need, need_switch
from kpa_analytics.wording import count


def need_evidence(data: TrainingData, incremental: object) -> None:
    """Raise a KPADataError for records on which evidence must not rest.

    Those of several accounts have other ids than the vendor's. Records that lack a column, or that
    are more or fewer than their snapshots, are not those that were downloaded. Incremental
    completions may lack corrections of older records; `incremental=True` accepts them.
    """
    need_one_account(data.users)
    accepted = need_switch(incremental, "incremental")
    for name, frame in data.frames.items():
        table = endpoint_of(name).table
        need(frame, table, *table.schema)
    _need_rows_of_snapshots(data)
    snapshot = data.snapshots.get("completions")
    if snapshot is None or snapshot.walk == "full" or accepted:
        return
    raise KPADataError(
        "the completions were only updated from their newest pages (refresh='recent'), so "
        "corrections of older records may be missing: use load_all(refresh=True), or pass "
        "incremental=True to accept them"
    )


def _need_rows_of_snapshots(data: TrainingData) -> None:
    """Refuse records that were added or removed since the download: its proof is not theirs."""
    for name, frame in data.whole.frames.items():
        snapshot = data.whole.snapshots.get(name)
        if snapshot and snapshot.rows != frame.height:
            raise _changed(name, frame.height, snapshot.rows)
    chosen = data.whole.part(data.scope)
    for name, frame in data.frames.items():
        if chosen.frames[name].height != frame.height:
            raise _changed(name, frame.height, chosen.frames[name].height)


def _changed(name: str, rows: int, loaded: int) -> KPADataError:
    return KPADataError(
        f"{name}: {count(rows, 'row')} instead of {loaded:,}: rows were added or removed after the "
        "download, so its proof does not hold; use the records as they were loaded"
    ).in_python(
        "people=, trainings= and field_office= of export_audit() choose some of them; a "
        "TrainingData of other frames is made without snapshots"
    )
