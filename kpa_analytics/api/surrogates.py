r"""Characters of two halves, cut in the middle.

JavaScript counts a text in halves of characters. A note cut to its length may end in one half of an
emoji, which JSON then holds as `\ud83d`: no character, so that a strict reader refuses the page.
"""

from __future__ import annotations

import re

#: Every escape of a JSON text: a whole pair of halves, a half alone, or any other.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def replace_lone_surrogates(body: bytes) -> bytes:
    r"""Put the replacement character, U+FFFD, in the place of every half that stands alone.

    Args:
        body: a JSON text, or anything else.

    Returns:
        The text; as it came where there is no half in it.

    Examples:
        >>> print(replace_lone_surrogates(rb'"well done \ud83d"').decode())
        "well done \ufffd"
        >>> print(replace_lone_surrogates(rb'"\ud83d\ude00 is whole, and so is \\ud83d"').decode())
        "\ud83d\ude00 is whole, and so is \\ud83d"
    """
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["half"] else found[0], body)
