"""Charts in notebooks without internet: interactive if scripts run, otherwise a picture.

None of altair's own renderers does this. Its default loads scripts from a CDN; "jupyter" shows
nothing once the kernel has stopped; "html" with inline scripts adds 0.9 MB to each chart; "svg" and
"png" are not interactive. Here the output of `enable_offline()` holds the scripts once (0.4 MB,
compressed), and each chart holds its specification and its picture. A page that does not run the
scripts (an untrusted notebook, a repository's web page) shows the picture.
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
    """Draw altair charts in this notebook without internet.

    Works in JupyterLab, VS Code and Voila, for any altair chart. Call it once, at the top of the
    notebook: its output holds the scripts that later charts use. The saved notebook also holds a
    picture of every chart. `alt.renderers.enable("default")` undoes it.

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
    """The altair renderer: a chart as interactive HTML, as PNG and as text."""
    description = str(spec.get("description", "A chart"))
    image = png(spec)  # twice the size, so that text is sharp on any screen
    width, height = (int.from_bytes(image[at : at + 4]) // 2 for at in (16, 20))
    shape = {"width": width, "height": height}
    page = _html(spec, description, image, width)
    bundle = {"text/html": page, "image/png": image, "text/plain": description}
    return bundle, {"image/png": shape}


alt.renderers.register(_NAME, offline_bundle)


def _html(spec: dict[str, Any], description: str, image: bytes, width: int) -> str:
    drawing, kind = svg(spec).encode(), "svg+xml"
    if len(drawing) > len(image):  # a chart with many marks is smaller as PNG
        drawing, kind = image, "png"
    still = base64.b64encode(drawing).decode()
    written = inert_json(spec)
    key = hashlib.sha256(written.encode()).hexdigest()[:16]
    return f"""<div class="kpa-chart" data-chart="{key}">
<img alt="{escape(description)}" src="data:image/{kind};base64,{still}" \
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
    """The compressed scripts. Once loaded, they draw the charts that wait for them."""
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
