//! Requests about mailboxes.

use serde::Deserialize;
use serde_json::Value;

use super::With;
use super::run::{self, Run};
use super::values::{ApiVersion, FilePath, Text, Texts};
use crate::client::{self, DoneWhen, NameStyle, PathBase, RunRequest, SettingsWrite, WriteMode};
use crate::error::{Error, Result};

/// Of `exrun_mailbox_settings_report`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxSettingsReport {
    /// Names of columns in whatever case; `*` stands for all that are not named.
    /// Default: `MailboxName`, `Language`, `Locale`, `TimeZone`, `AutomaticReplyStatus`.
    columns: Option<Vec<String>>,
}

impl Run<MailboxSettingsReport> {
    pub(in crate::ffi) fn request(self) -> Result<RunRequest> {
        let mut request = self.1.request()?;
        request.report.columns = self.0.columns.unwrap_or_default();
        Ok(request)
    }
}

/// Of `exrun_mailbox_items_report`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxItemsReport {
    /// `inboxRules`, `calendarPermissions`, `categories`, `mailFolders`, `contacts`, `messages` or `roomUse`.
    facet: Text,
    /// Names of columns in whatever case, after `MailboxName`. Default: all; of a table all but `Item`.
    columns: Option<Vec<String>>,
    /// A row for a mailbox that has nothing to show: its `ItemCount` proves that it was read.
    #[serde(default)]
    include_empty: bool,
    /// Of `inboxRules`: only rules that forward or redirect messages.
    #[serde(default)]
    forwarding_only: bool,
    /// Of `inboxRules`: the domains that count as the tenant's own. Default: its verified ones, for which the app needs
    /// Domain.Read.All.
    internal_domains: Option<Vec<String>>,
    /// Of `calendarPermissions`: those of every calendar, and not of the default one alone.
    #[serde(default)]
    all_calendars: bool,
    /// Of `mailFolders`: hidden ones too.
    #[serde(default)]
    include_hidden: bool,
    /// Of `mailFolders`: one row for each mailbox, with what its folders hold together.
    #[serde(default)]
    sum: bool,
    /// Of `mailFolders`: when the oldest message of each was received, which is a request for each.
    #[serde(default)]
    oldest_item: bool,
    /// Of `contacts` and `messages`: the folder, by its path: `Company/Berlin`. Of messages a well-known name (`inbox`) or an
    /// id, too. Default: the default one of contacts; messages of all folders.
    folder: Option<Text>,
    /// Of `contacts`: those of every folder.
    #[serde(default)]
    all_folders: bool,
    /// Of `roomUse`, which needs it: where the period begins, a day (`2026-11-01`, of UTC) or a moment of RFC 3339.
    start: Option<Text>,
    /// Of `roomUse`, which needs it: where the period ends; it is no part of it.
    end: Option<Text>,
    /// Of `messages`, which needs one of these or `folder`: the Message-ID that the sender gave it.
    internet_message_id: Option<Text>,
    /// Of `messages`: the sender's address, or `@contoso.com` for all of a domain.
    sender: Option<Text>,
    /// Of `messages`: what the subject holds.
    subject: Option<Text>,
    /// Of `messages`: the words of `$search` (KQL), which gives 1,000 messages at most.
    search: Option<Text>,
    /// Of `messages`: received then or later, a day (of UTC) or a moment of RFC 3339.
    received_after: Option<Text>,
    /// Of `messages`: received before that.
    received_before: Option<Text>,
    /// Of `messages`: the name of an attachment, with `*` and `?`.
    attachment_name: Option<Text>,
    /// Of `messages`: the SHA-256 of an attachment's content, in hexadecimal digits.
    attachment_sha256: Option<Text>,
    /// Of `messages`: inline attachments too, which takes a request for each message that the rest finds.
    #[serde(default)]
    inline_attachments: bool,
    /// Of `messages`: what was deleted and can be recovered, too.
    #[serde(default)]
    recoverable_items: bool,
    /// Of `messages`: the names of attachments, which takes a request for each message that has some.
    #[serde(default)]
    list_attachments: bool,
    /// Of `messages`: writes a plan for `exrun_plan_apply` to this file, which appears when the run is complete. Not with
    /// `journal`.
    plan_file: Option<FilePath>,
    /// What the plan does with what is found: `moveTo`, `softDelete` or `hardDelete`.
    action: Option<Text>,
    /// With `moveTo`: the folder, as for `folder`.
    move_to: Option<Text>,
}

