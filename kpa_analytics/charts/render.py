"""A chart as a Vega-Lite specification, SVG, PNG or HTML page."""

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

from kpa_analytics import chart_scripts
from kpa_analytics.fonts import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: The version of Vega-Lite that altair uses, e.g. `6.4`.
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
#: The menu of an interactive chart can save it as a picture, and sends nothing anywhere.
EMBED = {
    "renderer": "svg",
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
}
#: A saved PNG has this many pixels for each of the chart's, so that it is sharp on paper.
PICTURE_SCALE = 2
#: How Vega names an axis in a drawing, with the kind and the ends of its scale.
_SCALE = re.compile(r'(aria-label="[XY]-axis[^"]*?) for an? \w+ scale with [^"]*')
#: How it names a legend.
_LEGEND_NAME = re.compile(r'aria-label="Symbol legend [^"]*"')
_PNG_START = 8
_SURROGATE_PAIR = re.compile("[\U00010000-\U0010ffff]")
#: Characters that XML, and so SVG, forbids. vl-convert ends the process at one of them.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def specification(chart: Any) -> dict[str, Any]:
    """The chart as Vega-Lite that contains its data, whichever data transformer is enabled."""
    with alt.data_transformers.enable("default"):
        spec: dict[str, Any] = chart.to_dict()
    return spec


