"""The members of every request: what the methods of a client take by name.

They are those of docs/abi.md, written with underscores: `max_concurrency` is `maxConcurrency` there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union

if TYPE_CHECKING:
    from ._secret import Secret

#: A path, as text or as `pathlib` has it.
FilePath = Union[str, "os.PathLike[str]"]
#: A secret, as it is or as the library gave it.
SecretValue = Union[str, bytes, "Secret"]
#: Bytes, or their base64.
Base64 = Union[str, bytes]

# written: requests, by `cargo xtask header`


class AssertionCreate(TypedDict, total=False):
    """Of `exrun_assertion_create`."""

    audience: str
    """Whom the assertion is for. Default: the token endpoint."""
    algorithm: Literal["PS256", "RS256"]
    """Default: the client's."""
    valid_for_minutes: int
    """Default: the client's."""


class _NeededAuditVerify(TypedDict):
    audit_file: FilePath
    """The audit file."""


class AuditVerify(_NeededAuditVerify, total=False):
    """Of `exrun_audit_verify`."""

    head: str
    """The `head` of an earlier look, kept elsewhere."""


class Browser(TypedDict, total=False):
    """`browser`."""

    scopes: Sequence[str]
    """Default: the permissions that the app is registered with."""
    port: int
    """The port of loopback that the browser comes back to. Default: any that is free."""
    open: bool
    """Whether the library opens the browser. Default: True."""
    login_hint: str
    """The address of who is to sign in."""


class _NeededCertificateCreate(TypedDict):
    subject: str
    """A name, or `CN=...`."""
    pfx_file: FilePath
    """Where the PFX goes."""


class CertificateCreate(_NeededCertificateCreate, total=False):
    """Of `exrun_certificate_create`."""

    password_secret: SecretValue
    """The password of the PFX."""
    key_file: FilePath
    """Where the key file for the app registration goes."""
    key_bits: int
    """2048, 3072 or 4096. Default: 2048."""
    valid_days: int
    """How long it is valid. Default: 365."""
    replace: bool
    """Whether files that are there are replaced. Default: True."""


class CertificateRead(TypedDict, total=False):
    """Of `exrun_certificate_read` and `exrun_certificate_convert`: one of the first two."""

    certificate_file: FilePath
    """PFX, PEM or DER on disk."""
    certificate_secret: SecretValue
    """The same bytes in memory."""
    password_secret: SecretValue
    """The password of a PFX that has one."""


class CertificateRegister(TypedDict, total=False):
    """Of `exrun_certificate_register`."""

    certificate: Base64
    """The certificate to be added, as base64 of its DER."""
    display_name: str
    """What it is called there."""
    retire: Sequence[str]
    """SHA-1 thumbprints in hex of certificates to be removed."""
    application_object_id: str
    """Which application, by its object id. Default: that of the client."""
    application_id: str
    """Which application, by its client id."""


class ClientOptions(TypedDict, total=False):
    """Of `exrun_client_new`; all may be left out."""

    cloud: str | CloudHosts
    """`public`, `usGov`, `usGovDod`, `china`, or an object of hosts: see below. Default: `public`."""
    assertion_algorithm: Literal["PS256", "RS256"]
    """Forces one algorithm. Default: PS256, and RS256 after the answers that call for it."""
    valid_for_minutes: int
    """Life of an assertion. Default: 10."""
    send_x5c: bool
    """Puts the certificate into the header of each assertion (`x5c`), for an application that trusts its subject name
    and issuer; the certificates above it come along where the PFX or PEM has them."""
    continuous_access: bool
    """Asks for tokens that live up to a day and may be revoked at any time."""
    token_version: int
    """Which token endpoint. Default: 2."""
    token_cache: Literal["memory", "persistent"]
    """Where tokens are kept: see "The token cache" in docs/abi.md."""
    resource: str
    """What tokens are for: a URL or host; `outlook.office.com`, the bare host `outlook.office365.com` and the empty
    string mean Graph. Default: Graph."""
    proxy: str
    """A proxy, with a user but no password in its URL. Default: that of the environment or the system."""
    proxy_password_secret: SecretValue
    """The proxy's password."""
    ca_file: FilePath
    """Further CA certificates: PEM, DER or PKCS#7. Default: what `EXRUN_CA_FILE` names."""
    request_timeout_ms: int
    """Longest time for one request. Default: 100,000."""
    max_tries: int
    """Most tries of one request. Default: 8."""
    max_retry_ms: int
    """Longest time from the first try of a request to its last. Default: 600,000."""
    max_concurrency: int
    """Most requests of a run under way at once. Default: 64."""
    user_agent: str
    """Put before the library's own in the User-Agent: `nightly-report/1.0`."""
    vault_api_version: str
    """Version of Key Vault's API. Default: `7.4`."""