impl Run<MailboxItemsReport> {
    pub(in crate::ffi) fn request(self) -> Result<client::MailboxItems> {
        let With(own, run) = self;
        let move_to: Option<String> = own.move_to.map(Into::into);
        let action: Option<String> = own.action.map(Into::into);
        if action.is_none() && move_to.is_some() {
            return Err(Error::argument("moveTo: is for the action moveTo alone"));
        }
        let action = action.map(|action| client::MessageAction::read(&action, move_to.as_deref())).transpose()?;
        Ok(client::MailboxItems {
            facet: own.facet.into(),
            columns: own.columns.unwrap_or_default(),
            include_empty: own.include_empty,
            options: client::ItemsOptions {
                forwarding_only: own.forwarding_only,
                internal_domains: own.internal_domains.unwrap_or_default(),
                all_calendars: own.all_calendars,
                include_hidden: own.include_hidden,
                sum: own.sum,
                oldest_item: own.oldest_item,
                folder: own.folder.map(Into::into),
                all_folders: own.all_folders,
                start: own.start.map(Into::into),
                end: own.end.map(Into::into),
                messages: client::MessageCriteria {
                    internet_message_id: own.internet_message_id.map(Into::into),
                    sender: own.sender.map(Into::into),
                    subject: own.subject.map(Into::into),
                    search: own.search.map(Into::into),
                    received_after: own.received_after.map(Into::into),
                    received_before: own.received_before.map(Into::into),
                    attachment_name: own.attachment_name.map(Into::into),
                    attachment_sha256: own.attachment_sha256.map(Into::into),
                    inline_attachments: own.inline_attachments,
                    recoverable_items: own.recoverable_items,
                    list_attachments: own.list_attachments,
                    action,
                },
            },
            plan_file: own.plan_file.map(Into::into),
            run: run.request()?,
        })
    }
}

/// Of `exrun_mailbox_requests`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxRequests {
    /// `GET`, `POST`, `PATCH`, `PUT` or `DELETE`. Needed where there are no `steps`.
    method: Option<Text>,
    /// Relative to the mailbox, empty for the user itself; `{Name}` stands for a member of the input object.
    /// Without it each input object brings its own.
    path: Option<String>,
    /// `v1.0` or `beta`, in which anything may change.
    #[serde(default)]
    api_version: ApiVersion,
    /// Paths are relative to the API's version and not to the mailbox: `groups/{Id}`. A run's own names a member of the
    /// input; the mailbox is what rows name.
    #[serde(default)]
    outside_mailbox: bool,
    /// Sent as JSON; `{Name}` in its texts stands for a member of the input object.
    body: Option<Value>,
    /// Finds out whether a POST was carried out whose answer never came.
    verify: Option<Verify>,
    /// Several requests for each mailbox, in their order, in the place of `method`, `path`, `body` and `verify`: see
    /// [Steps](#steps).
    steps: Option<Vec<RequestStep>>,
    /// A folder that the answers of a GET go to, each as a file: photos, messages, attachments. Not with `steps` or
    /// `select`.
    out_folder: Option<FilePath>,
    /// The members that rows have after `MailboxName`, null where they are missing; `a.b` is a member of a member.
    select: Option<Vec<String>>,
    /// Headers of each request; those that the library sets itself are refused.
    headers: Option<Texts>,
    /// A member of the input objects that says which work a line is. Needs `journal`; not with `source`.
    key: Option<Text>,
    /// A row for a mailbox whose collection is empty: that it has none is then said, and not by leaving it out.
    #[serde(default)]
    include_empty: bool,
    /// Says that null in a body, and null and blank text of a line, are meant.
    #[serde(default)]
    allow_null: bool,
    /// Says that a write may be about more than one thing in a mailbox.
    #[serde(default)]
    allow_whole_mailbox: bool,
}

