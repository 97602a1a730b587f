"""A fleet: accounts side by side, whose ids never meet, and nothing that passes for whole."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics import schema
from kpa_analytics.audit.pack_data import PackData
from kpa_analytics.data.side_by_side import side_by_side
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.demo.faults import Fault
from kpa_analytics.demo.sources import COMPLETIONS, Records
from kpa_analytics.errors import KPADataError, KPADataWarning, KPAError
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import EMPLOYEE_STATUS, EXPIRY_STATUS
from tests.conftest import completion, completions
from tests.data.accounts_toml import serve_accounts
from tests.frames import frame_of
from tests.publishing.small import AS_OF, small

FRAMES = ("completions", "trainings", "users", "group_trainings", "employee_status", "groups")


@pytest.fixture(autouse=True)
def quiet() -> None:
    kpa.configure(progress=False, rate_limit_wait=0.01, retries=0)


@pytest.fixture
def fleet() -> kpa.Fleet:
    """The ids of both accounts are the same, and mean something else: titles, rules and people."""
    north, south = small(), small()
    trainings = south.trainings.with_columns(
        title=pl.lit("Welding"), renewal_months=pl.lit(2, pl.Int64)
    )
    users = south.users.with_columns(lastname=pl.lit("Southern"))
    return kpa.Fleet({"north": north, "south": replace(south, trainings=trainings, users=users)})


@pytest.mark.slow
def test_accounts_are_loaded_side_by_side_and_apart_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each of the two accounts answers only once the other was asked."""
    caplog.set_level("DEBUG")
    both = threading.Barrier(2)
    with kpa.demo.serve(Records()) as api:
        tokens = serve_accounts(
            api, monkeypatch, tmp_path, north=completions(2), south=completions(3)
        )
        meet = Fault("meet", before=lambda call: both.wait(timeout=60) and None)
        api.faults.add(meet, times=2, method=COMPLETIONS)
        fleet = kpa.load_fleet()
        assert kpa.load_fleet(["south"]).completions["account"].to_list() == ["south"] * 3
    assert [*fleet] == ["north", "south"]
    for name in FRAMES:
        each = [
            data.frames[name].select(pl.lit(a).alias("account"), pl.all())
            for a, data in fleet.accounts.items()
        ]
        assert_frame_equal(getattr(fleet, name), pl.concat(each))
    assert fleet["north"].completions.height == 2
    assert fleet.complete
    assert fleet.demo
    assert repr(fleet) == "<Fleet: north (demo data), south (demo data); 5 completions>"
    kept = [path for path in kpa.settings().cache_dir.rglob("*") if path.is_file()]
    assert len({path.relative_to(kpa.settings().cache_dir).parts[0] for path in kept}) == 2
    for token in tokens.values():
        assert not any(token.encode() in path.read_bytes() for path in kept)
        assert token not in repr(fleet) + caplog.text


def test_all_accounts_are_fetched_at_the_same_time() -> None:
    together = threading.Barrier(20)
    loads = {f"a{number}": lambda: together.wait(timeout=60) for number in range(20)}
    results, errors = side_by_side(loads, progress=False)
    assert [*results] == [*loads]
    assert not errors


@pytest.mark.slow
def test_one_failure_is_named_and_the_rest_are_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kpa.demo.serve(Records()) as api:
        tokens = serve_accounts(
            api, monkeypatch, tmp_path, north=completions(2), south=completions(3)
        )
        api.refuse("token_inactive", tokens["south"])
        with pytest.warns(KPADataWarning, match="the account south could not be loaded.*inactive"):
            fleet = kpa.load_fleet()
        api.refuse("token_inactive", tokens["north"])
        with pytest.raises(KPAError, match=r"no account could be loaded: north: .*; south: "):
            kpa.load_fleet(["north", "south"], refresh=True)
    assert [*fleet] == ["north"]
    assert not fleet.complete
    assert isinstance(fleet.failures["south"], kpa.errors.KPATokenInactiveError)
    assert "not loaded: south (KPATokenInactiveError)" in repr(fleet)
    with pytest.raises(KPAError, match="south could not be loaded"):
        fleet["south"]
    uses: dict[str, Any] = {name: (lambda name=name: getattr(fleet, name)) for name in FRAMES}
    uses |= {
        "status": fleet.status,
        "trend": lambda: fleet.status_over_time(start="2020-01-29", end="2020-03-01"),
        "together": fleet.together,
    }
    for use in uses.values():
        with pytest.warns(KPADataWarning, match=r"only 1 of 2 accounts; not loaded: south"):
            use()


