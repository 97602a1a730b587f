"""Sort the certificates in a timestamp, because some authorities send them in another order.

DER, the encoding of a timestamp, sorts the elements of a set by their bytes. `openssl ts`, by which
many authorities answer, keeps the order of its file instead. rfc3161-client refuses that. No
signature covers this order, and sorting changes no length.

Sources: RFC 3161 (2.4.2), RFC 5652 (5.1), ITU-T X.690 (11.6).
"""

from __future__ import annotations

from typing import NamedTuple

_SEQUENCE, _FIRST = 0x30, 0xA0
#: Where the certificates are: the elements to go through, each by its place and its tag.
_PATH = (
    (0, _SEQUENCE),  # TimeStampResp
    (1, _SEQUENCE),  # its timeStampToken, after the status
    (1, _FIRST),  # the content, after its type
    (0, _SEQUENCE),  # SignedData
    (3, _FIRST),  # its certificates, after version, digestAlgorithms and encapContentInfo
)


class _Element(NamedTuple):
    """A part of an encoding: its tag, and the places where it starts, its content, and its end."""

    tag: int
    start: int
    content: int
    end: int


def with_sorted_certificates(answer: bytes) -> bytes:
    """The answer of an authority with its certificates sorted; another text is left as it is.

    Examples:
        >>> with_sorted_certificates(b"not a timestamp")
        b'not a timestamp'
    """
    try:
        place = _Element(0, 0, 0, len(answer))
        for index, tag in _PATH:
            place = _elements(answer, place)[index]
            if place.tag != tag:
                return answer
        certificates = sorted(answer[each.start : each.end] for each in _elements(answer, place))
    except IndexError:
        return answer
    return answer[: place.content] + b"".join(certificates) + answer[place.end :]


def _elements(encoding: bytes, outer: _Element) -> list[_Element]:
    """The elements in an element; an IndexError if they don't fill it."""
    elements, start = [], outer.content
    while start < outer.end:
        elements.append(_element(encoding, start))
        start = elements[-1].end
    if start > outer.end:
        raise IndexError(start)
    return elements


def _element(encoding: bytes, start: int) -> _Element:
    tag, length, content = encoding[start], encoding[start + 1], start + 2
    if length >= 0x80:  # so many bytes hold the length
        after = content + length - 0x80
        length, content = int.from_bytes(encoding[content:after]), after
    return _Element(tag, start, content, content + length)
