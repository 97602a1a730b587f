"""mail.eml: a draft e-mail to a supervisor. Nothing is sent.

`X-Unsent: 1` makes e-mail programs open it as a draft. It has no sender and no date: whoever sends
it adds them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from kpa_analytics.audit.supervisors import supervisor_text as text
from kpa_analytics.audit.supervisors.supervisor_team import Team, case_line, in_words
from kpa_analytics.report_text import DEMO_MARK, DEMO_SUBJECT
from kpa_analytics.wording import one_line, say

MAIL = "mail.eml"
#: An address that can't add a second recipient or another header.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABELS = r"[A-Za-z0-9-]+"
_ADDRESS = re.compile(
    rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@({_LABELS}(?:\.{_LABELS})*)"
)
_MOST_LINES = 20
#: Some readers take the blank of a folded header for a part of it.
_LONG_HEADERS = SMTP.clone(max_line_length=900)
_TYPES = {
    ".html": ("text", "html"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ics": ("text", "calendar"),
}


def draft(team: Team, address: str | None, files: Mapping[str, bytes]) -> bytes:
    """The draft of the mail about a list, with these files attached."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    subject = say(text.MAIL_SUBJECT, counts=in_words(team.counts()))
    message["Subject"] = say(DEMO_SUBJECT, subject=subject) if team.demo else subject
    if matched := _ADDRESS.fullmatch(address or ""):
        message["To"] = Address(one_line(team.name), matched[1], matched[2])
    message.set_content(_body(team))
    for name, content in files.items():
        kind, subtype = _TYPES[name[name.rindex(".") :]]
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message.as_bytes(policy=_LONG_HEADERS)


def usable(address: str | None) -> str | None:
    """The address if it is valid; otherwise None."""
    return address if address and _ADDRESS.fullmatch(address) else None


def _body(team: Team) -> str:
    rows = team.cases.head(_MOST_LINES).iter_rows(named=True)
    lines = [
        case_line(row, text.MAIL_LINE, text.MAIL_LINE_DATED, training=one_line(row["training"]))
        for row in rows
    ]
    more = team.cases.height - len(lines)
    parts = [
        *([DEMO_MARK] if team.demo else []),
        text.MAIL_HELLO,
        say(text.MAIL_BODY, summary=team.summary(), day=team.as_of),
        text.MAIL_FIRST_CASES if more > 0 else text.MAIL_CASES,
        "\n".join(lines),
        *([say(text.MAIL_MORE, more=more)] if more > 0 else []),
    ]
    return "\n\n".join(parts) + "\n"
