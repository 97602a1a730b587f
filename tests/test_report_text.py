"""The texts of the report are in one module, so a translation changes only that file."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from string import Formatter
from zipfile import ZipFile

import polars as pl
import pytest

from kpa_analytics import report_text
from kpa_analytics.analysis.explanations import explain_texts
from kpa_analytics.analysis.planning import session_texts
from kpa_analytics.audit.supervisors import supervisor_text
from kpa_analytics.data.training_data import LOADED
from kpa_analytics.endpoints import ENDPOINTS
from kpa_analytics.glossary import TERMS, plain_meaning
from kpa_analytics.outcomes import OUTCOME_LABELS
from kpa_analytics.schema import SOURCES
from kpa_analytics.statuses import STATUS_LABELS, STATUSES
from kpa_analytics.wording import MONTHS, day, day_texts, month, month_texts, say
from tests.source_code import nodes

PACKAGE = Path(report_text.__file__).parent
#: The modules of `audit` with texts of their own, which are not the report's.
NOT_THE_REPORT = {
    "atomic_folder": "errors",
    "calendar_events": "errors",
    "file_differences": "what verify finds",
    "needed_packages": "errors",
    "manifest": "what verify finds",
    "pack_tables": "errors",
    "plan_calendar": "the files of a plan",
    "plan_workbook": "the files of a plan",
    "sign": "what verify finds, and errors",
    "supervisor_calendar": "the program's name in a calendar",
    "supervisor_packs": "errors",
    "supervisor_text": "every text of supervisors' lists",
    "timestamp": "what verify finds, and errors",
    "verify": "what verify finds",
}
#: The modules of `charts` with texts of their own, which are on no chart of the report.
NOT_ITS_CHARTS = {
    "instructor_coverage": "a chart that no report draws",
    "offline": "scripts, and what notebooks say",
    "person_timeline": "a chart that no report draws",
    "render": "scripts, and the menu of a chart",
    "session_fill": "a chart that no report draws",
    "session_plan": "a chart that no report draws",
}
#: The modules that decide what the report and the findings say.
SPEAKING = [
    *(file for file in sorted(PACKAGE.glob("audit/**/*.py")) if file.stem not in NOT_THE_REPORT),
    *(file for file in sorted(PACKAGE.glob("charts/*.py")) if file.stem not in NOT_ITS_CHARTS),
    *(PACKAGE / f"data/{name}.py" for name in ("checks", "findings", "hierarchy", "implausible")),
    *(PACKAGE / f"data/{name}.py" for name in ("orphan_ids", "quality", "unknown_schedules")),
    PACKAGE / "data/training_circles.py",
    *(PACKAGE / f"analysis/{name}.py" for name in ("chosen_scope", "data_quality", "due_within")),
    *(PACKAGE / f"analysis/{name}.py" for name in ("expiring_texts", "late_records", "reconcile")),
    *(PACKAGE / f"analysis/{name}.py" for name in ("instructor_certificates", "schedule_texts")),
    *(PACKAGE / f"analysis/{name}.py" for name in ("taught_expired", "unrecorded_offerings")),
]
#: Texts in them that the report does not print.
NOT_PRINTED = {
    "audit/document.py": "transcripts and rosters",  # for an error
    "audit/fleet_pack.py": "fleet audit pack",  # in the manifest
    "audit/missing_glyphs.py": 'the text `"(.+?)"` could not be displayed',  # what typst says
    "audit/since_earlier_pack.py": " belongs to another account",  # for errors
    "charts/styled.py": "Automatically deduplicated selection",  # what altair warns of
}
_WORDS = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")


def literals(module: Path) -> set[str]:
    """The texts of several words in a module, without docstrings and what a `raise` says."""
    everything = nodes(module)
    left_out = {id(node.value) for node in everything if isinstance(node, ast.Expr)}
    for node in everything:
        if isinstance(node, ast.Raise):
            left_out |= {id(part) for part in ast.walk(node)}
    constants = [node for node in everything if isinstance(node, ast.Constant)]
    texts = [node.value for node in constants if id(node) not in left_out]
    return {text for text in texts if isinstance(text, str) and _WORDS.search(text)}


@pytest.mark.parametrize("module", SPEAKING, ids=lambda module: module.stem)
def test_no_sentence_is_outside_the_modules_of_texts(module):
    printed_elsewhere = NOT_PRINTED.get(module.relative_to(PACKAGE).as_posix())
    assert literals(module) == ({printed_elsewhere} if printed_elsewhere else set())


def test_the_modules_with_texts_of_their_own_have_some():
    audit = {file.stem: file for file in PACKAGE.glob("audit/**/*.py")}
    assert [name for name in NOT_THE_REPORT if not literals(audit[name])] == []
    assert [name for name in NOT_ITS_CHARTS if not literals(PACKAGE / f"charts/{name}.py")] == []


#: Every module of sentences that `say` fills in.
TEXTS = (report_text, supervisor_text, session_texts, explain_texts)
#: Fields without a form that are days, shares, ids, names or words, and so need no form. Only a
#: sheet with very many rows or columns is cut.
_SAMPLES = {
    **dict.fromkeys(("share", "share_before"), "12%"),
    **dict.fromkeys(("kept", "all", "units"), "5,000"),
    **dict.fromkeys(("as_of", "created_on", "day", "done", "end", "listed_on", "week"), "a day"),
    **dict.fromkeys(("offered", "opens", "since", "special", "first"), "a day"),
    **dict.fromkeys(
        ("account", "catalogue", "collection", "collections", "folder", "note"), "a word"
    ),
    **dict.fromkeys(("sheet", "schedule"), "a word"),
    **dict.fromkeys(("by", "field", "kind", "lacking", "noun", "role", "was"), "a word"),
    **dict.fromkeys(("figure", "group", "groups", "month", "names"), "a word"),
    **dict.fromkeys(("name", "person", "record", "supervisor", "training", "user"), "a name"),
    "Record": "A name",
    **dict.fromkeys(("training_id", "value"), "a number of its own"),
    "average": "2.5",
}
_MANY = r"(?:are|were|have|do|differ|agree|expire|lose)"
_ONE = r"(?:is|was|has|does|differs|agrees|expires|loses)"
_PLURALS = (
    r"(?:cases|people|completions|trainings|records|rows|days|sessions|certificates|instructors|ids"
    r"|accounts|findings|changes|fields|places|weeks|months|strata|texts|events|gaps)"
)
_THEN = r"(?: of them)?(?: [a-z]+){0,2} "
#: The sentences that another one replaces if a number is 1.
NOT_OF_ONE = {report_text.TeachingText.PEOPLE, report_text.TeachingText.TAUGHT_BY_ONE}
#: What reads wrong: a form of many after 1, a form of one after another number, and "all 1". Right
#: are "1 of 2 trainings is", "none of the 2 weeks has" and "the size of 2 sessions is".
WRONG = re.compile(
    rf"(?<![\d,:] of )\b1{_THEN}{_MANY}\b|\b1 of [\d,]+{_THEN}{_MANY}\b"
    rf"|\b1(?: [a-z]+){{0,2}} {_PLURALS}\b"
    rf"|(?<!\b1 of )(?<!none of the )(?<!size of )\b(?:0|2|1,000)(?: of [\d,]+)?{_THEN}{_ONE}\b"
    r"|\b[Aa]ll 1\b"
)


def texts_of(module):
    """Every text of a module by its name, those in dicts and in classes of words included."""
    for name, value in vars(module).items():
        if isinstance(value, type) and issubclass(value, StrEnum):
            yield from ((f"{name}.{key}", str(word)) for key, word in value.__members__.items())
        elif name.isupper() and not name.startswith("__"):
            texts = value if isinstance(value, dict) else {"": value}
            yield from ((f"{name} {key}".strip(), text) for key, text in texts.items())


def sentences_of(module):
    """The texts of a module that have a number."""
    return [text for _, text in texts_of(module) if isinstance(text, str) and "{" in text]


def renderings(text):
    """A sentence with 0, 1, 2 and 1,000 for each of its numbers."""
    fields = {field: form for _, field, form, _ in Formatter().parse(text) if field}
    days = {name: "a day" for name, form in fields.items() if form == "day"}
    samples = _SAMPLES | days
    numbers = [name for name, form in fields.items() if "|" in form or name not in samples]
    others = {name: samples[name] for name in fields if name not in numbers}
    plain = re.sub(r"\{(\w+)(?::(?![^}]*\|)[^}]*|!r)\}", r"{\1}", text)
    possible = (0, 2, 1000) if text in NOT_OF_ONE else (0, 1, 2, 1000)
    for chosen in product(possible, repeat=len(numbers)):
        yield say(plain, **others, **dict(zip(numbers, chosen, strict=True)))


@pytest.mark.slow
@pytest.mark.parametrize("module", TEXTS, ids=lambda module: module.__name__.split(".")[-1])
def test_a_sentence_is_right_for_every_number(module):
    said = [(text, sentence) for text in sentences_of(module) for sentence in renderings(text)]
    wrong = {text: sentence for text, sentence in said if WRONG.search(sentence)}
    assert wrong == {}
    assert said


def test_words_mean_in_reports_what_they_mean_elsewhere():
    """Each definition is the first sentence of the glossary of the site and the explorers."""
    meanings = {plain_meaning(term) for term in TERMS}
    for word, meaning in report_text.GLOSSARY.items():
        assert any(text == meaning or text.startswith(f"{meaning} ") for text in meanings), word
    said_twice = {word.lower() for word in report_text.GLOSSARY} & TERMS.keys()
    assert len(said_twice) == 11
    for word in said_twice:
        assert plain_meaning(word).startswith(report_text.GLOSSARY[word.capitalize()])


def test_a_number_and_its_noun_agree():
    expired = report_text.EXPIRED_CASES
    assert say(expired, expired=1, people=1) == "1 case has expired, affecting 1 person."
    assert say(expired, expired=1200, people=2) == "1,200 cases have expired, affecting 2 people."
    days = {"on": date(2026, 6, 30), "agreeing": 8, "differing": 1}
    assert "its own status for 9 cases, as of 30 Jun 2026" in say(
        report_text.VENDOR, compared=9, **days
    )


SENTENCES = {name: text for name, text in texts_of(report_text) if isinstance(text, str)}


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_can_be_filled_in_for_one_and_for_many(name):
    """With whole numbers for every number and noun, also for the days of findings."""
    text = SENTENCES[name].replace(":day}", "}")
    fields = {field for _, field, _, _ in Formatter().parse(text) if field}
    moment = datetime(2026, 6, 30, 12, 5, tzinfo=UTC)
    days = {"moment", "since", "full_walk_at", "as_of", "on", "listed_on", "day", "begun"}
    for number in (1, 2):
        said = say(text, **{field: moment if field in days else number for field in fields})
        assert not re.search(r"[{}|]", said)


class _Page(HTMLParser):
    """The texts of a report outside its scripts, or of a chart's drawing.

    They include the alternative texts, and what screen readers say of the parts of a drawing.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [text for name, text in attrs if name in ("alt", "aria-label") and text]
        if tag not in ("br", "hr", "img", "input", "link", "meta", "wbr"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & {*self.inside}:
            self.texts.append(data.strip())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)


