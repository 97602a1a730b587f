"""The functions on Spark beside those on one machine, row by row, on a cluster of two executors.

All tests that need the cluster are in this file, so that it starts once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.errors import KPADataError, KPADataWarning
from kpa_analytics.publishing.datasets import DEMO, published_columns
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, GROUPS, TRAININGS, USERS, Table
from kpa_analytics.spark.published import _indispensable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::kpa_analytics.errors.KPADataWarning"),
]
AS_OF = date(2025, 6, 15)
START, END = date(2022, 1, 1), date(2026, 12, 31)


def rows_of(frame: Any) -> pl.DataFrame:
    """The rows of a Spark data frame, in their order."""
    return pl.DataFrame(frame.toArrow())


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """A result with texts for statuses, as Spark has them."""
    return frame.with_columns(pl.selectors.enum().cast(pl.String))


def statuses(data: TrainingData) -> pl.DataFrame:
    frames = (data.completions, data.trainings, data.users)
    return kpa.expiry_status(*frames, as_of=AS_OF, required=data.requirements)


def test_statuses(published, companies) -> None:
    status = kpa.spark.expiry_status(
        published.completions,
        published.trainings,
        published.users,
        as_of=AS_OF,
        required=published.required,
        partitions=4,
    )
    expected = companies.each(statuses)
    assert_frame_equal(rows_of(status), as_texts(expected))
    assert expected["status"].n_unique() == 5
    assert expected["expiration_source"].drop_nulls().n_unique() == 7


def test_statuses_as_known_without_accounts_by_frames_of_polars(published, companies) -> None:
    """The day is that of demo data, because one frame has some."""
    data = companies["demo"]
    chosen: dict[str, Any] = {"as_known": "2026-01-31", "include_terminated": True}
    chosen |= {"required": data.employee_status, "expiring_days": 90}
    completions = published.completions.filter("account = 'demo'").drop("account")
    status = kpa.spark.expiry_status(completions, data.trainings, data.users, **chosen)
    expected = kpa.expiry_status(data.completions, data.trainings, data.users, **chosen)
    assert_frame_equal(rows_of(status), as_texts(expected))


def test_the_day_is_that_of_the_demo_if_every_account_is_demo_data(published) -> None:
    from kpa_analytics.spark.arguments import SparkCall
    from kpa_analytics.spark.demo_data import one_day

    for accounts, is_demo in (("account = 'demo'", True), ("true", False)):
        completions = published.completions.filter(accounts)
        records = SparkCall(completions).argument(completions, COMPLETIONS, "id", "m_user_id")
        assert (one_day(None, records) == kpa.demo.AS_OF) is is_demo


def test_renewals(published, companies) -> None:
    frames = (published.completions, published.trainings, published.users)
    came_due = kpa.spark.renewals(*frames, as_of=AS_OF, expiring_days=60)
    expected = companies.each(
        lambda data: kpa.renewals(
            data.completions, data.trainings, data.users, as_of=AS_OF, expiring_days=60
        )
    )
    assert_frame_equal(rows_of(came_due), as_texts(expected))


def test_trend(published, companies) -> None:
    """The profiles of supervisors are with other executors than those of their people."""
    days: dict[str, Any] = {"start": "2022-12-31", "end": END, "every": "1y", "by": "supervisor"}
    # The demo company has earlier completions, before which its statuses are not known.
    invented = kpa.Fleet({name: companies[name] for name in ("north", "south")})
    names = ("completions", "trainings", "users", "required", "groups")
    frames = {name: getattr(published, name).filter("account <> 'demo'") for name in names}
    frames["completions"] = frames["completions"].filter("id % 10 = 0")  # enough, and quicker
    trend = kpa.spark.status_over_time(**frames, **days, partitions=3)
    expected = invented.each(
        lambda data: kpa.status_over_time(
            data.completions.filter(pl.col("id") % 10 == 0),
            data.trainings,
            data.users,
            **days,
            required=data.requirements,
            groups=data.groups,
        )
    )
    assert_frame_equal(rows_of(trend), expected)


@pytest.mark.parametrize(
    ("by", "who"), [(None, "nobody"), ("training", "south"), ("field_office", "south")]
)
def test_trend_without_accounts_and_requirements(published, companies, by, who) -> None:
    days: dict[str, Any] = {"start": START, "end": END, "every": "1y", "by": by}
    data = companies["south"]
    records = data.completions if who == "south" else data.completions.clear()
    completions = published.completions.filter(f"account = {who!r}").drop("account")
    days["groups"] = data.groups
    trend = kpa.spark.status_over_time(completions, data.trainings, data.users, **days)
    expected = kpa.status_over_time(records, data.trainings, data.users, **days)
    assert_frame_equal(rows_of(trend), expected)


def test_instructors(published, companies) -> None:
    frames = (published.completions, published.trainings, published.users)
    activity = kpa.spark.instructor_activity(*frames, every="2q")
    expected = companies.each(
        lambda data: kpa.instructor_activity(
            data.completions, data.trainings, data.users, every="2q"
        )
    )
    assert_frame_equal(rows_of(activity), expected)
    assert expected.filter("demo")["account"].unique().to_list() == ["demo"]


def test_group_sessions(published, companies) -> None:
    frames = (published.completions, published.group_trainings)
    sessions = kpa.spark.group_sessions(*frames, published.trainings, published.users, partitions=3)
    expected = companies.each(
        lambda data: kpa.group_sessions(
            data.completions, data.group_trainings, data.trainings, data.users
        )
    )
    assert_frame_equal(rows_of(sessions), expected)


def executors() -> list[psutil.Process]:
    """The processes of the cluster's executors: children of this process' Java."""
    executor = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if executor in command_of(child)
    ]


def command_of(process: psutil.Process) -> list[str]:
    """The words of its command; none if it is over."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_the_answer_is_the_same_if_an_executor_is_killed(spark, published, companies) -> None:
    frames = (published.completions, published.trainings, published.users)
    status = kpa.spark.expiry_status(
        *frames, as_of=AS_OF, required=published.required, partitions=12
    )
    tracker = spark.sparkContext.statusTracker()

    def stages() -> list[Any]:
        infos = map(tracker.getStageInfo, tracker.getActiveStageIds())
        return [info for info in infos if info is not None and info.numTasks == 12]

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(rows_of, status)
        while not any(stage.numCompletedTasks > 1 for stage in stages()):
            assert not job.done(), "the job was over before an executor could be killed"
            time.sleep(0.02)
        killed = executors()[0]
        killed.kill()
        failed = 0
        while not job.done():
            failed = max([failed, *(stage.numFailedTasks for stage in stages())])
            time.sleep(0.02)
        rows = job.result()
    assert failed, "a task was lost"
    assert not killed.is_running()
    assert_frame_equal(rows, as_texts(companies.each(statuses)))


