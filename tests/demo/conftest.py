import pytest

from kpa_analytics.demo import organisation, serve


@pytest.fixture(scope="session")
def company():
    """The demo company; tests must not change it."""
    return organisation()


@pytest.fixture
def api(company):
    with serve(company) as api:
        yield api