@pytest.mark.slow
def test_warnings_name_the_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Records({COMPLETIONS: [completion(1, date_number=20200230)]})
    with kpa.demo.serve(Records()) as api:
        serve_accounts(api, monkeypatch, tmp_path, south=bad)
        with pytest.raises(
            KPADataWarning, match=r"^south: completions: 1 impossible date was left empty"
        ):
            kpa.load_fleet()  # as without threads, if warnings are errors


@pytest.mark.slow
def test_the_status_of_each_account_follows_its_own_rules(fleet: kpa.Fleet) -> None:
    status = fleet.status(as_of=AS_OF)
    assert status.columns == ["account", *EXPIRY_STATUS.schema.names()]
    for name, data in fleet.accounts.items():
        alone = kpa.expiry_status(
            data.completions, data.trainings, data.users, as_of=AS_OF, required=data.requirements
        )
        assert_frame_equal(status.filter(account=name).drop("account"), alone)
    trend = fleet.status_over_time(start="2026-05-31", end=AS_OF, by="account")
    assert trend.columns[:3] == ["day", "account_id", "account"]
    of_day = status.group_by("account", "status").len().rows()
    last = trend.filter(day=AS_OF)
    counted = {
        (r["account"], s): r[s]
        for r in last.iter_rows(named=True)
        for s in ("current", "expiring", "expired", "missing", "not_due")
        if r[s]
    }
    assert counted == {(account, status): count for account, status, count in of_day}
    assert kpa.charts.status_over_time(trend).to_dict()["title"]["text"]


@pytest.mark.slow
@pytest.mark.parametrize("lazy", [False, True])
def test_rows_of_several_accounts_meet_in_no_function(fleet: kpa.Fleet, lazy: bool) -> None:
    done: Any = fleet.completions.lazy() if lazy else fleet.completions
    people, catalogue = fleet.users, fleet.trainings
    status = fleet.status(as_of=AS_OF)
    charts = kpa.charts
    for mix in (
        lambda: kpa.expiry_status(done, catalogue, people),
        lambda: kpa.expiry_status(fleet["north"].completions, catalogue),
        lambda: kpa.expiry_status(fleet["north"].completions, None, people),
        lambda: kpa.renewals(done, as_of=AS_OF),
        lambda: kpa.status_over_time(done, start="2026-05-04", end=AS_OF),
        lambda: kpa.instructor_activity(done),
        lambda: kpa.group_sessions(done),
        lambda: kpa.training_matrix(status),
        lambda: kpa.reconcile(status, fleet.employee_status),
        lambda: charts.expiry_by_training(status),
        lambda: charts.expiry_by_group(status, people),
    ):
        with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
            mix()
    north = done.filter(pl.col("account") == "north")
    south = fleet.trainings.filter(account="south"), fleet.users.filter(account="south")
    assert kpa.expiry_status(north, as_of=AS_OF).lazy().collect().height == 2
    for mix in (
        lambda: kpa.expiry_status(north, south[0]),
        lambda: kpa.status_over_time(north, None, south[1], start="2026-05-04", end=AS_OF),
        lambda: kpa.renewals(north, *south, as_of=AS_OF),
        lambda: kpa.instructor_activity(north, *south),
        lambda: kpa.instructor_coverage(north, *south, as_of=AS_OF),
        lambda: kpa.eligible_instructors(north, *south, as_of=AS_OF),
        lambda: kpa.group_sessions(north, None, *south),
        lambda: kpa.supervisor_lists(status.filter(account="north"), south[1]),
        lambda: kpa.reconcile(
            status.filter(account="north"), fleet.employee_status.filter(account="south")
        ),
    ):
        with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
            mix()


def test_a_fleet_checks_its_accounts() -> None:
    for accounts, message in (
        ({"a@b": small()}, "'a@b' can't be the name of an account"),
        ({"north": small(), "North": small()}, "'North' is named twice"),
        ({"north": small().completions}, "data must be the result of load_all"),
    ):
        with pytest.raises(KPADataError, match=message):
            kpa.Fleet(accounts)  # type: ignore[arg-type]
    with pytest.raises(KPADataError, match="'north' is named twice"):
        kpa.Fleet({"north": small()}, {"north": KPAError("no network")})