class _NeededCloudHosts(TypedDict):
    login_host: str
    """Where tokens come from."""
    graph_host: str
    """Where Graph is."""
    vault_suffix: str
    """What the hosts of vaults end in."""


class CloudHosts(_NeededCloudHosts, total=False):
    """`cloud`, where it is an object: hosts without `https://` and without a path."""


class OutFileMembers(TypedDict, total=False):
    """Rows to a file."""

    out_file: FilePath
    """A file that the rows are written to."""
    out_format: Literal["csv", "jsonl", "html"]
    """Needs `out_file`. Default: what the path's ending says."""
    defuse_formulas: bool
    """Puts an apostrophe before text that a spreadsheet program would run. Needs `out_file`, of CSV."""
    out_file_byte_order_mark: bool
    """Begins the file with the bytes EF BB BF, by which Excel knows UTF-8. Needs `out_file`, of CSV."""


class RunMembers(OutFileMembers, total=False):
    """Every run."""

    order: Literal["input", "completion"]
    """In which order rows come: that of the input, or as mailboxes are done."""
    include_error: bool
    """Adds the columns `ErrorCode`, `ErrorMessage` and `RequestId`, in every format."""
    max_concurrency: int
    """Most requests under way at once. The run starts with 8, finds by itself how many suit the service, and stays
    below; at most four of them are for the same mailbox. Default: the client's."""
    max_tries: int
    """Most tries of one request. Default: the client's."""
    max_retry_ms: int
    """Longest time from the first try of a request to its last. Default: the client's."""
    idle_pause_ms: int
    """The run pauses when no call touches its handle for so long; 0 is never, but for runs that write. Default: 0."""
    source: Source
    """Lets the library find the mailboxes; without it they are pushed."""
    shard: str
    """`3/8`: only the mailboxes of the third part of eight."""
    journal: FilePath
    """A file that rows are recorded in before they are given; a later run with it recalls them."""
    retry_failed: bool
    """Asks again for recorded error rows. Needs `journal`."""
    retry_unknown: bool
    """Sends again what was sent without an outcome. Needs `journal`."""
    stop_after_errors: int
    """Ends the run with `TooManyErrors` once so many mailboxes have failed in it; recalled rows do not count."""
    batch: Literal["auto", "never", "always"]
    """Whether reads share requests (`$batch`): where that pays, never, or where two are ready."""
    failed_file: FilePath
    """A CSV file of the mailboxes that failed, which appears when the run ends, however it ends: see "What failed, in
    a file" in docs/abi.md."""
    log_file: FilePath
    """Appends every event and request to this file: see "The log of a run" in docs/abi.md."""
    maximum: int
    """The most mailboxes that the run may be about (lines; of a shard its own). Where there are more, nothing is
    sent."""


class _NeededContactSyncPlan(TypedDict):
    folder: str
    """The folder, by its path: `Company/Berlin`. Where it is not there it is made."""


