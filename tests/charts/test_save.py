"""Charts as files and in notebooks."""

from __future__ import annotations

import base64
import gzip
import html
import re
import struct
import zlib
from pathlib import Path

import altair as alt
import pytest
import vl_convert

from kpa_analytics import charts
from kpa_analytics.charts.offline import offline_bundle
from kpa_analytics.charts.render import VEGA_LITE, library, packed, specification, with_our_font
from kpa_analytics.errors import KPADataError
from kpa_analytics.report_text import DEMO_MARK
from tests.charts.drawings import CHARTS, draw, inputs
from tests.charts.frames import HOSTILE, status_frame

FOREIGN = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""")


@pytest.fixture
def chart():
    return charts.expiry_timeline(status_frame(30, 6, demo=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_the_same_data_gives_the_same_drawing(tmp_path, name):
    first = charts.save(draw(name, inputs(name)), tmp_path / "1.svg").read_bytes()
    assert charts.save(draw(name, inputs(name)), tmp_path / "2.svg").read_bytes() == first


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "png"])
def test_the_same_chart_gives_the_same_bytes(tmp_path, suffix, chart):
    first = charts.save(chart, tmp_path / f"1.{suffix}").read_bytes()
    assert charts.save(chart, tmp_path / f"2.{suffix}").read_bytes() == first


@pytest.mark.slow
def test_a_png_has_twice_the_size_and_the_same_pixels(tmp_path, chart):
    image = charts.save(chart, tmp_path / "a.png").read_bytes()
    shape = offline_bundle(specification(chart))[1]["image/png"]
    assert int.from_bytes(image[16:20]) == pytest.approx(2 * shape["width"], abs=2)
    again = packed(image)
    assert again == image
    assert zlib.decompress(image[image.index(b"IDAT") + 4 : -16])


@pytest.mark.slow
def test_a_page_loads_nothing_and_shows_the_drawing_without_scripts(tmp_path, chart):
    page = charts.save(chart, tmp_path / "a.html").read_text(encoding="utf-8")
    assert not FOREIGN.search(page)
    without = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert DEMO_MARK in without
    assert "<svg" in without


@pytest.mark.slow
def test_hostile_text_cannot_leave_the_page_s_script(tmp_path):
    hostile = charts.expiry_by_training(status_frame(20, 8, titles=HOSTILE))
    page = charts.save(hostile, tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count("</script>") == page.count("<script>") == 2
    assert "<img" not in re.sub(r"<script>.*?</script>", "", page, flags=re.S)


@pytest.mark.slow
def test_a_failed_save_keeps_the_old_file_and_leaves_no_other(tmp_path, chart, monkeypatch):
    path = charts.save(chart, tmp_path / "a.svg")
    before = path.read_bytes()

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(KPADataError, match=r"a\.svg can't be written: no space left"):
        charts.save(charts.status_summary(status_frame(3, 3)), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_a_chart_is_an_error(tmp_path):
    with pytest.raises(KPADataError, match="chart must be an altair chart, not DataFrame"):
        charts.save(status_frame(3, 3), tmp_path / "chart.svg")
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_is_an_error(tmp_path, chart):
    with pytest.raises(KPADataError, match=r"a\.gif"):
        charts.save(chart, tmp_path / "a.gif")


@pytest.fixture
def offline():
    before = alt.renderers.active
    charts.enable_offline()
    yield
    alt.renderers.enable(before)


@pytest.mark.slow
def test_offline_every_chart_is_interactive_and_a_picture(offline, chart):
    bundle, _ = chart._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle["text/plain"] == chart.description
    page = bundle["text/html"]
    assert not FOREIGN.search(page)
    alt_text, still = re.search(
        r'<img alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"', page
    ).groups()
    assert html.unescape(alt_text) == chart.description
    assert DEMO_MARK in base64.b64decode(still).decode()


@pytest.mark.slow
def test_offline_hostile_text_cannot_leave_its_script(offline):
    hostile = charts.training_matrix(status_frame(20, 8, titles=HOSTILE))
    page = hostile._repr_mimebundle_()[0]["text/html"]
    assert page.count("</script>") == page.count("<script>") == 1
    assert page.count("<img") == 1


def test_offline_works_for_any_altair_chart(offline):
    plain = alt.Chart(alt.InlineData(values=[{"a": 1}])).mark_point().encode(x="a:Q")
    bundle, _ = plain._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}


@pytest.mark.slow
def test_the_output_of_enable_offline_holds_the_scripts_once(monkeypatch):
    notebook = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell.instance()
    shown = []
    monkeypatch.setattr(notebook.display_pub, "publish", lambda data, *_, **__: shown.append(data))
    before = alt.renderers.active
    try:
        charts.enable_offline()
    finally:
        alt.renderers.enable(before)
        type(notebook).clear_instance()
    (output,) = shown
    sent = re.search(r'atob\("([^"]+)"\)', output["text/html"])[1]
    assert gzip.decompress(base64.b64decode(sent)).decode() == library()
    assert len(output["text/html"]) < 450_000


def _png(pixels: bytes, *, pieces: int, level: int) -> bytes:
    """A PNG with 64 grey pixels a row, compressed at this level and cut into this many chunks."""
    rows = [b"\x00" + pixels[at : at + 64] for at in range(0, len(pixels), 64)]
    packed_pixels = zlib.compress(b"".join(rows), level)
    size = -(-len(packed_pixels) // pieces)
    parts = [packed_pixels[at : at + size] for at in range(0, len(packed_pixels), size)]
    head = struct.pack(">IIBBBBB", 64, len(rows), 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"pHYs", bytes(9)), *((b"IDAT", part) for part in parts)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*chunks, (b"IEND", b"")]
    )


def _chunks(image: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG, joined by kind, after a check of their lengths and checksums."""
    chunks, at = {}, 8
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        kind, content = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        assert struct.unpack(">I", image[at + 8 + length : at + 12 + length]) == (
            zlib.crc32(kind + content),
        )
        chunks[kind] = chunks.get(kind, b"") + content
        at += length + 12
    return chunks


def test_a_repacked_png_is_smaller_valid_and_has_the_same_pixels():
    pixels = bytes(place % 7 for place in range(64 * 64))
    loose = _png(pixels, pieces=3, level=0)
    assert loose.count(b"IDAT") == 3
    assert packed(loose) == _png(pixels, pieces=1, level=6)
    assert len(packed(loose)) < len(loose) / 4


@pytest.mark.slow
def test_a_saved_png_is_smaller_than_the_one_vl_convert_draws(tmp_path, chart):
    with_our_font()
    drawn = vl_convert.vegalite_to_png(specification(chart), vl_version=VEGA_LITE, scale=2)
    saved = charts.save(chart, tmp_path / "a.png").read_bytes()
    assert len(saved) < len(drawn) / 2
    assert saved == packed(drawn)
    assert _chunks(saved).keys() == _chunks(drawn).keys()
    for kind, content in _chunks(drawn).items():
        unpacked = zlib.decompress if kind == b"IDAT" else bytes
        assert unpacked(_chunks(saved)[kind]) == unpacked(content), kind