/// Of `steps`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RequestStep {
    /// A letter, and then letters, digits, `_` and `-`: later steps and rows name it.
    name: Text,
    /// As without steps. Default: `GET`.
    method: Option<Text>,
    /// As without steps; `{find.value[0].id}` stands for a value of the answer of the step `find`.
    path: Text,
    /// As without steps, with values of earlier answers as in `path`.
    body: Option<Value>,
    /// Headers of this step, beside those of all.
    headers: Option<Texts>,
    /// As without steps.
    verify: Option<Verify>,
    /// The step is done only where this value is there: `{find.value[0].id}`.
    when: Option<Text>,
    /// The step is done only where this value is not there.
    unless: Option<Text>,
    /// The step is done for each element of this list, `{find.value}`, of which `{each.id}` is a member.
    for_each: Option<Text>,
}

impl From<RequestStep> for client::RequestStep {
    fn from(step: RequestStep) -> Self {
        Self {
            name: step.name.into(),
            method: step.method.map(String::from).unwrap_or_default(),
            path: step.path.into(),
            body: step.body,
            headers: step.headers.unwrap_or_default().0,
            verify: step.verify.map(Into::into),
            when: step.when.map(Into::into),
            unless: step.unless.map(Into::into),
            for_each: step.for_each.map(Into::into),
        }
    }
}

/// `verify`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Verify {
    /// Of a GET, relative to the mailbox, with `{Name}` as in the request's path.
    path: Text,
    /// What says that the POST was carried out: an object, or nothing.
    done: Done,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Done {
    Found,
    NotFound,
}

impl From<Verify> for client::Verify {
    fn from(verify: Verify) -> Self {
        let done = match verify.done {
            Done::Found => DoneWhen::Found,
            Done::NotFound => DoneWhen::NotFound,
        };
        client::Verify { path: verify.path.into(), done }
    }
}

impl Run<MailboxRequests> {
    pub(in crate::ffi) fn request(self) -> Result<client::MailboxRequests> {
        let With(own, run) = self;
        let run = run.request()?;
        let steps: Option<Vec<client::RequestStep>> =
            own.steps.map(|steps| steps.into_iter().map(Into::into).collect());
        match &steps {
            Some(steps) if steps.is_empty() => return Err(Error::argument("steps must not be empty")),
            None if own.method.is_none() => return Err(Error::argument("method is missing")),
            _ => {}
        }
        Ok(client::MailboxRequests {
            method: own.method.map(String::from).unwrap_or_default(),
            steps: steps.unwrap_or_default(),
            out_folder: own.out_folder.map(Into::into),
            path: own.path,
            path_base: if own.outside_mailbox { PathBase::Service } else { PathBase::Mailbox },
            version: own.api_version.into(),
            include_empty: own.include_empty,
            body: own.body,
            verify: own.verify.map(Into::into),
            select: own.select.unwrap_or_default(),
            headers: own.headers.unwrap_or_default().0,
            allow_null: own.allow_null,
            allow_whole_mailbox: own.allow_whole_mailbox,
            key: run::key(own.key, &run)?,
            run,
        })
    }
}

/// Of `exrun_mailbox_settings_apply`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxSettingsApply {
    /// The settings to be written, as Microsoft Graph has them; a line's `@settings` come in their place.
    settings: Option<Value>,
    /// Writes only the settings that differ, and nothing where none does.
    #[serde(default)]
    if_different: bool,
    /// Writes nothing; rows say what would change.
    #[serde(default)]
    dry_run: bool,
    /// Takes a line for each mailbox before its PATCH is sent: what the settings that are written were before.
    undo_file: Option<FilePath>,
    /// A member of the input objects that says which work a line is. Needs `journal`; not with `source`.
    key: Option<Text>,
    /// Says that null, blank text and no days at all are meant.
    #[serde(default)]
    allow_null: bool,
    /// Writes nothing to mailboxes and what differs to this file, as a plan for `exrun_plan_apply`: see docs/plans.md.
    /// It appears when the run is complete. Not with `journal` or `undoFile`.
    plan_file: Option<FilePath>,
}