def test_loads_of_two_accounts_are_not_compared(
    fleet: kpa.Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = fleet.completions
    pack = PackData(tmp_path, {"account": "north"}, fleet["north"], fleet["north"].users, None)
    monkeypatch.setattr("kpa_analytics.audit.compare.read_pack", lambda folder: pack)
    for before in (fleet["north"], done.filter(account="north"), tmp_path):
        after = fleet["south"]
        for compare in (kpa.changes, kpa.status_changes):
            with pytest.raises(KPADataError, match=r"several accounts \(north, south\)"):
                compare(before, after)  # type: ignore[operator]
    assert kpa.changes(done.filter(account="north"), fleet["north"]).is_empty()


@pytest.mark.slow
def test_together_no_two_accounts_share_an_id(fleet: kpa.Fleet) -> None:
    data = fleet.together()
    assert not data.completions["id"].is_duplicated().any()
    assert not data.users["id"].is_duplicated().any()
    assert data.trainings["title"].to_list() == [
        "Ladders (north)",
        "First Aid (north)",
        "Welding (south)",
        "Welding (south)",
    ]
    status = kpa.expiry_status(
        data.completions, data.trainings, data.users, as_of=AS_OF, required=data.requirements
    )
    apart = fleet.status(as_of=AS_OF)
    same = ["expiration_date", "days_left", "status"]
    assert_frame_equal(status.select(same), apart.select(same), check_row_order=False)
    assert status["user"].n_unique() == 4
    counted = kpa.status_over_time(
        data.completions,
        data.trainings,
        data.users,
        start="2026-05-31",
        end=AS_OF,
        by="account",
        required=data.requirements,
    )
    apart = fleet.status_over_time(start="2026-05-31", end=AS_OF, by="account")
    assert_frame_equal(counted, apart.drop("demo"), check_row_order=False)


def test_together_a_blank_title_is_none_and_another_row_with_the_id_gives_it() -> None:
    """As everywhere: of several rows with one id, the first one with a title gives it."""
    titles = {7: None, 8: " ", 9: ""}
    rows = [{"id": key, "title": title} for key, title in titles.items()]
    offices = [
        {"kind": kind, "id": "n", "name": name}
        for kind, name in (("field_office", " "), ("field_office", "North"), ("job_title", None))
    ]
    data = small(
        trainings=frame_of(schema.TRAININGS, *rows, {"id": 9, "title": "Ladders"}),
        groups=frame_of(schema.GROUPS, *offices),
    )
    together = kpa.Fleet({"north": data}).together()
    shown = ["7 (north)", "8 (north)", "Ladders (north)", "Ladders (north)"]
    assert together.trainings["title"].to_list() == shown
    assert together.groups["name"].to_list() == ["North (north)", "North (north)", "n (north)"]


def test_together_the_vendors_dates_have_the_ids_of_their_trainings() -> None:
    listed = frame_of(
        EMPLOYEE_STATUS,
        {"m_user_id": "ann", "complete_training_ids": [7], "last_completed": [{"id": 7}]},
    )
    data = small(employee_status=listed)
    status = kpa.Fleet({"north": data, "south": data}).together().employee_status
    trainings = status["complete_training_ids"].explode().to_list()
    assert status["last_completed"].explode().struct.field("id").to_list() == trainings
    assert len({*trainings}) == 2


@pytest.mark.parametrize(
    "listed", [{"complete_training_ids": [10**12 + 5]}, {"last_completed": [{"id": 10**12 + 5}]}]
)
def test_together_no_id_can_equal_one_of_another_account(listed: dict[str, object]) -> None:
    data = small(employee_status=frame_of(EMPLOYEE_STATUS, {"m_user_id": "ann", **listed}))
    with pytest.raises(kpa.errors.KPADataError, match=r"employee_status\.\w+ has ids that are"):
        kpa.Fleet({"north": data, "south": data}).together()


@pytest.mark.slow
def test_who_has_no_profile_still_has_an_account(fleet: kpa.Fleet) -> None:
    done = fleet["north"].completions
    nobody = done.head(1).with_columns(id=pl.lit(99, pl.Int64), m_user_id=pl.lit("nobody"))
    more = replace(fleet["north"], completions=pl.concat([done, nobody]))
    fleet = kpa.Fleet({"north": more, "south": fleet["south"]})
    data = fleet.together()
    required = {"required": data.requirements}
    trend = kpa.status_over_time(
        data.completions, None, data.users, start=AS_OF, end=AS_OF, by="account", **required
    )
    assert trend["account"].to_list() == ["north", "south"]
    status = kpa.expiry_status(data.completions, None, data.users, as_of=AS_OF, **required)
    of_each = fleet.status(as_of=AS_OF).group_by("account").len("total").sort("account")
    assert trend["total"].to_list() == of_each["total"].to_list()
    table = kpa.charts.expiry_by_group_table(status, data.users, by="account")
    assert dict(table.select("group", "total").iter_rows()) == dict(of_each.iter_rows())
    renewals = kpa.renewals(data.completions, None, data.users, as_of=AS_OF)
    punctual = kpa.renewal_punctuality(renewals, data.users, as_of=AS_OF, by="account")
    assert None not in punctual["account"].to_list()


@pytest.mark.slow
def test_the_trend_of_a_young_account_begins_with_its_first_completion(fleet: kpa.Fleet) -> None:
    """Its days are those of the other account, and the end of a month stays the end."""
    young = fleet["south"].completions.with_columns(date=pl.lit(date(2026, 2, 10)))
    fleet = kpa.Fleet(
        {"north": fleet["north"], "young": replace(fleet["south"], completions=young)}
    )
    start = fleet["north"].completions["date"].min()
    assert start < date(2026, 1, 31)
    trend = fleet.status_over_time(start="2026-01-31", end=AS_OF, by="account")
    days = {name: trend.filter(account=name)["day"].to_list() for name in fleet}
    assert days["young"] == days["north"][1:]
    assert days["young"][:2] == [date(2026, 2, 28), date(2026, 3, 31)]
    assert [*fleet.status_over_time(start="2026-01-31", end="2026-02-01")["account"]] == ["north"]
    with pytest.raises(KPADataError, match="start must not be before the first completion"):
        fleet.status_over_time(start="2001-01-01", end=AS_OF)


@pytest.mark.slow
def test_together_keeps_the_mark_of_the_demo() -> None:
    users = small().users.with_columns(id=pl.lit("64656d6f64656d6f00000001"))
    data = small(users=users, employee_status=EMPLOYEE_STATUS.empty())
    both = kpa.Fleet({"north": small(), "training": data})
    assert not kpa.Fleet({"north": small()}).together().demo
    with pytest.warns(KPADataWarning, match="the requirements of training are not known"):
        assert both.together().demo
    assert "training (demo data)" in repr(both)
    trend = kpa.Fleet({"training": data}).status_over_time(
        start="2026-05-31", end=AS_OF, by="account"
    )
    chart = kpa.charts.status_over_time(trend).to_json()
    assert DEMO_MARK in chart


def test_windows_can_interrupt_a_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows does not deliver Ctrl-C to a thread that waits without an end."""

    class Windows(SimpleQueue[Any]):
        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            assert timeout is not None
            return super().get(block, timeout=0.001)

    monkeypatch.setattr("kpa_analytics.data.side_by_side.SimpleQueue", Windows)
    wait = threading.Event()
    loads = {"north": lambda: wait.wait(0.01)}
    assert side_by_side(loads, progress=False) == ({"north": False}, {})


def test_together_is_no_evidence(fleet: kpa.Fleet, tmp_path: Path) -> None:
    with pytest.raises(KPADataError, match="records of several accounts"):
        kpa.export_audit(fleet.together(), tmp_path / "pack", as_of=AS_OF)
    with pytest.raises(KPADataError, match="records of several accounts"):
        kpa.publish(fleet.together(), tmp_path / "folder", as_of=AS_OF)
    with pytest.raises(KPADataError, match="records of several accounts"):
        kpa.export_supervisor_packs(fleet.together(), tmp_path / "lists", as_of=AS_OF)


def test_nobody_must_have_a_training_of_another_account(fleet: kpa.Fleet) -> None:
    data = fleet.together()
    with pytest.raises(KPADataError, match="records of several accounts"):
        kpa.required_trainings(data.trainings, data.users, as_of=AS_OF)
    with pytest.raises(KPADataError, match="records of several accounts"):
        kpa.required_for(data, "ann@north", as_of=AS_OF)
    each = fleet.each(
        lambda alone: kpa.required_trainings(alone.trainings, alone.users, as_of=AS_OF)
    )
    assert each.columns[0] == "account"


def test_an_id_that_can_not_be_made_unique_is_named() -> None:
    done = small().completions.with_columns(id=pl.lit(10**12))
    with pytest.raises(KPADataError, match=r"north: completions\.id has ids"):
        kpa.Fleet({"north": small(completions=done)}).together()


def test_an_error_of_one_account_names_it() -> None:
    fleet = kpa.Fleet({"north": TrainingData(completions=schema.COMPLETIONS.empty().clear(1))})
    with pytest.raises(KPADataError, match="north: completions or required: a row has no"):
        fleet.status(as_of=date(2026, 6, 30))
    with pytest.raises(KPADataError, match="no account 'east' in this fleet; it has north"):
        fleet["east"]


@pytest.mark.slow
def test_charts_count_by_account(fleet: kpa.Fleet) -> None:
    status = fleet.status(as_of=AS_OF)
    table = kpa.charts.expiry_by_group_table(status, by="account")
    totals = table.sort("group").select("group", "total").rows()
    assert totals == status.group_by("account").len().sort("account").rows()
    assert "account" in kpa.charts.expiry_by_group(status, by="account").description
    together = fleet.together()
    cases = kpa.expiry_status(
        together.completions,
        together.trainings,
        together.users,
        as_of=AS_OF,
        required=together.requirements,
    )
    same = kpa.charts.expiry_by_group_table(cases, together.users, by="account")
    assert same.rows() == table.rows()
    with pytest.raises(KPADataError, match=r"needs the people of a fleet"):
        kpa.charts.expiry_by_group(cases, together.users.drop("fleet_account"), by="account")
    with pytest.raises(KPADataError, match=r"needs the statuses of a fleet"):
        kpa.charts.expiry_by_group(status.drop("account"), by="account")
    alone = fleet["north"]
    with pytest.raises(KPADataError, match=r"needs the people of a fleet"):
        kpa.status_over_time(
            alone.completions, users=alone.users, start=AS_OF, end=AS_OF, by="account"
        )


@pytest.mark.slow
def test_a_warning_and_charts_say_where_missing_is_not_known(fleet: kpa.Fleet) -> None:
    south = replace(fleet["south"], employee_status=EMPLOYEE_STATUS.empty())
    half = kpa.Fleet({"north": fleet["north"], "south": south})
    with pytest.warns(KPADataWarning, match="requirements of south are not known, so missing"):
        status = half.status(as_of=AS_OF)
    title = kpa.charts.expiry_by_group(status, by="account").to_dict()["title"]
    assert "Missing: none, or not known, in south" in title["subtitle"]
    trend = half.status_over_time(start=AS_OF, end=AS_OF, by="account")
    title = kpa.charts.status_over_time(trend).to_dict()["title"]
    assert "Missing: not known, in south" in title["subtitle"]
    table = kpa.charts.status_over_time_table(trend).sort("group")
    assert table["missing"].is_null().to_list() == [False, True]
    assert table["gaps"][1] == table["expired"][1]


@pytest.mark.slow
def test_the_dashboard_shows_a_fleet_by_account(fleet: kpa.Fleet) -> None:
    dashboard = kpa.widgets.Dashboard(fleet, as_of=AS_OF, by="account", load=lambda: fleet)
    assert set(dashboard.trend.rows["account"]) == {"north", "south"}
    assert dashboard.expiry.rows.height == fleet.status(as_of=AS_OF).height
    assert dashboard.refresh()
    assert dashboard.trend.by == "account"
    with pytest.raises(KPADataError, match="needs the people of a fleet"):
        kpa.widgets.Dashboard(fleet["north"], as_of=AS_OF, by="account")
    with pytest.raises(KPADataError, match="account"):
        kpa.widgets.TrendExplorer(fleet["north"], as_of=AS_OF).by = "account"


@pytest.mark.parametrize(
    ("compute", "said"),
    [
        (lambda _: None, "north: the result must be a polars DataFrame, not NoneType"),
        (
            lambda data: data.users.select(account="id"),
            "north: the table already has a column 'account'",
        ),
        (
            lambda data: pl.DataFrame({data.trainings["title"][0]: [1], "both": 1}),
            "south: the columns differ from those of north: Ladders, Welding$",
        ),
    ],
)
def test_tables_that_do_not_fit_in_one_are_refused_by_name(
    compute: Any, said: str, fleet: kpa.Fleet
) -> None:
    with pytest.raises(KPADataError, match=said):
        fleet.each(compute)


def test_columns_of_accounts_may_differ_in_order_and_descriptive_ones_may_lack() -> None:
    known = schema.COMPLETIONS.schema.names()
    fewer = small().completions.select(*reversed(known)).drop("notes")
    fleet = kpa.Fleet({"north": small(), "south": small(completions=fewer)})
    assert fleet.completions.columns == ["account", *known]
    notes = fleet.together().completions["notes"].to_list()
    assert notes == [*small().completions["notes"], *[None] * fewer.height]
    with pytest.raises(KPADataError, match=r"^south: completions: no column 'created'; load_compl"):
        kpa.Fleet({"north": small(), "south": small(completions=fewer.drop("created"))})


def test_a_fleet_is_made_of_named_accounts() -> None:
    with pytest.raises(KPADataError, match="accounts must be a dictionary of the result of load_a"):
        kpa.Fleet(small())  # type: ignore[arg-type]
