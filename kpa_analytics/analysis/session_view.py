"""The rows of the group training explorer, without any drawing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.group_sessions import group_sessions
from kpa_analytics.analysis.periods import in_last_months
from kpa_analytics.analysis.search_text import by_name
from kpa_analytics.names import with_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kpa_analytics.analysis.choices import PeriodChoices
    from kpa_analytics.analysis.people_filter import PeopleFilter
    from kpa_analytics.data.training_data import TrainingData

#: The text for people whose attendance is unclear, by the session's column that lists them.
STANDINGS = {
    "listed_not_recorded_ids": "Listed, not recorded",
    "recorded_not_listed_ids": "Recorded, not listed",
}
BOTH = "Listed and recorded"
#: The sign of a session whose list and completions differ, and the text without a list.
DIFFERS, NO_LIST = "\N{NOT EQUAL TO}", "No list of people"
#: The columns that name a person, and those that name a session.
_PERSON, _SESSION = ("m_user_id", "user"), ("date", "group_training_id")
#: What was taught in a session, and by whom.
_TAUGHT = ("trainings", "m_instructor_id", "instructor")


class SessionView:
    """The group sessions of one set of records, for any choices."""

    def __init__(self, data: TrainingData, people_filter: PeopleFilter) -> None:
        self._data, self._people_filter = data, people_filter
        self._all = group_sessions(
            data.completions, data.group_trainings, data.trainings, data.users
        ).with_columns(
            pl.col("listed_not_recorded_ids").list.len().cast(pl.Int64).alias("listed_not_recorded")
        )

    @staticmethod
    def with_check(sessions: pl.DataFrame) -> pl.DataFrame:
        """Add `check`: how a session's list and completions differ, or null if they agree."""
        numbers = [pl.col(column).list.len().fill_null(0) for column in STANDINGS]
        texts = [
            pl.when(number > 0).then(pl.format(f"{{}} {text.lower()}", number))
            for number, text in zip(numbers, STANDINGS.values(), strict=True)
        ]
        differences = pl.concat_str(texts, separator="; ", ignore_nulls=True)
        check = (
            pl.when(pl.col("attendees").fill_null(0) == 0)
            .then(pl.lit(NO_LIST))
            .when(pl.sum_horizontal(numbers) > 0)
            .then(pl.format(f"{DIFFERS} {{}}", differences))
        )
        return sessions.with_columns(check.alias("check"))

    @cached_property
    def ids(self) -> frozenset[int]:
        """The ids of all sessions."""
        return frozenset(self._all["group_training_id"])

    @cached_property
    def instructors(self) -> dict[str, str]:
        """The instructors of all sessions: id -> name, sorted by name."""
        names = self._all.select("m_instructor_id", "instructor").drop_nulls().unique()
        return by_name(dict(names.iter_rows()))

    def sessions(self, choices: PeriodChoices) -> pl.DataFrame:
        """The chosen sessions: `schema.GROUP_SESSIONS` and the number of listed_not_recorded.

        Sessions without a date are left out.
        """
        conditions = [in_last_months(choices.as_of, choices.months)]
        if choices.trainings:
            given = pl.col("trainings_id").list.set_intersection(list(choices.trainings))
            conditions.append(given.list.len() > 0)
        if choices.instructors:
            conditions.append(pl.col("m_instructor_id").is_in(choices.instructors))
        people = self._people_filter.matching(choices)
        if people is not None:
            conditions.append(pl.col("group_training_id").is_in(self._with(people).implode()))
        return self._all.filter(*conditions)

    def session(self, group_training_id: int) -> dict[str, Any]:
        """The row of one session."""
        return self._all.row(
            by_predicate=pl.col("group_training_id") == group_training_id, named=True
        )

    def _with(self, people: pl.Series) -> pl.Series:
        """The sessions that list or record at least one of these people."""
        ids = people.implode()
        return self._attendance.filter(pl.col("m_user_id").is_in(ids))["group_training_id"].unique()

    @cached_property
    def _attendance(self) -> pl.DataFrame:
        """One row per session and person who is listed or recorded in it."""
        return (
            self._all.lazy()
            .select(
                "group_training_id",
                pl.concat_list(
                    pl.col("m_trainees_id").fill_null([]), "recorded_not_listed_ids"
                ).alias("m_user_id"),
            )
            .explode("m_user_id")
            .drop_nulls()
            .collect(engine="in-memory")
        )

    def attendees(self, sessions: Iterable[int], standings: Collection[str] = ()) -> pl.DataFrame:
        """The people of sessions, latest session first; those with unclear attendance come first.

        Args:
            sessions: ids of sessions.
            standings: only people with these attendances, e.g. "Listed, not recorded"; empty for
                all.

        Returns:
            One row per session and person: m_user_id, user (name or id), standing ("Listed, not
            recorded", "Recorded, not listed" or "Listed and recorded"); of the session: date,
            group_training_id, trainings (titles or ids), m_instructor_id and instructor.
        """
        ids = pl.Series(list(sessions), dtype=pl.Int64).implode()
        rows = self._all.lazy().filter(pl.col("group_training_id").is_in(ids))
        both = pl.col("m_trainees_id").list.set_difference("listed_not_recorded_ids")
        people = {**{text: pl.col(column) for column, text in STANDINGS.items()}, BOTH: both}
        by_standing = [
            rows.select(
                listed.alias("m_user_id"), pl.lit(text).alias("standing"), *_SESSION, *_TAUGHT
            ).explode("m_user_id")
            for text, listed in people.items()
            if not standings or text in standings
        ]
        listed_people = pl.concat(by_standing).drop_nulls("m_user_id")
        named = with_names(listed_people, self._data.users, *_PERSON)
        unclear_first = (pl.col("standing") == BOTH, "standing", "user", "m_user_id")
        return (
            named.select(*_PERSON, "standing", *_SESSION, *_TAUGHT)
            .sort(*_SESSION, *unclear_first, descending=[True, True, *[False] * 4], nulls_last=True)
            .collect(engine="in-memory")
        )
