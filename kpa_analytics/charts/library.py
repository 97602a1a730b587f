"""Vega, Vega-Lite and the embedder as one script, bundled once on this machine.

Bundling takes two seconds of every new kernel, so what came of it is kept beside the records. As
with a snapshot the file's name holds the hash of its bytes: another text is no script of ours.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import altair as alt
import vl_convert

from kpa_analytics.cache_folder import SCRIPTS, private_folder, write_whole
from kpa_analytics.config import settings

if TYPE_CHECKING:
    from pathlib import Path

#: The Vega-Lite that altair writes for, e.g. `6.4`.
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


@cache
def library() -> str:
    """The script; it sets `window.kpaEmbed`."""
    name = f"vega-{VEGA_LITE}-{version('vl-convert-python')}"
    folder = settings().cache_dir / SCRIPTS
    return _kept(folder, name) or _bundled(folder, name)


def _kept(folder: Path, name: str) -> str | None:
    for path in folder.glob(f"{name}-*.js"):
        try:
            content = path.read_bytes()
        except OSError:
            continue  # what can't be read is made again
        if path.stem == f"{name}-{_fingerprint(content)}":
            return content.decode()
    return None


def _bundled(folder: Path, name: str) -> str:
    code: str = vl_convert.javascript_bundle("window.kpaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
    # Its own scope: what the bundle declares must not meet another script's names on the page.
    script = f"(() => {{{code}\n}})();".replace("</script", "<\\/script")
    content = script.encode()
    path = folder / f"{name}-{_fingerprint(content)}.js"
    try:
        write_whole(private_folder(folder) / path.name, content)
        for old in folder.glob("vega-*.js"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        return script  # a folder that can't be written to costs the two seconds next time, too
    return script


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
