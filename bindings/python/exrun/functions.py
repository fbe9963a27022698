"""What needs no client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import _native, requests
from ._connection import Listener
from ._operation import operate
from ._stream import Stream
from .rows import Row, maker
from .run import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")


def certificate_create(**request: Unpack[requests.CertificateCreate]) -> dict[str, Any]:
    """Creates a self-signed certificate for an app: a PFX file, and on request the key file for the registration."""
    return _operate("exrun_certificate_create", request)


def certificate_read(**request: Unpack[requests.CertificateRead]) -> dict[str, Any]:
    """What is in a certificate: PFX, PEM or DER."""
    return _operate("exrun_certificate_read", request)


def certificate_convert(**request: Unpack[requests.CertificateRead]) -> dict[str, Any]:
    """A certificate and its key as a PFX without a password: the Secret `pfxSecret`."""
    return _operate("exrun_certificate_convert", request)


def journal_merge(**request: Unpack[requests.JournalMerge]) -> dict[str, Any]:
    """Makes one journal of those of one run's shards: `{rows, failed, intents, duplicates}`."""
    return _operate("exrun_journal_merge", request)


def audit_verify(**request: Unpack[requests.AuditVerify]) -> dict[str, Any]:
    """Whether the audit of a plan is as it was written: `isWhole`, and the first `line` that is not, with its `fault`."""
    return _operate("exrun_audit_verify", request)


def token_cache_clear() -> dict[str, Any]:
    """Removes the tokens that were kept on disk for this user: `{file, removed}`."""
    return _operate("exrun_token_cache_clear", {})


def token_decode(token: requests.SecretValue) -> dict[str, Any]:
    """What a token says, unverified: `{headers, claims, signature}`."""
    with _native.encoded({"token_secret": token}) as (text, length):
        result: dict[str, Any] = _native.json_of("exrun_token_decode", text, length)
    return result


@overload
def report_compare(**request: Unpack[requests.ReportCompare]) -> Run[Row]: ...


@overload
def report_compare(*, into: type[T], **request: Unpack[requests.ReportCompare]) -> Run[T]: ...


def report_compare(*, into: type[Any] | None = None, **request: Unpack[requests.ReportCompare]) -> Run[Any]:
    """Compares two reports, or their journals: a row for each property that differs."""
    maker(into)
    return Run(Stream(Listener(), "exrun_report_compare", None, request, takes_input=False), None, into)


def library_version() -> str:
    """The version of the native library."""
    return _native.bytes_of("exrun_version").decode("utf-8")


def open_handles() -> dict[str, int]:
    """How many objects of each kind are alive in the library: to find what a program forgets to close."""
    result: dict[str, int] = _native.json_of("exrun_open_handles")
    return result


def _operate(function: str, request: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = operate(Listener(), function, None, request)
    return result
