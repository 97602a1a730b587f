"""Deliberate data faults: one or two of each kind in the rules, except duplicate ids.

Duplicate ids are left out because every load would then need a second reading. Each fault is in a
completion that a later one supersedes, so the faults do not change anybody's status.

Two kinds need no planting, because the invented history has them: supervisors who left or form a
circle, and sessions that were taught on an expired certificate.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from kpa_analytics.demo.people import person_id
from kpa_analytics.demo.wire import edited

IMPOSSIBLE_DAY = 20200230
UNKNOWN_USER = person_id(0x0BADBAD)
UNKNOWN_TRAINING = 999_999
UNKNOWN_SESSION = 999_999
_FAULTS = 8


def plant(
    completions: pl.DataFrame, sessions: pl.DataFrame, ends: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Plant the faults, unless the company has too few superseded completions."""
    newest = pl.col("date_number").max().over("m_user_id", "training_id")
    superseded = completions.filter(
        pl.col("date_number") < newest, pl.col("group_training_id").is_null()
    )
    if superseded.height < 10 * _FAULTS:
        return completions, sessions
    spots = superseded.gather_every(superseded.height // _FAULTS).head(_FAULTS)
    days = spots["date_number"].to_list()
    twin = completions.filter(
        pl.col("m_user_id") == spots["m_user_id"][3],
        pl.col("training_id") == spots["training_id"][3],
        pl.col("date_number") > days[3],
    )["date_number"].min()
    future = int((ends + timedelta(days=200)).strftime("%Y%m%d"))
    changes: list[dict[str, object]] = [
        {"date_number": IMPOSSIBLE_DAY},
        {"special_expiration_date_number": days[1] - 10_000},
        {"date_number": future},
        {"date_number": twin},
        {"m_user_id": UNKNOWN_USER},
        {"training_id": UNKNOWN_TRAINING},
        {"group_training_id": UNKNOWN_SESSION},
        {"date_number": 20201301},
    ]
    for completion_id, change in zip(spots["id"].to_list(), changes, strict=True):
        completions = edited(completions, completion_id, **change)
    return completions, _change_attendees(sessions)


def _change_attendees(sessions: pl.DataFrame) -> pl.DataFrame:
    """List a person without a completion in one session, and omit an attendee in another."""
    crowded = sessions.filter(pl.col("m_trainees_id").list.len() > 2)
    if crowded.height < 2:
        return sessions
    first, second = crowded.row(0, named=True), crowded.row(-1, named=True)
    absent = person_id(2)
    more = sorted({*first["m_trainees_id"], absent})
    fewer = second["m_trainees_id"][1:]
    sessions = edited(sessions, first["id"], m_trainees_id=more)
    return edited(sessions, second["id"], m_trainees_id=fewer)
