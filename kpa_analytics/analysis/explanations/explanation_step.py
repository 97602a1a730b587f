"""One step of an explanation: a sentence, the rule behind it, and the values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kpa_analytics.report_text import RULES, Mark

_RULES = {rule.key: rule for rule in RULES}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of an explanation.

    Attributes:
        text: the step as a sentence.
        record: the id of the completion that it is about, or None.
        rule: the rule in the docs, e.g. `docs/rules.md#rolling`.
        mark: where the rule comes from: vendor, inferred or ours.
        values: the values that it used and found, by name; enough to compute the step again.
    """

    text: str
    record: int | None
    rule: str
    mark: Mark
    values: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.text} [{self.mark}]"

    def to_dict(self) -> dict[str, Any]:
        """The step as plain values for JSON; days are ISO texts."""
        return {
            "text": self.text,
            "record": self.record,
            "rule": self.rule,
            "mark": self.mark,
            "values": json_value(self.values),
        }


def step(key: str, *sentences: str, record: int | None = None, **values: Any) -> Step:
    """A step by the rule with this key. Empty sentences are left out."""
    rule = _RULES[key]
    said = " ".join(sentence for sentence in sentences if sentence)
    return Step(text=said, record=record, rule=rule.link, mark=rule.mark, values=values)


def json_value(value: Any) -> Any:
    """A value as JSON has it: days and moments as ISO texts."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: json_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    return value
