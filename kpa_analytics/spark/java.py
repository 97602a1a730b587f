"""The Spark session of this process."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from kpa_analytics.errors import KPAError

_ADVICE = (
    "Spark needs Java 17 or later: install it (Debian and Ubuntu: apt-get install "
    "openjdk-17-jre-headless; conda: openjdk), and set JAVA_HOME to its folder if it is not on the "
    "path"
)


def current_session() -> SparkSession:
    """The active Spark session, or a new one.

    Raises:
        KPAError: a new one needs Java, which is missing or does not start.
    """
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    if "SPARK_REMOTE" not in os.environ and not _has_java():
        raise KPAError(_ADVICE)
    try:
        return SparkSession.builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise KPAError(f"Spark did not start ({error}). {_ADVICE}") from error


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home, "bin")) if home else None) is not None
