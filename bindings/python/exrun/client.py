"""A client: one app in one tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from . import requests
from ._connection import Connection, Event, OfOneProcess
from ._operation import operate
from ._stream import Stream
from .credentials import Credential
from .rows import Mailbox, Row, maker, with_columns
from .run import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")


def begun(
    connection: Connection,
    function: str,
    mailboxes: object,
    into: type[Any] | None,
    request: Mapping[str, Any],
    kinds: tuple[type, ...] = (Iterable,),
) -> Stream:
    """A run of mailboxes, or of what `source` names."""
    if isinstance(mailboxes, (str, bytes, Mapping)):
        raise TypeError("mailboxes must be a list or another iterable; for one mailbox write [mailbox]")
    if mailboxes is not None and not isinstance(mailboxes, kinds):
        raise TypeError(f"mailboxes must be a list or another iterable, not {type(mailboxes).__name__}")
    if mailboxes is None and request.get("source") is None:
        raise TypeError("give the mailboxes, or a source such as {'all': True}")
    maker(into)
    return Stream(connection, function, connection.handle, request, takes_input=mailboxes is not None)


class Client(OfOneProcess):
    """An app in a tenant, for as long as `with` lasts.

        with exrun.Client("contoso.com", app_id, exrun.Certificate("app.pfx")) as client:
            for row in client.mailbox_settings_report(["kim@contoso.com"]):
                print(row)

    `options` are those of docs/abi.md ("Client options"), written with underscores. `on_prompt` shows what a person has to do
    who signs in; without it that goes to standard error. What happens meanwhile goes to the logger `exrun`.
    """

    def __init__(
        self,
        tenant_id: str | None = None,
        client_id: str | None = None,
        credential: Credential | None = None,
        *,
        on_prompt: Callable[[Event], None] | None = None,
        **options: Unpack[requests.ClientOptions],
    ) -> None:
        self._connection = Connection(tenant_id, client_id, credential, on_prompt, options)

    def close(self) -> None:
        """Frees the client. Runs that were started go on, except where the caller signs."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"exrun.Client{self._connection!r}"

    def _operate(self, function: str, request: Mapping[str, Any]) -> Any:
        return operate(self._connection, function, self._connection.handle, request)

    def _run(
        self,
        function: str,
        mailboxes: Iterable[Mailbox] | None,
        into: type[Any] | None,
        request: Mapping[str, Any],
    ) -> Run[Any]:
        return Run(begun(self._connection, function, mailboxes, into, request), mailboxes, into)

    @overload
    def mailbox_settings_report(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxSettingsReport]
    ) -> Run[Row]: ...

    @overload
    def mailbox_settings_report(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxSettingsReport]
    ) -> Run[T]: ...

    def mailbox_settings_report(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxSettingsReport],
    ) -> Run[Any]:
        """Reports settings: a row for each mailbox, in the order of the input. With `into` its fields are the columns."""
        return self._run("exrun_mailbox_settings_report", mailboxes, into, with_columns(into, request))

    @overload
    def mailbox_settings_apply(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxSettingsApply]
    ) -> Run[Row]: ...

    @overload
    def mailbox_settings_apply(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxSettingsApply]
    ) -> Run[T]: ...

    def mailbox_settings_apply(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxSettingsApply],
    ) -> Run[Any]:
        """Writes settings: a row for each mailbox, with the old and the new value of each. A mapping with `@settings` brings its own."""
        return self._run("exrun_mailbox_settings_apply", mailboxes, into, request)

    @overload
    def mailbox_state_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxStatePlan]
    ) -> Run[Row]: ...

    @overload
    def mailbox_state_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxStatePlan]
    ) -> Run[T]: ...

    def mailbox_state_plan(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxStatePlan],
    ) -> Run[Any]:
        """Compares mailboxes with a wanted state (docs/state.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_mailbox_state_plan", mailboxes, into, request)

    @overload
    def contact_sync_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.ContactSyncPlan]
    ) -> Run[Row]: ...

    @overload
    def contact_sync_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.ContactSyncPlan]
    ) -> Run[T]: ...

    def contact_sync_plan(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.ContactSyncPlan],
    ) -> Run[Any]:
        """Compares a folder of contacts with a list (docs/jobs.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_contact_sync_plan", mailboxes, into, request)

    @overload
    def event_sync_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.EventSyncPlan]
    ) -> Run[Row]: ...

    @overload
    def event_sync_plan(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.EventSyncPlan]
    ) -> Run[T]: ...

    def event_sync_plan(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.EventSyncPlan],
    ) -> Run[Any]:
        """Compares calendars with a list of events (docs/jobs.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_event_sync_plan", mailboxes, into, request)

    @overload
    def plan_apply(self, **request: Unpack[requests.PlanApply]) -> Run[Row]: ...

    @overload
    def plan_apply(self, *, into: type[T], **request: Unpack[requests.PlanApply]) -> Run[T]: ...

    def plan_apply(self, *, into: type[Any] | None = None, **request: Unpack[requests.PlanApply]) -> Run[Any]:
        """Does a plan of changes (docs/plans.md), and nothing else: a row for each of its lines, with its `Outcome`."""
        maker(into)
        stream = Stream(self._connection, "exrun_plan_apply", self._connection.handle, request, takes_input=False)
        return Run(stream, None, into)

    @overload
    def mailbox_items_report(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxItemsReport]
    ) -> Run[Row]: ...

    @overload
    def mailbox_items_report(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxItemsReport]
    ) -> Run[T]: ...

    def mailbox_items_report(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxItemsReport],
    ) -> Run[Any]:
        """Reports a part of each mailbox, such as `facet=\"inboxRules\"`: a row for each of its items."""
        return self._run("exrun_mailbox_items_report", mailboxes, into, request)

    @overload
    def mailbox_delta(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxDelta]
    ) -> Run[Row]: ...

    @overload
    def mailbox_delta(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxDelta]
    ) -> Run[T]: ...

    def mailbox_delta(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxDelta],
    ) -> Run[Any]:
        """Reads what changed in each mailbox since the run before with the same file `since`: a row for each change."""
        return self._run("exrun_mailbox_delta", mailboxes, into, request)

    @overload
    def messages_export(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MessagesExport]
    ) -> Run[Row]: ...

    @overload
    def messages_export(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MessagesExport]
    ) -> Run[T]: ...

    def messages_export(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MessagesExport],
    ) -> Run[Any]:
        """Saves messages as `.eml` in the folder `out_folder`: those that are sought in each mailbox, or those of rows of a search."""
        return self._run("exrun_messages_export", mailboxes, into, request)

    @overload
    def mailbox_requests(
        self, mailboxes: Iterable[Mailbox] | None = None, **request: Unpack[requests.MailboxRequests]
    ) -> Run[Row]: ...

    @overload
    def mailbox_requests(
        self, mailboxes: Iterable[Mailbox] | None = None, *, into: type[T], **request: Unpack[requests.MailboxRequests]
    ) -> Run[T]: ...

    def mailbox_requests(
        self,
        mailboxes: Iterable[Mailbox] | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxRequests],
    ) -> Run[Any]:
        """Sends any request of Microsoft Graph for each mailbox: a row for each element of a reply."""
        return self._run("exrun_mailbox_requests", mailboxes, into, request)

    def mailbox_settings_get(self, **request: Unpack[requests.MailboxSettingsGet]) -> Any:
        """The settings of one mailbox, or a part of them."""
        return self._operate("exrun_mailbox_settings_get", request)

    def mailbox_settings_update(self, **request: Unpack[requests.MailboxSettingsUpdate]) -> dict[str, Any]:
        """Writes settings of one mailbox: `{MailboxName, Outcome, Changes}`."""
        result: dict[str, Any] = self._operate("exrun_mailbox_settings_update", request)
        return result

    def mailboxes_count(self, **request: Unpack[requests.MailboxesCount]) -> dict[str, Any]:
        """How many mailboxes a run with this source would be about: `{mailboxes, skipped}`."""
        result: dict[str, Any] = self._operate("exrun_mailboxes_count", request)
        return result

    def graph_request(self, **request: Unpack[requests.GraphRequest]) -> Any:
        """One request of Microsoft Graph: the JSON of its reply."""
        return self._operate("exrun_graph_request", request)

    def token_acquire(self, **request: Unpack[requests.TokenAcquire]) -> Any:
        """A token: the endpoint's members, with the Secret `accessTokenSecret`."""
        return self._operate("exrun_token_acquire", request)

    def assertion_create(self, **request: Unpack[requests.AssertionCreate]) -> dict[str, Any]:
        """A signed client assertion: `{assertion, alg, expires_on}`."""
        result: dict[str, Any] = self._operate("exrun_assertion_create", request)
        return result

    def tenant_id_get(self, **request: Unpack[requests.TenantIdGet]) -> dict[str, Any]:
        """The tenant of a domain: `{tenantId, issuer}`."""
        result: dict[str, Any] = self._operate("exrun_tenant_id_get", request)
        return result

    def certificate_register(self, **request: Unpack[requests.CertificateRegister]) -> dict[str, Any]:
        """Adds a certificate to an application, and removes others."""
        result: dict[str, Any] = self._operate("exrun_certificate_register", request)
        return result

    def vault_secret_get(self, **request: Unpack[requests.VaultSecretGet]) -> dict[str, Any]:
        """A secret of Key Vault: the vault's members, with the Secret `valueSecret`."""
        result: dict[str, Any] = self._operate("exrun_vault_secret_get", request)
        return result

    def vault_certificate_get(self, **request: Unpack[requests.VaultCertificateGet]) -> dict[str, Any]:
        """A certificate of Key Vault, with the Secret `pfxSecret`, its PFX without a password."""
        result: dict[str, Any] = self._operate("exrun_vault_certificate_get", request)
        return result

    def vault_key_get(self, **request: Unpack[requests.VaultKeyGet]) -> dict[str, Any]:
        """A key of Key Vault: its public half and its attributes."""
        result: dict[str, Any] = self._operate("exrun_vault_key_get", request)
        return result

    def vault_key_sign(self, **request: Unpack[requests.VaultKeySign]) -> dict[str, Any]:
        """Signs a SHA-256 digest with a key that stays in its vault."""
        result: dict[str, Any] = self._operate("exrun_vault_key_sign", request)
        return result

    def vault_list(self, **request: Unpack[requests.VaultList]) -> Run[Row]:
        """What a vault holds: a row for each object, never a value."""
        stream = Stream(self._connection, "exrun_vault_list", self._connection.handle, request, takes_input=False)
        return Run(stream, None, None)
