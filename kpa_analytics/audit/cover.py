"""The cover of a report: whose records, which part and period, against what; and who signs.

This module chooses what is said; `report_text` has the texts.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from kpa_analytics import report_text as text
from kpa_analytics.analysis.case_groups import names_of_groups
from kpa_analytics.audit.evidence import Evidence
from kpa_analytics.audit.provenance import altered_sentences, fetched_at
from kpa_analytics.report_text import NOT_KNOWN, CoverLabel
from kpa_analytics.wording import listing, say

#: The cover does not mention records that were entered within this time after the day of the
#: report, because that is usual.
_SOON = timedelta(days=7)
#: Field offices that the cover names; the others are counted.
_MOST_OFFICES = 12


def cover(evidence: Evidence) -> dict[str, Any]:
    """The texts of the cover, as plain data."""
    moment = fetched_at(evidence.data)
    rows = {
        CoverLabel.ORGANISATION: evidence.organisation or NOT_KNOWN,
        CoverLabel.SCOPE: evidence.data.scope.description or text.WHOLE_SCOPE,
        CoverLabel.FIELD_OFFICES: _field_offices(evidence),
        CoverLabel.PERIOD: _period(evidence),
        CoverLabel.STANDARD: evidence.standard or text.NO_STANDARD,
        CoverLabel.FETCHED: say(text.FETCHED_AT, moment=moment) if moment else NOT_KNOWN,
        CoverLabel.CHECK: text.HOW_TO_CHECK,
    }
    return {
        "rows": [[str(label), value] for label, value in rows.items()],
        "signers": list(text.SIGNERS),
        "signers_heading": text.SIGNERS_HEADING,
        "signer_columns": list(text.SIGNER_COLUMNS),
        "glossary_heading": text.GLOSSARY_HEADING,
        "glossary": [list(entry) for entry in text.GLOSSARY.items()],
    }


def warning(evidence: Evidence) -> list[str]:
    """Warnings if records were changed after the download, or if it was well after the day.

    The API gives the records as they are now. Those that were entered or edited after that day are
    among them.
    """
    altered, moment = altered_sentences(evidence.data), fetched_at(evidence.data)
    if moment is None or moment.date() - evidence.as_of <= _SOON:
        return altered
    later = evidence.data.completions.filter(
        pl.col("created").dt.date() > evidence.as_of, pl.col("date") <= evidence.as_of
    )
    days = (moment.date() - evidence.as_of).days
    return [
        *altered,
        say(text.LOOKS_BACK, as_of=evidence.as_of, on=moment.date(), days=days, later=later.height),
    ]


def _field_offices(evidence: Evidence) -> str:
    """The field offices of the people who have cases, by name."""
    data = evidence.data
    users = data.users.unique("id", keep="first", maintain_order=True)
    people = evidence.status.select("m_user_id").unique()
    of_each = pl.col("fieldOffice_id").list.drop_nulls().alias("offices")
    offices = people.join(
        users.select("id", of_each), left_on="m_user_id", right_on="id", how="left"
    )["offices"]
    names = names_of_groups(data.groups, "field_office")
    listed = offices.explode().drop_nulls().replace(names).unique().sort().to_list()
    if not (offices.list.len() > 0).fill_null(False).all():
        listed.append(text.NO_FIELD_OFFICE)
    return listing(listed, _MOST_OFFICES) or NOT_KNOWN


def _period(evidence: Evidence) -> str:
    """The days of the completions up to the day of the report."""
    days = evidence.records["date"].drop_nulls()
    first = days.filter(days <= evidence.as_of).min()
    if not isinstance(first, date):
        return say(text.PERIOD_EMPTY, as_of=evidence.as_of)
    return say(text.PERIOD, first=first, as_of=evidence.as_of)
