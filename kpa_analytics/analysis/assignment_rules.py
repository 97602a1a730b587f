"""The catalogue's own rule for who must have a training: everyone, some people, or nobody.

Source: docs/rules.md section 13. `assigned_to_condition` is documented by the vendor, but only
two of its fields have been seen: job-title and driver.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import polars as pl

from kpa_analytics.schema import ASSIGNED_BY

ALL, JOB_TITLE, DRIVER, NONE, CANNOT_TELL = ASSIGNED_BY.categories.to_list()
_TRUTHS = {"true": True, "false": False}
_EVERYONE = "assigned to everyone"
_HAS_JOB = "limited to job titles, and the person has one of them"
_HAS_NO_JOB = "limited to job titles, and the person has none of them"
_NOT_KNOWN_DRIVER = "limited by driver, and the profile does not say whether the person drives"
_NO_CONDITION = "limited, but the API does not show to whom"
_NOBODY = "assigned to nobody"


class Assignment(NamedTuple):
    """The rule of one training.

    Attributes:
        rule: one of `schema.ASSIGNED_BY`.
        values: the job titles (ids), or the values of isDriver, that it is limited to.
        reason: why the rule cannot be determined.
    """

    rule: str
    values: tuple[Any, ...] = ()
    reason: str = ""

    def required(self) -> pl.Expr:
        """Whether it is required of a person of `users`; null if the API does not tell."""
        if self.rule == JOB_TITLE:
            return pl.col("jobTitle_id").is_in(self.values).fill_null(False)
        if self.rule == DRIVER:
            return pl.col("isDriver").is_in(self.values)
        return pl.lit({ALL: True, NONE: False}.get(self.rule), pl.Boolean)

    def in_words(self) -> pl.Expr:
        """The rule in words, for a person with `required`."""
        if self.rule == DRIVER:
            said = (
                pl.when("isDriver")
                .then(pl.lit("limited by driver, and the person drives"))
                .otherwise(pl.lit("limited by driver, and the person does not drive"))
            )
            return (
                pl.when(pl.col("required").is_null())
                .then(pl.lit(_NOT_KNOWN_DRIVER))
                .otherwise(said)
            )
        if self.rule == JOB_TITLE:
            return pl.when("required").then(pl.lit(_HAS_JOB)).otherwise(pl.lit(_HAS_NO_JOB))
        return pl.lit(self.reason or {ALL: _EVERYONE, NONE: _NOBODY}[self.rule])


def assignment(kind: str | None, condition: str | None) -> Assignment:
    """Read `assigned_to_type` and `assigned_to_condition` (JSON) of a training.

    Examples:
        >>> assignment("all", "{}").rule, assignment("none", "{}").rule
        ('all', 'none')
        >>> limited = '{"data": {"fieldId": "driver", "settings": {"values": ["true"]}}}'
        >>> assignment("limited", limited)
        Assignment(rule='driver', values=(True,), reason='')
        >>> assignment("limited", '{"data": {"fieldId": "region"}}').reason
        'limited by region, which the API does not show'
    """
    if kind is not None and kind in (ALL, NONE):
        return Assignment(kind)
    if kind != "limited":
        shown = f"assigned_to_type {kind!r} is not known" if kind else "assigned_to_type is empty"
        return Assignment(CANNOT_TELL, reason=shown)
    field, values = _condition(condition)
    if field not in (None, JOB_TITLE, DRIVER):
        return Assignment(CANNOT_TELL, reason=f"limited by {field}, which the API does not show")
    if field == JOB_TITLE and values and all(isinstance(value, str) for value in values):
        return Assignment(JOB_TITLE, tuple(values))
    truths = [_TRUTHS.get(str(value).lower()) for value in values]
    if field == DRIVER and truths and None not in truths:
        return Assignment(DRIVER, tuple(truths))
    return Assignment(CANNOT_TELL, reason=_NO_CONDITION)


def public_conditions(trainings: pl.DataFrame) -> pl.DataFrame:
    """Keep of each `assigned_to_condition` only what names nobody.

    These are its field and, of a condition by job title or by driver, its values. Conditions by
    other fields may have names of people.
    """
    if "assigned_to_condition" not in trainings.columns:
        return trainings
    texts = [_public(text) for text in trainings["assigned_to_condition"]]
    return trainings.with_columns(pl.Series("assigned_to_condition", texts, pl.String))


def _public(text: str | None) -> str | None:
    if text is None:
        return None
    field, values = _condition(text)
    if field is None:
        return "{}"
    known = {"settings": {"values": values}} if field in (JOB_TITLE, DRIVER) else {}
    return json.dumps({"data": {"fieldId": field, **known}})


def _condition(text: str | None) -> tuple[str | None, list[Any]]:
    """The field and the values of a condition; None and nothing if it has another shape."""
    try:
        data = json.loads(text or "{}")["data"]
        field = data["fieldId"]
    except (ValueError, KeyError, TypeError):
        field = None
    if field is None:
        return None, []
    settings = data.get("settings")
    values = settings.get("values") if isinstance(settings, dict) else None
    return (str(field), values if isinstance(values, list) else [])