@pytest.fixture(scope="module")
def translated(tmp_path_factory) -> Path:
    """The folder of packs whose report is in another language: English in upper case."""
    folder = tmp_path_factory.mktemp("translated")
    make = [sys.executable, "-W", "ignore", "-m", "tests.audit.upper_case", str(folder)]
    environment = os.environ | {"KPA_CACHE_DIR": str(folder / "cache"), "PYTHONUTF8": "1"}
    made = subprocess.run(make, cwd=PACKAGE.parent, env=environment, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return folder


def untranslated(pack: Path) -> list[str]:
    """The texts of a report with an English word that no translation of `report_text` changes.

    Left out is what `report_text` says is elsewhere: statuses, the glossary's words, the keys and
    marks of rules, and what `wording` counts. The names in the data are in upper case.
    """
    methods = [endpoint.method for endpoint in ENDPOINTS]
    marks = [f"[{mark}]" for mark in report_text.MARKS]
    others = {*methods, *marks, *STATUS_LABELS.values(), *report_text.GLOSSARY}
    longest_first = sorted(others, key=len, reverse=True)
    known = re.compile("|".join([*map(re.escape, longest_first), r"and [\d,]+ more"]))
    keys = {rule.key for rule in report_text.RULES}
    texts = _Page(pack / "report.html").texts
    english = re.compile(r"\b[a-z]{3,}\b")
    return [text for text in texts if text not in keys and english.search(known.sub("", text))]


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["before", "whole", "part"])
def test_a_translation_of_this_module_translates_the_whole_page(translated, pack):
    assert untranslated(translated / pack) == []


