"""`Fleet`: the records of several accounts. Their ids are never joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.account_names import as_account, refuse_same_names
from kpa_analytics.analysis.day_counts import trend_schema
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.fleet_as_one import together
from kpa_analytics.analysis.one_table import as_one_table
from kpa_analytics.analysis.sampled_days import SampledDays
from kpa_analytics.analysis.status_over_time import check_start, counts_on, need_period
from kpa_analytics.as_of import Day, as_day
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.errors import KPADataError, KPADataWarning, KPAError, of_account, warn
from kpa_analytics.inputs import ACCOUNT
from kpa_analytics.wording import count

if TYPE_CHECKING:
    from kpa_analytics.analysis.case_groups import By


class Fleet:
    """The records of several accounts.

    Every frame begins with the column `account`. Two accounts may have the same id, so functions
    that would join ids of two accounts refuse the frame. `fleet["north"]` is one account, as
    `load_all(account="north")` returns it.

    If an account could not be loaded, `failures` has its error. Then every frame and status gives a
    KPADataWarning that names the account, because its records are missing. `status()` and
    `together()` also give one if the requirements of some accounts are not known.

    Args:
        accounts: the records of each account, by name.
        failures: the error of each account that could not be loaded, by name.

    Raises:
        KPADataError: there is no account, a name can't be that of an account or occurs twice, or
            its records are not the result of `load_all()`.

    Attributes:
        accounts: the records of each account, by name, as `load_all()` returns them.
        failures: the error of each account that could not be loaded, by name; empty if all were.

    Examples:
        >>> from kpa_analytics.schema import COMPLETIONS
        >>> done = pl.DataFrame(
        ...     [{"id": 1, "training_id": 7, "m_user_id": "a"}], schema=COMPLETIONS.schema)
        >>> fleet = Fleet({"north": TrainingData(completions=done),
        ...                "south": TrainingData(completions=done)})
        >>> fleet.completions.select("account", "id").rows()
        [('north', 1), ('south', 1)]
        >>> expiry_status(fleet.completions)
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: these are records of several accounts ...
    """

    def __init__(
        self,
        accounts: Mapping[str, TrainingData],
        failures: Mapping[str, Exception] | None = None,
    ) -> None:
        if not isinstance(accounts, Mapping):
            raise KPADataError(
                "accounts must be a dictionary of the result of load_all() for each name, not "
                f"{type(accounts).__name__}"
            )
        if not accounts:
            raise KPADataError("a fleet needs the records of at least one account")
        refuse_same_names([as_account(name) for name in (*accounts, *(failures or {}))])
        for name, data in accounts.items():
            with of_account(name):
                need_training_data(data)
        self.accounts = {name: replace(data, account=name) for name, data in accounts.items()}
        self.failures = dict(failures or {})

    @property
    def completions(self) -> pl.DataFrame:
        """The completions of all accounts: account, then `schema.COMPLETIONS`."""
        return self._frame("completions")

    @property
    def trainings(self) -> pl.DataFrame:
        """The trainings of all accounts: account, then `schema.TRAININGS`."""
        return self._frame("trainings")

    @property
    def users(self) -> pl.DataFrame:
        """The people of all accounts: account, then `schema.USERS`."""
        return self._frame("users")

    @property
    def group_trainings(self) -> pl.DataFrame:
        """The group sessions of all accounts: account, then `schema.GROUP_TRAININGS`."""
        return self._frame("group_trainings")

    @property
    def employee_status(self) -> pl.DataFrame:
        """The vendor's status of all people: account, then `schema.EMPLOYEE_STATUS`."""
        return self._frame("employee_status")

    @property
    def groups(self) -> pl.DataFrame:
        """The names of the groups of all accounts: account, then `schema.GROUPS`."""
        return self._frame("groups")

    @property
    def complete(self) -> bool:
        """Whether every account was loaded."""
        return not self.failures

    @property
    def demo(self) -> bool:
        """Whether any account's records came from the demo server."""
        return any(data.demo for data in self.accounts.values())

    def status(
        self,
        *,
        as_of: Day | None = None,
        as_known: Day | None = None,
        expiring_days: int = 30,
        include_terminated: bool = False,
    ) -> pl.DataFrame:
        """The status of every case of every account, as of a day.

        Each account's rows are those of `expiry_status()` with its own trainings, people and
        requirements.

        Args:
            as_of: the day of the statuses; a date or ISO text. Default: today, or `demo.AS_OF` if
                every account is demo data.
            as_known: as for `expiry_status`.
            expiring_days: as for `expiry_status`; default 30.
            include_terminated: also count people who had left; default False.

        Returns:
            account, then `schema.EXPIRY_STATUS`; in the order of `accounts`, and then by m_user_id
            and training_id.

        Raises:
            KPADataError: as `expiry_status`; the message names the account.
        """
        day = self.day(as_of)
        self._warn_of_unknown_requirements()

        def status_of(data: TrainingData) -> pl.DataFrame:
            return expiry_status(
                data.completions,
                data.trainings,
                data.users,
                as_of=day,
                as_known=as_known,
                expiring_days=expiring_days,
                required=data.requirements,
                include_terminated=include_terminated,
            )

        return self.each(status_of)

    def day(self, as_of: Day | None = None) -> date:
        """The day of the statuses of every account; None means today, or the demo's day.

        Args:
            as_of: the day; a date or ISO text. None means `demo.AS_OF` if every account is demo
                data, and otherwise today.

        Raises:
            KPADataError: it is not a calendar day.
        """
        return as_day(as_of, demo=all(data.demo for data in self.accounts.values()))

    def status_over_time(
        self,
        *,
        start: Day,
        end: Day,
        every: str = "1mo",
        by: By | None = None,
        expiring_days: int = 30,
        include_terminated: bool = False,
    ) -> pl.DataFrame:
        """Count the cases of each status of each account on every day from `start` to `end`.

        Args:
            start: as for `kpa_analytics.status_over_time`. An account whose first completion is
                later begins on the first of the days after it.
            end: as for `kpa_analytics.status_over_time`.
            every: the time from one day to the next; default `1mo`.
            by: "account" for a frame that `charts.status_over_time()` draws with one row per
                account; or a group, as for `kpa_analytics.status_over_time`. Default: all cases of
                an account together.
            expiring_days: as for `expiry_status`; default 30.
            include_terminated: also count people who had left; default False.

        Returns:
            account, the columns of `kpa_analytics.status_over_time`, and demo (made from demo
            data), which the chart reads. With `by="account"`: day, account_id and account (both the
            name), the counts, and demo.

        Raises:
            KPADataError: as `kpa_analytics.status_over_time`, and the message names the account; or
                `start` is before the first completion of every account.
        """
        first, last = need_period(start, end)
        days = SampledDays.between(first, last, every).days
        group = None if by == ACCOUNT else by

        begun = [data.begun for data in self.accounts.values()]
        check_start(first, min(filter(None, begun), default=None))

        def counts_of(data: TrainingData) -> pl.DataFrame:
            own = days if data.begun is None else days.filter(days >= data.begun)
            if own.is_empty():
                return trend_schema(group).to_frame()
            return counts_on(
                SampledDays(own),
                data.completions,
                data.trainings,
                data.users,
                by=group,
                expiring_days=expiring_days,
                include_terminated=include_terminated,
                required=data.requirements,
                groups=data.groups,
            )

        counts = self.each(lambda data: counts_of(data).with_columns(demo=data.demo))
        if by != ACCOUNT:
            return counts
        named = counts.with_columns(pl.col(ACCOUNT).alias("account_id"))
        return named.select("day", "account_id", ACCOUNT, pl.exclude("day", "account_id", ACCOUNT))

    def together(self) -> TrainingData:
        """All accounts as one, for charts and explorers, with ids that are unique.

        People, trainings and sessions get ids that are unique in the fleet, and titles of trainings
        and names of offices end in the account's name. `by="account"` counts by account.

        Returns:
            The records. They can't be evidence: `export_audit()` and `publish()` refuse them.

        Raises:
            KPADataError: an id is too large to be made unique; the message names the account.
        """
        self.warn_if_incomplete()
        self._warn_of_unknown_requirements()
        return together(self.accounts, self._missing())

    def each(self, compute: Callable[[TrainingData], pl.DataFrame]) -> pl.DataFrame:
        """Compute a table for each account separately, and return the tables as one.

        Args:
            compute: makes a table from the records of one account.

        Returns:
            The tables with a leading column `account`.

        Raises:
            KPADataError: `compute` raised it, or did not return a DataFrame, or its tables have
                different columns; the message names the account.

        Examples:
            >>> from kpa_analytics.schema import COMPLETIONS
            >>> two = TrainingData(completions=COMPLETIONS.empty().clear(2))
            >>> fleet = Fleet({"north": two})
            >>> fleet.each(lambda data: data.completions.select(pl.len())).rows()
            [('north', 2)]
        """
        self.warn_if_incomplete()
        tables: dict[str, object] = {}
        for name, data in self.accounts.items():
            with of_account(name):
                tables[name] = compute(data)
        return as_one_table(tables)

    def __getitem__(self, name: str) -> TrainingData:
        """The records of one account."""
        if name in self.failures:
            raise KPAError(f"{name} could not be loaded: {self.failures[name]}")
        if name not in self.accounts:
            raise KPADataError(
                f"there is no account {name!r} in this fleet; it has {', '.join(self.accounts)}"
            )
        return self.accounts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.accounts)

    def __len__(self) -> int:
        return len(self.accounts)

    def __repr__(self) -> str:
        names = [f"{name}{' (demo data)' * data.demo}" for name, data in self.accounts.items()]
        rows = sum(data.completions.height for data in self.accounts.values())
        missing = f"; {self._missing()}" if self.failures else ""
        return f"<Fleet: {', '.join(names)}; {count(rows, 'completion')}{missing}>"

    def _frame(self, name: str) -> pl.DataFrame:
        self.warn_if_incomplete()
        frames = (
            data.frames[name].select(pl.lit(account).alias(ACCOUNT), pl.all())
            for account, data in self.accounts.items()
        )
        return pl.concat(frames, how="diagonal_relaxed")

    def _missing(self) -> str:
        """The accounts that could not be loaded, with the kind of each error; empty if none."""
        if not self.failures:
            return ""
        named = [f"{name} ({type(error).__name__})" for name, error in self.failures.items()]
        return f"not loaded: {', '.join(named)}"

    def _warn_of_unknown_requirements(self) -> None:
        """Give a KPADataWarning if requirements are known of some accounts only."""
        without = [n for n, data in self.accounts.items() if data.requirements is None]
        if without and len(without) < len(self.accounts):
            warn(
                f"the requirements of {', '.join(without)} are not known, so missing cases of "
                "these accounts are not counted",
                KPADataWarning,
            )

    def warn_if_incomplete(self) -> None:
        """Give a KPADataWarning that names the accounts that could not be loaded, if any."""
        if self.failures:
            of = len(self.accounts) + len(self.failures)
            warn(
                f"these are only {len(self.accounts)} of {of} accounts; {self._missing()}",
                KPADataWarning,
                "fleet.failures has the errors",
            )
