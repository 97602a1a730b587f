"""Find the one person, training, field office or job title that a user names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TypeVar

import polars as pl

from kpa_analytics.analysis.case_groups import names_of_groups
from kpa_analytics.analysis.people_filter import NO_OFFICE, PeopleFilter
from kpa_analytics.analysis.search_text import folded, folded_text
from kpa_analytics.analysis.training_titles import training_titles
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import employee_numbers
from kpa_analytics.whole_number import plain_number
from kpa_analytics.wording import listing

Id = TypeVar("Id", int, str)
#: What to do if an id, a title or a name is not known.
GIVE_ONE = "; give an id or a whole name"
#: Candidates that an error lists.
_LISTED = 5
#: Names that are compared letter by letter; more take seconds.
_COMPARED = 5_000


def find_person(data: TrainingData, named: str, argument: str = "") -> str:
    """The id of the person with this id, employee number or name ("Last, First" or "First Last").

    Accents and upper case make no difference. A message begins with the name of the argument, if it
    is given.

    Raises:
        KPADataError: nobody or more than one person is called this; the message lists them.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, USERS
        >>> users = pl.DataFrame([{"id": "a", "lastname": "Moe", "firstname": "Ann"}],
        ...     schema=USERS.schema)
        >>> find_person(TrainingData(completions=COMPLETIONS.empty(), users=users), "moe, ann")
        'a'
    """
    return _only("person", named, *_people(data), argument)


def need_person(data: TrainingData, m_user_id: object) -> None:
    """Raise a KPADataError unless this is the id of a person; it says who may be meant.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS, USERS
        >>> users = pl.DataFrame([{"id": "a", "lastname": "Moe", "firstname": "Ann"}],
        ...     schema=USERS.schema)
        >>> need_person(TrainingData(completions=COMPLETIONS.empty(), users=users), "Ann Moe")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: m_user_id: no person in the records has the id 'Ann Moe';
        is it Moe, Ann (a)?
    """
    if not isinstance(m_user_id, str):
        raise KPADataError(f"m_user_id must be the id of a person, not {m_user_id!r}")
    ways, _ = _people(data)
    if m_user_id not in ways[0]:
        shown = {person: f"{name} ({person})" for person, name in ways[2].items()}
        meant = _meant(m_user_id, ways, shown)
        raise KPADataError(f"m_user_id: no person in the records has the id {m_user_id!r}{meant}")


def _people(data: TrainingData) -> tuple[list[Mapping[str, str]], dict[str, str]]:
    """The ways to name each person, and how a message shows each person."""
    numbers = dict(employee_numbers(data.users).collect(engine="in-memory").iter_rows())
    people = PeopleFilter(data).people.select("m_user_id", "user")
    names: dict[str, str] = dict(people.iter_rows())
    ids: dict[str, str] = {person: person for person in names}
    turned = {person: " ".join(reversed(name.split(", ", 1))) for person, name in names.items()}
    shown = {person: f"{names[person]} ({numbers.get(person, person)})" for person in ids}
    ways: list[Mapping[str, str]] = [ids, numbers, names, turned]
    return ways, shown


def find_training(data: TrainingData, named: int | str) -> int:
    """The id of the training with this id or title.

    Accents and upper case make no difference.

    Raises:
        KPADataError: no training or more than one is called this; the message lists them.
    """
    return _only("training", str(named), *_trainings(data))


def need_training(data: TrainingData, training_id: object, required: AnyFrame | None = None) -> str:
    """The title of the training with this id; `required` is as for `training_titles`.

    A whole number of another library, such as numpy, is an id, too.

    Raises:
        KPADataError: it is not an id, or no training has this id; the message says which training
            may be meant.
    """
    training_id = plain_number(training_id)
    if type(training_id) is not int:
        meant = _meant(training_id, *_trainings(data))
        raise KPADataError(f"training_id must be the id of a training, not {training_id!r}{meant}")
    titles: dict[int, str] = dict(training_titles(data, required).iter_rows())
    if training_id not in titles:
        raise KPADataError(f"training_id: no training in the records has the id {training_id}")
    return titles[training_id]


def _trainings(data: TrainingData) -> tuple[list[Mapping[int, str]], dict[int, str]]:
    """The ways to name each training, and how a message shows each training."""
    titles: dict[int, str] = dict(training_titles(data).iter_rows())
    shown = {training: f"{title} ({training})" for training, title in titles.items()}
    ids = {training: str(training) for training in titles}
    return [ids, titles], shown


def find_office(data: TrainingData, named: str) -> str:
    """The id of the field office with this id or name; `No field office` is one, too.

    Accents and upper case make no difference.

    Raises:
        KPADataError: no field office or more than one is called this; the message lists them.
    """
    names = PeopleFilter(data).offices
    ids = {office: office for office in names if office != NO_OFFICE}
    shown = {office: f"{name} ({office})" if office else name for office, name in names.items()}
    return _only("field office", named, [ids, names], shown)


def find_job_title(data: TrainingData, named: str, argument: str = "") -> str:
    """The id of the job title with this id or name.

    Accents and upper case make no difference. A message begins with the name of the argument, if it
    is given.

    Raises:
        KPADataError: no job title or more than one is called this; the message lists them.
    """
    listed = data.groups.filter(pl.col("kind") == "job_title")["id"].drop_nulls()
    of_people = data.users["jobTitle_id"].drop_nulls().unique().sort()
    names: dict[str, str] = {job: job for job in [*of_people, *listed]}
    names |= names_of_groups(data.groups, "job_title")
    ids = {job: job for job in names}
    shown = {job: f"{name} ({job})" for job, name in names.items()}
    return _only("job title", named, [ids, names], shown, argument)


def _only(
    what: str,
    named: str,
    ways: list[Mapping[Id, str]],
    shown: Mapping[Id, str],
    argument: str = "",
) -> Id:
    """The one thing that is called this, by the first way that finds anything.

    The last way is the name with its id, as the messages show it.
    """
    of = f"{argument}: " if argument else ""
    if not isinstance(named, str):
        raise KPADataError(f"{of}a {what} must be named by its id or name as text, not {named!r}")
    for matches in _matches(named.strip(), *ways, shown):
        if len(matches) == 1:
            return matches[0]
        if matches:
            first = "; ".join(shown[key] for key in matches[:_LISTED])
            more = f" and {len(matches) - _LISTED} more" if len(matches) > _LISTED else ""
            raise KPADataError(
                f"{of}{named!r} names more than one {what}: {first}{more}; give the id"
            )
    meant = _meant(named, ways, shown) or GIVE_ONE
    raise KPADataError(f"{of}no {what} in the records is called {named!r}{meant}")


def _meant(given: object, ways: list[Mapping[Id, str]], shown: Mapping[Id, str]) -> str:
    if not isinstance(given, str):
        return ""
    near: list[str] = [shown[key] for way in ways for key in _near(given, way)]
    return f"; is it {listing([*dict.fromkeys(near)], _LISTED)}?" if near else ""


def _near(named: str, way: Mapping[Id, str]) -> list[Id]:
    """The records whose text has every word of a name, or else is spelled almost like it."""
    wanted: str = folded(named)
    raw = pl.DataFrame({"text": list(way.values())}, schema={"text": pl.String})
    texts: list[str] = raw.select(folded_text(pl.col("text"))).to_series().to_list()
    inside = [all(word in text for word in wanted.split()) for text in texts]
    if wanted.strip() and not any(inside) and len(texts) <= _COMPARED:
        close = {*get_close_matches(wanted, texts, _LISTED, cutoff=0.8)}
        inside = [text in close for text in texts]
    return [key for key, fits in zip(way, inside, strict=True) if fits and wanted.strip()]


def _matches(named: str, *ways: Mapping[Id, str]) -> Iterator[list[Id]]:
    """The records with this name: first exact matches, then without accents and upper case."""
    for way in ways:
        yield [key for key, text in way.items() if text.strip() == named]
    wanted = folded(named)
    for way in ways:
        texts = pl.Series("text", list(way.values()), dtype=pl.String).str.strip_chars()
        same = texts.to_frame().select(folded_text(pl.col("text")) == wanted).to_series()
        yield [key for key, is_same in zip(way, same, strict=True) if is_same]
