"""No frame of any exception holds the token."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import kpa_analytics as kpa
from kpa_analytics.config import Settings
from kpa_analytics.demo import Fault
from kpa_analytics.demo.server import DemoAPI
from kpa_analytics.errors import KPAError
from tests.conftest import use
from tests.hard.loading import ended, started
from tests.hard.token_search import FAULTS, TOKEN, contains_token, places_of_token


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("name", FAULTS)
def test_no_frame_of_any_failure_holds_the_token(guarded: DemoAPI, name: str) -> None:
    use(guarded, retries=1, timeout=0.3 if name == "timeout" else 60)
    guarded.faults.add(FAULTS[name], times=None)
    with pytest.raises(KPAError) as caught:
        kpa.load_trainings()
    assert places_of_token(caught.value) == []
    assert not contains_token(pickle.dumps(caught.value))


@pytest.mark.slow
def test_no_frame_of_ctrl_c_during_a_request_holds_the_token(guarded: DemoAPI) -> None:
    """Interrupt a slow request several times, each time at a later moment."""
    guarded.faults.add(Fault.stall(0.2), times=None)
    code = "from tests.hard.interrupting import report; report([0.02, 0.05, 0.1, 0.15, 0.21])"
    exit_code, printed, complaints = ended(started(guarded, code))
    assert exit_code == 0, complaints
    outcomes = json.loads(printed)
    assert [places for _, places in outcomes] == [[]] * 5
    assert any(came_in_mid_request for came_in_mid_request, _ in outcomes)


@pytest.mark.parametrize(
    "use", [lambda: kpa.Client(TOKEN), lambda: kpa.load_users(client=TOKEN)], ids=["made", "given"]
)
def test_a_token_in_place_of_a_client_is_not_shown(use: Callable[[], object]) -> None:
    with pytest.raises(KPAError, match=r"(current|client) must be .* not str") as caught:
        use()
    assert TOKEN not in str(caught.value)


def test_no_frame_of_a_token_among_parameters_holds_it(guarded: DemoAPI) -> None:
    use(guarded)
    with kpa.Client() as client, pytest.raises(KPAError) as caught:
        client.call("api.ping", token=TOKEN)
    assert places_of_token(caught.value) == []


@pytest.mark.parametrize("wrong", [{"timeout": -1}, {"cache_dir": ""}, {"api_url": "x"}])
@pytest.mark.parametrize("call", [kpa.configure, Settings])
def test_no_frame_of_a_wrong_setting_holds_the_token(
    call: Callable[..., Any], wrong: dict[str, Any]
) -> None:
    with pytest.raises(KPAError) as caught:
        call(token=TOKEN, **wrong)
    assert places_of_token(caught.value) == []


@pytest.mark.slow
def test_ipythons_verbose_traceback_does_not_show_the_token(
    guarded: DemoAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_line_magic("xmode", "Verbose")
        shell.run_cell("import kpa_analytics as kpa")
        for name in ("cut", "envelope", "bad record"):
            guarded.faults.add(FAULTS[name])
            shell.run_cell("kpa.load_trainings(refresh=True)")
        shell.run_cell("kpa.configure(timeout=-1)")
    finally:
        InteractiveShell.clear_instance()
    shown = "".join(capsys.readouterr())
    for error in ("KPATransportError", "KPATokenInvalidError", "KPADataError", "KPASettingsError"):
        assert error in shown
    assert "<secret>" in shown
    assert not contains_token(shown.encode())
