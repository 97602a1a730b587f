"""The details of changed statuses: which records, rules, people or requirements differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.schedules import SCHEDULE_FIELDS, schedules
from kpa_analytics.data.scope import with_included
from kpa_analytics.names import training_names
from kpa_analytics.schema import CASE_KEY, CAUSE
from kpa_analytics.wording import day as in_words
from kpa_analytics.wording import day_texts

if TYPE_CHECKING:
    from kpa_analytics.analysis.situation import Situation

#: The fields on which the status of a completion depends.
_OF_RECORD = ("id", *CASE_KEY, "created", "date", "special_expiration_date")
_OF_PERSON = ("id", "created", "hireDate", "terminationDate")
#: The id of a record in a text.
_RECORD = pl.col("id").cast(pl.String).fill_null("without an id")
#: Differences that a detail lists; the rest is only counted.
_LISTED = 3


def details(before: Situation, after: Situation, cases: pl.DataFrame) -> pl.DataFrame:
    """Add `detail` to each case: what its cause changed, as a text.

    `cases` has the columns m_user_id, training_id and cause. A composed training depends on the
    records and rules of its included trainings, too.
    """
    included = _included(before, after, cases)
    rules = _rules(before, after, included["included_id"].unique())
    texts = {
        "record": _texts(_records(before, after), included, CASE_KEY),
        "rule": _texts(rules, included, ["training_id"]),
        "person": _people(before, after),
        "requirement": _requirements(before, after),
    }
    explained = [
        cases.filter(pl.col("cause") == cause).join(
            text,
            on=[name for name in CASE_KEY if name in text.columns],
            how="left",
            nulls_equal=True,
        )
        for cause, text in texts.items()
    ]
    in_time = f"as of {in_words(after.as_of)} instead of {in_words(before.as_of)}"
    explained.append(cases.filter(pl.col("cause") == "time").with_columns(detail=pl.lit(in_time)))
    return pl.concat(explained).with_columns(pl.col("cause").cast(CAUSE))


def _included(before: Situation, after: Situation, cases: pl.DataFrame) -> pl.DataFrame:
    """Each training of the cases and the trainings on which its status depends, itself included."""
    rows = [
        (training, each)
        for training in cases["training_id"].unique()
        for each in {
            *with_included(before.trainings, [training]),
            *with_included(after.trainings, [training]),
        }
    ]
    types = {"training_id": pl.Int64, "included_id": pl.Int64}
    return pl.DataFrame(rows, schema=types, orient="row")


def _texts(differences: pl.DataFrame, included: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """One text for each case or training, with the differences of its included trainings."""
    rows = differences.rename({"training_id": "included_id"}).join(included, on="included_id")
    return _joined(rows.sort("included_id", maintain_order=True), keys)


def _joined(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    texts = pl.col("text").unique(maintain_order=True)
    more = texts.len().cast(pl.Int64) - _LISTED
    said = texts.head(_LISTED).str.join("; ")
    return rows.group_by(keys, maintain_order=True).agg(
        pl.when(more > 0).then(pl.format("{}; and {} more", said, more)).otherwise(said)
        .alias("detail")
    )  # fmt: skip


def _records(before: Situation, after: Situation) -> pl.DataFrame:
    """A text for each record that was added, removed or edited, and the case that it concerns."""
    old, new = (_distinct(side.completions, _OF_RECORD) for side in (before, after))
    only_old = old.join(new, on=_OF_RECORD, how="anti", nulls_equal=True)
    only_new = new.join(old, on=_OF_RECORD, how="anti", nulls_equal=True)
    edited = only_old.join(only_new, on="id", suffix="_new")
    added, removed = (
        rows.join(others, on="id", how="anti").select(
            *CASE_KEY,
            text=pl.format("record {} {}, {}", _RECORD, pl.lit(change), _completed()),
        )
        for change, rows, others in (
            ("added", only_new, only_old),
            ("removed", only_old, only_new),
        )
    )
    edit = edited.with_columns(text=pl.format("record {} edited: {}", "id", _edits(_OF_RECORD[1:])))
    moved_to = edit.select(m_user_id="m_user_id_new", training_id="training_id_new", text="text")
    return pl.concat([added, removed, edit.select(*CASE_KEY, "text"), moved_to]).unique(
        maintain_order=True
    )


def _rules(before: Situation, after: Situation, trainings: pl.Series) -> pl.DataFrame:
    """A text for each of the trainings whose schedule differs."""
    old, new = (
        _distinct(side.trainings.unique("id", keep="first", maintain_order=True), SCHEDULE_FIELDS)
        for side in (before, after)
    )
    titles = pl.concat([side.trainings.select("id", "title") for side in (after, before)])
    rows = [_whole(old, new, "removed from the catalogue")]
    rows.append(_whole(new, old, "added to the catalogue"))
    both = old.join(new, on="id", suffix="_new")
    rows.append(both.select("id", text=_edits(SCHEDULE_FIELDS[1:])).filter(pl.col("text") != ""))
    if before.expiring_days != after.expiring_days:
        text = f"expiring_days of the report {before.expiring_days} -> {after.expiring_days}"
        own = schedules(after.trainings).drop_nulls("expiring_days")
        without_own = pl.DataFrame({"id": trainings}).join(
            own, left_on="id", right_on="training_id", how="anti"
        )
        rows.append(without_own.with_columns(text=pl.lit(text)))
    named = pl.format("{} ({})", "training", "training_id")
    name = pl.coalesce(named, pl.col("training_id").cast(pl.String))
    return (
        pl.concat(rows)
        .lazy()
        .rename({"id": "training_id"})
        .join(training_names(titles), on="training_id", how="left", maintain_order="left")
        .select("training_id", text=pl.format("{}: {}", name, "text"))
        .collect(engine="in-memory")
    )


def _people(before: Situation, after: Situation) -> pl.DataFrame:
    """A text for each person whose profile differs in a day on which statuses depend."""
    old, new = (
        _distinct(side.users.unique("id", keep="first", maintain_order=True), _OF_PERSON)
        for side in (before, after)
    )
    both = old.join(new, on="id", suffix="_new")
    rows = pl.concat(
        [
            _whole(old, new, "profile removed"),
            _whole(new, old, "profile added"),
            both.select("id", text=_edits(_OF_PERSON[1:])).filter(pl.col("text") != ""),
        ]
    )
    return _joined(rows.rename({"id": "m_user_id"}), ["m_user_id"])


def _requirements(before: Situation, after: Situation) -> pl.DataFrame:
    """A text for each requirement that differs; without requirements, a side is not known."""
    old, new = (required_pairs(side.required).unique().collect() for side in (before, after))
    added = "now required" if before.required is not None else "required now, not known before"
    gone = "no longer required" if after.required is not None else "required before, not known now"
    rows = pl.concat(
        [
            new.join(old, on=CASE_KEY, how="anti").with_columns(text=pl.lit(added)),
            old.join(new, on=CASE_KEY, how="anti").with_columns(text=pl.lit(gone)),
        ]
    )
    return _joined(rows, CASE_KEY)


def _distinct(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The distinct rows, with lists, days and times as text."""
    rows = frame.select(columns)
    texts = []
    for name, dtype in rows.schema.items():
        if isinstance(dtype, pl.List):
            texts.append(pl.col(name).cast(pl.List(pl.String)).list.join("; "))
        elif isinstance(dtype, pl.Datetime):
            time = pl.col(name).dt.strftime("%H:%M:%S%.f UTC")
            texts.append(pl.format("{}, {}", day_texts(pl.col(name)), time).alias(name))
        elif dtype == pl.Date:
            texts.append(day_texts(pl.col(name)))
    return rows.with_columns(texts).unique(maintain_order=True)


def _whole(rows: pl.DataFrame, others: pl.DataFrame, text: str) -> pl.DataFrame:
    return rows.join(others, on="id", how="anti").select("id", text=pl.lit(text))


def _edits(columns: Sequence[str]) -> pl.Expr:
    """The fields that differ from their `_new` column, as `field old -> new`; "" if none does."""
    edits: list[Any] = [
        pl.when(_shown(name) != _shown(f"{name}_new")).then(
            pl.format("{} {} -> {}", pl.lit(name), _shown(name), _shown(f"{name}_new"))
        )
        for name in columns
    ]
    return pl.concat_str(edits, separator=", ", ignore_nulls=True)


def _shown(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).replace("", None).fill_null("(empty)")


def _completed() -> pl.Expr:
    return pl.format("completed {}", "date").fill_null("without a date")