class ContactSyncPlan(_NeededContactSyncPlan, RunMembers, total=False):
    """Of `exrun_contact_sync_plan`, beside those of every run."""

    contacts: Sequence[Any]
    """The contacts as objects, with the names of Microsoft Graph, of Outlook's export or of the directory; names of
    columns without case and blanks. This, `contacts_file` or `from_group`."""
    contacts_file: FilePath
    """A CSV file, or JSON Lines, of the contacts."""
    from_group: str
    """The contacts are the people in a group: its object id, mail address or display name. The app needs
    GroupMember.Read.All and User.Read.All."""
    key_column: str
    """The column that says who a contact is, whatever else of it changes. Default: `key`, else the first address. Not
    with `from_group`, where it is the id of the directory."""
    photo_folder: FilePath
    """The folder in which the paths of a column `Photo` begin; without such a column, that of files with the names of
    keys (`E1.jpg`). JPEG of at most 4 MB. Default: the folder of `contacts_file`. Not with `from_group`."""
    photos: bool
    """With `from_group`: each contact gets the photo of its user. The app needs ProfilePhoto.Read.All, or
    User.Read.All."""
    remove_others: bool
    """Contacts of the folder that no list has put there are taken away too."""
    allow_empty: bool
    """Says that a list of nothing is meant: all that it put there goes."""
    include_empty: bool
    """A row for a mailbox that is as the list."""
    plan_file: FilePath
    """Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is
    complete. Not with `journal`."""


class Credential(TypedDict, total=False):
    """`credential`: exactly one of the first fourteen, and what goes with it."""

    certificate_file: FilePath
    """PFX or PEM (certificate and key in one file) on disk."""
    certificate_secret: SecretValue
    """The same bytes in memory."""
    caller_certificate: str
    """A certificate, as base64 of its DER, whose key stays with the caller: he answers signature requests."""
    client_secret: SecretValue
    """The app's secret."""
    assertion_secret: SecretValue
    """A client assertion that the caller signed (a JWT); it serves until its `exp`."""
    federated_token_file: FilePath
    """A file with a token of another identity provider (workload identity federation), read again for each request."""
    managed_identity: ManagedIdentity
    """The managed identity of this machine, from IMDS or App Service. Needs no tenant and no client id."""
    environment: bool
    """`true`: what the variables of the environment name, see below."""
    device_code: DeviceCode
    """A person signs in on any device; the event `deviceCode` carries the message to show."""
    browser: Browser
    """A person signs in with the browser of this machine; the event `signIn` carries the URL."""
    refresh_token_secret: SecretValue
    """A person who signed in before: their refresh token."""
    vault_certificate: str
    """The URL of a certificate in Key Vault, fetched with its key into memory only. A URL of `/secrets/` does as
    well."""
    vault_key: str
    """The URL of a key that stays in Key Vault: `keys/sign` signs the assertion, also where it is not exportable."""
    token_secret: SecretValue
    """An access token that the caller has; it is not renewed."""
    password_secret: SecretValue
    """The password of a PFX. Beside `certificate_file`, `certificate_secret` and `vault_certificate`."""
    variables_secret: SecretValue
    """A JSON object of environment variables that are read in the place of the process's. Beside `managed_identity`
    and `environment`."""
    vault_credential: Credential
    """Another credential of this table: proves to the vault who asks. Beside `vault_certificate` and `vault_key`.
    Default: the managed identity of this machine."""
    vault_tenant_id: str
    """The tenant of that credential. Default: the client's."""
    vault_client_id: str
    """The app of that credential. Default: the client's."""
    vault_api_version: str
    """Version of the vault's API. Default: the client's."""


class DeviceCode(TypedDict, total=False):
    """`device_code`."""

    scopes: Sequence[str]
    """Default: the permissions that the app is registered with."""


class _NeededEventSyncPlan(TypedDict):
    name: str
    """The list's name, such as `Holidays 2027`: its events are known by it, and no other list touches them."""