#: English words on charts that are not the report's: of statuses, outcomes and Vega.
_ELSEWHERE = [*STATUS_LABELS.values(), *OUTCOME_LABELS.values(), *MONTHS]
_VEGA = r"^(?:Title text|Subtitle text|[XY]-axis(?: titled)?|mark:)(?= |$)"
_KNOWN_ON_CHARTS = re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, _ELSEWHERE))})\b|{_VEGA}")


#: A text in a Vega expression: compared with a field, or a key, if it has these signs beside it.
_IN_EXPRESSION = re.compile(r"""(== )?(?:'([^']*)'|"([^"]*)")(:)?""")


def in_specification(part: object) -> Iterator[str]:
    """The titles of axes, legends and tooltips, and the texts that expressions make of fields."""
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if key in ("title", "description") and isinstance(inner, str):
            yield inner
        elif key == "calculate":
            for compared, single, double, key in _IN_EXPRESSION.findall(inner):
                if not (compared or key) and single + double not in STATUSES:
                    yield single + double
        elif isinstance(inner, dict | list):
            yield from in_specification(inner)


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["whole", "part"])
def test_a_translation_of_this_module_translates_every_chart(translated, pack):
    """Its texts, and what screen readers say; `part` has charts of unknown requirements."""
    texts = {file.stem: _Page(file).texts for file in (translated / pack).glob("charts/*.svg")}
    page = (translated / pack / "report.html").read_text(encoding="utf-8")
    specs = re.search(r'<script type="application/json" id="specs">(.*?)</script>', page, re.DOTALL)
    for name, spec in json.loads(specs[1]).items():
        texts[name] += in_specification(spec)
    english = [
        (name, text)
        for name, said in texts.items()
        for text in said
        if re.search(r"[a-z]{2,}", _KNOWN_ON_CHARTS.sub("", text))
    ]
    assert english == []
    assert len(texts) == 15
    assert all(len(said) > 10 for said in texts.values())


