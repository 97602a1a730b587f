"""Who exactly is meant: the employee number beside a name, the id where titles repeat.

In a company of some size, two people share a name and two trainings share a title. A table with
columns of its own for them gets a column of numbers (`with_numbers`). If a name has no column
beside it, in the report and in the charts, the number follows it in brackets (`Labels`).
"""

from __future__ import annotations

import polars as pl

from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.names import employee_numbers, known_trainings, people_names

#: The column of a person's id -> the columns of the name and of the employee number.
NAMED = {
    "m_user_id": ("user", "employeeNumber"),
    "m_instructor_id": ("instructor", "instructor_employeeNumber"),
}


def with_numbers(frame: pl.DataFrame, users: pl.DataFrame) -> pl.DataFrame:
    """Add the employee number right after each name of a frame that has the person's id.

    Examples:
        >>> users = pl.DataFrame({"id": ["a"], "employeeNumber": ["E7"]})
        >>> frame = pl.DataFrame({"m_user_id": ["a", "b"], "user": ["Smith, Jo", "b"], "n": [1, 2]})
        >>> with_numbers(frame, users).columns
        ['m_user_id', 'user', 'employeeNumber', 'n']
    """
    numbers = employee_numbers(users).collect(engine="in-memory")
    for key, (name, number) in NAMED.items():
        if {key, name} <= {*frame.columns} and number not in frame.columns:
            place = frame.columns.index(name) + 1
            column = frame.select(
                pl.col(key).replace_strict(
                    numbers["id"], numbers["employeeNumber"], default=None, return_dtype=pl.String
                )
            ).to_series()
            frame = frame.insert_column(place, column.alias(number))
    return frame


class Labels:
    """The names of people and trainings if there is room for only one text.

    A person is "Last, First (employee number)". A namesake without a number is "Last, First (id)".
    A training is its title, with its id in brackets if several trainings have this title.
    """

    def __init__(
        self, users: pl.DataFrame, trainings: pl.DataFrame, completions: pl.DataFrame
    ) -> None:
        self._people = _people_labels(users)
        titles = known_trainings(completions.lazy(), trainings).collect()
        repeated = titles.filter(pl.col("training").is_duplicated())
        self._trainings = repeated.select(
            "training_id", label=pl.format("{} ({})", "training", "training_id")
        )

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same frame with labels in place of names and titles."""
        columns = {*frame.columns}
        singles = [
            *((key, name, self._people) for key, (name, _) in NAMED.items()),
            ("training_id", "training", self._trainings),
            ("limited_by_id", "limited_by", self._trainings),
        ]
        lists = [
            ("m_instructor_ids", "instructor_names", self._people),
            ("trainings_id", "trainings", self._trainings),
        ]
        return frame.with_columns(
            *(_labelled(*single) for single in singles if {*single[:2]} <= columns),
            *(_listed(frame, *each) for each in lists if {*each[:2]} <= columns),
        )


def labels_of(data: TrainingData) -> Labels:
    """The labels of complete records, even if `data` is a part of them."""
    whole = data.whole
    return Labels(whole.users, whole.trainings, whole.completions)


def _people_labels(users: pl.DataFrame) -> pl.DataFrame:
    """`id` and `label` of everyone whose name alone does not say enough.

    A person without a name is called by the id, as `with_names` does.
    """
    known = (
        people_names(users, "id", "name")
        .join(employee_numbers(users), on="id", how="full", coalesce=True)
        .with_columns(pl.col("name").fill_null(pl.col("id")))
        .collect(engine="in-memory")
    )
    numbered = pl.coalesce(
        "employeeNumber", pl.when(pl.col("name").is_duplicated()).then("id")
    ).alias("number")
    return (
        known.with_columns(numbered)
        .drop_nulls("number")
        .select("id", label=pl.format("{} ({})", "name", "number"))
    )


def _labelled(key: str, name: str, labels: pl.DataFrame) -> pl.Expr:
    return pl.coalesce(_label(pl.col(key), labels), name).alias(name)


def _label(ids: pl.Expr, labels: pl.DataFrame) -> pl.Expr:
    return ids.replace_strict(
        labels.to_series(0), labels["label"], default=None, return_dtype=pl.String
    )


def _listed(frame: pl.DataFrame, key: str, names: str, labels: pl.DataFrame) -> pl.Series:
    """Labels for lists of names, whose ids are lists in the same order."""
    by_id = dict(labels.rows())
    pairs = zip(frame[key].to_list(), frame[names].to_list(), strict=True)
    texts = [
        [by_id.get(who, name) for who, name in zip(ids or [], known or [], strict=True)]
        for ids, known in pairs
    ]
    return pl.Series(names, texts, pl.List(pl.String))
