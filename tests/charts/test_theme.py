"""The palette for colour-blind readers, in grey print, and its contrast."""

from __future__ import annotations

from itertools import combinations
from math import dist

import pytest

from kpa_analytics.charts import palette
from kpa_analytics.charts.theme import ink_on, luminance
from kpa_analytics.statuses import STATUS_LABELS, STATUS_SIGNS, STATUSES, status_colours

#: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def seen(colour: str, eye: str) -> list[float]:
    """CIE L*a*b* (D65) of a colour as this eye sees it."""
    rgb = linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in EYES[eye]
    )
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def contrast(colour: str, other: str) -> float:
    low, high = sorted((luminance(colour), luminance(other)))
    return (high + 0.05) / (low + 0.05)


backgrounds = pytest.mark.parametrize("dark", [False, True])


@backgrounds
@pytest.mark.parametrize("eye", EYES)
def test_statuses_differ_for_every_kind_of_colour_vision(dark, eye):
    colours = [seen(colour, eye) for colour in status_colours(dark).values()]
    # A difference of 2.3 is just noticeable side by side; small marks apart need far more.
    assert min(dist(*two) for two in combinations(colours, 2)) > 15


@backgrounds
def test_statuses_and_background_differ_as_greys(dark):
    greys = [*status_colours(dark).values(), palette(dark).background]
    lightness = [seen(colour, "all cones")[0] for colour in greys]
    assert min(abs(a - b) for a, b in combinations(lightness, 2)) > 9


@backgrounds
def test_text_contrasts_with_every_colour_behind_it(dark):
    p = palette(dark)
    for colour in (p.ink, p.muted, p.demo):
        assert contrast(colour, p.background) >= 4.5
    for colour in status_colours(dark).values():
        assert contrast(ink_on(colour), colour) >= 4.5


def test_each_status_has_its_own_colour_sign_and_label():
    for values in (status_colours(), status_colours(dark=True), STATUS_SIGNS, STATUS_LABELS):
        assert tuple(values) == STATUSES
        assert len(set(values.values())) == len(STATUSES)


@backgrounds
def test_the_steps_of_size_grow_in_one_direction(dark):
    steps = [luminance(colour) for colour in palette(dark).steps]
    assert steps == sorted(steps, reverse=not dark)
