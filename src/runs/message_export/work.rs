//! An export as a run's work: a line names a message, or a mailbox in which messages are sought first.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};

use super::super::input::{InputItem, InputReader};
use super::super::mailbox_requests::verification::is_missing;
use super::super::saving::content::save;
use super::super::saving::names::of_mailbox;
use super::super::setup::RunSetup;
use super::super::walk::Walk;
use super::manifest::{Entry, Manifest};
use super::names::{of_attachment, of_message};
use super::request::MessageExport;
use crate::attempt::AttemptError;
use crate::clock::Clock;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::facet::messages::IMMUTABLE_IDS;
use crate::facet::{Item, Report};
use crate::graph::call::GraphClient;
use crate::graph::identity::{NOT_UNRESERVED, display_name};
use crate::graph::request::{Exchange, Request};
use crate::graph::{path, permission};
use crate::rows::{MailboxRows, Selection};
use crate::runner::Work;
use crate::store::{Store, WorkHash};

/// The members of a row, after the mailbox's name.
pub(super) const ROW_MEMBERS: [&str; 9] =
    ["Outcome", "File", "Bytes", "Sha256", "Attachments", "Subject", "Received", "InternetMessageId", "MessageId"];

/// Members of an input object that says which message it is, as rows of a search have them.
const MESSAGE_ID: &str = "MessageId";

const SAVING: &str = "saving messages of";

/// Saves messages.
pub(super) struct ExportWork {
    graph: Arc<GraphClient>,
    report: Option<Box<dyn Report>>,
    folder: PathBuf,
    attachments: bool,
    include_empty: bool,
    manifest: Manifest,
    selection: Selection,
    headers: HeaderMap,
    reader: InputReader,
    clock: Arc<dyn Clock>,
    tenant: OnceLock<String>,
    context: Context,
}

/// A line, and how far it is: what was saved stays saved.
pub(super) struct ExportItem {
    input: InputItem,
    /// Where messages are sought first.
    walk: Option<Walk>,
    open: VecDeque<Message>,
    rows: Vec<Item>,
    /// What stands against these being all that are sought.
    doubt: Option<Error>,
    has_advanced: bool,
}

#[derive(Clone, Debug)]
struct Message {
    id: String,
    subject: String,
    received: String,
    internet_message_id: Option<String>,
}

impl Message {
    /// Of a row of a search.
    fn of(row: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text(MESSAGE_ID).filter(|id| !id.trim().is_empty())?;
        Some(Self {
            id,
            subject: text("Subject").unwrap_or_default(),
            received: text("Received").unwrap_or_default(),
            internet_message_id: text("InternetMessageId"),
        })
    }

    fn path(&self) -> String {
        format!("messages/{}", percent_encoding::utf8_percent_encode(&self.id, NOT_UNRESERVED))
    }
}

impl ExportWork {
    pub(super) fn new(
        setup: &RunSetup,
        request: &MessageExport,
        report: Option<Box<dyn Report>>,
        manifest: Manifest,
        selection: Selection,
        context: Context,
    ) -> Result<Self> {
        let prefer = HeaderValue::from_static(IMMUTABLE_IDS.1);
        Ok(Self {
            graph: setup.graph()?,
            report,
            folder: request.out_folder.clone(),
            attachments: request.attachments,
            include_empty: request.include_empty,
            manifest,
            selection,
            headers: [(http::HeaderName::from_static("prefer"), prefer)].into_iter().collect(),
            reader: request.run.reader(),
            clock: Arc::clone(&setup.clock),
            tenant: OnceLock::new(),
            context,
        })
    }

    fn about(&self, item: &ExportItem, failure: impl Into<AttemptError>) -> AttemptError {
        failure.into().about(SAVING, display_name(item.input.given.as_deref()))
    }

    fn path(item: &ExportItem, relative: &str) -> Result<String> {
        let mailbox = item.input.mailbox.as_ref().map_err(Clone::clone)?;
        path::of_mailbox(mailbox.asked(), relative)
    }

    async fn try_once(&self, item: &mut ExportItem) -> Result<(), AttemptError> {
        item.input.mailbox.as_ref().map_err(Clone::clone)?;
        if let Some(report) = self.report.as_deref() {
            self.seek(report, item).await?;
        }
        while let Some(message) = item.open.front().cloned() {
            let row = self.save_message(item, &message).await?;
            item.open.pop_front();
            item.rows.push(row);
            item.has_advanced = true;
        }
        Ok(())
    }