@pytest.mark.slow
def test_a_translation_changes_days_and_the_names_of_sheets(translated):
    texts = _Page(translated / "whole" / "report.html").texts
    assert any(text.startswith("EACH CASE IS JUDGED AS OF 30 JUN 2026") for text in texts)
    assert not any(re.search(r"\d [A-Z][a-z]{2} \d{4}", text) for text in texts)
    with ZipFile(translated / "whole" / "audit.xlsx") as book:
        sheets = re.findall('<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    without_changes = [name for name in report_text.SheetName if name != "changes"]
    assert sorted(sheets) == sorted(name.upper() for name in without_changes)


def test_a_column_of_days_reads_like_each_day():
    days = [date(1, 2, 3), *(date(2026, month, 9) for month in range(1, 13)), date(9999, 12, 31)]
    column = pl.DataFrame({"day": [*days, None]})
    texts = column.select(day_texts(pl.col("day")), month=month_texts(pl.col("day")))
    assert texts["day"].to_list() == [*map(day, days), None]
    assert texts["month"].to_list() == [*map(month, days), None]


def test_every_kind_of_change_and_every_collection_has_a_name():
    assert {*report_text.COLLECTION_NAMES} == {*LOADED}
    assert {*report_text.SCHEDULE_KINDS} == {*SOURCES} - {"special", "composed"}
    assert {*report_text.SINCE_CHANGES} == {*report_text.SINCE_CASES, *report_text.SINCE_OTHERS}
