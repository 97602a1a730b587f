"""`roster()`: every person of one training, on paper and in Jupyter."""

from __future__ import annotations

from datetime import date

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.expiry_status import expiry_status
from kpa_analytics.analysis.find import need_training
from kpa_analytics.analysis.requirements import required_pairs, requirements
from kpa_analytics.analysis.schedule_texts import schedule_texts
from kpa_analytics.as_of import Day, day_of
from kpa_analytics.audit.case_rules import with_rules
from kpa_analytics.audit.cases import audit_cases
from kpa_analytics.audit.document import Document
from kpa_analytics.audit.document_story import document
from kpa_analytics.audit.people import people_rows
from kpa_analytics.data.included_trainings import included_trainings
from kpa_analytics.data.need_evidence import need_evidence
from kpa_analytics.data.scope import with_included
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.employment import employment, has_left
from kpa_analytics.inputs import AnyFrame
from kpa_analytics.names import training_names
from kpa_analytics.report_text import Caption
from kpa_analytics.schema import ROSTER
from kpa_analytics.whole_number import plain_number
from kpa_analytics.wording import listing, one_line, say

_COLUMNS = (
    *("user", "employeeNumber", "field_office", "job_title", "status", "completed"),
    *("expiration_date", "instructor", "signed", "files", "by_rule"),
)


def roster(
    data: TrainingData,
    training_id: int,
    *,
    as_of: Day | None = None,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    incremental: bool = False,
) -> Document:
    """The people who completed one training or must complete it, with the evidence on file.

    It names the training by title, id and schedule, and each person by employee number, field
    office and job title. For each it has the status, the days of completion and expiration, the
    instructor, whether a signature and files are on file, and the rule that decides. It also says
    where the records came from. People who left by `as_of` are counted, but not listed.

    Args:
        data: the records, as `load_all()` returns them.
        training_id: the training's id.
        as_of: the day of the statuses; a date or ISO text. Default: today, or for
            demo data `demo.AS_OF`.
        expiring_days: days before expiration that count as expiring, for a training that
            does not set its own number; default 30.
        required: the requirements, as for `expiry_status()`; default: the vendor's employee status,
            if `data` has it.
        incremental: True accepts an incremental snapshot (`refresh="recent"`), which may lack
            corrections of older records; default False.

    Returns:
        A `Document`: Jupyter shows it as a table, `.pdf` has the bytes of the PDF, `.save(path)`
        writes it, and `.rows` is a frame in `schema.ROSTER`, sorted by name. The PDF has one page,
        or more for a training of very many people; nothing is cut.

    Raises:
        KPADataError: no training in the records has this id, the completions are incremental and
            `incremental` is False, a collection lacks a column, or an argument is invalid; the
            message names it.
        KPAError: the packages that write PDFs are not installed.

    Examples:
        >>> import kpa_analytics as kpa
        >>> with kpa.demo.serve() as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False,
        ...                       requests_per_minute=6000)
        ...     data = kpa.load_all()
        >>> people = roster(data, data.trainings["id"][0], as_of="2026-06-30").rows
        >>> people.columns[:3]
        ['m_user_id', 'user', 'employeeNumber']
    """
    training_id = plain_number(training_id)
    need_training_data(data)
    need_evidence(data, incremental)
    day, needed = day_of(as_of, data.completions, data.users), requirements(data, required)
    pairs = None if needed is None else required_pairs(needed).collect()
    title = need_training(data, training_id, needed)
    done = data.completions.filter(
        pl.col("training_id").is_in(with_included(data.trainings, [training_id]))
    )
    of_training = pl.col("training_id") == training_id
    status = expiry_status(
        done,
        data.trainings,
        data.users,
        as_of=day,
        expiring_days=expiring_days,
        required=None if pairs is None else pairs.filter(of_training),
    )
    people = people_rows(data, day)
    cases = (
        with_rules(data, audit_cases(data, status).filter(of_training), day)
        .join(people.drop("user", "employeeNumber"), on="m_user_id", how="left")
        # The schedule is above the table.
        .with_columns(
            pl.when(pl.col("limited_by").is_not_null())
            .then("rule")
            .otherwise(pl.col("rule").str.split(": ").list.first())
            .alias("by_rule")
        )
        .sort("user", "m_user_id")
    )
    left_people = (
        employment(data.users).filter(has_left(day)).collect(engine="in-memory")["m_user_id"]
    )
    return document(
        data,
        cases,
        ROSTER,
        kind=text.ROSTER,
        subject=title,
        facts=_facts(data, training_id, day),
        sentences=_sentences(cases, done.filter(of_training), left_people, day),
        caption=Caption.PEOPLE_OF_TRAINING,
        columns=_COLUMNS,
        as_of=day,
        expiring_days=expiring_days,
        requirements_known=needed is not None,
        flipped=True,
    )


def _facts(data: TrainingData, training_id: int, day: date) -> list[str]:
    schedule = schedule_texts(data.trainings, day).get(training_id, text.NOT_KNOWN)
    included = included_trainings(data.trainings).get(training_id) or []
    facts = [say(text.TRAINING_ID, value=training_id)]
    if not included:
        return [*facts, say(text.SCHEDULE, value=schedule)]
    titles = dict(training_names(data.trainings).collect(engine="in-memory").iter_rows())
    names = sorted(one_line(titles.get(each, str(each))) for each in included)
    composed = say(text.INCLUDES, titles=listing(names, len(names)))
    return [*facts, composed, say(text.OWN_SCHEDULE_FACT, value=schedule)]


def _sentences(
    cases: pl.DataFrame, done: pl.DataFrame, left_people: pl.Series, day: date
) -> list[str]:
    happened = done.filter(pl.col("date").is_null() | (pl.col("date") <= day))
    left = happened["m_user_id"].unique().is_in(left_people.implode()).sum()
    sentences = [say(text.ON_ROSTER, cases=cases.height) if cases.height else text.NOBODY]
    if left:
        sentences.append(say(text.GONE, gone=left, as_of=day))
    return [" ".join(sentences)]