class EventSyncPlan(_NeededEventSyncPlan, RunMembers, total=False):
    """Of `exrun_event_sync_plan`, beside those of every run."""

    events: Sequence[Any]
    """The events as objects, with the names of Microsoft Graph or of Outlook's export; names of columns without case
    and blanks. This, `events_file` or `ics_file`."""
    events_file: FilePath
    """A CSV file, or JSON Lines, of the events."""
    ics_file: FilePath
    """An iCalendar file. What repeats becomes an event for each time."""
    key_column: str
    """The column that says which event it is, whatever else of it changes. Default: `key`, else the day and the
    subject. Not with `ics_file`, where it is the UID."""
    time_zone: str
    """The zone of times that say none: `Europe/Berlin` or `W. Europe Standard Time`."""
    show_as: str
    """`free`, `tentative`, `busy`, `oof` or `workingElsewhere`, where the list does not say it. Default: `free` of
    whole days, else `busy`."""
    reminder_minutes: int
    """Reminds so many minutes before the start, where the list does not say it. Default: nobody is reminded."""
    categories: Sequence[str]
    """Categories of events that name none."""
    private: bool
    """Others see no more than that there is something, where the list does not say it."""
    until: str
    """Of `ics_file`: the last day that is wanted, for what repeats without an end: `2027-12-31`."""
    allow_empty: bool
    """Says that a list of nothing is meant: all that it put there goes."""
    include_empty: bool
    """A row for a mailbox that is as the list."""
    plan_file: FilePath
    """Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is
    complete. Not with `journal`."""


class _NeededGraphRequest(TypedDict):
    method: str
    """`GET`, `POST`, `PATCH`, `PUT` or `DELETE`."""
    path: str
    """Relative to the API's version: `applications?$top=5`."""


class GraphRequest(_NeededGraphRequest, total=False):
    """Of `exrun_graph_request`."""

    api_version: Literal["v1.0", "beta"]
    """`v1.0` or `beta`, in which anything may change."""
    body: Any
    """Sent as JSON."""
    headers: Mapping[str, str]
    """Headers of the request; those that the library sets itself are refused."""
    all_pages: bool
    """Reads a collection to its end, or to the `$top` of the path."""
    allow_whole_mailbox: bool
    """Says that a write may be about more than one thing: see "Requests for many mailboxes" in docs/abi.md. It holds
    for each request of a `$batch` too."""


class _NeededJournalMerge(TypedDict):
    journals: Sequence[str]
    """Paths of the journals of one run's shards; at least one."""
    journal: FilePath
    """The new journal, which must not be there."""


class JournalMerge(_NeededJournalMerge, total=False):
    """Of `exrun_journal_merge`."""


class JsonRead(TypedDict, total=False):
    """Of `exrun_json_read`."""

    text: str
    """A text of JSON (RFC 8259)."""


class _NeededMailboxDelta(TypedDict):
    of: str
    """`messages`, `events` or `contacts`."""
    since: FilePath
    """The file of links, made where it is not there, for its owner alone. It belongs to one tenant and one choice of
    what is read."""


class MailboxDelta(_NeededMailboxDelta, total=False):
    """Of `exrun_mailbox_delta`, beside those of every run but `journal`, `retry_failed` and `retry_unknown`."""

    start_now: bool
    """Gives no rows of a mailbox that was never read: its changes are told from the next run on. It is read all the
    same, for Outlook has no other way to such a link."""
    columns: Sequence[str]
    """Names of columns in whatever case, after `MailboxName`. Default: all; of a table all but `Item`."""
    include_empty: bool
    """A row for a mailbox in which nothing changed: its `ItemCount` proves that it was asked."""
    folder: str
    """Of `messages` and `contacts`: the folder, by its path (`Company/Berlin`) or its id; of messages a well-known
    name (`inbox`), too. Default: messages of all folders; the default folder of contacts."""
    all_folders: bool
    """Of `contacts`: those of every folder."""
    start: str
    """Of `events`, which needs it: where the period begins, a day (`2026-11-01`, of UTC) or a moment of RFC 3339."""
    end: str
    """Of `events`, which needs it: where the period ends; it is no part of it."""


class _NeededMailboxItemsReport(TypedDict):
    facet: str
    """`inboxRules`, `calendarPermissions`, `categories`, `mailFolders`, `contacts`, `messages` or `roomUse`."""


