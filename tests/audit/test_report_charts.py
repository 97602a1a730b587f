"""The drawings of a pack."""

from __future__ import annotations

import pytest
import vl_convert

from kpa_analytics.audit.evidence import gather, with_labels
from kpa_analytics.audit.report_charts import draw
from tests.audit.packs import AS_OF


@pytest.mark.slow
def test_every_chart_is_drawn_once(data, monkeypatch):
    """A drawing takes a tenth of a second or more, so a chart has its height at the first one."""
    drawn, as_svg = [], vl_convert.vegalite_to_svg

    def counted(spec, **options):
        drawn.append(spec["title"]["text"])
        return as_svg(spec, **options)

    monkeypatch.setattr(vl_convert, "vegalite_to_svg", counted)
    evidence = gather(
        data,
        as_of=AS_OF,
        expiring_days=30,
        required=None,
        title="Training records",
        names=True,
        earlier=None,
    )
    drawings = draw(with_labels(evidence))
    assert drawn == [drawing.title for drawing in drawings.values()]
