"""Secrets: never shown by accident."""

from __future__ import annotations


class Secret:
    """A password, a token or a PFX. Neither `repr`, `str` nor a log shows it; pickling it is refused."""

    __slots__ = ("_data",)

    def __init__(self, value: str | bytes | Secret) -> None:
        if isinstance(value, Secret):
            self._data: bytes = value._data
        elif isinstance(value, str):
            self._data = value.encode("utf-8")
        elif isinstance(value, bytes):
            self._data = value
        else:
            raise TypeError(f"a secret must be str or bytes, not {type(value).__name__}")

    def reveal(self) -> str:
        """The secret as text."""
        return self._data.decode("utf-8")

    def reveal_bytes(self) -> bytes:
        """The secret as bytes, such as those of a PFX."""
        return self._data

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __bool__(self) -> bool:
        return bool(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not pickled: it would lie open in what comes out")
