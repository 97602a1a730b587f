"""The part of the records that a user chooses by people, trainings and field offices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import polars as pl

from kpa_analytics.analysis.find import find_office, find_person, find_training
from kpa_analytics.analysis.people_filter import PeopleFilter
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.data.scope import Scope
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.names import employee_numbers
from kpa_analytics.report_text import (
    CHOSEN_FIELD_OFFICES,
    CHOSEN_NUMBER,
    CHOSEN_OUTSIDE,
    CHOSEN_PEOPLE,
    CHOSEN_TRAININGS,
)
from kpa_analytics.whole_number import plain_number
from kpa_analytics.wording import listing, say

Id = TypeVar("Id", int, str)

#: One or several people: ids, employee numbers or names.
People = str | Iterable[str]
#: One or several trainings: ids or titles.
Trainings = int | str | Iterable[int | str]
#: One or several field offices: ids or names.
Offices = str | Iterable[str]


def chosen_scope(
    data: TrainingData,
    people: People | None = None,
    trainings: Trainings | None = None,
    field_office: Offices | None = None,
) -> Scope:
    """The scope of the records of some people, trainings and field offices; None: all of them.

    A record must fit every choice. The scope also names the chosen people who are in none of the
    chosen field offices. A text may also be a list with commas, e.g. "1001,1002", unless it is a
    name or title as a whole.

    Raises:
        KPADataError: a choice is empty, or a text in it names nothing or more than one thing;
            nobody fits all choices; or `data` is already a part of the records.
    """
    if people is None and trainings is None and field_office is None:
        return Scope()
    if not data.scope.is_all:
        raise KPADataError(
            f"data is already a part of the records ({data.scope.description}): choose from "
            "data.whole"
        )
    chosen = _chosen("people", people, str, lambda named: find_person(data, named))
    training_ids = _chosen("trainings", trainings, int, lambda named: find_training(data, named))
    offices = _chosen("field_office", field_office, str, lambda named: find_office(data, named))
    finder = PeopleFilter(data)
    members = finder.people.filter(
        *([pl.col("m_user_id").is_in(chosen)] if chosen else []),
        *([finder.in_offices(offices)] if offices else []),
    )
    names = dict(finder.people.select("m_user_id", "user").iter_rows())
    numbers = dict(employee_numbers(data.users).collect(engine="in-memory").iter_rows())
    labels = {who: f"{names[who]} ({numbers.get(who) or who})" for who in chosen}
    named_offices = [finder.offices[office] for office in offices]
    if members.is_empty():
        places = " or ".join(named_offices)
        if not chosen:
            raise KPADataError(f"field_office: nobody is in {places}")
        raise KPADataError(
            f"field_office: none of these people is in {places}: {listing([*labels.values()])}"
        )
    inside = {*members["m_user_id"]}
    included = [label for who, label in labels.items() if who in inside]
    outside = [label for who, label in labels.items() if who not in inside]
    named = {
        CHOSEN_TRAININGS: _titles(data, training_ids),
        CHOSEN_PEOPLE: included,
        CHOSEN_FIELD_OFFICES: named_offices,
        CHOSEN_OUTSIDE: outside,
    }
    without_names = {
        **named,
        CHOSEN_PEOPLE: [say(CHOSEN_NUMBER, number=len(included))] if chosen else [],
        CHOSEN_OUTSIDE: [f"{len(outside)}"] if outside else [],
    }
    return Scope(
        description=_in_words(named),
        description_without_names=_in_words(without_names),
        trainings=tuple(training_ids),
        people=members["m_user_id"] if chosen or offices else None,
        field_offices=() if chosen else tuple(offices),
    )


def _chosen(name: str, given: object, kind: type[Id], find: Callable[[str], Id]) -> list[Id]:
    """The ids of what is chosen, each once."""
    if given is None:
        return []
    given = plain_number(given)
    texts = [given] if isinstance(given, str | int) else given
    if not isinstance(texts, Iterable):
        raise KPADataError(f"{name} must be an id, a name or a list of these, not {given!r}")
    ids: dict[Id, None] = {}
    for text in map(plain_number, texts):
        if isinstance(text, bool) or not isinstance(text, str | kind):
            raise KPADataError(f"{name}: {text!r} is not an id or a name")
        ids |= dict.fromkeys(_found(name, str(text), find))
    if not ids:
        raise KPADataError(f"{name} is empty: leave it out to choose all")
    return list(ids)


def _found(name: str, text: str, find: Callable[[str], Id]) -> list[Id]:
    """The records that a text names: it is one name, or else a list of names with commas."""
    names = [each.strip() for each in text.split(",") if each.strip()]
    try:
        return [find(text)]
    except KPADataError as error:
        if len(names) < 2:
            raise KPADataError(f"{name}: {error}") from error
        whole = error
    try:
        return [find(each) for each in names]
    except KPADataError:
        raise KPADataError(f"{name}: {whole}") from whole


def _titles(data: TrainingData, training_ids: list[int]) -> list[str]:
    titles = dict(training_titles(data).iter_rows())
    return [
        f"{titles.get(training_id, training_id)} ({training_id})" for training_id in training_ids
    ]


def _in_words(chosen: dict[str, list[str]]) -> str:
    return "; ".join(f"{what}: {', '.join(each)}" for what, each in chosen.items() if each)