def drawn(chart: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Call a chart function and return the chart as Vega-Lite, without altair's checks.

    This takes a third of the time. The tests check every chart against the schema.

    Examples:
        >>> from kpa_analytics import charts
        >>> from kpa_analytics.schema import EXPIRY_STATUS
        >>> drawn(charts.expiry_timeline, EXPIRY_STATUS.empty())["title"]["text"]
        'Expirations per month'
    """
    with debug_mode(False), alt.data_transformers.enable("default"):
        spec: dict[str, Any] = chart(*args, **kwargs).to_dict(validate=False)
    return spec


def svg(spec: Mapping[str, Any]) -> str:
    """Draw a specification as SVG text. The same specification gives the same text.

    Vega numbers clip paths through the life of the process. Here their names depend on the
    specification, so that drawings can be compared, and share a page.
    """
    image: str = _draw(vl_convert.vegalite_to_svg, spec)
    numbers = dict.fromkeys(re.findall(r'<clipPath id="clip(\d+)"', image))
    name = zlib.crc32(json.dumps(spec, sort_keys=True).encode())
    for place, number in enumerate(numbers):
        new = f"clip-{name:08x}-{place}"
        image = image.replace(f'"clip{number}"', f'"{new}"').replace(
            f"url(#clip{number})", f"url(#{new})"
        )
    return _with_legends_described(_SCALE.sub(r"\1", image), spec)


def _with_legends_described(image: str, spec: Mapping[str, Any]) -> str:
    """Name the legends of a drawing by their descriptions, which Vega leaves out."""
    said = [_NOT_IN_XML.sub("", description) for description in _legends(spec)]
    if len(said) != len(_LEGEND_NAME.findall(image)):  # a user's own legend has no description
        return image
    names = iter(said)
    return _LEGEND_NAME.sub(lambda _: f'aria-label="{escape(next(names))}"', image)


def _legends(part: Any) -> Iterator[str]:
    """The descriptions of the legends in a specification."""
    for name, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if name == "legend" and isinstance(inner, dict) and "description" in inner:
            yield inner["description"]
        elif isinstance(inner, dict | list) and name != "datasets":
            yield from _legends(inner)


def png(spec: Mapping[str, Any]) -> bytes:
    """Draw a specification as PNG, at `PICTURE_SCALE` times its size."""
    return packed(_draw(vl_convert.vegalite_to_png, spec, scale=PICTURE_SCALE))


@cache
def with_our_font() -> None:
    """Add the font of this package to those that vl-convert knows."""
    vl_convert.register_font_directory(str(FOLDER))


def _draw(convert: Callable[..., Any], spec: Mapping[str, Any], **options: Any) -> Any:
    """Draw with vl-convert.

    Vega may cut a long label in the middle of a surrogate pair (a character past U+FFFF, such as an
    emoji), and vl-convert fails at half a pair. Only then, boxes replace such characters.
    """
    with_our_font()
    spec = _without_what_xml_forbids(dict(spec))
    try:
        return convert(spec, vl_version=VEGA_LITE, **options)
    except ValueError:
        text = json.dumps(spec, ensure_ascii=False)
        boxed = _SURROGATE_PAIR.sub("\N{WHITE SQUARE}", text)
        if boxed == text:
            raise
        return convert(json.loads(boxed), vl_version=VEGA_LITE, **options)


def _without_what_xml_forbids(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, list):
        return [_without_what_xml_forbids(item) for item in value]
    if isinstance(value, dict):
        return {
            _NOT_IN_XML.sub("", str(name)): _without_what_xml_forbids(item)
            for name, item in value.items()
        }
    return value


def packed(png_file: bytes) -> bytes:
    """Compress a PNG without loss: vl-convert writes files four times larger than needed.

    Source: the PNG specification, sections 5.3 (chunks) and 10 (compression).
    """
    chunks = list(_chunks(png_file))
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    others = [(kind, data) for kind, data in chunks if kind not in (b"IDAT", b"IEND")]
    new_chunks = [*others, (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b"")]
    return png_file[:_PNG_START] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in new_chunks
    )


def _chunks(png_file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _PNG_START
    while at < len(png_file):
        (length,) = struct.unpack(">I", png_file[at : at + 4])
        yield png_file[at + 4 : at + 8], png_file[at + 8 : at + 8 + length]
        at += length + 12


def inert_json(value: Any) -> str:
    r"""JSON that is safe inside a script element: its text cannot end the element.

    Examples:
        >>> inert_json({"title": "</script>"})
        '{"title":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


#: Screen readers read the text of each mark, so the tooltip, which repeats it, is hidden from them.
#: vega-tooltip uses the element with this id if there is one. A legend is named by its description,
#: which Vega leaves out, and an axis by its title, without the ends of its scale, which Vega writes
#: in its own way. vega-embed gives a link of the menu its picture when the mouse goes down on it:
#: a key would save the page instead, as a quick click could. A menu that opens below the edge of
#: the window is scrolled into it.
_EMBEDDER = """
window.kpaEmbed = async (...chart) => {
  if (!document.getElementById("vg-tooltip-element")) {
    const tooltip = document.createElement("div");
    tooltip.id = "vg-tooltip-element";
    tooltip.className = "vg-tooltip";
    tooltip.setAttribute("aria-hidden", "true");
    document.body.append(tooltip);
  }
  const drawn = await vegaEmbed(...chart);
  for (const guide of drawn.view.container().querySelectorAll(":is(.role-axis, .role-legend)")) {
    const name = guide.getAttribute("aria-label");
    const item = guide.firstElementChild?.__data__;
    if (!name || !item) continue;
    // Where Vega looks for it when it draws again.
    item.description = item.mark.description ?? name.replace(/ for an? \\w+ scale with .*/s, "");
    guide.setAttribute("aria-label", item.description);
  }
  const chartBox = drawn.view.container().closest(".vega-embed");
  const menu = chartBox.querySelector("details");
  if (!menu) return drawn;
  const button = menu.querySelector("summary");
  menu.title = "Save the chart as a picture";
  button.setAttribute("aria-label", menu.title);
  const close = () => {
    menu.open = false;
    button.focus();
  };
  chartBox.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) close();
  });
  const { scaleFactor } = drawn.embedOptions;
  for (const link of menu.querySelectorAll("a[download]")) {
    const kind = link.download.split(".").at(-1);
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      close();
      const href = await drawn.view.toImageURL(kind, scaleFactor?.[kind] ?? scaleFactor);
      Object.assign(document.createElement("a"), { href, download: link.download }).click();
    });
  }
  return drawn;
};
document.addEventListener("toggle", async ({ target }) => {
  if (!target.matches(".vega-embed > details[open]")) return;
  const menu = target.querySelector(".vega-actions");
  await Promise.allSettled(menu.getAnimations().map(({ finished }) => finished)); // it grows
  menu.scrollIntoView({ block: "nearest" });
}, true);
"""


@cache
def library() -> str:
    """Vega, Vega-Lite and vega-embed as one script, which sets `window.kpaEmbed`."""
    return chart_scripts.made() or bundled()


def bundled() -> str:
    """Make the script of `library`, which takes more than a second."""
    code: str = vl_convert.javascript_bundle(_EMBEDDER, vl_version=VEGA_LITE)
    # A scope of its own, so that its names do not collide with those of other scripts.
    return f"(() => {{{code}\n}})();".replace("</script", "<\\/script")


def page(spec: Mapping[str, Any]) -> str:
    """One self-contained page: the drawing, and the scripts that make it interactive.

    Without scripts (print preview, a strict mail reader) the page shows the drawing.
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
<style>
body {{ margin: 0; background: {colour}; }}
h1 {{ position: absolute; clip-path: inset(50%); }}
</style>
</head>
<body>
<main>
<h1>{name}</h1>
<div id="chart">{svg(spec)}</div>
</main>
<script>{library()}</script>
<script>
kpaEmbed("#chart", {inert_json(spec)}, {inert_json(EMBED)});
</script>
</body>
</html>
"""
