"""Rows: as dicts, or as objects of a dataclass."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, Optional, TypeVar, cast

from .errors import ExRunError, error_of

T = TypeVar("T")

#: A mailbox as a run takes it: its address or id, or an object that names it, such as a row of a file or of a run.
Mailbox = Optional["str | Mapping[str, Any]"]


class Row(dict[str, Any]):
    """A row: its members by their names, with the failure of its mailbox beside them."""

    #: Why the mailbox has no data; None where it has.
    error: ExRunError | None = None

    def raise_for_error(self) -> Row:
        """Raises the failure of the mailbox, if there is one; else gives the row."""
        if self.error is not None:
            raise self.error
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (dict(self), self.error)


def _restored(members: dict[str, Any], error: ExRunError | None) -> Row:
    row = Row(members)
    row.error = error
    return row


@dataclasses.dataclass(frozen=True)
class MailboxSettings:
    """A row of a report with its usual columns. For others make a dataclass of your own, with a field `error`."""

    mailbox_name: str | None
    language: str | None
    locale: str | None
    time_zone: str | None
    automatic_reply_status: str | None
    error: ExRunError | None = None


@dataclasses.dataclass(frozen=True)
class SettingsChange:
    """A row of a run that writes settings."""

    mailbox_name: str | None
    #: `Changed`, `Unchanged`, `WouldChange` or `Failed`.
    outcome: str
    #: A list of `{"Setting", "From", "To"}`.
    changes: list[dict[str, Any]] | None
    error: ExRunError | None = None


@dataclasses.dataclass(frozen=True)
class PlanChange:
    """A row of a plan that is done."""

    mailbox_name: str | None
    facet: str | None
    key: str | None
    #: `Create`, `Change` or `Remove`.
    change: str | None
    #: `Done`, `Unchanged`, `AlreadyGone`, `Drifted`, `WouldDo`, `Failed` or `OutcomeUnknown`.
    outcome: str
    #: The number of the plan's line.
    line: int
    error: ExRunError | None = None


@dataclasses.dataclass(frozen=True)
class StateDifference:
    """A row of a comparison with a wanted state."""

    mailbox_name: str | None
    #: False of a difference; true of a mailbox that is in the state, which has a row with `include_empty`.
    in_desired_state: bool | None
    facet: str | None
    key: str | None
    #: `Create`, `Change` or `Remove`.
    change: str | None
    from_: dict[str, Any] | None
    to: dict[str, Any] | None
    #: Why nothing takes the difference away, where that is so.
    blocked: str | None
    error: ExRunError | None = None


@dataclasses.dataclass(frozen=True)
class ReportDifference:
    """A row of two reports compared."""

    mailbox_name: str | None
    #: `Changed`, `Added`, `Removed` or `Failed`.
    change: str
    property: str | None
    from_: Any
    to: Any
    error: ExRunError | None = None


def read(lines: bytes) -> list[Row]:
    """Rows of JSON Lines."""
    return [_row(members) for members in json.loads(b"[" + b",".join(lines.splitlines()) + b"]")]


def _row(members: dict[str, Any]) -> Row:
    row = Row(members)
    error = row.get("error")
    # What a reply of Graph holds may have a member of that name too: a failure says its status.
    if isinstance(error, dict) and isinstance(error.get("status"), int) and "name" in error:
        row.error = error_of(error["status"], error)
        del row["error"]
    return row


def maker(into: type[T] | None) -> Callable[[Row], T]:
    """What makes of a row what the caller asked for: the row itself, or an object of a dataclass.

    Fields go by name, whatever its case and underscores: `time_zone` is `TimeZone`. A class without a field `error`
    is refused, before anything is sent: a mailbox that failed would look like one that has nothing.
    """
    if into is None:
        return cast("Callable[[Row], T]", lambda row: row)
    if not (isinstance(into, type) and dataclasses.is_dataclass(into)):
        raise TypeError(f"into must be a dataclass, not {into!r}")
    fields = [field for field in dataclasses.fields(into) if field.init]
    if not any(field.name == "error" for field in fields):
        raise TypeError(f"{into.__name__} needs a field error: it says why a mailbox has no data")
    wanted = [(field.name, _plain(field.name), _has_default(field)) for field in fields if field.name != "error"]
    kind: Callable[..., T] = into

    def made(row: Row) -> T:
        members = {_plain(name): value for name, value in row.items()}
        values = {
            name: members.get(plain) for name, plain, has_default in wanted if plain in members or not has_default
        }
        return kind(error=row.error, **values)

    return made


def with_columns(into: type[Any] | None, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request of a report: for a dataclass, where it does not say which columns, those of its fields."""
    if into is None or "columns" in request:
        return request
    maker(into)
    return {**request, "columns": _columns_of(into)}


def _columns_of(into: type[Any]) -> list[str]:
    names = [field.name for field in dataclasses.fields(into) if field.init and field.name != "error"]
    return ["".join(part[:1].upper() + part[1:] for part in name.split("_")) for name in names]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
