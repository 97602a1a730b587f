"""The token's echo: taken out of what the API sends back, however a server may spell it."""

from __future__ import annotations

import html
import re

#: What stands where the API echoed the token.
MASK = "<token>"

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")

#: Printable ASCII spelt in another way: without one of these there is nothing more to look for.
_SPELT = (
    *(b"\\u00%d" % digit for digit in range(2, 8)),
    *(b"%%%d" % digit for digit in range(2, 8)),
    *(b"&#", b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"\\/", b'\\"', b"\\\\"),
)


def redacted(body: bytes, token: str) -> bytes:
    """Replace the token, also where JSON, an URL or HTML has spelt its characters differently.

    Examples:
        >>> redacted(b"no such token: k%2fy", "k/y")
        b'no such token: <token>'
    """
    for encoding in _ENCODINGS:
        if (echo := token.encode(encoding)) in body:
            body = body.replace(echo, MASK.encode(encoding))
    if any(sign[:1] in body and sign in body for sign in _SPELT):  # one byte is found fastest
        body = re.sub(b"".join(map(_spellings, token)), MASK.encode(), body)
    return body


def _spellings(character: str) -> bytes:
    """A pattern of the ways to write one character of ASCII."""
    code = ord(character)
    texts = {character, html.escape(character), f"&#{code};"}
    if not character.isalnum():
        texts.add(f"\\{character}")
    numbers = [rf"\\u{code:04x}", f"%(?:25)?{code:02x}", f"&#x0*{code:x};"]
    ways = [*map(re.escape, sorted(texts)), *(f"(?i:{number})" for number in numbers)]
    return f"(?:{'|'.join(ways)})".encode()
