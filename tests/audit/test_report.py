"""The report's sentences on figures that differ, and on findings that share a sentence."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from html import unescape

import polars as pl
import pytest

from kpa_analytics import TrainingData
from kpa_analytics.audit.evidence import gather
from kpa_analytics.audit.report import report
from kpa_analytics.audit.report_charts import draw
from kpa_analytics.data.scope import Scope
from kpa_analytics.report_text import CHART_OF_EVERYONE
from kpa_analytics.schema import COMPLETIONS, GROUP_TRAININGS, TRAININGS, USERS
from tests.audit.packs import pdf_text
from tests.frames import frame_of

AS_OF = date(2026, 6, 30)


def done(number, **fields):
    first = {"id": number, "training_id": 7, "m_user_id": "ann", "date": date(2026, 5, 4)}
    return first | fields


@pytest.fixture(scope="module")
def story():
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            done(1, m_instructor_id="ike", group_training_id=5),
            done(2, m_instructor_id="ike"),
            done(3, m_instructor_id="old", date=date(2024, 6, 30)),
            done(4, m_instructor_id="new", date=date(2027, 1, 5)),
            done(5, training_id=999),
        ),
        trainings=frame_of(TRAININGS, {"id": 7, "title": "Ladders"}),
        users=frame_of(USERS, {"id": "ann", "lastname": "Moe"}),
    )
    evidence = gather(
        data, as_of=AS_OF, expiring_days=30, required=None, title="", names=True, earlier=None
    )
    return report(evidence, [])


def sentences(story, key):
    (section,) = (section for section in story["sections"] if section["key"] == key)
    return " ".join(section["sentences"])


@pytest.mark.slow
def test_instructors_are_counted_ever_and_in_the_months_of_the_coverage(story):
    assert "2 instructors have taught since the records began; 1 did so in the 24 months" in (
        sentences(story, "instructors")
    )


def test_trainings_that_are_not_in_the_catalogue_are_counted_apart(story):
    about = "2 trainings (1 not in the catalogue: 999)."
    assert f"The cases cover {about}" in sentences(story, "standing")
    assert f"or the records: {about}" in sentences(story, "instructors")


def test_the_share_of_sessions_says_how_many_completions_it_leaves_out(story):
    said = sentences(story, "sessions")
    assert "25% of 4 completions were recorded in a group session." in said
    assert "Not counted: 1 completion dated after 30 Jun 2026." in said


@pytest.mark.slow
@pytest.mark.parametrize(("grouped", "share"), [(1, "<1%"), (200, ">99%")])
def test_the_share_of_sessions_is_0_only_for_none_and_100_only_for_all(grouped, share):
    records = [
        done(
            number, m_user_id=f"person {number}", group_training_id=5 if number < grouped else None
        )
        for number in range(201)
    ]
    data = TrainingData(
        completions=frame_of(COMPLETIONS, *records),
        trainings=frame_of(TRAININGS, {"id": 7, "title": "Ladders"}),
        users=USERS.empty(),
    )
    evidence = gather(
        data, as_of=AS_OF, expiring_days=30, required=None, title="", names=True, earlier=None
    )
    said = sentences(report(evidence, []), "sessions")
    assert f"{share} of 201 completions were recorded in a group session." in said


def part_of_two_trainings(**scope):
    """A part of the records of Ann and Bob, who sat in one session of ladders."""
    data = TrainingData(
        completions=frame_of(
            COMPLETIONS,
            done(1, m_instructor_id="ike", group_training_id=5),
            done(2, m_user_id="bob", m_instructor_id="ike", group_training_id=5),
            done(3, m_user_id="bob", training_id=8, m_instructor_id="lou"),
        ),
        trainings=frame_of(TRAININGS, {"id": 7, "title": "Ladders"}, {"id": 8, "title": "Ropes"}),
        group_trainings=frame_of(GROUP_TRAININGS, {"id": 5, "m_trainees_id": ["ann", "bob"]}),
    )
    return gather(
        data.part(Scope(description="a part", **scope)),
        as_of=AS_OF,
        expiring_days=30,
        required=None,
        title="",
        names=True,
        earlier=None,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "instructors", "sessions"),
    [
        (
            {"people": pl.Series(["ann"])},
            "The records in this pack name 1 instructor; 1 of them taught in the 24 months up to "
            "30 Jun 2026. Counting everyone in the account, 2 trainings were taught by only one "
            "person in those 24 months. The last figure covers every training in the catalogue "
            "or the records: 2 trainings.",
            "Everyone who is listed or recorded in these sessions is counted, not only the people "
            "of this pack.",
        ),
        (
            {"trainings": (8,)},
            "The records in this pack name 1 instructor; 1 of them taught in the 24 months up to "
            "30 Jun 2026. In those 24 months, 1 training was taught by only one person. The last "
            "figure covers the trainings of this pack: 1 training.",
            "A session can have taught other trainings too",
        ),
        (
            {"people": pl.Series(["ann"]), "trainings": (7,)},
            "The records in this pack name 1 instructor; 1 of them taught in the 24 months up to "
            "30 Jun 2026. Counting everyone in the account, 1 training was taught by only one "
            "person in those 24 months. The last figure covers the trainings of this pack: 1 "
            "training.",
            "Everyone who is listed or recorded in these sessions is counted",
        ),
    ],
)
def test_a_part_says_whom_each_figure_of_teaching_is_about(scope, instructors, sessions):
    written = report(part_of_two_trainings(**scope), [])
    assert sentences(written, "instructors") == instructors
    assert sessions in sentences(written, "sessions")


@pytest.mark.slow
def test_a_chart_that_counts_everyone_says_so_in_a_pack_of_some_people():
    drawings = draw(part_of_two_trainings(people=pl.Series(["ann"])))
    for name, said in CHART_OF_EVERYONE.items():
        assert drawings[name].description.endswith(f"{said}."), name
        assert said.split(",")[0] in unescape(drawings[name].svg), name
    assert drawings["group_sizes"].title == "The only group session has 2 people"
    others = drawings.keys() - CHART_OF_EVERYONE.keys()
    assert not any("Counted: " in drawings[name].description for name in others)


def test_a_sentence_that_findings_share_is_printed_once(story):
    (quality,) = (section for section in story["sections"] if section["key"] == "quality")
    kinds, findings = quality["tables"]
    assert ["Completed twice on one day", "2"] in kinds["rows"]
    said = [row[1] for row in findings["rows"]]
    assert len(said) == len(set(said))
    assert "Person ann (Moe) completed training 7 (Ladders) more than once" in " ".join(said)


def test_without_requirements_one_sentence_says_so(story):
    said = "No requirements were provided"
    assert said in {tile["note"] for tile in story["tiles"]}
    assert said in sentences(story, "overdue")
    assert said in sentences(story, "computed")


@pytest.mark.parametrize("chart", ["group_share", "instructor_activity"])
def test_a_chart_says_how_many_completions_have_not_happened_yet(pack, data, chart):
    later = data.completions.filter(pl.col("date") > AS_OF).height
    assert later == 1
    drawing = unescape((pack / "charts" / f"{chart}.svg").read_text(encoding="utf-8"))
    assert "Not drawn: 1 completion dated after 30 Jun 2026" in drawing


def test_the_paper_breaks_no_method_in_the_middle_of_a_word(pack, data):
    paper = pdf_text((pack / "audit.pdf").read_bytes())
    for snapshot in data.snapshots.values():
        for method in snapshot.method.split(", "):
            breakable = r"[.-]\s*".join(map(re.escape, re.split("[.-]", method)))
            assert re.search(breakable, paper), method


def test_the_note_of_every_tile_fits_on_paper(story):
    """A tile of audit.pdf has room for four lines of about 24 letters."""
    notes = [tile["note"] for tile in story["tiles"]]
    assert max(len(note) for note in notes) > 72, "one has four lines"
    assert [note for note in notes if len(textwrap.wrap(note, 24)) > 4] == []