class MailboxItemsReport(_NeededMailboxItemsReport, RunMembers, total=False):
    """Of `exrun_mailbox_items_report`, beside those of every run."""

    columns: Sequence[str]
    """Names of columns in whatever case, after `MailboxName`. Default: all; of a table all but `Item`."""
    include_empty: bool
    """A row for a mailbox that has nothing to show: its `ItemCount` proves that it was read."""
    forwarding_only: bool
    """Of `inboxRules`: only rules that forward or redirect messages."""
    internal_domains: Sequence[str]
    """Of `inboxRules`: the domains that count as the tenant's own. Default: its verified ones, for which the app needs
    Domain.Read.All."""
    all_calendars: bool
    """Of `calendarPermissions`: those of every calendar, and not of the default one alone."""
    include_hidden: bool
    """Of `mailFolders`: hidden ones too."""
    sum: bool
    """Of `mailFolders`: one row for each mailbox, with what its folders hold together."""
    oldest_item: bool
    """Of `mailFolders`: when the oldest message of each was received, which is a request for each."""
    folder: str
    """Of `contacts` and `messages`: the folder, by its path: `Company/Berlin`. Of messages a well-known name (`inbox`)
    or an id, too. Default: the default one of contacts; messages of all folders."""
    all_folders: bool
    """Of `contacts`: those of every folder."""
    start: str
    """Of `roomUse`, which needs it: where the period begins, a day (`2026-11-01`, of UTC) or a moment of RFC 3339."""
    end: str
    """Of `roomUse`, which needs it: where the period ends; it is no part of it."""
    internet_message_id: str
    """Of `messages`, which needs one of these or `folder`: the Message-ID that the sender gave it."""
    sender: str
    """Of `messages`: the sender's address, or `@contoso.com` for all of a domain."""
    subject: str
    """Of `messages`: what the subject holds."""
    search: str
    """Of `messages`: the words of `$search` (KQL), which gives 1,000 messages at most."""
    received_after: str
    """Of `messages`: received then or later, a day (of UTC) or a moment of RFC 3339."""
    received_before: str
    """Of `messages`: received before that."""
    attachment_name: str
    """Of `messages`: the name of an attachment, with `*` and `?`."""
    attachment_sha256: str
    """Of `messages`: the SHA-256 of an attachment's content, in hexadecimal digits."""
    inline_attachments: bool
    """Of `messages`: inline attachments too, which takes a request for each message that the rest finds."""
    recoverable_items: bool
    """Of `messages`: what was deleted and can be recovered, too."""
    list_attachments: bool
    """Of `messages`: the names of attachments, which takes a request for each message that has some."""
    plan_file: FilePath
    """Of `messages`: writes a plan for `exrun_plan_apply` to this file, which appears when the run is complete. Not
    with `journal`."""
    action: str
    """What the plan does with what is found: `move_to`, `softDelete` or `hardDelete`."""
    move_to: str
    """With `move_to`: the folder, as for `folder`."""


class MailboxRequests(RunMembers, total=False):
    """Of `exrun_mailbox_requests`, beside those of every run."""

    method: str
    """`GET`, `POST`, `PATCH`, `PUT` or `DELETE`. Needed where there are no `steps`."""
    path: str
    """Relative to the mailbox, empty for the user itself; `{Name}` stands for a member of the input object. Without it
    each input object brings its own."""
    api_version: Literal["v1.0", "beta"]
    """`v1.0` or `beta`, in which anything may change."""
    outside_mailbox: bool
    """Paths are relative to the API's version and not to the mailbox: `groups/{Id}`. A run's own names a member of the
    input; the mailbox is what rows name."""
    body: Any
    """Sent as JSON; `{Name}` in its texts stands for a member of the input object."""
    verify: Verify
    """Finds out whether a POST was carried out whose answer never came."""
    steps: Sequence[RequestStep]
    """Several requests for each mailbox, in their order, in the place of `method`, `path`, `body` and `verify`: see
    "Steps" in docs/abi.md."""
    out_folder: FilePath
    """A folder that the answers of a GET go to, each as a file: photos, messages, attachments. Not with `steps` or
    `select`."""
    select: Sequence[str]
    """The members that rows have after `MailboxName`, null where they are missing; `a.b` is a member of a member."""
    headers: Mapping[str, str]
    """Headers of each request; those that the library sets itself are refused."""
    key: str
    """A member of the input objects that says which work a line is. Needs `journal`; not with `source`."""
    include_empty: bool
    """A row for a mailbox whose collection is empty: that it has none is then said, and not by leaving it out."""
    allow_null: bool
    """Says that null in a body, and null and blank text of a line, are meant."""
    allow_whole_mailbox: bool
    """Says that a write may be about more than one thing in a mailbox."""


