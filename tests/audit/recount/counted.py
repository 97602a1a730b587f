"""The figures of a pack, counted again with plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

from tests.audit.recount.pack_tables import (
    GAPS,
    IN_ORDER,
    PackTables,
    Row,
    as_day,
    months_before,
    printed_day,
    whole_percent,
)

#: Longer names have no room in a title, which counts them.
MOST_LETTERS = 45


def in_order(cases: list[Row]) -> int:
    """The number of current and expiring cases."""
    return sum(case["status"] in IN_ORDER for case in cases)


def gaps(cases: list[Row]) -> int:
    """The number of expired and missing cases."""
    return sum(case["status"] in GAPS for case in cases)


class Counted:
    """The figures of a pack, counted from its tables."""

    def __init__(self, tables: PackTables) -> None:
        self.tables, self.as_of, self.cases = tables, tables.as_of, tables.cases
        self.of_status = Counter(case["status"] for case in self.cases)
        self.due = [case for case in self.cases if case["status"] != "not_due"]
        self.catalogue = {training["id"] for training in tables.trainings}
        self.composed_ids = {
            training["id"] for training in tables.trainings if training["included_trainings_id"]
        }
        self.composed = [case for case in self.due if case["training_id"] in self.composed_ids]
        self.required = [
            case
            for case in self.due
            if case["training_id"] not in self.composed_ids
            and (case["m_user_id"], case["training_id"]) in tables.required
        ]
        self.people = {case["m_user_id"] for case in self.cases}
        behind = {case["m_user_id"] for case in self.cases if case["status"] in GAPS}
        self.people_in_order = len(self.people - behind)
        self.valid = [case for case in self.cases if case["status"] in IN_ORDER]
        self.soon = [case for case in self.valid if case["days_left"] in range(31)]
        by_id = {record["id"]: record for record in tables.records}
        self.proofs = [by_id[case["completion_id"]] for case in self.valid if case["completion_id"]]
        self.happened = [
            record
            for record in tables.records
            if not record["date"] or record["date"] <= self.as_of
        ]
        self.later = len(tables.records) - len(self.happened)
        self.taught = [record for record in self.happened if record["m_instructor_id"]]
        start = months_before(self.as_of, 24)
        self.recent = [
            record for record in self.taught if record["date"] and record["date"] > start
        ]

    def peak(self) -> tuple[int, date, int]:
        """The training, day and number of the most valid cases that end on one day soon."""
        groups = Counter((case["training_id"], case["expiration_date"]) for case in self.soon)
        titles = self.tables.titles
        first = min(groups, key=lambda key: (-groups[key], key[1], titles[key[0]], key[0]))
        return *first, groups[first]

    def on_file(self) -> tuple[int, int, int, int]:
        """Valid completions: signed, only a file, only an instructor, nothing."""
        signed = [proof for proof in self.proofs if proof["signed"] == "true"]
        unsigned = [proof for proof in self.proofs if proof["signed"] == "false"]
        assert len(signed) + len(unsigned) == len(self.proofs)
        file = [proof for proof in unsigned if int(proof["files"])]
        neither = [proof for proof in unsigned if not int(proof["files"])]
        named = sum(bool(proof["m_instructor_id"]) for proof in neither)
        return len(signed), len(file), named, len(neither) - named

    def instructors_of(self) -> dict[int, set[str]]:
        """The instructors of each training in the last 24 months."""
        instructors = defaultdict(set)
        for record in self.recent:
            instructors[record["training_id"]].add(record["m_instructor_id"])
        return instructors

    def listed(self, ids: set[int]) -> str:
        """The number of trainings, and the number and the ids of those that the catalogue lacks."""
        unlisted = sorted(ids - self.catalogue)
        return f"{len(ids)} {len(unlisted)} {' '.join(map(str, unlisted))}"

    # The charts.

    def months(self) -> str:
        """The months in which certificates expire."""
        dated = [case for case in self.cases if case["expiration_date"]]
        month = Counter(case["expiration_date"].replace(day=1) for case in dated)
        now = self.as_of.replace(day=1)
        near = (months_before(now, 18), months_before(now, -18))
        ahead = Counter(
            case["expiration_date"].replace(day=1)
            for case in dated
            if case["status"] != "expired"
            and now <= case["expiration_date"].replace(day=1) <= near[1]
        )
        fullest = min(ahead, key=lambda first: (-ahead[first], first))
        ties = [first for first in ahead if ahead[first] == ahead[fullest]]
        earlier = sum(n for first, n in month.items() if first < near[0])
        later = sum(n for first, n in month.items() if first > near[1])
        last = f"{near[1]:%b %Y} " if later else ""
        others = f"{len(ties) - 1} " if len(ties) > 1 else ""
        title = f"{last}{fullest:%b %Y} {others}{ahead[fullest]:,}"
        undated = sum(case["expiration_date"] is None for case in self.valid)
        return (
            f"{title} {title} {len(dated):,} {self.of_status['expired']:,} {self.day} "
            f"18, {self.as_of:%b %Y} {earlier:,} {later:,} "
            f"{undated:,} {self.of_status['missing']:,}"
        )

    def weeks(self) -> str:
        """The weeks in which valid certificates end."""
        monday = self.as_of - timedelta(days=self.as_of.weekday())
        dated = [case for case in self.valid if case["expiration_date"]]
        place = {id(case): (case["expiration_date"] - monday).days // 7 for case in dated}
        near = [case for case in dated if place[id(case)] < 26]
        sizes = Counter(place[id(case)] for case in near)
        week = min(sizes, key=lambda number: (-sizes[number], number))
        of_training = Counter(case["training_id"] for case in near if place[id(case)] == week)
        titles = self.tables.titles
        largest = min(of_training, key=lambda key: (-of_training[key], titles[key], key))
        monday_of_most = printed_day(monday + timedelta(days=7 * week))
        title = f"{sizes[week]:,} {monday_of_most} 26"
        return (
            f"{title} {title} {len(near):,} 26 {self.day} {monday_of_most} "
            f"{sizes[week]:,} {of_training[largest]:,} {titles[largest]} "
            f"{len(dated) - len(near):,} {len(self.valid) - len(dated):,}"
        )

    def coverage(self) -> str:
        """The evidence on file for valid completions."""
        *proved, named, nothing = self.on_file()
        whole = sum(proved) + named + nothing
        title = whole_percent(named + nothing, whole)
        through_parts = sum(case["expiration_source"] == "composed" for case in self.valid)
        numbers = f"{whole:,} {named + nothing:,} {nothing:,} {through_parts:,}"
        return f"{title} {title} {numbers}"

    def ranked(self, groups: dict[str, list[Row]], no_group: str = "") -> str:
        """The share of gaps in each group: the title and the subtitle of a chart."""
        shares = {name: gaps(cases) / len(cases) for name, cases in groups.items()}
        every, all_gaps = len(self.cases), gaps(self.cases)
        whole = whole_percent(all_gaps, every)
        named = [name for name in groups if name != no_group]
        worst = [name for name in named if shares[name] == max(shares[name] for name in named)]
        top = groups[worst[0]]
        most = sorted(worst, key=lambda name: self._rank(groups[name], name))
        listed = " ".join(most[:2])
        more = f"{len(worst) - 2}" if len(worst) > 2 else ""
        if len(listed) > MOST_LETTERS:
            listed, more = "", f"{len(worst)}" if len(worst) > 1 else ""
        title = f"{whole} {listed} {more} {whole_percent(gaps(top), len(top))}"
        expiring = self.of_status["expiring"]
        return (
            f"{title} {title} {len(named)} {all_gaps:,} {every:,} {whole} {expiring:,} {self.day}"
        )

    @staticmethod
    def _rank(cases: list[Row], name: str) -> tuple[int, int, int, str]:
        expiring = sum(case["status"] == "expiring" for case in cases)
        return -gaps(cases), -expiring, -len(cases), name

    def by_training(self) -> str:
        """The share of gaps of each training."""
        groups = defaultdict(list)
        for case in self.cases:
            groups[self.tables.training(case["training_id"])].append(case)
        return self.ranked(groups)

    def by_group(self, column: str) -> str:
        """The share of gaps of each field office or job title."""
        groups = defaultdict(list)
        for case in self.cases:
            names = self.tables.people[case["m_user_id"]][column]
            for name in names.split("; "):
                groups[name].append(case)
        return self.ranked(groups, no_group="")

    def matrix(self) -> str:
        """The worst 30 people and 20 trainings."""
        columns = {"m_user_id": 30, "training_id": 20}
        worst = []
        for column, most in columns.items():
            groups = defaultdict(list)
            for case in self.cases:
                groups[case[column]].append(case)
            name = self.tables.person if column == "m_user_id" else self.tables.training
            rank = sorted(groups, key=lambda key: self._rank(groups[key], name(key)))
            worst.append((len(groups), {*rank[:most]}))
        (people, rows), (trainings, titles) = worst
        drawn = [
            case
            for case in self.cases
            if case["m_user_id"] in rows and case["training_id"] in titles
        ]
        behind = [case for case in drawn if case["status"] in GAPS]
        account = [len({case[column] for case in behind}) for column in columns]
        title = f"{account[0]} {account[1]} {gaps(drawn)} {gaps(self.cases)}"
        hidden = len(self.cases) - len(drawn)
        return (
            f"{title} {title} {len(rows)} {len(titles)} {self.day} "
            f"{hidden:,} {len(self.cases):,} {people} {trainings}"
        )

    def busiest(self) -> str:
        """The completions of the busiest instructor, and the others, per month."""
        dated = [record for record in self.taught if record["date"]]
        totals = Counter(record["m_instructor_id"] for record in dated)
        who = min(totals, key=lambda key: (-totals[key], self.tables.person(key)))
        title = f"{self.tables.person(who)} {totals[who]:,} {len(dated):,}"
        bars = Counter(
            (record["m_instructor_id"], record["date"].replace(day=1)) for record in dated
        )
        alone = len(self.happened) - len(self.taught)
        undated = len(self.taught) - len(dated)
        return (
            f"{title} {title} {len(totals)} {max(bars.values()):,} {alone:,} "
            f"{f'{undated:,}' if undated else ''} {self.not_drawn}"
        )

    def single(self) -> str:
        """Trainings that one person teaches alone."""
        who = self.instructors_of()
        alone = sum(len(each) == 1 for each in who.values())
        title = f"{alone:,} {len(who):,}"
        hidden = f"{len(who) - 25}" if len(who) > 25 else ""
        return f"{title} {title} 24 {self.day} {hidden}"

    def sessions(self) -> list[Row]:
        """Every group session up to the day: its day, and who is in its records."""
        records = defaultdict(list)
        for record in self.happened:
            if record["group_training_id"] is not None:
                records[record["group_training_id"]].append(record)
        rows = []
        for sheet in self.tables.sheets["sessions"]:
            of_session = records.pop(sheet["group training id"], [])
            recorded = {record["m_user_id"] for record in of_session}
            assert sheet["recorded"] == len(recorded)
            assert sheet["completions"] == len(of_session)
            days = Counter(record["date"] for record in of_session if record["date"])
            assert not days or as_day(sheet["date"]) in days
            people = sheet["attendees"] if sheet["attendees"] is not None else len(recorded)
            rows.append({**sheet, "people": people})
        assert not records, "a session that no row of the sheet is about"
        return rows

    def attendances(self) -> str:
        """The attendances, and their average per session."""
        people = [row["people"] for row in self.sessions()]
        title = f"{sum(people) / len(people):.1f}"
        return f"{title} {title} {len(people):,} {sum(people):,} {self.without_list()}"

    def sizes(self) -> str:
        """The median and the largest size of a session."""
        people = [row["people"] for row in self.sessions()]
        middle = f"{median(people):g}"
        return f"{middle} {middle} {len(people):,} {middle} {max(people)} {self.without_list()}"

    def without_list(self) -> str:
        """The sessions whose recorded people are counted because nobody is listed."""
        number = sum(not row["attendees"] and row["recorded"] > 0 for row in self.sessions())
        return f"{number:,}" if number else ""

    def in_groups(self) -> str:
        """The completions in group sessions, and their share."""
        dated = [record for record in self.happened if record["date"]]
        grouped = sum(record["group_training_id"] is not None for record in dated)
        title = whole_percent(grouped, len(dated))
        undated = len(self.happened) - len(dated)
        return (
            f"{title} {title} {grouped:,} {len(dated):,} "
            f"{f'{undated:,}' if undated else ''} {self.not_drawn}"
        )

    @property
    def day(self) -> str:
        """The day of the statuses."""
        return printed_day(self.as_of)

    @property
    def not_drawn(self) -> str:
        """The completions after the day, which a chart leaves out."""
        return f"{self.later:,} {self.day}" if self.later else ""
