"""The changes since an earlier evidence pack: of cases, people and records."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.audit.bagit import pack_in
from kpa_analytics.audit.covered_part import refuse_other_part
from kpa_analytics.audit.manifest import read_manifest
from kpa_analytics.audit.pack_tables import need_facts, pack_table
from kpa_analytics.audit.part_moves import NO_MOVES, moves_between
from kpa_analytics.audit.verify import verify_audit
from kpa_analytics.data.changes import completion_changes
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import with_all_columns
from kpa_analytics.paths import typed_path
from kpa_analytics.schema import CASE_KEY, SINCE, STATUS
from kpa_analytics.statuses import EXPIRED, FROM_REQUIREMENTS, MISSING, VALID
from kpa_analytics.wording import day as in_words

#: The tables of a pack that are compared, each a Parquet file.
COMPARED = ("cases", "people", "records")

#: The changes of whole records.
_WHOLE = ("record_added", "record_removed")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class EarlierPack(NamedTuple):
    """An earlier pack, read and verified."""

    folder: Path
    manifest: dict[str, Any]
    cases: pl.DataFrame
    people: pl.DataFrame
    records: pl.DataFrame

    @property
    def as_of(self) -> date:
        """The day of its statuses."""
        return date.fromisoformat(self.manifest["as_of"])


class Since(NamedTuple):
    """The changes since an earlier pack.

    Attributes:
        rows: `schema.SINCE`.
        facts: which pack it was: as_of, fetched_at, seal; and how many changes of each kind.
        has_records: whether the earlier pack has anything to compare with.
        settings: those of the earlier pack and of this one, from their manifests.
        compares_records: whether the records were compared: not if ids are missing or repeated.
    """

    rows: pl.DataFrame
    facts: dict[str, Any]
    has_records: bool
    settings: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    compares_records: bool = True


def earlier_pack(folder: str | os.PathLike[str]) -> EarlierPack:
    """Read an earlier pack, or the pack in a BagIt bag.

    Raises:
        KPADataError: it is not an evidence pack, or it does not verify; the message names the file.
    """
    place = typed_path(folder)
    for path, finding, detail in verify_audit(place).rows():
        if finding != "litter":
            raise KPADataError(
                f"{place / path} is {finding}: {detail}. The packs were not compared"
            )
    pack = pack_in(place)
    manifest = read_manifest(pack)
    frames = []
    for name in COMPARED:
        if not (pack / f"{name}.parquet").is_file():
            raise KPADataError(
                f"{place} is not an evidence pack to compare with: it has no {name}.parquet"
            )
        frames.append(pack_table(pack, name))
    need_facts(pack, manifest)
    return EarlierPack(place, manifest, *frames)


def changes_since(
    old: EarlierPack,
    facts: dict[str, Any],
    cases: pl.DataFrame,
    people: pl.DataFrame,
    records: pl.DataFrame,
    whole: TrainingData | None = None,
) -> Since:
    """Compare an earlier pack with the cases, people and records of the pack being written.

    Args:
        old: the earlier pack.
        facts: the facts of the new manifest.
        cases: `schema.CASES`.
        people: `schema.PEOPLE`.
        records: `schema.RECORDS`.
        whole: the complete records, if the pack is about a part of them.

    Raises:
        KPADataError: the earlier pack is of another account, of other people or trainings, of a
            later day, or only one of the two has demo data or pseudonyms.
    """
    refuse_incomparable(old.folder, old.manifest, facts)
    _refuse_other_account(old, people, records)
    new_people = people.filter("employed", _chosen(facts))
    old_people = old.people.filter("employed", _chosen(old.manifest))
    joined = new_people.join(old_people, on="m_user_id", how="anti")
    gone = old_people.join(new_people, on="m_user_id", how="anti")
    moves = NO_MOVES
    if whole is not None:
        day = date.fromisoformat(facts["as_of"])
        moves = moves_between(old.as_of, day, joined, gone, old.records["id"], whole)
    left_on = people.select("m_user_id", pl.col("left").alias("left_on"))
    gone = gone.join(left_on, on="m_user_id", how="left")
    titles = pl.concat([cases, old.cases], how="diagonal").unique("training_id", keep="first")
    named = pl.concat([people, old.people], how="diagonal").unique("m_user_id", keep="first")
    moved = [*moves.moved_in, *moves.moved_out]
    comparable = all(
        side["id"].is_not_null().all() and side["id"].is_unique().all()
        for side in (old.records, records)
    )
    of_records = SINCE.empty()
    if comparable:
        of_records = _of_records(old.records, records, named, titles)
    only_moved = pl.col("record_id").is_in(moves.records)
    rows = pl.concat(
        [
            _of_cases(old, cases, facts["settings"]).filter(
                _outside([*gone["m_user_id"], *moves.moved_in])
            ),
            _of_people("joined", joined.filter(_outside(moved)), pl.col("hired")),
            _of_people("left", gone.filter(_outside(moved)), pl.col("left_on")),
            _of_people("moved_in", joined.filter(~_outside(moved)), pl.lit(None)),
            _of_people("moved_out", gone.filter(~_outside(moved)), pl.lit(None)),
            of_records.filter(~(pl.col("change").is_in(_WHOLE) & only_moved)),
        ]
    ).sort("change", "user", "m_user_id", "training", "training_id", "record_id", "field")
    numbers = pl.concat([people, old.people], how="diagonal").select("m_user_id", "employeeNumber")
    known = numbers.unique("m_user_id", keep="first", maintain_order=True)
    rows = rows.update(known, on="m_user_id", how="left")
    counts = dict(rows.group_by(pl.col("change").cast(pl.String)).len().iter_rows())
    kinds = {kind: counts.get(kind, 0) for kind in SINCE.schema["change"].categories}  # type: ignore[attr-defined]
    if not comparable:
        kinds = {kind: None if kind.startswith("record") else n for kind, n in kinds.items()}
    described = {name: old.manifest.get(name) for name in ("title", "as_of", "fetched_at", "seal")}
    if altered := old.manifest.get("altered"):
        described["altered"] = altered
    return Since(
        rows,
        {**described, "changes": kinds},
        bool(old.cases.height + old.records.height),
        (old.manifest["settings"], facts["settings"]),
        comparable,
    )


def _outside(people: list[str]) -> pl.Expr:
    """True unless a row is about one of these people; a record that names nobody is kept."""
    return (~pl.col("m_user_id").is_in(people)).fill_null(True)


def _chosen(facts: dict[str, Any]) -> pl.Expr:
    """Whether a person is one of those whom the pack is about, and not only an instructor."""
    people = facts["settings"].get("scope", {}).get("people")
    return pl.col("m_user_id").is_in(people) if people else pl.lit(True)


def refuse_incomparable(folder: Path, earlier: dict[str, Any], facts: dict[str, Any]) -> None:
    """Raise an error if two packs cannot be compared by what their manifests say.

    `folder` is that of the earlier pack.
    """
    for name, this, that in (
        ("demo", "invented data", "real data"),
        ("names", "names", "pseudonyms"),
    ):
        before, after = (
            side.get(name, side.get("settings", {}).get(name)) for side in (earlier, facts)
        )
        if before != after:
            there, here = (this, that) if before else (that, this)
            raise KPADataError(
                f"{folder} has {there} and this pack has {here}, so they cannot be compared"
            )
    before, after = (side.get("account") for side in (earlier, facts))
    if before and after and before != after:
        raise KPADataError(
            f"{folder} belongs to another account, {before}; these records belong to {after}"
        )
    before, after = (_hosts(side["hosts"]) for side in (earlier, facts))
    if before and after and before != after:
        raise KPADataError(
            f"{folder} belongs to another account: its records are from {', '.join(before)}, and "
            f"these are from {', '.join(after)}"
        )
    refuse_other_part(f"{folder}", earlier["settings"], "this pack", facts["settings"])
    if earlier["as_of"] > facts["as_of"]:
        days = [in_words(date.fromisoformat(side["as_of"])) for side in (earlier, facts)]
        raise KPADataError(f"{folder} is as of {days[0]}, which is after {days[1]}")


def _hosts(hosts: list[str]) -> list[str]:
    """The hosts without the port of a server on this machine, because that port changes."""
    return sorted(
        {host.rpartition(":")[0] if host.startswith(_LOOPBACK) else host for host in hosts}
    )


def _refuse_other_account(old: EarlierPack, people: pl.DataFrame, records: pl.DataFrame) -> None:
    """Raise an error if the packs have nobody in common, or use the same ids for other records."""
    another = f"{old.folder} belongs to another account"
    known = people["m_user_id"].is_in(old.people["m_user_id"].implode())
    if old.people.height and people.height and not known.any():
        raise KPADataError(f"{another}: none of its people are in these records")
    same_id = old.records.join(records, on="id", how="inner", suffix="_new")
    same = same_id.filter(pl.col("created").eq_missing(pl.col("created_new")))
    if same_id.height and same.is_empty():
        raise KPADataError(f"{another}: its records have the same ids as different records here")


def _of_cases(old: EarlierPack, new: pl.DataFrame, settings: dict[str, Any]) -> pl.DataFrame:
    """The cases whose status or completion changed."""
    columns = (*CASE_KEY, "user", "training", "completion_id", "date", "expiration_date", "status")
    both = old.cases.select(columns).join(
        new.select(columns), on=CASE_KEY, how="full", coalesce=True, suffix="_new", nulls_equal=True
    )
    before, after = pl.col("status"), pl.col("status_new")
    unknown_then, unknown_now = (
        side.get("required") == "unknown" for side in (old.manifest["settings"], settings)
    )
    # A training that the requirements alone bring up is not new if they were not known before.
    only_required = (unknown_then & before.is_null() & after.is_in(FROM_REQUIREMENTS)) | (
        unknown_now & after.is_null() & before.is_in(FROM_REQUIREMENTS)
    )
    same_record = pl.col("completion_id_new") == pl.col("completion_id")
    is_later = (pl.col("date_new") > pl.col("date")) & ~same_record.fill_null(False)
    was_on_file = pl.col("completion_id_new").is_in(old.records["id"].implode())
    is_first = (pl.col("date_new") > old.as_of) | ~was_on_file.fill_null(True)
    change = (
        pl.when(only_required.fill_null(False))
        .then(None)
        .when((after == EXPIRED) & before.ne_missing(pl.lit(EXPIRED, STATUS)))
        .then(pl.lit("newly_expired"))
        .when((after == MISSING) & before.ne_missing(pl.lit(MISSING, STATUS)))
        .then(pl.lit("newly_missing"))
        .when(is_later)
        .then(pl.lit("renewed"))
        .when(pl.col("date").is_null() & after.is_in(VALID) & is_first)
        .then(pl.lit("first_completed"))
        .when(after.ne_missing(before))
        .then(pl.lit("other_status"))
    )
    day = pl.when(after == EXPIRED).then("expiration_date_new").otherwise("date_new")
    changed = both.with_columns(
        change=change,
        user=pl.coalesce("user_new", "user"),
        training=pl.coalesce("training_new", "training"),
        day=day,
        before=before.cast(pl.String),
        after=after.cast(pl.String),
    ).filter(pl.col("change").is_not_null())
    return with_all_columns(changed, SINCE.schema)


def _of_people(change: str, people: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    rows = people.with_columns(pl.lit(change).alias("change"), day.alias("day"))
    return with_all_columns(rows, SINCE.schema)


def _of_records(
    old: pl.DataFrame, new: pl.DataFrame, people: pl.DataFrame, titles: pl.DataFrame
) -> pl.DataFrame:
    rows = completion_changes(old, new).with_columns(
        pl.format("record_{}", pl.col("change").cast(pl.String)).alias("change")
    )
    named = (
        rows.join(people.select("m_user_id", "user"), on="m_user_id", how="left")
        .join(titles.select("training_id", "training"), on="training_id", how="left")
        .rename({"id": "record_id", "old": "before", "new": "after"})
        .with_columns(
            pl.col("user").fill_null(pl.col("m_user_id")),
            pl.col("training").fill_null(pl.col("training_id").cast(pl.String)),
        )
    )
    return with_all_columns(named, SINCE.schema)