class MailboxSettingsApply(RunMembers, total=False):
    """Of `exrun_mailbox_settings_apply`, beside those of every run."""

    settings: Any
    """The settings to be written, as Microsoft Graph has them; a line's `@settings` come in their place."""
    if_different: bool
    """Writes only the settings that differ, and nothing where none does."""
    dry_run: bool
    """Writes nothing; rows say what would change."""
    undo_file: FilePath
    """Takes a line for each mailbox before its PATCH is sent: what the settings that are written were before."""
    key: str
    """A member of the input objects that says which work a line is. Needs `journal`; not with `source`."""
    allow_null: bool
    """Says that null, blank text and no days at all are meant."""
    plan_file: FilePath
    """Writes nothing to mailboxes and what differs to this file, as a plan for `exrun_plan_apply`: see docs/plans.md.
    It appears when the run is complete. Not with `journal` or `undo_file`."""


class _NeededMailboxSettingsGet(TypedDict):
    mailbox: str
    """Address or id."""


class MailboxSettingsGet(_NeededMailboxSettingsGet, total=False):
    """Of `exrun_mailbox_settings_get`."""

    part: Literal[
        "timeZone",
        "automaticRepliesSetting",
        "language",
        "workingHours",
        "userPurpose",
        "dateFormat",
        "timeFormat",
        "archiveFolder",
        "delegateMeetingMessageDeliveryOptions",
    ]
    """The one part that is read. Default: all of them."""
    names: Literal["camel", "pascal"]
    """Members and values as Graph gives them, or as Outlook REST gave them."""


class MailboxSettingsReport(RunMembers, total=False):
    """Of `exrun_mailbox_settings_report`, beside those of every run."""

    columns: Sequence[str]
    """Names of columns in whatever case; `*` stands for all that are not named. Default: `MailboxName`, `Language`,
    `Locale`, `TimeZone`, `AutomaticReplyStatus`."""


class _NeededMailboxSettingsUpdate(TypedDict):
    mailbox: str
    """Address or id."""


class MailboxSettingsUpdate(_NeededMailboxSettingsUpdate, total=False):
    """Of `exrun_mailbox_settings_update`."""

    settings: Any
    """As for `exrun_mailbox_settings_apply`: see "Writing settings" in docs/abi.md."""
    if_different: bool
    """Writes only the settings that differ, and nothing where none does."""
    dry_run: bool
    """Writes nothing; the result says what would change."""


class _NeededMailboxStatePlan(TypedDict):
    state: Any
    """The wanted state: of each facet its mode, its scope and its items. See docs/state.md."""


class MailboxStatePlan(_NeededMailboxStatePlan, RunMembers, total=False):
    """Of `exrun_mailbox_state_plan`, beside those of every run."""

    include_empty: bool
    """A row for a mailbox that is in the state: it proves that it was read."""
    plan_file: FilePath
    """Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is
    complete. Not with `journal`."""


class _NeededMailboxesCount(TypedDict):
    source: Source
    """As a run has it: see "Streams" in docs/abi.md."""


class MailboxesCount(_NeededMailboxesCount, total=False):
    """Of `exrun_mailboxes_count`."""

    shard: str
    """As a run has it."""


class ManagedIdentity(TypedDict, total=False):
    """`managed_identity`: at most one of them, for an identity that the user assigned."""

    object_id: str
    """Its object id."""
    resource_id: str
    """Its resource id."""


class _NeededMessagesExport(TypedDict):
    out_folder: FilePath
    """The folder of the files and of `manifest.jsonl`. A run that is resumed names the one that it began with."""