impl Run<MailboxSettingsApply> {
    pub(in crate::ffi) fn request(self) -> Result<(RunRequest, SettingsWrite)> {
        let With(own, run) = self;
        let run = run.request()?;
        let write = SettingsWrite {
            settings: own.settings,
            mode: WriteMode { if_different: own.if_different, dry_run: own.dry_run },
            undo_file: own.undo_file.map(Into::into),
            key: run::key(own.key, &run)?,
            allow_null: own.allow_null,
            plan_file: own.plan_file.map(Into::into),
        };
        Ok((run, write))
    }
}

/// Of `exrun_mailbox_state_plan`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxStatePlan {
    /// The wanted state: of each facet its mode, its scope and its items. See docs/state.md.
    state: Value,
    /// A row for a mailbox that is in the state: it proves that it was read.
    #[serde(default)]
    include_empty: bool,
    /// Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is complete.
    /// Not with `journal`.
    plan_file: Option<FilePath>,
}

impl Run<MailboxStatePlan> {
    pub(in crate::ffi) fn request(self) -> Result<client::StatePlan> {
        let With(own, run) = self;
        Ok(client::StatePlan {
            state: own.state,
            include_empty: own.include_empty,
            plan_file: own.plan_file.map(Into::into),
            run: run.request()?,
        })
    }
}

/// Of `exrun_mailbox_settings_update`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxSettingsUpdate {
    /// Address or id.
    pub(in crate::ffi) mailbox: Text,
    /// As for `exrun_mailbox_settings_apply`: see [Writing settings](#writing-settings).
    pub(in crate::ffi) settings: Option<Value>,
    /// Writes only the settings that differ, and nothing where none does.
    #[serde(default)]
    if_different: bool,
    /// Writes nothing; the result says what would change.
    #[serde(default)]
    dry_run: bool,
}

impl MailboxSettingsUpdate {
    pub(in crate::ffi) fn mode(&self) -> WriteMode {
        WriteMode { if_different: self.if_different, dry_run: self.dry_run }
    }
}

/// Of `exrun_mailbox_settings_get`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxSettingsGet {
    /// Address or id.
    pub(in crate::ffi) mailbox: Text,
    /// The one part that is read. Default: all of them.
    pub(in crate::ffi) part: Option<Part>,
    /// Members and values as Graph gives them, or as Outlook REST gave them.
    #[serde(default)]
    pub(in crate::ffi) names: Names,
}

/// What Graph offers as a part of the settings of its own.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ffi) enum Part {
    TimeZone,
    AutomaticRepliesSetting,
    Language,
    WorkingHours,
    UserPurpose,
    DateFormat,
    TimeFormat,
    ArchiveFolder,
    DelegateMeetingMessageDeliveryOptions,
}

impl Part {
    pub(in crate::ffi) fn segment(self) -> &'static str {
        match self {
            Part::TimeZone => "timeZone",
            Part::AutomaticRepliesSetting => "automaticRepliesSetting",
            Part::Language => "language",
            Part::WorkingHours => "workingHours",
            Part::UserPurpose => "userPurpose",
            Part::DateFormat => "dateFormat",
            Part::TimeFormat => "timeFormat",
            Part::ArchiveFolder => "archiveFolder",
            Part::DelegateMeetingMessageDeliveryOptions => "delegateMeetingMessageDeliveryOptions",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ffi) enum Names {
    #[default]
    Camel,
    Pascal,
}

impl From<Names> for NameStyle {
    fn from(names: Names) -> Self {
        match names {
            Names::Camel => NameStyle::Camel,
            Names::Pascal => NameStyle::Pascal,
        }
    }
}
