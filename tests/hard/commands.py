"""Start the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kpa_analytics.demo.server import DemoAPI
from tests.conftest import VENDOR_RECORDS

ROOT = Path(__file__).parents[2]
#: A name with letters that no Windows console of western Europe has.
PERSON = {
    "id": VENDOR_RECORDS[0]["m_user_id"],
    "created": 1_500_000_000_000,
    "firstname": "Łukasz",
    "lastname": "Żółć",
    "employeeNumber": "7",
    "email": "",
    "username": "",
    "fieldOffice_id": "",
    "lineOfBusiness_id": "",
    "clients_id": [],
    "projects_id": [],
    "isDriver": False,
    "isRegulatedDriver": False,
    "role_id": "",
}


def started(*arguments: object, **variables: str) -> subprocess.Popen[str]:
    """Start the jobs in a process with a Windows console and locale."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONIOENCODING": "cp1252",
            "PYTHONUTF8": "0",
            "PYTHONTZPATH": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="cp1252",
    )


def environment_of(api: DemoAPI, folder: Path) -> dict[str, str]:
    return {
        "KPA_API_TOKEN": api.token,
        "KPA_API_URL": api.url,
        "KPA_CACHE_DIR": str(folder),
        "KPA_REQUESTS_PER_MINUTE": "100000",
    }


def written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
