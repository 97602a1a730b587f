"""The months before the day of a pack, counted again from its files by the rules of docs/rules.md.

The rules are those of the tests' oracles, which are written in plain Python from the rules' text.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.analysis.oracle import Oracle
from tests.analysis.oracle_renewals import certificates
from tests.audit import pack_reader
from tests.audit.recount.pack_tables import (
    GAPS,
    PackTables,
    Row,
    months_before,
    printed_day,
    whole_percent,
)

STATUSES = ("current", "expiring", "expired", "missing", "not_due")
OUTCOMES = ("on_time", "late", "lapsed", "pending")


class PastMonths:
    """The statuses at the end of each month, and the renewals of these months.

    Attributes:
        trend: for each day, the number of cases of each status.
        renewals: the certificates that expire in these months or later.
        months: for the first day of each month, the number of certificates of each outcome.
    """

    def __init__(self, tables: PackTables) -> None:
        self.as_of = tables.as_of
        people = pack_reader.people(tables.pack)
        required = tables.required
        self.trend = {
            day: Counter(
                row["status"]
                for row in Oracle(
                    tables.records, tables.trainings, people, as_of=day, required=required
                ).rows()
            )
            for day in month_ends(self.as_of)
        }
        self.since = months_before(self.as_of.replace(day=1), 11)
        self.renewals = [
            row
            for row in certificates(tables.records, tables.trainings, people, self.as_of)
            if row["expiration_date"] >= self.since
        ]
        self.months: dict[date, Counter[str]] = {}
        for row in self.renewals:
            month = self.months.setdefault(row["expiration_date"].replace(day=1), Counter())
            month[row["outcome"]] += 1

    def texts(self) -> dict[str, str]:
        """The numbers of the section's sentences and of its charts, by place."""
        before, now = self._gaps(min(self.trend)), self._gaps(self.as_of)
        first, last = (printed_day(day) for day in (min(self.trend), self.as_of))
        outcomes = Counter(row["outcome"] for row in self.renewals)
        each = " ".join(f"{outcomes[outcome]:,}" for outcome in OUTCOMES)
        came_due = len(self.renewals)
        over = self._over(self.renewals)
        in_time = sum(row["outcome"] == "on_time" for row in over)
        shares = f"{whole_percent(*before)} {whole_percent(*now)}"
        counts = f"{now[0]:,} {now[1]:,} {last} {before[0]:,} {before[1]:,} {first}"
        *_, month = [start for start in sorted(self.months) if self._share(start) != "not known"]
        of_month = f"{self._share(month)} {month:%b %Y}"
        return {
            "past 1": (
                f"{before[0]:,} {before[1]:,} {whole_percent(*before)} {first} "
                f"{now[0]:,} {now[1]:,} {whole_percent(*now)} {last}"
            ),
            "past 3": (
                f"{printed_day(self.since)} {came_due:,} {last} {each} {last} "
                f"{whole_percent(in_time, len(over))} {in_time:,} {len(over):,}"
            ),
            "computed 3": "1 6 8",  # sections of the rules
            "chart status_over_time": f"{shares} {shares} {counts} {self._peak()}",
            "chart renewal_punctuality": f"{of_month} {of_month} {came_due:,} {each}",
        }

    def tables(self) -> dict[str, list[list[str]]]:
        """The rows of the section's tables, by caption."""
        return {
            "Cases of each status through the twelve months": [
                self._row_of_day(day) for day in self.trend
            ],
            "Renewals by the month in which certificates expire": [
                self._row_of_month(start) for start in self.months
            ],
        }

    def _row_of_day(self, day: date) -> list[str]:
        gaps, cases = self._gaps(day)
        counts = (cases, *(self.trend[day][status] for status in STATUSES), gaps)
        return [printed_day(day), *(f"{n:,}" for n in counts), whole_percent(gaps, cases)]

    def _row_of_month(self, start: date) -> list[str]:
        counts = self.months[start]
        numbers = (counts.total(), *(counts[outcome] for outcome in OUTCOMES))
        return [f"{start:%b %Y}", *(f"{n:,}" for n in numbers), self._share(start)]

    def _gaps(self, day: date) -> tuple[int, int]:
        """The number of gaps, and of all cases."""
        counts = self.trend[day]
        return sum(counts[gap] for gap in GAPS), counts.total()

    def _peak(self) -> str:
        """The day with the highest share, if it is neither the first nor the last one."""

        def share(day: date) -> float:
            gaps, cases = self._gaps(day)
            return gaps / cases

        worst = min(self.trend, key=lambda day: (-share(day), day))
        if worst in (min(self.trend), self.as_of):
            return ""
        gaps, cases = self._gaps(worst)
        return f"{printed_day(worst)} {whole_percent(gaps, cases)} {gaps:,} {cases:,}"

    def _over(self, rows: list[Row]) -> list[Row]:
        """The certificates that expired before the day of the pack."""
        return [row for row in rows if row["expiration_date"] < self.as_of]

    def _share(self, start: date) -> str:
        """The share of the certificates of a month that was renewed on time."""
        of_month = [row for row in self.renewals if row["expiration_date"].replace(day=1) == start]
        over = self._over(of_month)
        if not over:
            return "not known"
        return whole_percent(sum(row["outcome"] == "on_time" for row in over), len(over))


def month_ends(as_of: date) -> list[date]:
    """The last days of the twelve months before the last day of a month, and that day."""
    first = as_of.replace(day=1)
    earlier = [months_before(first, back) - timedelta(days=1) for back in range(11, -1, -1)]
    return [*earlier, as_of]
