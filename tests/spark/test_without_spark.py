"""Missing packages, missing Java, and groups of whole persons: no cluster is needed."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import kpa_analytics as kpa
from kpa_analytics.errors import KPADataError, KPAError
from kpa_analytics.install_command import install_command


@pytest.mark.parametrize("package", ["pyspark", "pyarrow", "pandas"])
@pytest.mark.parametrize("name", kpa.spark.__all__)
def test_a_missing_package_is_named_with_its_cure(name, package, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(KPAError, match=package) as caught:
        getattr(kpa.spark, name)
    assert str(caught.value).endswith(install_command("spark"))


@pytest.mark.parametrize(
    "login", ["s3a://key:hidden@bucket/kpa", "abfss://data@host/kpa?sig=hidden"]
)
def test_no_error_shows_the_password_of_a_url(login) -> None:
    with pytest.raises(KPADataError, match="the settings of Spark") as caught:
        kpa.spark.read(login)
    assert "hidden" not in str(caught.value)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    assert not hasattr(kpa.spark, "expiry_statuses")
    assert dir(kpa.spark) == kpa.spark.__all__


@pytest.mark.slow
def test_missing_java_is_named_with_its_cure(tmp_path) -> None:
    code = "import kpa_analytics as kpa; kpa.spark.read('published')"
    environment = {**os.environ, "PATH": str(tmp_path)}
    environment.pop("JAVA_HOME", None)
    command = [sys.executable, "-W", "ignore", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    line = ran.stderr.splitlines()[-1]
    assert line.startswith("kpa_analytics.errors.KPAError: Spark needs Java 17 or later")
    assert "JAVA_HOME" in line


_keys = st.lists(
    st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "x", "y", "z"])),
    max_size=40,
)


@pytest.mark.slow
@given(keys=_keys, size=st.integers(1, 5), rows=st.integers(1, 12))
def test_groups_have_all_rows_of_each_person_and_few_others(keys, size, rows) -> None:
    from kpa_analytics.spark.groups import whole_groups

    schema = {"account": pl.String, "m_user_id": pl.String}
    every = pl.DataFrame(keys, schema, orient="row").sort("account", "m_user_id")
    groups = list(whole_groups(every.iter_slices(size), "m_user_id", rows))
    assert_frame_equal(pl.concat([every.clear(), *groups]), every)
    distinct = [group.unique() for group in groups]
    assert pl.concat([every.clear(), *distinct]).is_unique().all()
    largest = every.group_by(every.columns).len()["len"].max() or 0
    assert all(group.height < rows + size + 2 * largest for group in groups)
