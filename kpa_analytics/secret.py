"""The token's type: a text that is never shown."""

from __future__ import annotations

from typing import Any

from kpa_analytics.errors import KPASettingsError


class Secret:
    """A text that repr, str and format do not show, and that can't be pickled.

    Examples:
        >>> Secret("an administrator's password")
        <secret>
        >>> f"{Secret('x')} {Secret('x')!r} {[Secret('x')]}"
        '<secret> <secret> [<secret>]'
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself, for the transport adapter."""
        return self.__text

    @property
    def plain(self) -> bool:
        """Whether it is printable ASCII, as a token must be."""
        return self.__text.isascii() and self.__text.isprintable()

    def __repr__(self) -> str:
        return "<secret>"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> Any:
        raise KPASettingsError(
            "a token can't be pickled: set KPA_API_TOKEN in each process that needs it"
        )


def as_secret(value: object) -> object:
    """Wrap a text at once, so that no traceback frame holds it in plain form."""
    return Secret(value.strip()) if isinstance(value, str) else value
