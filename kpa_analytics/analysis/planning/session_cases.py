"""The cases that a plan of sessions is about: gaps, and certificates that end within its weeks."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from kpa_analytics.analysis.case_groups import members, with_group_names
from kpa_analytics.analysis.composed import involved_trainings
from kpa_analytics.analysis.engine import Rules
from kpa_analytics.analysis.limiting import COMPLETED, OWN_PROOF
from kpa_analytics.analysis.single_trainings import single_trainings
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.employment import has_left
from kpa_analytics.names import known_trainings
from kpa_analytics.schema import CASE_KEY, STATUS
from kpa_analytics.statuses import GAPS

_ONE_DAY = timedelta(days=1)


#: The columns of a case: a person who needs a session of a training.
CASE_COLUMNS = pl.Schema(
    [
        ("m_user_id", pl.String),
        ("user", pl.String),
        ("name_rank", pl.UInt32),  # the number of the person in the order of names
        ("training_id", pl.Int64),  # the training that a session must teach
        ("training", pl.String),
        ("status", STATUS),  # null if only a composed training requires it
        ("expires", pl.Date),  # the day after which a new certificate must end; null: any helps
        ("due_id", pl.Int64),  # the training that is due: this one, or a composed one that needs it
        ("due_expires", pl.Date),  # the same as `expires`, for the training that is due
        ("due", pl.Date),  # the last day for a session in time; for a gap, the day of the plan
        ("is_gap", pl.Boolean),  # whether the training that is due is a gap
        ("composed", pl.String),  # the composed training that needs it; empty: due itself
        (
            "last_day",
            pl.Date,
        ),  # the person's last day of employment from `as_of` on; null if not known
        ("group", pl.String),
    ]
)


def session_cases(
    data: TrainingData,
    status: pl.DataFrame,
    rules: Rules,
    people: pl.DataFrame,
    *,
    as_of: date,
    end: date,
) -> pl.DataFrame:
    """The gaps on a day, and the cases that are due by `end`, each person and training once.

    People who leave before their certificate expires are left out. A composed training that a
    person would hold through the included trainings is replaced by those that must be completed. If
    several trainings need the same one, the case is that of the first due.

    Args:
        data: the records.
        status: their statuses on the day, perhaps with people who left.
        rules: the rules of their catalogue.
        people: the people of the records, as `numbered_by_name` returns them.
        as_of: the day.
        end: the last day of the plan.

    Returns:
        One row for each case in `CASE_COLUMNS`, those due first at the top.
    """
    due = _due(status, rules, people, as_of, end)
    through = pl.col("training_id").is_in([*rules.included]) & ~pl.col("own_proof")
    included = _included(data, status, due.filter(through).select(CASE_COLUMNS.names()), rules)
    cases = pl.concat([due.filter(~through).select(CASE_COLUMNS.names()), included])
    one_case = ["name_rank", "training_id"]
    ordered = cases.sort("due", *one_case, maintain_order=True)
    if included.is_empty():
        return ordered
    return ordered.filter(pl.struct(one_case).is_first_distinct())


def numbered_by_name(people: pl.DataFrame) -> pl.DataFrame:
    """The id, `left` and `back` of each person, and `name_rank`, the number in the order of names.

    Several columns of numbers are sorted many times faster than the names.

    Args:
        people: as `people_of` returns them.
    """
    return (
        people.sort("user", "m_user_id")
        .with_row_index("name_rank")
        .select("m_user_id", "left", "back", "name_rank")
    )


def _due(
    status: pl.DataFrame, rules: Rules, people: pl.DataFrame, as_of: date, end: date
) -> pl.DataFrame:
    closing = rules.windows_on(as_of).lazy().select("training_id", "next_closes")
    is_gap = pl.col("status").is_in(GAPS)
    leaves = has_left(pl.col("expires") + _ONE_DAY)
    still_to_come = pl.when(pl.col("left") > as_of).then("left")
    return (
        status.lazy()
        .join(closing, on="training_id", how="left", maintain_order="left")
        .with_columns(
            is_gap.alias("is_gap"),
            pl.when(is_gap | COMPLETED)
            .then("expiration_date")
            .otherwise("next_closes")
            .alias("expires"),
        )
        .filter(pl.col("is_gap") | (pl.col("expires") <= end))
        .join(people.lazy(), on="m_user_id", how="left", nulls_equal=True, maintain_order="left")
        .filter(~has_left(as_of), pl.col("is_gap") | ~leaves)
        .with_columns(
            pl.when("is_gap").then(pl.lit(as_of)).otherwise("expires").alias("due"),
            pl.col("training_id").alias("due_id"),
            pl.col("expires").alias("due_expires"),
            OWN_PROOF.alias("own_proof"),
            pl.lit("").alias("composed"),
            (still_to_come - _ONE_DAY).alias("last_day"),
            pl.lit(None, pl.String).alias("group"),
        )
        .collect(engine="in-memory")
    )


def _included(
    data: TrainingData, status: pl.DataFrame, cases: pl.DataFrame, rules: Rules
) -> pl.DataFrame:
    """The included trainings that make composed ones valid again.

    These are the ones that the person never completed. If the person completed all of them and none
    of the included trainings is due by then, the training's own schedule decides, and the one that
    expires first begins it anew. The others have cases of their own.
    """
    involved = (
        status.lazy()
        .filter(
            pl.col("m_user_id").is_in(cases["m_user_id"].implode()),
            pl.col("training_id").is_in(involved_trainings(rules.composed)),
        )
        .select(
            *("m_user_id", "training_id", "status"),
            COMPLETED.alias("is_completed"),
            OWN_PROOF.alias("own_proof"),
            pl.col("expiration_date").fill_null(date.max).alias("ends"),
        )
        .collect(engine="in-memory")
    )
    of_single = involved.lazy().rename({"training_id": "single"}).drop("own_proof")
    lacking = ~pl.col("is_completed").fill_null(False)
    lasting = (pl.col("first_end") > pl.col("due")).fill_null(False)
    ends_first = pl.col("single").get(pl.col("ends").arg_min()).over("case")
    titles = known_trainings(status.lazy().select("training_id"), data.trainings)
    return (
        _with_singles(cases, involved, rules)
        .join(of_single, on=["m_user_id", "single"], how="left", maintain_order="left")
        .join(_first_ends(involved, rules), on=CASE_KEY, how="left", maintain_order="left")
        .filter(lacking | lasting)
        .filter(lacking | (~lacking.any().over("case") & (pl.col("single") == ends_first)))
        .with_columns(
            training_id="single",
            composed="training",
            expires=pl.when(~lacking).then("expires"),
        )
        .drop("training")
        .join(titles, on="training_id", how="left", maintain_order="left")
        .select(CASE_COLUMNS.names())
        .collect(engine="in-memory")
    )


def _with_singles(cases: pl.DataFrame, involved: pl.DataFrame, rules: Rules) -> pl.LazyFrame:
    """The cases, numbered by `case`, once for each training to complete, in ascending order.

    `single` is that training (`single_trainings`).
    """
    proved = (
        involved.lazy()
        .filter("own_proof", pl.col("training_id").is_in([*rules.included]))
        .group_by("m_user_id")
        .agg(pl.col("training_id").sort().alias("proved"))
    )
    numbered = (
        cases.lazy()
        .with_row_index("case")
        .drop("status")
        .join(proved, on="m_user_id", how="left", maintain_order="left")
        .collect(engine="in-memory")
    )
    alike = ["training_id", "proved"]
    situations = numbered.select(alike).unique()
    singles = [
        sorted(single_trainings(composed, rules.included, {*(proved or ())}.__contains__))
        for composed, proved in situations.iter_rows()
    ]
    by_situation = situations.with_columns(pl.Series("single", singles, pl.List(pl.Int64)))
    return (
        numbered.lazy()
        .join(by_situation.lazy(), on=alike, how="left", nulls_equal=True, maintain_order="left")
        .explode("single")
    )


def _first_ends(involved: pl.DataFrame, rules: Rules) -> pl.LazyFrame:
    """The day on which the first included training of each composed one ends, as `first_end`."""
    pairs = [(composed, each) for composed, ids in rules.included.items() for each in ids]
    included = pl.LazyFrame(pairs, {"composed_id": pl.Int64, "training_id": pl.Int64}, orient="row")
    return (
        involved.lazy()
        .join(included, on="training_id")
        .group_by("m_user_id", training_id="composed_id")
        .agg(pl.col("ends").min().alias("first_end"))
    )


def in_groups(cases: pl.DataFrame, data: TrainingData, by: str | None) -> pl.DataFrame:
    """The cases with the name of each person's group: of several, the alphabetically first one."""
    if by is None:
        return cases
    named = with_group_names(members(data.users, by), by, data.users, data.groups)
    first = named.group_by("m_user_id").agg(pl.col(by).min().alias("group"))
    return (
        cases.lazy()
        .drop("group")
        .join(first, on="m_user_id", how="left", maintain_order="left")
        .collect(engine="in-memory")
    )
