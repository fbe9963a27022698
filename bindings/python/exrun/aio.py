"""The same for asyncio: clients, and runs to iterate over with `async for`.

Nothing here has a thread: the event loop asks the library every few milliseconds, at most 25, while there is something to wait
for. A task that is cancelled stops what it waits for.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Union, overload

from . import _native, requests
from ._connection import Connection, Event, OfOneProcess
from ._operation import Operation
from ._stream import Stream
from .client import begun
from .credentials import Credential
from .rows import Mailbox, Row, maker, with_columns
from .run import LANDING_SECONDS

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: Mailboxes as an asynchronous run takes them.
Mailboxes = Union[Iterable[Mailbox], AsyncIterable[Mailbox]]

_SHORTEST, _LONGEST = 0.001, 0.025
#: Input that comes slowly is pushed after so long, and other tasks have their turn.
_PATIENCE_SECONDS = 0.005


class AsyncRun(OfOneProcess, Generic[T_co], AsyncIterator[T_co]):
    """The rows of a run. One task takes them at a time."""

    def __init__(self, stream: Stream, mailboxes: Mailboxes | None, into: type[T_co] | None) -> None:
        self._stream = stream
        self._mailboxes = _Input(mailboxes)
        self._make = maker(into)
        self._ready: deque[Row] = deque()
        self._wait = _SHORTEST

    def __aiter__(self) -> AsyncRun[T_co]:
        return self

    async def __anext__(self) -> T_co:
        try:
            while not self._ready and not self._stream.ended:
                await self._turn()
        except BaseException:
            # Not one request more; `aclose` waits for what is in flight.
            self._mailboxes.stop()
            self._stream.cancel()
            raise
        if not self._ready:
            raise StopAsyncIteration
        return self._make(self._ready.popleft())

    async def _turn(self) -> None:
        _native.library()
        self._mailboxes.read(self._stream)
        has_room = self._stream.push(is_last=self._mailboxes.ended)
        self._ready.extend(self._stream.next(0))
        # Others have their turn also where there is nothing to wait for.
        if self._ready or has_room:
            self._wait = _SHORTEST
            await asyncio.sleep(0)
        elif not self._stream.ended:
            await asyncio.sleep(self._wait)
            self._wait = min(self._wait * 2, _LONGEST)

    @property
    def progress(self) -> dict[str, Any]:
        """Counts, as docs/abi.md lists them ("Streams")."""
        return self._stream.progress

    def cancel(self) -> None:
        """Starts no more requests; whoever iterates gets exrun.CancelledError."""
        self._stream.cancel()

    async def aclose(self) -> None:
        """Ends the run and waits until its journal can be used again: as long as what is in flight, at most 6 seconds."""
        self._ready.clear()
        try:
            self._mailboxes.stop()
            self._stream.cancel()
            until = time.monotonic() + LANDING_SECONDS
            while self._stream.lives and time.monotonic() < until:
                await asyncio.sleep(_SHORTEST)
        finally:
            self._stream.ended = True
            self._stream.free()

    async def __aenter__(self) -> AsyncRun[T_co]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class _Input:
    """Mailboxes of an iterable of either kind, taken without waiting for the next of a slow one."""

    def __init__(self, mailboxes: Mailboxes | None) -> None:
        self.ended = mailboxes is None
        self._next: asyncio.Future[Mailbox] | None = None
        self._slow = mailboxes.__aiter__() if isinstance(mailboxes, AsyncIterable) else None
        self._quick = iter(mailboxes) if isinstance(mailboxes, Iterable) else None

    def read(self, stream: Stream) -> None:
        """Gives the stream what is there, for a moment."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self.ended and stream.is_hungry and time.monotonic() < until:
            try:
                if self._quick is not None:
                    stream.give(next(self._quick))
                elif not self._has_next():
                    return
                elif self._next is not None:
                    ready, self._next = self._next, None
                    stream.give(ready.result())
            except (StopIteration, StopAsyncIteration):
                self.ended = True

    def _has_next(self) -> bool:
        if self._next is None and self._slow is not None:
            self._next = asyncio.ensure_future(_awaited(self._slow))
        return self._next is not None and self._next.done()

    def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()


async def _awaited(mailboxes: AsyncIterator[Mailbox]) -> Mailbox:
    return await mailboxes.__anext__()


