"""The demo company's people: invented names, offices and jobs, and hire and termination dates."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from kpa_analytics.demo.sources import Wire
from kpa_analytics.demo_mark import DEMO_ID_PREFIX

_OFFICES = (
    "Midland",
    "Williston",
    "Casper",
    "Grand Junction",
    "Lafayette",
    "Fort St. John",
    "Elko",
)
_LINES = ("Drilling Services", "Construction", "Environmental", "Fleet and Logistics")
_JOBS = (
    ("Field Technician", 26),
    ("Rig Hand", 16),
    ("Equipment Operator", 14),
    ("Driver", 12),
    ("Warehouse Associate", 8),
    ("Electrician", 6),
    ("Dispatcher", 3),
    ("Site Supervisor", 8),
    ("Project Manager", 4),
    ("Office Administrator", 5),
)
JOBS = len(_JOBS)
_FIRST_NAMES = """
Aaliyah Adaeze Aiko Alejandra Amélie Andrés Anika Arjun Astrid Babajide Beatriz Björn Caleb
Camila Chidi Chloé Dakota Daniela Darius Dolores Eleni Elías Emeka Émile Esperanza Farid Fatima
Fiona Gabriel Giulia Grace Hana Håkon Hannah Hiroshi Ibrahim Ines Isaac Jamal Jasmin João Jun
Kaito Kateryna Keisha Kwame Leilani Liam Lucía Łukasz Mai Malik Marisol Mateo Mei Mónica Nadia
Ngozi Niamh Noah Odalys Olga Omar Paloma Pavel Priya Quang Rafael Renée Rhys Rosa Ruben Saoirse
Sergei Shanice Siobhán Søren Tariq Thandiwe Tomás Uma Valentina Viktor Wanjiru Wei Xiomara Yara
Yusuf Zoë Zuzana
"""
_LAST_NAMES = """
Abernathy Adeyemi Alvarado Andersson Asante Baptiste Barros Begay Bergström Blackwood Bouchard
Castro Chaudhary Chen Côté Cruz Dąbrowski Delacroix Diaz Dubois Eriksen Espinoza Fakhoury
Faulkner Fernández Ferreira Flores Fofanah García Gebre Goldstein González Grant Gustafsson
Haddad Harjo Hashimoto Hoang Ibáñez Ishikawa Iverson Jaramillo Johansen Kahananui Kamau Kaur Kim
Kowalska Kruger Lachance Larsen Lefèvre Lindqvist López Mbeki McAllister Mendoza Müller Nakamura
Ndiaye Nguyễn Novák O'Brien Ochoa Okafor Olsson Ortiz Osei Park Patel Peña Petrov Pham Quispe
Ramírez Reyes Rossi Ruiz Sandoval Santos Sato Schäfer Silva Singh Svoboda Tanaka Thibodeaux
Torres Tran Tsosie Ueda Vargas Vasquez Villanueva Walker Whitehorse Wójcik Yamada Yazzie Youssef
Zhang Zimmermann
"""
_FIRSTS, _LASTS = _FIRST_NAMES.split(), _LAST_NAMES.split()


class People(NamedTuple):
    """The people, once for the simulation and once as the API sends them.

    Attributes:
        staff: person (row number), hired, left (Date, or null), office, job (numbers).
        users: the API's columns; a null in an optional column means that the API omits the field.
        field_offices: the API's field offices.
        lines_of_business: the API's lines of business.
        job_titles: the API's job titles.
    """

    staff: pl.DataFrame
    users: pl.DataFrame
    field_offices: list[Wire]
    lines_of_business: list[Wire]
    job_titles: list[Wire]


#: Fields that the API omits if a user has no value.
OPTIONAL = (
    "terminationDate",
    "hireDate",
    "jobTitle_id",
    "manager_id",
    "supervisor_id",
    "registered_on",
    "metavalues",
    "lastWebAccess",
    "lastMobileAccess",
    "cellPhone",
    "emergencyContact",
)


def person_id(number: int) -> str:
    """Make the id of an invented person: the demo mark, then eight hexadecimal characters."""
    return f"{DEMO_ID_PREFIX}1{number * 0x9E3779B1 % 2**28:07x}"


def _group_id(kind: int, number: int) -> str:
    return f"{DEMO_ID_PREFIX}f{kind:03x}{number:04x}"


def milliseconds(day: date) -> int:
    """Epoch milliseconds of noon UTC: the same calendar day in every American time zone."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000


