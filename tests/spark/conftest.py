"""A Spark cluster of two executors on this machine, and the records of three accounts."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

import kpa_analytics as kpa
from tests.spark.accounts import fleet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kpa_analytics.spark.published import Published

#: Java starts in half the time; how fast it is after minutes does not matter here.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
#: The executors, the session and this process have different time zones.
_SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.executor.extraJavaOptions": _JAVA,
    "spark.executor.memory": "1g",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.executorEnv.TZ": "Pacific/Kiritimati",
    "spark.sql.session.timeZone": "America/Chicago",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    if shutil.which("java") is None and "CI" not in os.environ:
        pytest.skip("no Java on this machine (Debian: apt-get install openjdk-17-jre-headless)")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local-cluster[2,1,2048]").config(map=_SETTINGS)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def companies(tmp_path_factory: pytest.TempPathFactory) -> kpa.Fleet:
    return fleet(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def published(
    spark: SparkSession, companies: kpa.Fleet, tmp_path_factory: pytest.TempPathFactory
) -> Published:
    """The companies, written by `publish()` and read by Spark."""
    folder = tmp_path_factory.mktemp("published")
    for account, data in companies.accounts.items():
        kpa.publish(data, folder, account=account, personal=True)
    return kpa.spark.read(folder)
