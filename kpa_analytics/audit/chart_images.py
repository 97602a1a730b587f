"""The charts of a pack as PNG, drawn by typst.

vl-convert opens the font's file again for every letter, which takes four times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import typst

from kpa_analytics.fonts import FOLDER

#: A drawing has 96 pixels per inch: this is twice its size.
_PIXELS_PER_INCH = 192
_SOURCE = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b'#image(bytes(sys.inputs.picture), format: "svg")'
)


def images(pictures: Mapping[str, str]) -> dict[str, bytes]:
    """Draw SVG texts as PNG, at twice their size. The same text gives the same bytes."""
    fonts = typst.Fonts(include_embedded_fonts=False, font_paths=[FOLDER])
    return {name: _image(picture, fonts) for name, picture in pictures.items()}


def _image(picture: str, fonts: typst.Fonts) -> bytes:
    page = typst.Compiler(_SOURCE, font_paths=fonts, sys_inputs={"picture": picture})
    image = page.compile(format="png", ppi=_PIXELS_PER_INCH)
    return cast("bytes", image)  # of a single page
