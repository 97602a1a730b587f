"""Charts in notebooks with no internet: interactive where scripts run, a picture elsewhere.

altair's own ways each miss something. Its default asks a CDN; "jupyter" shows nothing once the
kernel is gone; "html" with everything inline adds 0.9 MB to each chart; "svg" and "png" are still.
Here the scripts are sent once, in the output of `enable_offline()` (0.4 MB, compressed), and each
chart sends its specification and its picture. A page without the scripts (an untrusted notebook, a
repository's web page) keeps the picture.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import sys
from functools import cache
from html import escape
from typing import Any

import altair as alt

from kpa_analytics.charts.render import EMBED, inert_json, library, png, svg

_NAME = "kpa-offline"


def enable_offline() -> None:
    """Make altair charts draw in this notebook with no internet.

    Works in JupyterLab, VS Code and Voila, for any altair chart. Call it once, at the top of the
    notebook: its output holds the scripts that the charts under it use. Every chart also stands
    as a picture in the saved notebook. `alt.renderers.enable("default")` undoes it.

    Examples:
        >>> enable_offline()
        >>> alt.renderers.active
        'kpa-offline'
    """
    alt.renderers.enable(_NAME)
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display({"text/html": _loader(), "text/plain": "Charts work offline."}, raw=True)


def offline_bundle(spec: dict[str, Any], **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The altair renderer: a chart as HTML that becomes interactive, as PNG and as words."""
    words = str(spec.get("description", "A chart"))
    image = png(spec)  # two pixels for each, so that text is sharp on any screen
    width, height = (int.from_bytes(image[at : at + 4]) // 2 for at in (16, 20))
    shape = {"width": width, "height": height}
    page = _html(spec, words, image, width)
    bundle = {"text/html": page, "image/png": image, "text/plain": words}
    return bundle, {"image/png": shape}


alt.renderers.register(_NAME, offline_bundle)


def _html(spec: dict[str, Any], words: str, image: bytes, width: int) -> str:
    drawing, kind = svg(spec).encode(), "svg+xml"
    if len(drawing) > len(image):  # a crowded chart is smaller as pixels
        drawing, kind = image, "png"
    still = base64.b64encode(drawing).decode()
    written = inert_json(spec)
    key = hashlib.sha256(written.encode()).hexdigest()[:16]
    return f"""<div class="kpa-chart" data-chart="{key}">
<img alt="{escape(words)}" src="data:image/{kind};base64,{still}" \
width="{width}" style="max-width:none">
</div>
<script>
(() => {{
  const spec = {written};
  const draw = (embed) => {{
    for (const place of document.querySelectorAll('[data-chart="{key}"]:not([data-drawn])')) {{
      place.dataset.drawn = "yes";
      const view = document.createElement("div");
      embed(view, spec, {inert_json(EMBED)})
        .then(() => place.replaceChildren(view))
        .catch((error) => console.warn("The chart stays a picture:", error));
    }}
  }};
  if (window.kpaEmbed) draw(window.kpaEmbed);
  else (window.kpaWaiting ??= []).push(draw);
}})();
</script>"""


@cache
def _loader() -> str:
    """The scripts, compressed; on arrival they draw the charts that were waiting for them."""
    packed = base64.b64encode(gzip.compress(library().encode(), 9, mtime=0)).decode()
    return f"""<script>
(async () => {{
  if (window.kpaLoading) return;
  window.kpaLoading = true;
  const packed = Uint8Array.from(atob("{packed}"), (letter) => letter.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  (0, eval)(await new Response(unpacked).text());
  for (const draw of window.kpaWaiting ?? []) draw(window.kpaEmbed);
  window.kpaWaiting = undefined;
}})();
</script>"""