class MessagesExport(_NeededMessagesExport, RunMembers, total=False):
    """Of `exrun_messages_export`, beside those of every run."""

    attachments: bool
    """Attachments as files of their own, too: of an item as `.eml`; one that lies elsewhere is noted in the
    manifest."""
    include_empty: bool
    """A row for a mailbox that has nothing to save."""
    folder: str
    """The folder in which messages are sought: its path, a well-known name or an id. Default: all folders."""
    internet_message_id: str
    """The Message-ID that the sender gave it."""
    sender: str
    """The sender's address, or `@contoso.com` for all of a domain."""
    subject: str
    """What the subject holds."""
    search: str
    """The words of `$search` (KQL), which gives 1,000 messages at most."""
    received_after: str
    """Received then or later, a day (of UTC) or a moment of RFC 3339."""
    received_before: str
    """Received before that."""
    attachment_name: str
    """The name of an attachment, with `*` and `?`."""
    attachment_sha256: str
    """The SHA-256 of an attachment's content, in hexadecimal digits."""
    inline_attachments: bool
    """Inline attachments count, too."""
    recoverable_items: bool
    """What was deleted and can be recovered, too."""


class _NeededPlanApply(TypedDict):
    plan: FilePath
    """The file of the plan."""


class PlanApply(_NeededPlanApply, RunMembers, total=False):
    """Of `exrun_plan_apply`, beside those of every run."""

    dry_run: bool
    """Reads and compares, and sends nothing; rows say what would be done."""
    undo_plan: FilePath
    """Takes a line for each change before it is sent: a plan that takes it back."""
    audit_file: FilePath
    """Takes a line for each line of the plan that is done or fails, chained by hashes."""


class _NeededReportCompare(TypedDict):
    old: FilePath
    """The earlier report."""
    new: FilePath
    """The later report."""


class ReportCompare(_NeededReportCompare, OutFileMembers, total=False):
    """Of `exrun_report_compare`."""

    old_name: str
    """What a page of HTML calls the earlier report. Default: the name of its file."""
    new_name: str
    """What a page of HTML calls the later report. Default: the name of its file."""
    key: str
    """The column by which rows belong together, compared without case. Default: the first name of a mailbox that both
    have."""
    ignore: Sequence[str]
    """Columns that are not compared."""
    include_error: bool
    """Compares the columns of errors too."""


class _NeededRequestStep(TypedDict):
    name: str
    """A letter, and then letters, digits, `_` and `-`: later steps and rows name it."""
    path: str
    """As without steps; `{find.value[0].id}` stands for a value of the answer of the step `find`."""


class RequestStep(_NeededRequestStep, total=False):
    """Of `steps`."""

    method: str
    """As without steps. Default: `GET`."""
    body: Any
    """As without steps, with values of earlier answers as in `path`."""
    headers: Mapping[str, str]
    """Headers of this step, beside those of all."""
    verify: Verify
    """As without steps."""
    when: str
    """The step is done only where this value is there: `{find.value[0].id}`."""
    unless: str
    """The step is done only where this value is not there."""
    for_each: str
    """The step is done for each element of this list, `{find.value}`, of which `{each.id}` is a member."""


class Source(TypedDict, total=False):
    """`source`."""

    all: bool
    """The mailboxes of the tenant; else `group` or `rooms` must be there."""
    filter: str
    """An OData filter on users. With `all`."""
    top: int
    """At most so many. With `all`."""
    include_without_mailbox: bool
    """Users without a mailbox too. With `all`. Default: `false`."""
    group: str
    """The members of a group: its object id, mail address or display name."""
    rooms: bool
    """The mailboxes of the rooms among the tenant's places, for which the app needs Place.Read.All."""


class _NeededTenantIdGet(TypedDict):
    domain: str
    """A domain of the tenant: `contoso.com`."""


class TenantIdGet(_NeededTenantIdGet, total=False):
    """Of `exrun_tenant_id_get`."""


