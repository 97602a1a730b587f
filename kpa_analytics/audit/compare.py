"""`changes()` and `status_changes()`: compare two loads, kept snapshots or evidence packs."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.situation import Situation
from kpa_analytics.analysis.status_changes import changed_cases
from kpa_analytics.as_of import Day, as_day, day_of
from kpa_analytics.audit.covered_part import part_settings, refuse_other_part
from kpa_analytics.audit.pack_data import PackData, read_pack
from kpa_analytics.audit.since_earlier_pack import refuse_incomparable
from kpa_analytics.data.changes import completions_of, table_changes
from kpa_analytics.data.kept_data import kept_data
from kpa_analytics.data.snapshots import Kept, Snapshot, SnapshotFolder, read_snapshot
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.demo_mark import is_demo
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import ACCOUNT, need_same_account
from kpa_analytics.paths import typed_path
from kpa_analytics.schema import COMPLETIONS
from kpa_analytics.statuses import EXPIRING_DAYS
from kpa_analytics.wording import day as in_words


def changes(old: object, new: object) -> pl.DataFrame:
    """Compare two loads, record by record and field by field.

    Of two complete sides (loads, kept snapshots or packs), the completions, trainings, people and
    requirements are compared, so an edited rule is seen, too. If one side only has completions,
    only those are compared. Two packs are compared by what they show of people; the people of a
    pack and of a load are not compared.

    Args:
        old: the earlier side: completions as `load_completions()` returns them, the result of
            `load_all()`, its snapshot of the completions, the path of a kept snapshot
            (`snapshots()` lists them), or the folder of an evidence pack. With a snapshot of the
            completions, the other tables are those kept at its time; a table of which none was
            kept is not compared.
        new: the later side, in any of the same forms.

    Returns:
        A frame in `schema.CHANGES`: one row per record added or removed, and one per field that was
        edited; sorted by table, kind of change, and id. Values are text.

    Raises:
        KPADataError: a side has none of these forms, a file of a pack was changed or is missing
            (the message names it), a completion has no id, two completions have the same id, one
            side has names and the other pseudonyms, one has invented data and the other real data,
            or the sides are of two accounts or cover different parts of the records (other people
            or trainings).

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> record = {"id": 1238, "training_id": 1046, "m_user_id": "ann", "notes": "by phone"}
        >>> old = pl.DataFrame([record], schema=COMPLETIONS.schema)
        >>> new = old.with_columns(notes=pl.lit("in person"))
        >>> changes(old, new).row(0)
        ('edited', 1238, 'ann', 1046, 'notes', 'by phone', 'in person', 'completions')
    """
    before, after = _side(old), _side(new)
    need_same_account(_account_of(before), _account_of(after))
    _refuse_invented_beside_real(before, after)
    _refuse_pseudonyms(before, after)
    _refuse_other_part(before, after)
    tables = _tables(before, "old"), _tables(after, "new")
    if isinstance(before, PackData) != isinstance(after, PackData):
        for side in tables:
            side.pop("users", None)
            if "trainings" in side:
                side["trainings"] = _as_in_a_pack(side["trainings"])
    return table_changes(*tables)


def status_changes(
    before: object,
    after: object,
    *,
    as_of: Day | tuple[Day, Day] | None = None,
    expiring_days: int | None = None,
    include_terminated: bool = False,
) -> pl.DataFrame:
    """Every case whose status differs between two loads, snapshots or packs, and its one cause.

    One thing changes at a time, in this order: the day (`time`), the requirements (`requirement`),
    the profiles (`person`), the catalogue (`rule`), and the completions (`record`). The last of
    them that changes the status of a case is its cause; `time` means that no other change matters.

    Args:
        before: the earlier side: the result of `load_all()`, its snapshot of the completions, the
            path of a kept snapshot of all completions (the other tables are those kept at its
            time), or the folder of an evidence pack.
        after: the later side, in any of the same forms.
        as_of: the day of both sides, or a tuple of the two days. Default: the day of a pack, the
            day on which kept or loaded completions were fetched (UTC), or today for other data.
        expiring_days: days before expiration that count as expiring, for trainings without their
            own number of days; default: those of a pack, otherwise 30.
        include_terminated: also count people who left; default False.

    Returns:
        A frame in `schema.STATUS_CHANGES`, one row per changed case, sorted by name, person and
        training: m_user_id, user, training_id, training, `before` and `after` (null: no such case),
        `cause` and `detail`.

    Raises:
        KPADataError: a side has none of these forms, nothing was kept of the trainings, people or
            requirements of a snapshot, the two sides are of two accounts or cover different parts
            of the records, only one has invented data, the two packs are not comparable, the first
            day is after the second, or another error of `expiry_status()`.

    Examples:
        >>> from datetime import date
        >>> from kpa_analytics.schema import COMPLETIONS, TRAININGS
        >>> done = pl.DataFrame([{"id": 1, "training_id": 7, "m_user_id": "a",
        ...     "date": date(2025, 1, 31)}], schema=COMPLETIONS.schema)
        >>> yearly = pl.DataFrame([{"id": 7, "renewal_months": 12}], schema=TRAININGS.schema)
        >>> old = TrainingData(completions=done, trainings=yearly)
        >>> rare = yearly.with_columns(renewal_months=pl.lit(36, pl.Int64))
        >>> new = TrainingData(completions=done, trainings=rare)
        >>> rows = status_changes(old, new, as_of="2026-06-30")
        >>> rows.select("cause", "detail").row(0)
        ('rule', '7: renewal_months 12 -> 36')
    """
    sides = _with_rules(before, "before"), _with_rules(after, "after")
    need_same_account(*map(_account_of, sides))
    _refuse_invented_beside_real(*sides)
    _refuse_pseudonyms(*sides)
    _refuse_other_part(*sides)
    if isinstance(sides[0], PackData) and isinstance(sides[1], PackData):
        refuse_incomparable(sides[0].folder, sides[0].manifest, sides[1].manifest)
    days = as_of if isinstance(as_of, tuple) else (as_of, as_of)
    if len(days) != 2 or not isinstance(as_of, tuple | str | date | None):
        raise KPADataError(
            f"as_of must be a day such as 2026-06-30 or a tuple of two such days, not {as_of!r}"
        )
    earlier, later = (
        _situation(side, name, day, expiring_days)
        for side, name, day in zip(sides, ("before", "after"), days, strict=True)
    )
    if earlier.as_of > later.as_of:
        raise KPADataError(f"as_of: {in_words(earlier.as_of)} is after {in_words(later.as_of)}")
    return changed_cases(earlier, later, include_terminated=include_terminated)


def earlier_completions(data: TrainingData) -> Kept | None:
    """The completions of the previous kept snapshot, or None."""
    current = data.snapshots.get(COMPLETIONS.name)
    if current is None or current.path is None:
        return None
    snapshots = SnapshotFolder(current.path.parents[2], COMPLETIONS, current.params)
    for path in reversed([path for path in snapshots.paths() if path.name < current.path.name]):
        if kept := snapshots.read(path):
            return kept
    return None


def _account_of(side: Any) -> Any:
    """The name of its account; for a frame, the frame, which may have the name."""
    if isinstance(side, PackData):
        return side.manifest.get(ACCOUNT)
    return side.account if isinstance(side, TrainingData) else side


def _side(given: object) -> Any:
    """A pack, loaded or kept data, or a frame of completions."""
    if isinstance(given, TrainingData):
        need_training_data(given)
    if isinstance(given, Snapshot):
        if given.path is None:
            raise KPADataError(f"the snapshot of {given.table} was not kept, so it has no file")
        return _kept(given.path)
    if isinstance(given, str | os.PathLike):
        path = typed_path(given)
        return read_pack(path) if path.is_dir() else _kept(path)
    return given


def _with_rules(given: object, name: str) -> Any:
    """A side from whose trainings and people the statuses follow."""
    side = _side(given)
    if isinstance(side, pl.DataFrame) and isinstance(given, str | os.PathLike):
        raise KPADataError(
            f"{name}: {os.fspath(given)} has only records, so their statuses are not known: give "
            "an evidence pack, or a snapshot of the completions where it was kept"
        ).in_python("snapshots() lists their paths")
    return side


def _kept(path: Path) -> TrainingData | pl.DataFrame:
    """Everything kept at the time of a snapshot; only the records of a file in another folder."""
    path = path.absolute()
    records = read_snapshot(path)
    is_kept, table = path.parent.parent.name == "snapshots", path.parent.name
    if is_kept and table != COMPLETIONS.name:
        raise KPADataError(
            f"{path} is a snapshot of {table}: a snapshot of the completions is needed, which also "
            "finds the other tables of that time"
        )
    return kept_data(path) if is_kept else records


def _refuse_invented_beside_real(*sides: Any) -> None:
    """Refuse demo data on one side only; a frame without records is neither."""
    before, after = map(_is_invented, sides)
    if None not in (before, after) and before != after:
        kinds = ("invented", "real") if before else ("real", "invented")
        raise KPADataError(
            f"the earlier side has {kinds[0]} data and the later one {kinds[1]} data, so they "
            "cannot be compared"
        )


def _is_invented(side: Any) -> bool | None:
    """By the ids of people: a frame has nothing else that says so. A part may have no records."""
    data = side.data if isinstance(side, PackData) else side
    frames = data.whole.frames.values() if isinstance(data, TrainingData) else [data]
    if not all(isinstance(frame, pl.DataFrame | pl.LazyFrame) for frame in frames):
        return None  # it is refused where its records are read
    has_rows = any(frame.lazy().head(1).collect(engine="in-memory").height for frame in frames)
    return is_demo(*frames) if has_rows else None


def _refuse_pseudonyms(*sides: Any) -> None:
    before, after = (isinstance(side, PackData) and side.names is False for side in sides)
    if before != after:
        hidden, named = sides if before else sides[::-1]
        other = named.folder if isinstance(named, PackData) else None
        raise KPADataError(
            f"{hidden.folder} has pseudonyms and {other or 'the other side'} has names, so they "
            "cannot be compared"
        )


def _refuse_other_part(*sides: Any) -> None:
    """Refuse sides that cover other people or trainings; a frame does not say what it covers."""
    before, after = map(_covered, sides)
    if before and after:
        refuse_other_part(*before, *after)


def _covered(side: Any) -> tuple[str, dict[str, Any]] | None:
    """The name of a side, and the part that it covers, as the settings of a pack."""
    if isinstance(side, PackData):
        return f"{side.folder}", side.manifest["settings"]
    return ("the load", part_settings(side.scope)) if isinstance(side, TrainingData) else None


def _tables(side: Any, name: str) -> dict[str, pl.DataFrame]:
    """The tables of a side, as `table_changes` needs them."""
    pack = side if isinstance(side, PackData) else None
    data = pack.data if pack else side
    tables = {"completions": completions_of(data, name)}
    if isinstance(data, TrainingData):
        required = pack.required if pack else data.requirements
        tables["trainings"] = data.trainings
        tables["users"] = pack.people if pack else data.users
        if required is not None:
            tables["required"] = required_pairs(required).collect()
        for unknown in _not_kept(data):
            tables.pop(unknown, None)
    return tables


def _as_in_a_pack(trainings: pl.DataFrame) -> pl.DataFrame:
    """The catalogue as a pack shows it: a training without a title has its id, a list no null."""
    return trainings.with_columns(
        pl.col("title").fill_null(pl.col("id").cast(pl.String)),
        pl.col("included_trainings_id").list.drop_nulls(),
    )


def _not_kept(data: TrainingData) -> list[str]:
    """The tables of which nothing was kept at the time of a snapshot: they are not known."""
    needed = ("trainings", "users", "employee_status")
    return [name for name in needed if data.snapshots and name not in data.snapshots]


def _situation(side: Any, name: str, as_of: Day | None, expiring_days: int | None) -> Situation:
    if isinstance(side, PackData):
        usual = side.manifest["settings"]["expiring_days"]
        data, day, required = side.data, side.as_of, side.required
    elif isinstance(side, TrainingData):
        if unknown := _not_kept(side):
            raise KPADataError(
                f"{name}: no snapshot of {' and '.join(unknown)} was kept at the time of these "
                "completions, so their statuses are not known; kpa-analytics fetch keeps all"
            ).in_python("load_all() keeps all of them")
        snapshot = side.snapshots.get(COMPLETIONS.name)
        fetched = snapshot.fetched_at.date() if snapshot and not side.demo else None
        usual, day = EXPIRING_DAYS, day_of(fetched, side.completions)
        data, required = side, side.requirements
    else:
        raise KPADataError(
            f"{name} must be the result of load_all(), a kept snapshot of the completions or an "
            f"evidence pack, not {type(side).__name__}"
        )
    return Situation(
        data.completions,
        data.trainings,
        data.users,
        required,
        day if as_of is None else as_day(as_of),
        usual if expiring_days is None else expiring_days,
    )