class AsyncClient(OfOneProcess):
    """An app in a tenant, for as long as `async with` lasts.

        async with exrun.AsyncClient("contoso.com", app_id, exrun.Certificate("app.pfx")) as client:
            async for row in client.mailbox_settings_report(["kim@contoso.com"]):
                print(row)

    Everything else is as for `exrun.Client`.
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

    async def aclose(self) -> None:
        """Frees the client. Runs that were started go on, except where the caller signs."""
        self._connection.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"exrun.AsyncClient{self._connection!r}"

    async def _operate(self, function: str, request: Mapping[str, Any]) -> Any:
        wait = _SHORTEST
        with Operation(self._connection, function, self._connection.handle, request) as operation:
            while not operation.has_ended(0):
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST)
            return operation.result()

    def _run(
        self,
        function: str,
        mailboxes: Mailboxes | None,
        into: type[Any] | None,
        request: Mapping[str, Any],
    ) -> AsyncRun[Any]:
        kinds = (Iterable, AsyncIterable)
        return AsyncRun(begun(self._connection, function, mailboxes, into, request, kinds), mailboxes, into)

    @overload
    def mailbox_settings_report(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxSettingsReport]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_settings_report(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxSettingsReport]
    ) -> AsyncRun[T]: ...

    def mailbox_settings_report(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxSettingsReport],
    ) -> AsyncRun[Any]:
        """Reports settings: a row for each mailbox, in the order of the input. With `into` its fields are the columns."""
        return self._run("exrun_mailbox_settings_report", mailboxes, into, with_columns(into, request))

    @overload
    def mailbox_settings_apply(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxSettingsApply]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_settings_apply(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxSettingsApply]
    ) -> AsyncRun[T]: ...

    def mailbox_settings_apply(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxSettingsApply],
    ) -> AsyncRun[Any]:
        """Writes settings: a row for each mailbox, with the old and the new value of each. A mapping with `@settings` brings its own."""
        return self._run("exrun_mailbox_settings_apply", mailboxes, into, request)

    @overload
    def mailbox_state_plan(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxStatePlan]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_state_plan(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxStatePlan]
    ) -> AsyncRun[T]: ...

    def mailbox_state_plan(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxStatePlan],
    ) -> AsyncRun[Any]:
        """Compares mailboxes with a wanted state (docs/state.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_mailbox_state_plan", mailboxes, into, request)

    @overload
    def contact_sync_plan(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.ContactSyncPlan]
    ) -> AsyncRun[Row]: ...

    @overload
    def contact_sync_plan(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.ContactSyncPlan]
    ) -> AsyncRun[T]: ...

    def contact_sync_plan(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.ContactSyncPlan],
    ) -> AsyncRun[Any]:
        """Compares a folder of contacts with a list (docs/jobs.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_contact_sync_plan", mailboxes, into, request)

    @overload
    def event_sync_plan(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.EventSyncPlan]
    ) -> AsyncRun[Row]: ...

    @overload
    def event_sync_plan(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.EventSyncPlan]
    ) -> AsyncRun[T]: ...

    def event_sync_plan(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.EventSyncPlan],
    ) -> AsyncRun[Any]:
        """Compares calendars with a list of events (docs/jobs.md): a row for each difference. `plan_file` takes what would be done."""
        return self._run("exrun_event_sync_plan", mailboxes, into, request)

    @overload
    def plan_apply(self, **request: Unpack[requests.PlanApply]) -> AsyncRun[Row]: ...

    @overload
    def plan_apply(self, *, into: type[T], **request: Unpack[requests.PlanApply]) -> AsyncRun[T]: ...

    def plan_apply(self, *, into: type[Any] | None = None, **request: Unpack[requests.PlanApply]) -> AsyncRun[Any]:
        """Does a plan of changes (docs/plans.md), and nothing else: a row for each of its lines, with its `Outcome`."""
        maker(into)
        stream = Stream(self._connection, "exrun_plan_apply", self._connection.handle, request, takes_input=False)
        return AsyncRun(stream, None, into)

    @overload
    def mailbox_items_report(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxItemsReport]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_items_report(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxItemsReport]
    ) -> AsyncRun[T]: ...

    def mailbox_items_report(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxItemsReport],
    ) -> AsyncRun[Any]:
        """Reports a part of each mailbox, such as `facet=\"inboxRules\"`: a row for each of its items."""
        return self._run("exrun_mailbox_items_report", mailboxes, into, request)

    @overload
    def mailbox_delta(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxDelta]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_delta(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxDelta]
    ) -> AsyncRun[T]: ...

    def mailbox_delta(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxDelta],
    ) -> AsyncRun[Any]:
        """Reads what changed in each mailbox since the run before with the same file `since`: a row for each change."""
        return self._run("exrun_mailbox_delta", mailboxes, into, request)

    @overload
    def messages_export(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MessagesExport]
    ) -> AsyncRun[Row]: ...

    @overload
    def messages_export(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MessagesExport]
    ) -> AsyncRun[T]: ...

    def messages_export(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MessagesExport],
    ) -> AsyncRun[Any]:
        """Saves messages as `.eml` in the folder `out_folder`: those that are sought in each mailbox, or those of rows of a search."""
        return self._run("exrun_messages_export", mailboxes, into, request)

    @overload
    def mailbox_requests(
        self, mailboxes: Mailboxes | None = None, **request: Unpack[requests.MailboxRequests]
    ) -> AsyncRun[Row]: ...

    @overload
    def mailbox_requests(
        self, mailboxes: Mailboxes | None = None, *, into: type[T], **request: Unpack[requests.MailboxRequests]
    ) -> AsyncRun[T]: ...

    def mailbox_requests(
        self,
        mailboxes: Mailboxes | None = None,
        *,
        into: type[Any] | None = None,
        **request: Unpack[requests.MailboxRequests],
    ) -> AsyncRun[Any]:
        """Sends any request of Microsoft Graph for each mailbox: a row for each element of a reply."""
        return self._run("exrun_mailbox_requests", mailboxes, into, request)

    async def mailbox_settings_get(self, **request: Unpack[requests.MailboxSettingsGet]) -> Any:
        """The settings of one mailbox, or a part of them."""
        return await self._operate("exrun_mailbox_settings_get", request)

    async def mailbox_settings_update(self, **request: Unpack[requests.MailboxSettingsUpdate]) -> dict[str, Any]:
        """Writes settings of one mailbox: `{MailboxName, Outcome, Changes}`."""
        result: dict[str, Any] = await self._operate("exrun_mailbox_settings_update", request)
        return result

    async def mailboxes_count(self, **request: Unpack[requests.MailboxesCount]) -> dict[str, Any]:
        """How many mailboxes a run with this source would be about: `{mailboxes, skipped}`."""
        result: dict[str, Any] = await self._operate("exrun_mailboxes_count", request)
        return result

    async def graph_request(self, **request: Unpack[requests.GraphRequest]) -> Any:
        """One request of Microsoft Graph: the JSON of its reply."""
        return await self._operate("exrun_graph_request", request)

    async def token_acquire(self, **request: Unpack[requests.TokenAcquire]) -> Any:
        """A token: the endpoint's members, with the Secret `accessTokenSecret`."""
        return await self._operate("exrun_token_acquire", request)

    async def assertion_create(self, **request: Unpack[requests.AssertionCreate]) -> dict[str, Any]:
        """A signed client assertion: `{assertion, alg, expires_on}`."""
        result: dict[str, Any] = await self._operate("exrun_assertion_create", request)
        return result

    async def tenant_id_get(self, **request: Unpack[requests.TenantIdGet]) -> dict[str, Any]:
        """The tenant of a domain: `{tenantId, issuer}`."""
        result: dict[str, Any] = await self._operate("exrun_tenant_id_get", request)
        return result

    async def certificate_register(self, **request: Unpack[requests.CertificateRegister]) -> dict[str, Any]:
        """Adds a certificate to an application, and removes others."""
        result: dict[str, Any] = await self._operate("exrun_certificate_register", request)
        return result

    async def vault_secret_get(self, **request: Unpack[requests.VaultSecretGet]) -> dict[str, Any]:
        """A secret of Key Vault: the vault's members, with the Secret `valueSecret`."""
        result: dict[str, Any] = await self._operate("exrun_vault_secret_get", request)
        return result

    async def vault_certificate_get(self, **request: Unpack[requests.VaultCertificateGet]) -> dict[str, Any]:
        """A certificate of Key Vault, with the Secret `pfxSecret`, its PFX without a password."""
        result: dict[str, Any] = await self._operate("exrun_vault_certificate_get", request)
        return result

    async def vault_key_get(self, **request: Unpack[requests.VaultKeyGet]) -> dict[str, Any]:
        """A key of Key Vault: its public half and its attributes."""
        result: dict[str, Any] = await self._operate("exrun_vault_key_get", request)
        return result

    async def vault_key_sign(self, **request: Unpack[requests.VaultKeySign]) -> dict[str, Any]:
        """Signs a SHA-256 digest with a key that stays in its vault."""
        result: dict[str, Any] = await self._operate("exrun_vault_key_sign", request)
        return result

    def vault_list(self, **request: Unpack[requests.VaultList]) -> AsyncRun[Row]:
        """What a vault holds: a row for each object, never a value."""
        stream = Stream(self._connection, "exrun_vault_list", self._connection.handle, request, takes_input=False)
        return AsyncRun(stream, None, None)