def invent_people(count: int, instructors: int, begins: date, ends: date, seed: int) -> People:
    """Invent people; the first `instructors` of them teach and were hired before `begins`."""
    chance = random.Random(f"people {seed}")  # noqa: S311 - an invention, not a secret
    offices = [{"id": _group_id(1, n), "name": name} for n, name in enumerate(_OFFICES)]
    lines = [{"id": _group_id(2, n), "name": name} for n, name in enumerate(_LINES)]
    jobs = [{"id": _group_id(3, n), "title": title} for n, (title, _) in enumerate(_JOBS)]
    staff, users = [], []
    for number in range(count):
        teaches = number < instructors
        hired, left = _career(chance, teaches, number, begins, ends)
        office = min(int(chance.random() ** 2 * len(offices)), len(offices) - 1)
        job = chance.choices(range(len(_JOBS)), [weight for _, weight in _JOBS])[0]
        staff.append((number, hired, left, office, job))
        user = _user(chance, number, hired, left, ends)
        user["fieldOffice_id"] = [offices[office]["id"]]
        user["lineOfBusiness_id"] = [chance.choice(lines)["id"]]
        user["jobTitle_id"] = jobs[job]["id"]
        user["isDriver"] = job in (3, 6) or chance.random() < 0.3
        user["isRegulatedDriver"] = job == 3
        user["supervisor_id"] = person_id(chance.randrange(max(1, count // 12)))
        users.append(user)
    frame = pl.DataFrame(
        staff,
        schema={
            "person": pl.UInt32,
            "hired": pl.Date,
            "left": pl.Date,
            "office": pl.UInt8,
            "job": pl.UInt8,
        },
        orient="row",
    )
    types = {name: _WIRE_TYPES.get(name, pl.String) for name in users[0]} if users else None
    roster = pl.DataFrame(users, schema=types)
    return People(frame, roster, offices, lines, jobs)


#: Every other column of the users is text.
_WIRE_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("isDriver", "isRegulatedDriver"), pl.Boolean),
    **dict.fromkeys(("created", "hireDate", "terminationDate"), pl.Int64),
    **dict.fromkeys(("lastWebAccess", "lastMobileAccess"), pl.Int64),
    **dict.fromkeys(
        ("fieldOffice_id", "lineOfBusiness_id", "clients_id", "projects_id"), pl.List(pl.String)
    ),
}


def _career(
    chance: random.Random, teaches: bool, number: int, begins: date, ends: date
) -> tuple[date, date | None]:
    span = (ends - begins).days
    if teaches:
        left = ends - timedelta(days=120 + 90 * number) if number in (3, 7) else None
        return begins - timedelta(days=chance.randrange(200, 4000)), left
    if chance.random() < 0.68:
        hired = begins - timedelta(days=chance.randrange(1, 4000))
    else:
        hired = begins + timedelta(days=chance.randrange(span))
    stayed = (ends - max(hired, begins)).days
    if chance.random() < 0.12 and stayed > 60:
        return hired, ends - timedelta(days=chance.randrange(stayed - 30))
    return hired, None


def _user(chance: random.Random, number: int, hired: date, left: date | None, ends: date) -> Wire:
    first, last = chance.choice(_FIRSTS), chance.choice(_LASTS)
    login = f"demo{number + 1:05d}"
    profile = max(hired, date(2015, 1, 5)) + timedelta(days=chance.randrange(3))
    seen = milliseconds(left or ends) - chance.randrange(86_400_000, 30 * 86_400_000)
    return {
        "id": person_id(number),
        "created": milliseconds(min(profile, ends)),
        "firstname": first,
        "lastname": last,
        "employeeNumber": f"E{10001 + number}",
        "email": f"{login}@example.com",
        "username": login,
        "clients_id": [],
        "projects_id": [],
        "role_id": "employee",
        "hireDate": milliseconds(hired) if chance.random() < 0.96 else None,
        "terminationDate": milliseconds(left) if left else None,
        "lastWebAccess": seen,
        "lastMobileAccess": seen if chance.random() < 0.5 else None,
        "cellPhone": f"555-01{chance.randrange(100):02d}",
        "emergencyContact": f"Invented Contact, 555-01{chance.randrange(100):02d}",
    }