    /// Reads which messages there are.
    async fn seek(&self, report: &dyn Report, item: &mut ExportItem) -> Result<(), AttemptError> {
        let Some(mut walk) = item.walk.take() else { return Ok(()) };
        while let Some(step) = walk.step() {
            let request = Self::path(item, &step.path).map(|path| Request::whole_with(path, report.headers()));
            let tried = match request {
                Ok(request) => walk.attempt(report, &request, &self.graph, &self.context).await,
                Err(error) => Err(error.into()),
            };
            match tried {
                Ok(()) => item.has_advanced = true,
                Err(failure) if !walk.has_begun() && item.input.turn_to_unescaped(&failure) => {}
                Err(failure) => {
                    item.walk = Some(walk);
                    return Err(failure);
                }
            }
        }
        let found: Vec<Item> = walk.take_found();
        item.doubt = report.doubt(&found);
        item.open = report.rows(found).iter().filter_map(Message::of).collect();
        Ok(())
    }

    /// Saves a message, and what belongs to it.
    async fn save_message(&self, item: &ExportItem, message: &Message) -> Result<Item, AttemptError> {
        let mailbox = item.input.identity().to_lowercase();
        let stem = of_message(&message.received, &message.subject, &message.id);
        let entry = Entry {
            mailbox: mailbox.clone(),
            message_id: message.id.clone(),
            internet_message_id: message.internet_message_id.clone(),
            kind: "message".to_owned(),
            attachment_id: None,
            name: None,
            file: Some(format!("{}/{stem}.eml", of_mailbox(&mailbox))),
            bytes: None,
            sha256: None,
        };
        let mut attachments = None;
        let saved = match self.save_one(item, &format!("{}/$value", message.path()), entry.clone()).await {
            // It has gone since it was found.
            Err(AttemptError::Item(error)) if is_missing(&error) => None,
            saved => Some(saved?),
        };
        if self.attachments && saved.is_some() {
            attachments = Some(self.save_attachments(item, message, &entry, &stem).await?);
        }
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let values: [Value; 9] = [
            if saved.is_some() { "Saved" } else { "Gone" }.into(),
            saved.as_ref().and_then(|entry| entry.file.clone()).into(),
            saved.as_ref().and_then(|entry| entry.bytes).into(),
            saved.as_ref().and_then(|entry| entry.sha256.clone()).into(),
            attachments.into(),
            text(&message.subject),
            text(&message.received),
            message.internet_message_id.clone().into(),
            message.id.as_str().into(),
        ];
        Ok(ROW_MEMBERS.into_iter().map(str::to_owned).zip(values).collect())
    }

    /// Gives how many there are.
    async fn save_attachments(
        &self,
        item: &ExportItem,
        message: &Message,
        of: &Entry,
        stem: &str,
    ) -> Result<usize, AttemptError> {
        let list = format!("{}/attachments?$select=id,name,size,isInline", message.path());
        let request = Request::whole_with(Self::path(item, &list)?, self.headers.clone());
        let answer = Exchange::default().attempt(&request, &self.graph, &self.context).await?;
        let all = answer.into_objects();
        for (number, attachment) in all.iter().enumerate() {
            let text = |name: &str| attachment.get(name).and_then(Value::as_str).unwrap_or_default();
            let (id, name, kind) = (text("id"), text("name"), text("@odata.type"));
            let entry = Entry {
                kind: "attachment".to_owned(),
                attachment_id: Some(id.to_owned()),
                name: Some(name.to_owned()),
                ..of.clone()
            };
            if kind.ends_with("referenceAttachment") {
                self.note(&Entry { kind: "reference".to_owned(), file: None, ..entry }).await?;
                continue;
            }
            let ending = if kind.ends_with("itemAttachment") { "eml" } else { "" };
            let file = of_attachment(number + 1, name, ending);
            let file = format!("{}/{stem} attachments/{file}", of_mailbox(&of.mailbox));
            let id = percent_encoding::utf8_percent_encode(id, NOT_UNRESERVED);
            let path = format!("{}/attachments/{id}/$value", message.path());
            self.save_one(item, &path, Entry { file: Some(file), ..entry }).await?;
        }
        Ok(all.len())
    }