def test_wrong_input_is_named_before_a_job_starts(spark, published, companies) -> None:
    done, catalogue, people = published.completions, published.trainings, published.users
    text = done.withColumn("date", done.date.cast("string"))
    local = done.withColumn("created", done.created.cast("timestamp_ntz"))
    number = catalogue.withColumn("account", catalogue.id)
    capitals = done.withColumnRenamed("account", "Account")
    twice = done.select("*", done.id.alias("ID"))
    alone = companies["demo"]
    status, trend = kpa.spark.expiry_status, kpa.spark.status_over_time
    days = {"start": START, "end": END}
    calls: list[tuple[Callable[[], Any], str]] = [
        (lambda: status(alone.completions), "completions: expected a Spark data frame, got polars"),
        (lambda: status(done, [1]), "trainings: expected a Spark data frame or a polars frame"),
        (lambda: status(done.drop("account"), catalogue), "completions: no column 'account', but "),
        (lambda: status(done, alone.trainings), "trainings: no column 'account', but completions"),
        (lambda: status(done, number), "trainings: column 'account' is Int64, not String"),
        (lambda: status(capitals), "completions: column 'Account' must have the name 'account'"),
        (lambda: status(twice), "completions: Spark can't tell the columns id, ID apart"),
        (lambda: status(done.drop("date")), "completions: no column 'date'"),
        (lambda: status(text), "completions: column 'date' is String, not Date"),
        (lambda: status(local), "completions: column 'created' is Datetime"),
        (lambda: status(done, catalogue.drop("title")), "trainings: no column 'title'"),
        (
            lambda: status(done, None, people.drop("lastname")),
            "users: no column 'lastname",
        ),
        (lambda: status(done, required=people), "required: no column 'm_user_id'"),
        (lambda: status(done, as_of="30/06/2026"), "as_of must be a day"),
        (lambda: status(done, expiring_days=-1), "expiring_days must be a whole number"),
        (lambda: status(done, partitions=0), "partitions must be a whole number from 1, not 0"),
        (lambda: kpa.spark.renewals(text), "completions: column 'date' is String, not Date"),
        (lambda: trend(done, by="account", **days), "by='account': leave it out"),
        (lambda: trend(done, by="supervisor", **days), "by='supervisor' needs users"),
        (
            lambda: kpa.spark.instructor_activity(done, every="monthly"),
            "every must be a number from 1 to 999",
        ),
        (lambda: kpa.spark.group_sessions(done, people), "group_trainings: column 'id'"),
    ]
    spark.sparkContext.setJobGroup("wrong", "calls with wrong input")
    for call, message in calls:
        with pytest.raises(KPADataError, match=re.escape(message)) as caught:
            call()
        assert "\n" not in str(caught.value)
    assert not spark.sparkContext.statusTracker().getJobIdsForGroup("wrong")
    spark.sparkContext.setJobGroup("", "")


