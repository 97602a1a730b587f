"""Remove the token from the API's answers, in any encoding that a server may use."""

from __future__ import annotations

import html
import re

#: Replaces the token in an answer.
MASK = "<token>"

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")

#: Escaped printable ASCII starts with one of these; without any of them, nothing is escaped.
_ESCAPES = (
    *(b"\\u00%d" % digit for digit in range(2, 8)),
    *(b"%%%d" % digit for digit in range(2, 8)),
    *(b"&#", b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"\\/", b'\\"', b"\\\\"),
)


def redacted(body: bytes, token: str) -> bytes:
    """Replace the token, including forms escaped for JSON, a URL or HTML.

    Examples:
        >>> redacted(b"no such token: k%2fy", "k/y")
        b'no such token: <token>'
    """
    for encoding in _ENCODINGS:
        if (echo := token.encode(encoding)) in body:
            body = body.replace(echo, MASK.encode(encoding))
    if any(escape[:1] in body and escape in body for escape in _ESCAPES):  # one byte is quick
        body = re.sub(b"".join(map(_forms, token)), MASK.encode(), body)
    return body


def _forms(character: str) -> bytes:
    """A pattern of the plain and escaped forms of one ASCII character."""
    code = ord(character)
    texts = {character, html.escape(character), f"&#{code};"}
    if not character.isalnum():
        texts.add(f"\\{character}")
    numbers = [rf"\\u{code:04x}", f"%(?:25)?{code:02x}", f"&#x0*{code:x};"]
    forms = [*map(re.escape, sorted(texts)), *(f"(?i:{number})" for number in numbers)]
    return f"(?:{'|'.join(forms)})".encode()
