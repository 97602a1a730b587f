"""The trend explorer counts as the analyses do, and says what is not known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics import charts
from kpa_analytics.analysis.choices import TrendChoices
from kpa_analytics.schema import COMPLETIONS, TRAININGS
from kpa_analytics.widgets import Dashboard, TrendExplorer
from kpa_analytics.widgets.table_rows import cells
from kpa_analytics.widgets.trend_rows import with_gap_shares
from kpa_analytics.wording import day as in_words
from tests.frames import frame_of
from tests.widgets.expiry_cases import status

FIRST, LAST = date(2025, 6, 30), date(2026, 6, 30)
RULES = {"expiring_days", "include_terminated"}


@pytest.fixture(scope="module")
def shared(company: kpa.TrainingData) -> TrendExplorer:
    """An explorer for tests that leave its choices as they were."""
    return TrendExplorer(company)


@pytest.fixture
def explorer(shared: TrendExplorer) -> Any:
    usual = shared.choices
    yield shared
    shared.set(**usual)
    shared.say("")


def trend(data: kpa.TrainingData, start: date = FIRST, **options: Any) -> pl.DataFrame:
    """The counts on the last days of months from `start` on."""
    return kpa.status_over_time(
        data.completions,
        data.trainings,
        data.users,
        **{
            "start": "2025-03-31",  # leads to the last days of months, and of quarters
            "end": LAST,
            "required": data.requirements,
            "groups": data.groups,
            **options,
        },
    ).filter(pl.col("day") >= start)


def renewals(data: kpa.TrainingData, **options: Any) -> pl.DataFrame:
    came_due = kpa.renewals(data.completions, data.trainings, data.users, as_of=LAST, **options)
    return came_due.filter(pl.col("expiration_date") > FIRST)


def tiles(explorer: TrendExplorer) -> dict[str, tuple[str, str]]:
    """Label -> figure and detail."""
    matches = re.findall(
        r'kpa-words">([^<]*)</span><strong>([^<]*)</strong><span class="kpa-detail">([^<]*)<',
        explorer._figures.value,
    )
    return {label: (figure, detail) for label, figure, detail in matches}


@pytest.mark.slow
def test_it_shows_a_year_by_month_up_to_the_demos_day(
    shared: TrendExplorer, company: kpa.TrainingData
) -> None:
    assert_frame_equal(shared.rows, trend(company))
    assert (shared.start, shared.every, shared.by) == (None, "1mo", None)
    assert shared.controls["start"].value == FIRST
    assert shared.table["day"].to_list() == [*reversed(shared.rows["day"].to_list())]


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"expiring_days": 90},
        {"include_terminated": True},
        {"every": "1q"},
        {"start": date(2025, 12, 30)},
        {"by": "training"},
        {"by": "field_office"},
        {"by": "supervisor", "include_terminated": True},
    ],
)
def test_rows_and_punctuality_are_those_of_the_analyses(
    explorer: TrendExplorer, company: kpa.TrainingData, options: dict[str, Any]
) -> None:
    explorer.set(**options)
    assert_frame_equal(explorer.rows, trend(company, **options))
    came_due = renewals(company, **{key: options[key] for key in RULES & options.keys()})
    came_due = came_due.filter(pl.col("expiration_date") > options.get("start", FIRST))
    assert_frame_equal(explorer.punctuality, kpa.renewal_punctuality(came_due, as_of=LAST))


@pytest.mark.slow
def test_days_are_counted_back_from_the_last_day(explorer: TrendExplorer) -> None:
    explorer.set(as_of="2026-05-31", start="2026-02-01")
    assert explorer.rows["day"].to_list() == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]
    explorer.every = "1w"
    days = explorer.rows["day"]
    assert (days[0], days[-1]) == (date(2026, 2, 1), date(2026, 5, 31))
    assert days.diff().drop_nulls().dt.total_days().unique().to_list() == [7]
    explorer.every = "1d"
    assert explorer.rows.height == 120


@pytest.mark.slow
def test_people_and_trainings_narrow_everything_to_their_cases(
    explorer: TrendExplorer, company: kpa.TrainingData
) -> None:
    composed = company.trainings.filter(pl.col("included_trainings_id").list.len() > 0)["id"]
    trainings = [*composed, *company.trainings["id"][:2]]
    office = company.users["fieldOffice_id"].explode().drop_nulls()[0]
    members = company.users.filter(pl.col("fieldOffice_id").list.contains(office))["id"].implode()
    explorer.set(trainings=trainings, field_offices=[office])
    chosen = [pl.col("training_id").is_in(trainings), pl.col("m_user_id").is_in(members)]
    for day in explorer.rows["day"].gather_every(6):
        cases = status(company, as_of=day).filter(*chosen)
        row = explorer.rows.row(by_predicate=pl.col("day") == day, named=True)
        counts = dict(cases["status"].value_counts().iter_rows())
        assert {name: row[name] for name in counts} == counts
        assert row["total"] == cases.height > 0
    came_due = renewals(company).filter(*chosen)
    assert_frame_equal(explorer.punctuality, kpa.renewal_punctuality(came_due, as_of=LAST))
    weeks = charts.expirations_by_week(status(company).filter(*chosen), as_of=LAST)
    assert explorer.charts[2]["description"] == weeks.description


def test_tiles_say_gaps_now_and_then_the_change_and_the_share_on_time(
    shared: TrendExplorer, company: kpa.TrainingData
) -> None:
    rows, due = shared.rows, renewals(company)
    over = due.filter(pl.col("expiration_date") < LAST)
    later = due.height - over.height
    assert later > 1
    gaps, cases = rows["expired"] + rows["missing"], rows["total"]
    shown = tiles(shared)
    assert shown["Gaps on 30 Jun 2026"][0] == f"{gaps[-1]:,}"
    assert shown["Gaps on 30 Jun 2026"][1].endswith(f"of {cases[-1]:,} cases")
    assert shown["Gaps on 30 Jun 2025"][0] == f"{gaps[0]:,}"
    change = gaps[-1] - gaps[0]
    assert shown["Change"][0] == f"{change:+,}".replace("-", "\N{MINUS SIGN}")
    on_time = (over["outcome"] == "on_time").sum()
    share = round(100 * on_time / over.height)
    assert shown["Renewed on time"] == (
        f"{share}%",
        f"{on_time:,} of {over.height:,} certificates due for renewal since 30 Jun 2025; "
        f"{later:,} that expire later are not counted",
    )
    assert (
        "Every day is counted with today's requirements, training schedules and groups"
        in shared._figures.value
    )


@pytest.mark.slow
def test_without_requirements_missing_is_not_known_and_never_0(company: kpa.TrainingData) -> None:
    alone = TrendExplorer(
        kpa.TrainingData(completions=company.completions, trainings=company.trainings), as_of=LAST
    )
    shown = tiles(alone)
    gaps = alone.rows["expired"] + alone.rows["missing"].fill_null(0)
    assert shown["Known gaps on 30 Jun 2026"][0] == f"{gaps[-1]:,}"
    assert shown["○ Missing"] == ("not known", "No requirements were provided")
    assert not any(label.startswith("Gaps") for label in shown)
    at = [heading["label"] for heading in alone._table.shown_columns].index("Missing")
    cells = {row[at] for row in alone._table.rows}
    assert "not known" in cells
    assert 0 not in cells


def test_groups_are_columns_of_the_table_and_people_without_one_are_named(
    explorer: TrendExplorer,
) -> None:
    explorer.by = "supervisor"
    headings = [heading["label"] for heading in explorer._table.shown_columns]
    assert headings[:2] == ["Day", "Supervisor"]
    assert explorer.rows["supervisor"].null_count() > 0
    assert "(no supervisor)" in explorer.table["supervisor"]
    explorer._table.sort = ["supervisor", False]
    explorer.by = None
    assert "Supervisor" not in [heading["label"] for heading in explorer._table.shown_columns]
    assert explorer._table.sort == ["day", True]


def test_a_share_of_gaps_is_0_only_for_no_gap_and_100_only_for_nothing_else(
    shared: TrendExplorer,
) -> None:
    table = shared.table
    exact = 100 * table["gaps"] / table["total"]
    assert ((table["percent"] - exact).abs() <= 0.1).all()
    few = (
        kpa.schema.STATUS_OVER_TIME.empty()
        .clear(3)
        .with_columns(
            day=pl.Series([FIRST] * 3),
            expired=pl.Series([1, 9999, 0]),
            missing=pl.lit(0),
            total=pl.Series([10_000, 10_000, 0]),
        )
    )
    assert with_gap_shares(few, None)["percent"].to_list() == [0.1, 99.9, None]
    assert cells(pl.Series([12.0, 0.1, 99.94, None]), {}) == ["12.0", "0.1", "99.9", None]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("start", "2027-01-01", "start must not be after as_of: start is 1 Jan 2027"),
        (
            "start",
            "2001-01-01",
            "start must not be before the first completion: start is 1 Jan 2001",
        ),
        ("start", "30/06/2026", "start must be a day"),
        ("every", "1m", "every: '1m' is not one of 1d, 1w, 1mo, 1q, 1y"),
        ("every", None, "every: None is not one of 1d"),
        ("by", "office", "by: 'office' is not one of field_office, job_title"),
        ("expiring_days", -1, "expiring_days must be a whole number from 0 to 36,500"),
        ("statuses", ["expired"], "TrendExplorer has no choice statuses; its choices are as_of"),
    ],
)
def test_an_invalid_value_is_one_clear_error_and_changes_nothing(
    shared: TrendExplorer, name: str, value: object, said: str
) -> None:
    before, specs, rebuilds = shared.choices, shared.charts, shared.rebuilds
    with pytest.raises(kpa.errors.KPADataError, match=said):
        setattr(shared, name, value)
    assert (shared.choices, shared.charts, shared.rebuilds) == (before, specs, rebuilds)


def test_a_first_day_that_is_not_allowed_is_refused_once(explorer: TrendExplorer) -> None:
    control, rows = explorer.controls["start"], explorer.rows
    begun = in_words(explorer.begun or FIRST)
    said = f"Start must not be before the first completion, which is dated {begun}."
    for year in (2, 20, 202):
        control.value = date(year, 12, 30)
        assert control.value == FIRST
        assert explorer._notice.value.count(said) == 1
        assert explorer.rows is rows
    control.value = date(2027, 1, 1)
    assert "Start must not be after 30 Jun 2026, the day in As of." in explorer._notice.value
    control.value = date(2025, 12, 30)
    assert explorer._notice.value == ""
    assert explorer.start == date(2025, 12, 30)
    assert explorer.rows["day"][0] == date(2025, 12, 31)
    control.value = None
    assert (explorer.start, control.value) == (None, FIRST)
    assert "Start was cleared: the first day is 30 Jun 2025." in explorer._notice.value


@pytest.mark.slow
def test_a_first_day_that_the_last_day_has_passed_is_dropped_and_it_says_so(
    explorer: TrendExplorer,
) -> None:
    explorer.start = "2026-02-28"
    explorer.as_of = "2026-01-31"
    assert explorer.start is None
    assert explorer.rows["day"][0] == date(2025, 1, 31)
    assert "The first day, 28 Feb 2026, is after 31 Jan 2026" in explorer._notice.value
    explorer.as_of = "2026-02-28"
    assert explorer._notice.value == ""


def test_the_caption_of_the_counts_names_the_days_that_are_selected(
    explorer: TrendExplorer,
) -> None:
    table = explorer._table
    assert table.caption == "Cases of each status on each day"
    explorer.selected = {"day": "2025-12-31", "status": "expired"}
    assert table.caption == "Selected: cases of each status on 31 Dec 2025"
    explorer.selected = {"figure": "change"}
    assert explorer.table.height == 2
    assert table.caption == "Selected: cases of each status on 30 Jun 2025 and 30 Jun 2026"
    explorer.set(by="field_office", selected={"figure": "gaps"})
    assert table.caption == "Selected: cases of each status on 30 Jun 2026, by field office"
    explorer.selected = {"week": explorer._charts.rows(2)[0]["week"][:10]}
    assert table.caption == "Cases of each status on each day, by field office"


@pytest.mark.slow
def test_nothing_is_claimed_of_days_before_the_first_completion(explorer: TrendExplorer) -> None:
    begun = explorer.begun
    explorer.as_of = "2001-01-01"
    assert explorer.rows.is_empty()
    assert explorer.punctuality.is_empty()
    assert tiles(explorer)["Gaps on 1 Jan 2001"][0] == "not known"
    assert explorer._figures.value.count("nothing is known of earlier days") == 1
    assert "No cases to show" in explorer.charts[0]["description"]
    explorer.as_of = begun
    assert explorer.rows["day"].to_list() == [begun]
    explorer.as_of = date(begun.year, begun.month + 3, 1)
    assert explorer.rows["day"][0] >= begun


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("by", "training", {1, 2}),
        ("every", "1q", {1, 2}),
        ("start", date(2026, 1, 1), {2}),
        ("expiring_days", 60, {0, 2}),
        ("as_of", date(2026, 5, 31), set()),
    ],
)
def test_a_change_of_a_control_draws_once_and_only_what_it_changes(
    explorer: TrendExplorer, name: str, value: object, kept: set[int]
) -> None:
    before, specs, control = explorer.rebuilds, explorer.charts, explorer.controls[name]
    control.value = value
    assert (getattr(explorer, name), control.value) == (value, value)
    assert explorer.rebuilds == before + 1
    assert {at for at in range(3) if explorer.charts[at] is specs[at]} == kept


def test_all_cases_together_is_a_choice_of_the_control(explorer: TrendExplorer) -> None:
    explorer.by = "training"
    assert explorer.controls["by"].value == "training"
    explorer.controls["by"].value = ""
    assert explorer.by is None


def test_a_dark_page_draws_dark_charts(explorer: TrendExplorer) -> None:
    light = {spec["config"]["background"] for spec in explorer.charts}
    explorer._table.dark = True
    dark = {spec["config"]["background"] for spec in explorer.charts}
    assert (len(light), len(dark), len(light | dark)) == (1, 1, 2)
    explorer._table.dark = False


@pytest.mark.slow
def test_names_from_other_people_stay_text_and_charts_hold_aggregates(
    company: kpa.TrainingData,
) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    users = company.users.with_columns(lastname=pl.lit(hostile))
    trainings = company.trainings.with_columns(title=pl.lit(hostile))
    begun = company.completions["date"].min()
    explorer = TrendExplorer(
        replace(company, users=users, trainings=trainings), start=begun, every="1d", by="supervisor"
    )
    assert "<img" not in explorer._figures.value + explorer._mark.value + explorer._notice.value
    assert "\u202e" not in json.dumps(explorer._table.rows, ensure_ascii=False)
    assert all(len(json.dumps(spec)) < 100_000 for spec in explorer.charts)
    assert explorer.rows["day"].n_unique() > 1000


@pytest.mark.slow
def test_other_records_keep_the_first_day_only_if_they_reach_it() -> None:
    days = [date(2025, 1, 1), date(2026, 2, 1)]
    done = [
        {"id": at, "training_id": 7, "m_user_id": "ann", "date": day} for at, day in enumerate(days)
    ]
    data = kpa.TrainingData(completions=pl.DataFrame(done, schema=COMPLETIONS.schema))
    explorer = TrendExplorer(data, as_of=LAST, start=days[0])
    explorer.load(replace(data, completions=data.completions[1:]))
    assert explorer.start is None
    assert "no longer chosen: start 2025-01-01." in explorer._notice.value


@pytest.mark.slow
def test_no_records_are_an_empty_trend() -> None:
    explorer = TrendExplorer(kpa.TrainingData(completions=COMPLETIONS.empty()), as_of=LAST)
    assert explorer.rows["total"].to_list() == [0] * 13
    assert tiles(explorer)["Renewed on time"][0] == "not known"


@pytest.mark.slow
def test_the_dashboards_tab_shares_its_choices_and_computes_only_when_it_is_open(
    company: kpa.TrainingData,
) -> None:
    dashboard = Dashboard(company)
    training = company.completions["training_id"][0]
    dashboard.set(as_of="2026-05-31", trainings=[training], search="a")
    assert list(dashboard._inner) == [0]
    assert dashboard._tabs.titles[3] == "Trend"
    dashboard._tabs.selected_index = 3
    inner = dashboard.trend
    assert (inner.as_of, inner.trainings) == (date(2026, 5, 31), (training,))
    assert inner.search == "a"
    dashboard._tabs.selected_index = 0
    rebuilds = inner.rebuilds
    dashboard.as_of = "2026-04-30"
    assert inner.rebuilds == rebuilds
    dashboard._tabs.selected_index = 3
    assert inner.rebuilds == rebuilds + 1
    inner.start = "2026-04-01"
    dashboard._tabs.selected_index = 0
    dashboard.as_of = "2026-03-31"
    assert inner.start is None  # at once, so that the dashboard's state can be shown again
    dashboard._tabs.selected_index = 3
    assert inner.rebuilds == rebuilds + 3
    assert dashboard._notice.value == ""


@pytest.mark.slow
@pytest.mark.parametrize("by", ["supervisor", "field_office", "training"])
def test_a_day_of_a_compared_group_lists_its_gaps(explorer: TrendExplorer, by: Any) -> None:
    explorer.by = by
    rows = explorer.rows.filter(pl.col("day").is_in([FIRST, LAST]), pl.col("total") > 0)
    for row in rows.tail(12).iter_rows(named=True):
        group = "" if row[f"{by}_id"] is None else str(row[f"{by}_id"])
        explorer.selected = {"day": row["day"], "group_id": group}
        gaps = row["expired"] + (row["missing"] or 0)
        assert (explorer.cases.height, len(explorer.selected)) == (gaps, 1)
        if gaps:
            assert {*explorer.cases["status"]} <= {"expired", "missing"}
            assert explorer.table.height == 1
            named = row[by] or f"(no {by.replace('_', ' ')})"
            assert named in explorer._people.caption
    explorer.selected = {"day": LAST, "group_id": "nobody's"}
    assert explorer.cases.is_empty()
    explorer.expiring_days = 31
    assert explorer.selected == ()


def test_a_compared_group_is_chosen_by_its_name_and_dropped_with_its_chart(
    explorer: TrendExplorer,
) -> None:
    explorer.by = "training"
    drawn = {row["short"]: row for row in explorer._charts.rows(0) if "short" in row}
    label, row = next(iter(drawn.items()))
    chosen = ({"day": LAST, "group_id": row["group_id"]},)
    press = {"chart": 0, "axis": label}
    explorer._charts._handle_custom_msg(press, [])
    assert (explorer.selected, explorer.cases.height) == (chosen, row["gaps"])
    assert explorer._charts.picked[0] == 0
    explorer._charts._handle_custom_msg(press, [])
    assert explorer.selected == ()
    explorer.selected = chosen
    explorer.by = None
    assert explorer.selected == ()


@pytest.mark.slow
def test_the_other_groups_list_their_gaps_by_their_name_and_by_a_click_on_a_day(
    explorer: TrendExplorer,
) -> None:
    explorer.by = "training"
    drawn = {row["short"]: row for row in explorer._charts.rows(0) if "short" in row}
    (others,) = (name for name in drawn if name.startswith("other trainings"))
    explorer._charts._handle_custom_msg({"chart": 0, "axis": others}, [])
    assert explorer.selected == ({"day": LAST, "group_id": "*"},)
    named = {each["group_id"] for each in drawn.values()}
    assert explorer.cases.height == drawn[others]["gaps"] > 0
    assert not {str(training) for training in explorer.cases["training_id"]} & named
    assert f"{others.rpartition('(')[2].rstrip(')')} other trainings" in explorer._people.caption
    chart, (bar,) = explorer._charts.picked
    explorer.selected = ()
    first = {"year": FIRST.year, "month": FIRST.month, "date": FIRST.day, "utc": True}
    explorer._charts.picked = [chart, [{**bar, "day": first}]]
    lane = explorer.rows.filter(
        pl.col("day") == FIRST, ~pl.col("training_id").cast(pl.String).is_in(named)
    )
    assert explorer.cases.height == lane["expired"].sum() + lane["missing"].sum()
    assert explorer.table["training_id"].to_list() == lane["training_id"].to_list()


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2025, 6, 15), date(2025, 3, 15), date(2026, 6, 30)])
def test_the_valid_cases_are_the_current_and_expiring_ones(explorer: TrendExplorer, day) -> None:
    """Also those of people who may wait for the window that is open, which have no date."""
    choices = replace(explorer._chosen(TrendChoices), as_of=day)
    is_valid = pl.col("status").is_in(["current", "expiring"])
    wanted = explorer._view.status(choices).filter(is_valid)
    valid = explorer._view.valid(choices).sort("m_user_id", "training_id")
    assert_frame_equal(valid, wanted)
    waiting = wanted.filter(pl.col("expiration_date").is_null(), status="expiring").height
    assert (waiting > 0) == (day.day == 15)


@pytest.mark.slow
def test_no_change_is_said_and_stays_selected(company: kpa.TrainingData) -> None:
    late = company.completions.filter(pl.col("date") < date(2024, 1, 1))
    never = kpa.TrainingData(completions=late, trainings=company.trainings, users=company.users)
    explorer = TrendExplorer(never, as_of="2026-06-30", start="2026-06-29", every="1d")
    explorer.selected = {"figure": "change"}
    gaps = explorer.rows.select(pl.sum_horizontal("expired", "missing")).to_series().to_list()
    assert gaps[0] == gaps[1] > 0
    assert explorer.selected == ({"figure": "change"},)
    assert explorer._people.empty_text == "No gap was opened or closed between these days."
    assert explorer.table["day"].to_list() == [date(2026, 6, 30), date(2026, 6, 29)]
    explorer.start = "2026-06-30"
    assert "change" not in explorer._figures.picks


@pytest.mark.slow
def test_a_part_of_each_week_lists_its_certificates(explorer: TrendExplorer) -> None:
    valid = explorer._view.valid(explorer._chosen(TrendChoices))
    weeks = kpa.charts.expirations_by_week_table(valid, as_of=LAST).filter(part="week")
    largest = int(weeks["largest_cases"].sum())
    numbers = {
        "Largest training of the week": largest,
        "All other trainings": int(weeks["total"].sum()) - largest,
    }
    for label, number in numbers.items():
        explorer._charts._handle_custom_msg({"chart": 2, "legend": label}, [])
        assert explorer.cases.height == number > 0
        assert {*explorer.cases["status"]} <= {"current", "expiring"}
        explorer._charts._handle_custom_msg({"chart": 2, "legend": label}, [])
        assert explorer.selected == ()


@pytest.mark.slow
def test_the_change_of_gaps_lists_those_that_opened_before_those_that_closed(
    explorer: TrendExplorer,
) -> None:
    explorer.selected = {"figure": "change"}
    is_gap = pl.col("status").is_in(["expired", "missing"]).fill_null(False)
    pair = ["m_user_id", "training_id"]
    listed = explorer._people.all_rows
    then, now = (
        explorer._view.status(replace(explorer._chosen(TrendChoices), as_of=day)).filter(is_gap)
        for day in (FIRST, LAST)
    )
    opened, closed = listed.filter(is_gap), listed.filter(~is_gap)
    assert listed.equals(pl.concat([opened, closed]))
    assert opened.select(pair).equals(now.join(then, on=pair, how="anti").select(pair))
    assert closed.select(pair).equals(then.join(now, on=pair, how="anti").select(pair))
    assert "Gaps opened or closed between" in explorer._people.caption


@pytest.mark.slow
def test_a_filter_stays_valid_whichever_cases_are_listed(explorer: TrendExplorer) -> None:
    explorer.selected = {"figure": "on-time"}
    explorer._people.filters = {"outcome": "on time"}
    assert explorer._people.total > 0
    explorer.selected = {"figure": "change"}
    assert explorer._people.empty_text == "No row matches Renewal 'on time'."
    explorer._people.filters = {"change": "opened"}
    assert explorer._people.total > 0
    explorer.selected = {"figure": "on-time"}
    assert explorer._people.empty_text == "No row matches Change 'opened'."
    explorer._people.filters = {}


@pytest.mark.slow
def test_a_gap_of_nobody_is_not_both_opened_and_closed() -> None:
    rows = [
        {"id": n, "training_id": 7, "m_user_id": who, "date": date(2020, 1, 1)}
        for n, who in enumerate([None, "ann"])
    ]
    done = pl.DataFrame(rows, schema=COMPLETIONS.schema)
    ladders = {"id": 7, "title": "Ladders", "schedule_type": "rolling", "renewal_months": 12}
    trainings = pl.DataFrame([ladders], schema=kpa.schema.TRAININGS.schema)
    data = kpa.TrainingData(completions=done, trainings=trainings)
    explorer = TrendExplorer(data, as_of="2026-06-30", selected={"figure": "gaps"})
    assert explorer.cases.height == 2
    explorer.selected = {"figure": "change"}
    assert explorer.cases.height == 0


@pytest.mark.slow
def test_a_group_named_like_a_part_of_the_weeks_is_still_a_group(explorer: TrendExplorer) -> None:
    explorer.by = "training"
    explorer._label_clicked("axis", "All other trainings", 0)
    assert explorer.selected == ()


def test_a_status_of_the_legend_lists_its_cases_on_the_last_day(explorer: TrendExplorer) -> None:
    last = explorer.rows.row(-1, named=True)
    explorer._label_clicked("legend", "expired", 0)
    assert explorer.cases.height == last["expired"] > 0
    assert {*explorer.cases["status"]} == {"expired"}
    explorer._label_clicked("legend", "expired", 0)
    assert explorer.selected == ()


@pytest.mark.slow
def test_a_day_of_other_years_has_the_counts_of_its_own_year() -> None:
    done = [
        {"id": number, "m_user_id": f"p{number}", "training_id": 7, "date": day}
        for number, day in enumerate([date(2012, 3, 1), date(2012, 9, 1), date(2025, 9, 1)])
    ]
    data = kpa.TrainingData(
        completions=frame_of(COMPLETIONS, *done),
        trainings=frame_of(TRAININGS, {"id": 7, "schedule_type": "rolling", "renewal_months": 12}),
    )
    moved = TrendExplorer(data, as_of="2026-06-30")
    moved.set(as_of="2013-05-31")
    assert_frame_equal(moved.rows, TrendExplorer(data, as_of="2013-05-31").rows)
    assert moved.rows.select("current", "expired").row(-1) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("by", ["supervisor", "field_office", "job_title"])
def test_groups_drawn_and_folded_are_those_of_the_subtitle(
    explorer: TrendExplorer, by: str
) -> None:
    """People without a group are no group."""
    explorer.by = by
    chart = explorer.charts[0]
    said = re.search(r"for (\d+) ", str(chart["title"]["subtitle"]))
    names = {row.get("group") for rows in chart["datasets"].values() for row in rows} - {None}
    folded = next((name for name in names if name.startswith("other ")), "other (0)")
    number = re.search(r"\((\d+)\)$", folded)
    assert said
    assert number
    drawn = {name for name in names if not name.startswith(("other ", "(no "))}
    assert len(drawn) + int(number[1]) == int(said[1])
    some_have_none = explorer.rows[by].null_count() > 0
    is_named = any(name.startswith("(no ") for name in names)
    folds_none = "The last row also has people without a " in str(chart["title"]["subtitle"])
    assert folds_none is (some_have_none and not is_named)
    # A click on the row names as many groups as its label, and people without a group.
    if int(number[1]):
        explorer.selected = {"day": LAST, "group_id": "*"}
        others = re.search(
            r"Gaps of the (\d+) other ([a-z ]+?)( and \(no .*\))? on ", explorer._people.caption
        )
        assert others
        assert (others[1], others[3] is not None) == (number[1], folds_none)