def test_wrong_records_of_an_account_are_named_with_it(published, companies) -> None:
    circle = (
        companies["north"]
        .trainings.head(2)
        .with_columns(pl.Series("included_trainings_id", [[101], [100]]))
    )
    trainings = circle.select(pl.lit("north").alias("account"), pl.all())
    with pytest.raises(KPADataError, match=r"account 'north': trainings: .* has a circle"):
        kpa.spark.expiry_status(published.completions, trainings)
    with pytest.raises(KPADataError, match="account 'demo': start must not be before"):
        kpa.spark.status_over_time(published.completions, start="1990-01-01", end=END)


def test_a_folder_that_is_not_as_publish_writes_it(spark, companies, tmp_path: Path) -> None:
    completions = companies["demo"].completions
    with pytest.raises(KPADataError, match=r"completions: Spark can't read this"):
        kpa.spark.read(tmp_path)
    for account, frame in {
        "east": completions,
        "west": completions.drop("date"),
        "wild": completions.with_columns(pl.col("date").cast(pl.String)),
    }.items():
        folder = tmp_path / account / "completions"
        for name, part in {"east": completions, account: frame}.items():
            (folder / f"account={name}").mkdir(parents=True, exist_ok=True)
            part.write_parquet(folder / f"account={name}" / "data.parquet")
    assert kpa.spark.read(tmp_path / "east").completions.columns[:2] == ["account", "id"]
    other = tmp_path / "east" / "trainings" / "account=west"
    other.mkdir(parents=True)
    companies["demo"].trainings.write_parquet(other / "data.parquet")
    with pytest.raises(KPADataError, match="account 'east': trainings: no files, but completions"):
        kpa.spark.read(tmp_path / "east").trainings  # noqa: B018
    with pytest.raises(KPADataError, match="account 'west': completions: no column 'date'"):
        kpa.spark.read(tmp_path / "west")
    with pytest.raises(KPADataError, match="account 'wild': completions: column 'date' is String"):
        kpa.spark.read(tmp_path / "wild")
    broken = tmp_path / "east" / "completions" / "account=east" / "data.parquet"
    broken.write_bytes(b"no Parquet file")
    with pytest.raises(KPADataError, match=r"Spark can't read this.*data\.parquet"):
        kpa.spark.read(tmp_path / "east")
    flat = tmp_path / "flat" / "completions"
    flat.mkdir(parents=True)
    completions.write_parquet(flat / "data.parquet")
    with pytest.raises(KPADataError, match="are not in folders account=NAME"):
        kpa.spark.read(tmp_path / "flat")


def test_a_folder_without_personal_columns_and_with_an_account_that_failed(
    companies, spark, tmp_path: Path
) -> None:
    failures = {"west": kpa.errors.KPAError("no token")}
    kpa.publish(kpa.Fleet({"demo": companies["demo"]}, failures), tmp_path)
    with pytest.warns(KPADataWarning, match=r"account 'west' is not complete \(KPAError: no token"):
        users = kpa.spark.read(tmp_path).users
    assert users.filter("lastname is not null").count() == 0
    assert users.count() == companies["demo"].users.height


@pytest.mark.usefixtures("spark")
def test_the_page_about_spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "spark.md"
    blocks = re.findall(r"^```py\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) > 2
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code in blocks:
        exec(compile(code, page.name, "exec"), names)
    assert list(names["status"].columns[:2]) == ["account", "m_user_id"]


@pytest.mark.parametrize("table", [COMPLETIONS, TRAININGS, USERS, GROUP_TRAININGS, GROUPS])
def test_spark_needs_the_columns_that_publish_always_writes(table: Table) -> None:
    columns = [column.name for column in published_columns(table.name, personal=False)]
    assert [*_indispensable(table), DEMO.name] == columns
