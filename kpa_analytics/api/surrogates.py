r"""Replace lone surrogates, which are halves of characters, in JSON texts.

JavaScript measures texts in UTF-16 code units. If a note is cut to a maximum length, an emoji at
its end may be cut in half. JSON then holds `\ud83d`, and a strict reader refuses the page.
"""

from __future__ import annotations

import re

#: Any escape in a JSON text: a surrogate pair, a lone surrogate, or another escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def replace_lone_surrogates(body: bytes) -> bytes:
    r"""Replace each lone surrogate by the replacement character, U+FFFD.

    Examples:
        >>> print(replace_lone_surrogates(rb'"well done \ud83d"').decode())
        "well done \ufffd"
        >>> print(replace_lone_surrogates(rb'"\ud83d\ude00 is whole, and so is \\ud83d"').decode())
        "\ud83d\ude00 is whole, and so is \\ud83d"
    """
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return _ESCAPE.sub(lambda match: b"\\ufffd" if match["lone"] else match[0], body)
