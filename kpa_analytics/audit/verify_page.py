"""verify.html: a page in the pack that checks the pack in a browser, offline.

It does what `kpa-analytics verify` does without a key, with the browser's own SHA-256. The page is
the same in every pack of one version.
"""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from kpa_analytics.audit.bagit import DECLARATION, DECLARED, PAYLOAD, TAG_CHECKSUMS, TAG_FILES
from kpa_analytics.audit.checksums import CHECKSUMS
from kpa_analytics.audit.file_differences import DETAILS
from kpa_analytics.audit.html import TEMPLATES, policy, template
from kpa_analytics.audit.litter import LITTER
from kpa_analytics.audit.manifest import ANNOUNCED, MANIFEST
from kpa_analytics.charts.render import inert_json

VERIFY_PAGE = "verify.html"


def write_verify_page(path: Path) -> None:
    """Write the page; it holds its script and its styles."""
    names = {
        "manifest": MANIFEST,
        "announced": ANNOUNCED,
        "payload": PAYLOAD,
        "declaration": DECLARATION,
        "declared": DECLARED.decode(),
        "checksums": CHECKSUMS,
        "tagChecksums": TAG_CHECKSUMS,
        "tagFiles": TAG_FILES,
        "litter": LITTER,
        "details": DETAILS,
    }
    script = (TEMPLATES / "verify.js").read_text(encoding="utf-8")
    script = Markup(script.replace("__NAMES__", inert_json(names)))  # noqa: S704 - our own
    page = template("verify.html").render(
        script=script, policy=policy([script]), manifest=MANIFEST, checksums=CHECKSUMS
    )
    path.write_bytes(page.encode())
