"""ExRun: one thing over every mailbox of a Microsoft 365 tenant, with an app-only token."""

from __future__ import annotations

from . import errors, requests
from ._connection import Event
from ._secret import Secret
from .aio import AsyncClient, AsyncRun
from .client import Client
from .credentials import (
    AccessToken,
    Assertion,
    Browser,
    CallerCertificate,
    Certificate,
    ClientSecret,
    Credential,
    DeviceCode,
    Environment,
    FederatedToken,
    ManagedIdentity,
    RefreshToken,
    VaultCertificate,
    VaultKey,
)
from .errors import (
    CancelledError,
    CertificateError,
    ExRunError,
    FileError,
    ForkedError,
    JournalError,
    NetworkError,
    RequestError,
    ServiceError,
    SignInError,
    StateError,
    VaultError,
)
from .functions import (
    audit_verify,
    certificate_convert,
    certificate_create,
    certificate_read,
    journal_merge,
    library_version,
    open_handles,
    report_compare,
    token_cache_clear,
    token_decode,
)
from .rows import Mailbox, MailboxSettings, PlanChange, ReportDifference, Row, SettingsChange, StateDifference
from .run import Run

#: That of this package, and of the library inside.
__version__ = "0.1.0"

__all__ = [
    "AccessToken",
    "Assertion",
    "AsyncClient",
    "AsyncRun",
    "Browser",
    "CallerCertificate",
    "CancelledError",
    "Certificate",
    "CertificateError",
    "Client",
    "ClientSecret",
    "Credential",
    "DeviceCode",
    "Environment",
    "Event",
    "ExRunError",
    "FederatedToken",
    "FileError",
    "ForkedError",
    "JournalError",
    "Mailbox",
    "MailboxSettings",
    "ManagedIdentity",
    "NetworkError",
    "PlanChange",
    "RefreshToken",
    "ReportDifference",
    "RequestError",
    "Row",
    "Run",
    "Secret",
    "ServiceError",
    "SettingsChange",
    "StateDifference",
    "SignInError",
    "StateError",
    "VaultCertificate",
    "VaultError",
    "VaultKey",
    "audit_verify",
    "certificate_convert",
    "certificate_create",
    "certificate_read",
    "errors",
    "journal_merge",
    "library_version",
    "open_handles",
    "report_compare",
    "requests",
    "token_cache_clear",
    "token_decode",
]