class TokenAcquire(TypedDict, total=False):
    """Of `exrun_token_acquire`."""

    resource: str
    """What the token is for, as in the client's options. Default: the client's."""
    force_refresh: bool
    """Asks for a new token even where one is at hand."""
    cached_only: bool
    """Asks nobody: the result is null where no token is at hand."""
    plain_token: bool
    """The token itself as `access_token`, in the place of the handle `accessTokenSecret`."""
    oauth_error_as_result: bool
    """An OAuth error of the endpoint is the result, its JSON as it came, and not an error."""
    valid_for_minutes: int
    """Life of the assertion. Default: the client's."""


class TokenCacheClear(TypedDict, total=False):
    """Of `exrun_token_cache_clear`."""


class _NeededTokenDecode(TypedDict):
    token_secret: SecretValue
    """A JSON Web Token. Any form of base64, padding, further parts, a missing signature, `Bearer ` in front and blanks
    around are accepted."""


class TokenDecode(_NeededTokenDecode, total=False):
    """Of `exrun_token_decode`."""


class VaultItem(TypedDict, total=False):
    """A vault's object: `vault` and `name`, or `url`."""

    vault: str
    """`https://contoso.vault.azure.net`."""
    name: str
    """Of the object."""
    version: str
    """Default: the newest."""
    url: str
    """`https://contoso.vault.azure.net/secrets/name`, with a version or without."""
    api_version: str
    """Version of the vault's API. Default: the client's."""


class VaultCertificateGet(VaultItem, total=False):
    """Of `exrun_vault_certificate_get`, beside those of a vault's object."""

    private_key: bool
    """Whether the private key comes along; a key that must not leave the vault is an error then. Default: True."""
    password_secret: SecretValue
    """The password of a PFX that has one."""
    ignore_validity: bool
    """Gives also what has expired or is not valid yet."""


class VaultKeyGet(VaultItem, total=False):
    """Of `exrun_vault_key_get`, beside those of a vault's object."""

    ignore_validity: bool
    """Gives also what has expired or is not valid yet."""


class _NeededVaultKeySign(TypedDict):
    digest: Base64
    """What is signed."""


class VaultKeySign(_NeededVaultKeySign, VaultItem, total=False):
    """Of `exrun_vault_key_sign`, beside those of a vault's object."""

    algorithm: Literal["PS256", "RS256"]
    """How the key signs."""


class _NeededVaultList(TypedDict):
    vault: str
    """`https://contoso.vault.azure.net`."""


class VaultList(_NeededVaultList, total=False):
    """Of `exrun_vault_list`."""

    collection: Literal["secrets", "certificates", "keys"]
    """What is listed."""
    versions_of: str
    """Lists the versions of the object of this name."""
    deleted: bool
    """Lists what is deleted and can be recovered."""
    api_version: str
    """Version of the vault's API. Default: the client's."""


class VaultSecretGet(VaultItem, total=False):
    """Of `exrun_vault_secret_get`, beside those of a vault's object."""

    plain_value: bool
    """The value itself as `value`, in the place of the handle `valueSecret`."""
    ignore_validity: bool
    """Gives also what has expired or is not valid yet."""


class _NeededVerify(TypedDict):
    path: str
    """Of a GET, relative to the mailbox, with `{Name}` as in the request's path."""
    done: Literal["found", "notFound"]
    """What says that the POST was carried out: an object, or nothing."""


class Verify(_NeededVerify, total=False):
    """`verify`."""


#: Members that are bytes, or their base64.
BINARY: frozenset[str] = frozenset(
    {
        "certificate",
        "digest",
    }
)


#: Members that are objects of members, or lists of them.
NESTED: frozenset[str] = frozenset(
    {
        "browser",
        "cloud",
        "credential",
        "device_code",
        "managed_identity",
        "source",
        "steps",
        "vault_credential",
        "verify",
    }
)


#: Members that name a secret.
SECRETS: frozenset[str] = frozenset(
    {
        "assertion_secret",
        "certificate_secret",
        "client_secret",
        "password_secret",
        "proxy_password_secret",
        "refresh_token_secret",
        "token_secret",
        "variables_secret",
    }
)
# end: requests
