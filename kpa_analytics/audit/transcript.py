"""`transcript()`: every training of one person, on paper and in Jupyter."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.find import need_person
from kpa_analytics.analysis.requirements import required_pairs, requirements
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.audit.case_rules import with_rules
from kpa_analytics.audit.cases import audit_cases
from kpa_analytics.audit.document import Document
from kpa_analytics.audit.document_story import document
from kpa_analytics.audit.people import people_rows
from kpa_analytics.data.need_evidence import need_evidence
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.report_text import Caption
from kpa_analytics.schema import TRANSCRIPT
from kpa_analytics.wording import say

_COLUMNS = (
    *("training", "status", "completed", "expiration_date"),
    *("instructor", "signed", "files", "rule"),
)


def transcript(
    data: TrainingData,
    m_user_id: str,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    incremental: bool = False,
) -> Document:
    """The training record of one person: every training, with the evidence on file.

    It names the person by employee number, field office, job title, hire and termination dates. For
    each training that the person completed or must complete it has the status, the days of
    completion and expiration, the instructor, whether a signature and files are on file, and the
    rule that decides. It also says where the records came from. People who left have a record too.

    Args:
        data: the records, as `load_all()` returns them.
        m_user_id: the person's id.
        as_of: the day of the statuses; a date or ISO text. Default: today, or for
            demo data `demo.AS_OF`.
        expiring_days: days before expiration that count as expiring, for trainings that do not
            set their own number; default 30.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it.
        incremental: True accepts an incremental snapshot (`refresh="recent"`), which may lack
            corrections of older records; default False.

    Returns:
        A `Document`: Jupyter shows it as a table, `.pdf` has the bytes of the PDF, `.save(path)`
        writes it, and `.rows` is a frame in `schema.TRANSCRIPT`, sorted by title. The PDF has one
        page, or more for a person with very many trainings; nothing is cut.

    Raises:
        KPADataError: nobody in the records has this id, the completions are incremental and
            `incremental` is False, a collection lacks a column, or an argument is invalid; the
            message names it.
        KPAError: the packages that write PDFs are not installed.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     data = kpa.load_all()
        >>> record = transcript(data, data.users["id"][0], as_of="2026-06-30")
        >>> record.pdf[:5]
        b'%PDF-'
    """
    need_training_data(data)
    need_evidence(data, incremental)
    return transcript_of(
        data, m_user_id, as_of=as_of, expiring_days=expiring_days, required=required
    )


def transcript_of(
    data: TrainingData,
    m_user_id: str,
    *,
    as_of: Day | None,
    expiring_days: int,
    required: AnyFrame | None,
    names: bool = True,
) -> Document:
    """As `transcript()`. In a pack with pseudonyms, `names` is False: no hire and leaving days."""
    day = day_of(as_of, data.completions, data.users)
    need_person(data, m_user_id)
    of_person = pl.col("m_user_id") == m_user_id
    person = people_rows(data, day).row(by_predicate=of_person, named=True)
    needed = requirements(data, required)
    done = data.completions.filter(of_person)
    status = expiry_status(
        done,
        data.trainings,
        data.users,
        as_of=day,
        expiring_days=expiring_days,
        required=None if needed is None else required_pairs(needed).filter(of_person),
        include_terminated=True,
    )
    cases = with_rules(data, audit_cases(data, status), day).sort("training", "training_id")
    return document(
        data,
        cases,
        TRANSCRIPT,
        kind=text.TRANSCRIPT,
        subject=person["user"],
        facts=_facts(person, names),
        sentences=_sentences(cases, done, day),
        caption=Caption.TRAININGS_OF_PERSON,
        columns=_COLUMNS,
        as_of=day,
        expiring_days=expiring_days,
        requirements_known=needed is not None,
    )


def _facts(person: dict[str, object], names: bool) -> list[str]:
    employed = {text.HIRED: person["hired"], text.LEFT: person["left"]}
    facts = {
        text.EMPLOYEE_NUMBER: person["employeeNumber"],
        text.FIELD_OFFICE: person["field_office"],
        text.JOB_TITLE: person["job_title"],
        **(employed if names else {}),
        text.PERSON_ID: person["m_user_id"],
    }
    return [say(said, value=value) for said, value in facts.items() if value is not None]


def _sentences(cases: pl.DataFrame, done: pl.DataFrame, day: date) -> list[str]:
    if cases.is_empty() and done.is_empty():
        return [text.NOTHING_ON_RECORD]
    later = done.filter(pl.col("date") > day).height
    sentences = [say(text.ON_RECORD, completions=done.height)]
    if later:
        sentences.append(say(text.LATER, later=later, as_of=day))
    return [" ".join(sentences)]
