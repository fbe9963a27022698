"""What fails, as exceptions: a class for each status of the library, below one for its kind.

    ExRunError
        RequestError        a request is not what the library takes
        StateError          a call came too late, twice, or in a forked child
        SignInError         no token
        CertificateError    a certificate or its key
        VaultError          an object of Key Vault
        ServiceError        the service refused
        NetworkError        the service was not reached
        FileError           a file
        JournalError        the journal of a run
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._abi import STATUSES


class ExRunError(Exception):
    """What the library reported."""

    #: The number of the status, such as -301.
    status: int
    #: The status by its name, such as `NotFound`.
    name: str
    #: What was being done, to what, and what was said.
    message: str
    #: What was being done, such as `reading the mailbox settings of`.
    action: str | None
    #: To what: a mailbox, a file, a URL.
    target: str | None
    #: The status of the reply, such as 404.
    http_status: int | None
    #: The service's own code, such as `ErrorItemNotFound`.
    service_code: str | None
    #: The service's own words.
    service_message: str | None
    #: By which Microsoft finds the request.
    request_id: str | None
    #: By which the library finds it in its log.
    client_request_id: str | None
    #: How long the service asked to wait.
    retry_after_ms: int | None
    #: Whether the same call may succeed later.
    retryable: bool
    #: What to do about it.
    hint: str | None
    #: Every member, as docs/abi.md has them ("Errors").
    detail: dict[str, Any]

    def __init__(self, status: int, detail: Mapping[str, Any] | None = None) -> None:
        self.detail = dict(detail or {})
        self.status = status
        self.name = STATUSES.get(status, "Internal")
        self.message = self.detail.get("message") or f"the library gave the status {status} ({self.name})"
        self.action = self.detail.get("action")
        self.target = self.detail.get("target")
        self.http_status = self.detail.get("httpStatus")
        self.service_code = self.detail.get("serviceCode")
        self.service_message = self.detail.get("serviceMessage")
        self.request_id = self.detail.get("requestId")
        self.client_request_id = self.detail.get("clientRequestId")
        self.retry_after_ms = self.detail.get("retryAfterMs")
        self.retryable = bool(self.detail.get("retryable"))
        self.hint = self.detail.get("hint")
        super().__init__(self.message)

    def __str__(self) -> str:
        # Some messages say it already.
        return f"{self.message} (hint: {self.hint})" if self.hint and self.hint not in self.message else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # To another process as it is: multiprocessing and pools carry exceptions by pickle.
        return error_of, (self.status, self.detail)


class RequestError(ExRunError):
    """A request is not what the library takes; nothing was sent."""


class StateError(ExRunError):
    """A call came too late, twice, or where the library cannot be used."""


class SignInError(ExRunError):
    """There is no token."""


class CertificateError(ExRunError):
    """A certificate or its key cannot be used."""


class VaultError(ExRunError):
    """An object of Key Vault cannot be had."""


class ServiceError(ExRunError):
    """The service refused."""


class NetworkError(ExRunError):
    """The service was not reached, or did not answer."""


class FileError(ExRunError):
    """A file could not be read or written."""


class JournalError(ExRunError):
    """The journal of a run cannot be used."""


# written: errors, by `cargo xtask header`


class NullPointerError(RequestError):
    """A required pointer is null."""


class InvalidLengthError(RequestError):
    """A length is negative or too large."""


class InvalidUtf8Error(RequestError):
    """Text is not UTF-8."""


class InvalidJsonError(RequestError):
    """Not JSON."""


class InvalidArgumentError(RequestError):
    """A member is missing, unknown, of the wrong type or out of range; the message names it."""


class InvalidHandleError(StateError):
    """Stale, foreign, freed, or 0."""


class NotReadyError(StateError):
    """`take` before the operation ended."""


class AlreadyTakenError(StateError):
    """The result was taken before."""


class InputFinishedError(StateError):
    """`push` after `finish_input`."""


class ForkedError(StateError):
    """The call came from a forked child."""


class ForeignBytesError(StateError):
    """`exrun_bytes_free` of a pointer that the library did not give, or gave and got back."""


class TokenRefusedError(SignInError):
    """The token endpoint answered an OAuth error."""


class CredentialMissingError(SignInError):
    """The client has no tenant, client id or credential, and the call needs it."""


class TenantNotFoundError(SignInError):
    """No such tenant or domain."""


class TokenInvalidError(SignInError):
    """What was given cannot be a token."""


class SignatureUnansweredError(SignInError):
    """A signature request was not answered within 60 s."""


class TokenExpiredError(SignInError):
    """A token given by the caller has expired and cannot be renewed."""


class TokenCacheUnavailableError(SignInError):
    """The persistent token cache cannot be had: no credential store answers; nothing was written."""


class TenantMismatchError(SignInError):
    """A plan, or a line of an undo file, is of another tenant than the run; nothing was sent for it."""


class CertificateUnreadableError(CertificateError):
    """Not a PFX, PEM or DER that could be read."""


class CertificatePasswordError(CertificateError):
    """The password is wrong, or one is needed and none was given."""


class CertificateNoKeyError(CertificateError):
    """A certificate without its private key (`.cer`)."""


class CertificateExpiredError(CertificateError):
    """Not valid any more."""


class CertificateNotYetValidError(CertificateError):
    """Not valid yet."""


class KeyUnsupportedError(CertificateError):
    """Not RSA, or under 2,048 bits."""


class KeyUnusableError(CertificateError):
    """The key can sign with neither PS256 nor RS256."""


class KdfTooExpensiveError(CertificateError):
    """The PFX asks for more than 10,000,000 key derivation rounds."""


class VaultChallengeRefusedError(VaultError):
    """A vault's challenge is for a resource that the vault does not belong to, or names a foreign issuer of tokens;
    nothing was sent."""


class VaultItemDeletedError(VaultError):
    """The object was deleted, and can perhaps be recovered."""


class VaultItemDisabledError(VaultError):
    """The object is disabled."""


class VaultItemExpiredError(VaultError):
    """The object has expired."""


class VaultItemNotYetValidError(VaultError):
    """The object is not valid yet."""


class VaultKeyNotExportableError(VaultError):
    """The private key must not leave the vault."""


class NotFoundError(ServiceError):
    """404 of the service."""


class AccessDeniedError(ServiceError):
    """403 of the service."""


class UnauthorizedError(ServiceError):
    """401 of the service after a new token was tried."""


class ThrottledError(ServiceError):
    """Still 429 or 503 after the last try."""


class ResponseInvalidError(ServiceError):
    """The reply is not what the service documents."""


class MailboxNotEnabledError(ServiceError):
    """404 MailboxNotEnabledForRESTAPI: inactive, soft-deleted or on-premises."""


class OutcomeUnknownError(ServiceError):
    """A write may have happened, and is not repeated."""


class TooManyErrorsError(ServiceError):
    """As many mailboxes failed as `stopAfterErrors` says."""


class ConnectionError(NetworkError):
    """The host could not be reached, or the connection broke."""


class TimeoutError(NetworkError):
    """No reply in time."""


class TlsError(NetworkError):
    """TLS failed: certificate, name or version."""


class ProxyError(NetworkError):
    """The proxy refused (407 included)."""


class FileExistsError(FileError):
    """The file exists and was not to be replaced."""


class JournalMismatchError(JournalError):
    """The journal is that of another run; the message names what differs."""


class JournalInUseError(JournalError):
    """Another run has the journal open."""


class CancelledError(ExRunError):
    """Cancelled, or freed while something waited."""


class InternalError(ExRunError):
    """A fault of the library; please report it."""


# end: errors
def _by_name(kind: type[ExRunError]) -> dict[str, type[ExRunError]]:
    found = {kind.__name__: kind}
    for below in kind.__subclasses__():
        found.update(_by_name(below))
    return found


_CLASSES = _by_name(ExRunError)


def error_of(status: int, detail: Mapping[str, Any] | None = None) -> ExRunError:
    """The exception of a status, of the class that is made for it."""
    kind = _CLASSES.get(STATUSES.get(status, "Internal") + "Error", ExRunError)
    return kind(status, detail)