    /// Saves a content, unless an earlier process has: its file is there, as long as the manifest says.
    async fn save_one(&self, item: &ExportItem, relative: &str, entry: Entry) -> Result<Entry, AttemptError> {
        let attachment = entry.attachment_id.as_deref();
        let earlier = self.manifest.earlier(&entry.mailbox, &entry.message_id, attachment).await;
        if let Some(earlier) = earlier.map_err(AttemptError::Run)?
            && self.is_there(&earlier).await
        {
            return Ok(earlier);
        }
        let target = self.folder.join(entry.file.as_deref().unwrap_or_default());
        let saved = save(&self.graph, &Self::path(item, relative)?, &self.headers, target, &self.context).await?;
        let entry = Entry { bytes: Some(saved.bytes), sha256: Some(saved.sha256), ..entry };
        self.note(&entry).await?;
        Ok(entry)
    }

    async fn is_there(&self, entry: &Entry) -> bool {
        let Some((file, bytes)) = entry.file.as_deref().zip(entry.bytes) else { return false };
        let path = self.folder.join(file);
        let length = tokio::task::spawn_blocking(move || path.metadata().map(|there| there.len()).ok()).await;
        length.ok().flatten() == Some(bytes)
    }

    async fn note(&self, entry: &Entry) -> Result<(), AttemptError> {
        let made = self.clock.now().to_string();
        self.manifest.begin(self.tenant.get().map(String::as_str), &made).await.map_err(AttemptError::Run)?;
        self.manifest.add(entry).await.map_err(AttemptError::Run)
    }
}

impl Work for ExportWork {
    type Item = ExportItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> ExportItem {
        let mut input = self.reader.read(line);
        let message = input.object.as_ref().and_then(Value::as_object).and_then(Message::of);
        if self.report.is_none() && message.is_none() {
            input.refuse(
                Error::argument("nothing says which message is meant: the line has no MessageId")
                    .hint("give rows of Find-ExRunMessage, or say which messages are sought in each mailbox"),
            );
        }
        let walk = self.report.as_deref().map(|report| Walk::new(report));
        // What says which message it is needs no search.
        let open = if self.report.is_none() { message.into_iter().collect() } else { VecDeque::new() };
        ExportItem { input, walk, open, rows: Vec::new(), doubt: None, has_advanced: false }
    }

    fn identity<'a>(&self, item: &'a ExportItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    fn work_hash(&self, item: &ExportItem, line: &str) -> WorkHash {
        match (item.input.mailbox.is_ok(), item.open.front()) {
            (true, Some(message)) => WorkHash::of_key(&message.id),
            (true, None) => WorkHash::OF_RUN,
            (false, _) => WorkHash::of_line(line),
        }
    }

    async fn attach(&self, store: &Store) -> Result<()> {
        self.manifest.attach(store).await
    }

    async fn prepare(&self) -> Result<()> {
        if let Some(tenant) = self.graph.tenant(&self.context).await? {
            let _ = self.tenant.set(tenant);
        }
        Ok(())
    }

    async fn attempt(&self, item: &mut ExportItem) -> Result<MailboxRows, AttemptError> {
        if let Err(failure) = self.try_once(item).await {
            return Err(self.about(item, failure));
        }
        let mut objects = std::mem::take(&mut item.rows);
        if objects.is_empty() && self.include_empty {
            objects.push(ROW_MEMBERS.into_iter().map(|name| (name.to_owned(), Value::Null)).collect());
        }
        let error = item.doubt.take().map(|error| self.about(item, error).into_error());
        let objects = objects.into_iter().map(Into::into).collect();
        Ok(MailboxRows { mailbox: item.input.given.clone(), objects, error, ..MailboxRows::default() })
    }

    fn has_advanced(&self, item: &mut ExportItem) -> bool {
        std::mem::take(&mut item.has_advanced)
    }

    /// What was saved before it failed is shown.
    fn failed(&self, item: &ExportItem, error: Error) -> MailboxRows {
        let error = self.about(item, error).into_error();
        let objects = item.rows.iter().cloned().map(Into::into).collect();
        MailboxRows { objects, ..MailboxRows::failed(item.input.given.as_deref(), error) }
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}
