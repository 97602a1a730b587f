"""`start()` serves for the life of the process and points the settings at it."""

import subprocess
import sys

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
answer = requests.post(f"{first.url}/api.ping", json={"token": first.token}, timeout=5)
assert answer.json() == {"ok": True}
"""


def test_start_configures_once_and_says_that_this_is_the_demo():
    run = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert run.stdout.count("Demo") == run.stdout.count("\n") == 1
