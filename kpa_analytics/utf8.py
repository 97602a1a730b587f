"""Text that UTF-8 can't write: letters of another encoding, as Python reads them in arguments."""

from __future__ import annotations

from kpa_analytics.errors import KPADataError


def is_utf8(text: str) -> bool:
    r"""Whether a text can be written as UTF-8, which polars, typst and every file of ours need.

    Examples:
        >>> is_utf8("Zoë"), is_utf8("Zo\udceb")
        (True, False)
    """
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def need_utf8_path(path: object) -> None:
    """Raise a KPADataError that names a path unless it is UTF-8; of a store's URL, only its scheme.

    A URL may have a password in it, which no message may show.
    """
    if not is_utf8(str(path)):
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        scheme, is_url, _ = shown.partition("://")
        is_store = is_url and scheme != "file"
        named = f"the address {scheme}://..." if is_store else shown
        raise KPADataError(f"{named} is not UTF-8: choose another path")


def need_texts(**texts: object) -> None:
    r"""Check arguments that are a text or None.

    Raises:
        KPADataError: a value is something else, or not UTF-8; the message names the argument.

    Examples:
        >>> need_texts(title="Training of Zo\udceb")
        Traceback (most recent call last):
        kpa_analytics.errors.KPADataError: title must be UTF-8 text, not 'Training of Zo\udceb': ...
    """
    for name, value in texts.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise KPADataError(f"{name} must be text, not {value!r}")
        if not is_utf8(value):
            raise KPADataError(f"{name} must be UTF-8 text, not {value!r}: write it again in UTF-8")
