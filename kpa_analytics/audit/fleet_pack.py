"""The evidence pack of a fleet: a pack of each account, an index with totals, and one manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.audit.atomic_folder import new_folder
from kpa_analytics.audit.colours import colours
from kpa_analytics.audit.csv import marked, write_csv
from kpa_analytics.audit.figures import figure_text
from kpa_analytics.audit.html import page_style, policy, template
from kpa_analytics.audit.manifest import read_manifest, write_checksums, write_manifest
from kpa_analytics.audit.sign import SigningKey, sign_manifest
from kpa_analytics.errors import KPADataError, of_account
from kpa_analytics.paths import typed_path
from kpa_analytics.report_text import DEMO_MARK
from kpa_analytics.schema import FLEET_PARTS
from kpa_analytics.statuses import STATUS_LABELS
from kpa_analytics.wording import day, one_line, say

if TYPE_CHECKING:
    from kpa_analytics.analysis.fleet import Fleet

KIND = "fleet audit pack"
INDEX, PARTS = "index.html", "parts.csv"
#: The counts in the manifest of each pack, which are added up.
_COUNTS = tuple(FLEET_PARTS.schema)[5:]


def refuse_choices(choices: Mapping[str, object]) -> None:
    """Raise a KPADataError for arguments that only the pack of one account has."""
    given = [name for name, value in choices.items() if value]
    if given:
        raise KPADataError(
            f"{', '.join(given)}: only for the pack of one account, such as fleet['north']"
        )


def write_fleet_pack(
    fleet: Fleet,
    out: str | os.PathLike[str],
    *,
    as_of: date,
    title: str,
    key: SigningKey | None,
    write_pack: Callable[..., Path],
) -> Path:
    """Write the pack of a fleet: a new folder that appears complete or not at all.

    Each account has its own pack, in the folder of its name, which can be verified on its own. Ids
    of two accounts are never joined: the index only adds up their figures. Accounts that could not
    be loaded are named, in the index and in the manifest.

    Args:
        fleet: the accounts.
        out: the folder to create.
        as_of: the day of the statuses.
        title: the title of the index.
        key: the key that signs the manifest, or None.
        write_pack: writes the pack of an account: `write_pack(data, folder, title=...)`.

    Returns:
        The folder.

    Raises:
        KPADataError: the folder can't be written, or `write_pack` raised it; the message names the
            account.
    """
    fleet.warn_if_incomplete()
    with new_folder(out) as folder:
        for name, data in fleet.accounts.items():
            with of_account(name):
                write_pack(data, folder / name, title=f"{title}: {name}")
        packs = _packs(fleet, folder)
        facts = _facts(fleet, folder, packs, as_of, title)
        write_csv(marked(packs, demo=fleet.demo), folder / PARTS)
        (folder / INDEX).write_bytes(_page(packs, facts).encode())
        write_checksums(folder)
        write_manifest(folder, {**facts, **({"signature": key.facts} if key else {})})
        if key:
            sign_manifest(folder, key)
    return typed_path(out).absolute()


def _packs(fleet: Fleet, folder: Path) -> pl.DataFrame:
    """One row per account, from the manifest of its pack (`schema.FLEET_PARTS`)."""
    rows = []
    for name in fleet.accounts:
        manifest = read_manifest(folder / name)
        counts = manifest["counts"]
        known = (name, f"{name}/report.html", manifest["demo"], manifest["fetched_at"])
        rows.append((*known, manifest["seal"], *(counts[count] for count in _COUNTS)))
    return pl.DataFrame(rows, schema=FLEET_PARTS.schema, orient="row")


def _totals(packs: pl.DataFrame) -> dict[str, int | None]:
    """The totals of the counts; None (not known) if an account's count is not known."""
    return {name: None if packs[name].null_count() else int(packs[name].sum()) for name in _COUNTS}


def _altered(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """`altered` of the manifest of a pack; nothing if its records are as they were downloaded."""
    return {"altered": manifest["altered"]} if "altered" in manifest else {}


def _facts(
    fleet: Fleet, folder: Path, packs: pl.DataFrame, as_of: date, title: str
) -> dict[str, Any]:
    failures = {name: one_line(f"{error}") for name, error in fleet.failures.items()}
    return {
        "title": title,
        "kind": KIND,
        "demo": fleet.demo,
        **({"notice": DEMO_MARK} if fleet.demo else {}),
        "as_of": as_of.isoformat(),
        "complete": fleet.complete,
        "not_loaded": failures,
        "counts": _totals(packs),
        "parts": {
            row["account"]: {
                **{name: row[name] for name in ("report", "demo", "fetched_at", "seal")},
                **_altered(read_manifest(folder / row["account"])),
            }
            for row in packs.iter_rows(named=True)
        },
    }


def _page(packs: pl.DataFrame, facts: Mapping[str, Any]) -> str:
    headings = {name: _heading(name) for name in _COUNTS}
    rows = [
        {
            "account": row["account"],
            "report": row["report"],
            "demo": row["demo"],
            "counts": [figure_text(row[name]) for name in _COUNTS],
        }
        for row in packs.iter_rows(named=True)
    ]
    return template("fleet.html.j2").render(
        language=text.LANGUAGE,
        policy=policy([]),
        title=facts["title"],
        subtitle=say(text.FLEET_AS_OF, day=day(date.fromisoformat(facts["as_of"]))),
        notice=facts.get("notice", ""),
        demo=text.FLEET_DEMO,
        style=page_style(),
        colours=colours(),
        dark_colours=colours(dark=True),
        not_loaded=[
            say(text.FLEET_NOT_LOADED, account=name, error=error)
            for name, error in facts["not_loaded"].items()
        ],
        caption=text.FLEET_CAPTION,
        first=text.FLEET_ACCOUNT,
        headings=[*headings.values()],
        rows=rows,
        total=text.FLEET_TOTAL,
        totals=[figure_text(facts["counts"][name]) for name in _COUNTS],
        altered=[
            say(text.FLEET_ALTERED, account=name)
            for name, part in facts["parts"].items()
            if "altered" in part
        ],
        notes=[text.FLEET_PEOPLE, text.FLEET_VERIFY],
    )


def _heading(name: str) -> str:
    if name == "in_30_days":
        return text.TileLabel.IN_30_DAYS
    return STATUS_LABELS.get(name) or text.sheet_heading(name).capitalize()
