"""`start()` serves until the process ends and points the settings at the API."""

import subprocess
import sys

import pytest

ASK = """
import sys
import kpa_analytics.demo as demo
assert not {"werkzeug", "kpa_analytics.demo.company"} & set(sys.modules), "not a cheap import"
from kpa_analytics import config
first = demo.start(demo.Records())
second = demo.start()
assert first is second
settings = config.settings()
assert settings.api_url == first.url
assert settings.token.reveal() == first.token
assert settings.requests_per_minute > 1000
import requests
answer = requests.post(f"{first.url}/api.ping", json={"token": first.token}, timeout=60)
assert answer.json() == {"ok": True}
"""


LEAVE = """
import kpa_analytics as kpa
from kpa_analytics.config import LIVE_API, settings
kpa.configure(requests_per_minute=30)
demo = kpa.demo.start(kpa.demo.Records())
kpa.configure(timeout=30)
kpa.configure(token=demo.token, api_url=demo.url)
assert (settings().api_url, settings().requests_per_minute) == (demo.url, 100_000)
kpa.configure(token="an account's own")
now = settings()
assert (now.api_url, now.requests_per_minute, now.timeout) == (LIVE_API, 30, 30)
assert now.token.reveal() == "an account's own"
kpa.demo.start()
assert settings().token.reveal() == demo.token
kpa.configure(requests_per_minute=7)
assert (settings().api_url, settings().requests_per_minute) == (demo.url, 7)
"""


@pytest.mark.slow
def test_the_demos_settings_end_when_another_account_is_configured():
    """A real token must not go to the demo, nor the demo's request rate to the vendor."""
    run = subprocess.run(
        [sys.executable, "-c", LEAVE], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.slow
def test_start_configures_once_and_prints_that_this_is_the_demo():
    run = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert run.stdout.count("Demo") == run.stdout.count("\n") == 1
