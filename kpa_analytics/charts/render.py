"""A chart as text or as a picture: its specification, SVG, PNG and the page that embeds it."""

from __future__ import annotations

import json
import re
import struct
import zlib
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from kpa_analytics.fonts import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: The Vega-Lite that altair writes for, e.g. `6.4`.
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
#: The menu beside an interactive chart: save it as a picture; nothing that leaves the machine.
EMBED = {
    "renderer": "svg",
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
}
_PNG_START = 8
_OF_TWO_HALVES = re.compile("[\U00010000-\U0010ffff]")
#: Characters that no XML, and so no SVG, may hold: vl-convert ends the process at one.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def specification(chart: Any) -> dict[str, Any]:
    """The chart as Vega-Lite with its data inside, whatever data transformer is enabled."""
    with alt.data_transformers.enable("default"):
        written: dict[str, Any] = chart.to_dict()
    return written


def drawn(chart: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """One of this package's charts as Vega-Lite, in a third of the time: altair's checks are off.

    The tests hold every chart to the schema.

    Args:
        chart: the function that makes it, e.g. `charts.expiry_timeline`.
        *args: what that function takes.
        **kwargs: what that function takes.

    Raises:
        KPADataError: as the function.

    Examples:
        >>> from kpa_analytics import charts
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> drawn(charts.expiry_timeline, EXPIRY_STATUS.empty())["title"]["text"]
        'Expirations per month'
    """
    with debug_mode(False), alt.data_transformers.enable("default"):
        written: dict[str, Any] = chart(*args, **kwargs).to_dict(validate=False)
    return written


def svg(spec: Mapping[str, Any]) -> str:
    """Draw a specification as SVG text; the same specification gives the same text.

    vega numbers its clip paths on through the life of the process. Here their names come from the
    drawing, so that it can be compared, and several can stand on one page.
    """
    drawn: str = _drawn(vl_convert.vegalite_to_svg, spec)
    numbers = dict.fromkeys(re.findall(r'<clipPath id="clip(\d+)"', drawn))
    name = zlib.crc32(json.dumps(spec, sort_keys=True).encode())
    for place, number in enumerate(numbers):
        new = f"clip-{name:08x}-{place}"
        drawn = drawn.replace(f'"clip{number}"', f'"{new}"').replace(
            f"url(#clip{number})", f"url(#{new})"
        )
    return drawn


def png(spec: Mapping[str, Any], scale: float = 2) -> bytes:
    """Draw a specification as PNG, `scale` pixels for each of its own."""
    return packed(_drawn(vl_convert.vegalite_to_png, spec, scale=scale))


@cache
def with_our_font() -> None:
    """Let vl-convert know the font of this package, beside those of the machine."""
    vl_convert.register_font_directory(str(FOLDER))


def _drawn(draw: Callable[..., Any], spec: Mapping[str, Any], **options: Any) -> Any:
    """Let vl-convert draw.

    Vega cuts a long label without regard to characters of two halves (those past U+FFFF, emoji for
    one), and vl-convert can't measure a half. Only where that happens, boxes stand for them.
    """
    with_our_font()
    spec = _without_what_xml_forbids(dict(spec))
    try:
        return draw(spec, vl_version=VEGA_LITE, **options)
    except ValueError:
        written = json.dumps(spec, ensure_ascii=False)
        boxed = _OF_TWO_HALVES.sub("\N{WHITE SQUARE}", written)
        if boxed == written:
            raise
        return draw(json.loads(boxed), vl_version=VEGA_LITE, **options)


def _without_what_xml_forbids(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, list):
        return [_without_what_xml_forbids(one) for one in value]
    if isinstance(value, dict):
        return {
            _NOT_IN_XML.sub("", str(name)): _without_what_xml_forbids(one)
            for name, one in value.items()
        }
    return value


def packed(png_file: bytes) -> bytes:
    """Pack a PNG's pixels tighter, losing nothing: vl-convert's are four times larger than needed.

    Source: the PNG specification, sections 5.3 (chunks) and 10 (compression).
    """
    chunks = list(_chunks(png_file))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    kept = [(kind, data) for kind, data in chunks if kind not in (b"IDAT", b"IEND")]
    written = [*kept, (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b"")]
    return png_file[:_PNG_START] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in written
    )


def _chunks(png_file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _PNG_START
    while at < len(png_file):
        (length,) = struct.unpack(">I", png_file[at : at + 4])
        yield png_file[at + 4 : at + 8], png_file[at + 8 : at + 8 + length]
        at += length + 12


def inert_json(value: Any) -> str:
    r"""JSON that can stand inside a script element: no text in it can end the element.

    Examples:
        >>> inert_json({"title": "</script>"})
        '{"title":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def library() -> str:
    """Vega, Vega-Lite and the embedder as one script; it sets `window.kpaEmbed`."""
    code: str = vl_convert.javascript_bundle("window.kpaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
    # Its own scope: what the bundle declares must not meet another script's names on the page.
    return f"(() => {{{code}\n}})();".replace("</script", "<\\/script")


def page(spec: Mapping[str, Any]) -> str:
    """One self-contained page: the drawing, and the scripts that make it interactive.

    Without scripts (print preview, a strict mail reader) the drawing stands as it is.
    """
    title = spec.get("title", {})
    name = escape(str(title.get("text", "Chart") if isinstance(title, dict) else title))
    colour = escape(str(spec.get("config", {}).get("background", "#FFFFFF")))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{name}</title>
<style>body {{ margin: 0; background: {colour}; }}</style>
</head>
<body>
<div id="chart">{svg(spec)}</div>
<script>{library()}</script>
<script>
kpaEmbed("#chart", {inert_json(spec)}, {inert_json(EMBED)});
</script>
</body>
</html>
"""
