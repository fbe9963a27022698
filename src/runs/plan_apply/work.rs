//! A plan as a run's work.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::super::batched::{AT_A_TIME, read_together};
use super::super::setup::RunSetup;
use super::audit_file::{AuditFile, AuditHeader, AuditItem};
use super::outcome::{PlanOutcome, row};
use super::source::{Bounds, PlanSource};
use super::writer::{Doing, PlanWriter, found_of};
use crate::attempt::AttemptError;
use crate::clock::Clock;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::permission;
use crate::graph::request::{Exchange, Request};
use crate::plan::{Found, PlanHeader, PlanLine};
use crate::rows::{MailboxRows, Selection};
use crate::runner::{Batched, Work};
use crate::store::{Store, WorkHash};

/// Does the lines of a plan.
pub(super) struct PlanWork {
    source: Arc<PlanSource>,
    maximum: Option<u64>,
    writer: PlanWriter,
    audit: Option<Arc<AuditFile>>,
    selection: Selection,
    batches: bool,
    clock: Arc<dyn Clock>,
    /// The app that is signed in, as far as it is known.
    app: Option<String>,
    /// The tenant of the run's token.
    tenant: OnceLock<String>,
    /// By the lines of the plan: the request of the service that ended each, until its row is audited.
    request_ids: Mutex<HashMap<u64, String>>,
    /// How many lines had drifted.
    drifted: AtomicU64,
}

/// A line of the plan, and how far it is.
pub(super) struct PlanItem {
    number: u64,
    doing: Result<Doing>,
    /// An earlier run had begun with it.
    is_resumed: bool,
}

impl PlanWork {
    pub(super) fn new(
        setup: &RunSetup,
        source: Arc<PlanSource>,
        maximum: Option<u64>,
        writer: PlanWriter,
        audit: Option<AuditFile>,
        selection: Selection,
        batches: bool,
    ) -> Self {
        Self {
            source,
            maximum,
            writer,
            audit: audit.map(Arc::new),
            selection,
            batches,
            clock: Arc::clone(&setup.clock),
            app: setup.app.clone(),
            tenant: OnceLock::new(),
            request_ids: Mutex::default(),
            drifted: AtomicU64::new(0),
        }
    }

    /// Another tenant's plan ends the run before anything is sent.
    fn check_tenant(&self, own: Option<&str>) -> Result<()> {
        let of_plan = &self.source.facts()?.header.tenant;
        if own.is_some_and(|own| own.eq_ignore_ascii_case(of_plan)) {
            return Ok(());
        }
        let own = own.unwrap_or("one that the token does not tell");
        let detail = format!("the plan is of the tenant {of_plan}, and this run is of {own}");
        Err(Error::new(Status::TenantMismatch, detail)
            .action("doing the plan")
            .target(self.source.path().display().to_string())
            .hint("sign in to the tenant that the plan is of"))
    }

    /// Of an undo plan that is made now.
    fn undo_header(&self) -> PlanHeader {
        let tenant = self.tenant.get().map(String::as_str).unwrap_or_default();
        PlanHeader::new(tenant, self.app.as_deref(), "the plan that it takes back", self.clock.now())
    }

    fn audit_header(&self) -> AuditHeader {
        let file = self.source.path().file_name().unwrap_or_default();
        AuditHeader {
            tenant: self.tenant.get().cloned(),
            app: self.app.clone(),
            file: file.to_string_lossy().into_owned(),
            time: self.clock.now().to_string(),
        }
    }

    async fn attempt_one(&self, item: &mut PlanItem, read: Option<Found>) -> Result<MailboxRows, AttemptError> {
        let doing = match &mut item.doing {
            Ok(doing) => doing,
            Err(error) => return Err(error.clone().into()),
        };
        let earlier = match &self.audit {
            Some(audit) if item.is_resumed => audit.earlier(item.number).await.map_err(AttemptError::Run)?,
            _ => None,
        };
        let outcome = match (earlier.filter(|outcome| outcome.is_settled()), read) {
            // The run before this one said so, and ended before its journal knew.
            (Some(outcome), _) => outcome,
            (None, Some(found)) => {
                let tried = self.writer.go_on(doing, &found, || self.undo_header()).await;
                tried.map_err(|failure| doing.leaves_open(failure))?
            }
            (None, None) => {
                let tried = self.writer.try_once(doing, || self.undo_header()).await;
                tried.map_err(|failure| doing.leaves_open(failure))?
            }
        };
        self.note_request_id(item.number, item.doing.as_ref().ok());
        if outcome == PlanOutcome::Drifted {
            self.drifted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(row(item.number, self.line(item), outcome, None))
    }

    fn note_request_id(&self, number: u64, doing: Option<&Doing>) {
        if let Some(id) = doing.and_then(|doing| doing.request_id.clone()).filter(|_| self.audit.is_some()) {
            self.request_ids.lock().insert(number, id);
        }
    }

    fn line<'a>(&self, item: &'a PlanItem) -> Option<&'a PlanLine> {
        item.doing.as_ref().ok().map(|doing| &doing.line)
    }

    /// What the audit says of a row.
    fn audited(&self, row: &MailboxRows) -> Option<AuditItem> {
        let mut members: Map<String, Value> = row.objects.first()?.clone().into();
        let line = members.get("Line")?.as_u64()?;
        let outcome = members.get("Outcome").and_then(Value::as_str).and_then(PlanOutcome::of_name)?;
        let mut take = |name: &str| members.remove(name).unwrap_or_default();
        let mut audited = Map::new();
        audited.insert("mailbox".to_owned(), row.mailbox.as_deref().into());
        audited.insert("facet".to_owned(), take("Facet"));
        audited.insert("key".to_owned(), take("Key"));
        audited.insert("change".to_owned(), take("Change"));
        let of_error = row.error.as_ref().and_then(|error| error.any_request_id().map(str::to_owned));
        let request_id = self.request_ids.lock().remove(&line).or(of_error);
        audited.insert("requestId".to_owned(), request_id.into());
        if let Some(error) = &row.error {
            audited.insert("error".to_owned(), error.status().name().into());
        }
        Some(AuditItem { line, outcome, members: audited })
    }
}

impl Work for PlanWork {
    type Item = PlanItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> PlanItem {
        let (number, text) = line.split_once(' ').unwrap_or((line, ""));
        // It was read before, so that it fails only where the library is at fault.
        let doing = PlanLine::read(text).and_then(Doing::new);
        PlanItem { number: number.parse().unwrap_or_default(), doing, is_resumed: false }
    }

    fn identity<'a>(&self, item: &'a PlanItem) -> Cow<'a, str> {
        item.doing.as_ref().map_or(Cow::Borrowed(""), |doing| doing.mailbox.name().into())
    }

    fn work_hash(&self, item: &PlanItem, line: &str) -> WorkHash {
        self.line(item).map_or_else(|| WorkHash::of_line(line), PlanLine::work_hash)
    }

    async fn attach(&self, store: &Store) -> Result<()> {
        let (source, cancel) = (Arc::clone(&self.source), self.writer.context.cancel.clone());
        let bounds = Bounds { maximum: self.maximum, dry_run: self.writer.dry_run };
        let opened = tokio::task::spawn_blocking(move || source.open(bounds, &cancel)).await;
        opened.unwrap_or_else(|_| Err(Error::internal("reading the plan panicked")))?;
        if let Some(undo) = &self.writer.undo {
            undo.attach(store).await?;
        }
        if let Some(audit) = &self.audit {
            let mended = audit.attach(store, &self.source.facts()?.hash).await?;
            if mended > 0 {
                let message = format!("the audit file ended in a part of a line, {mended} bytes, which was taken away");
                self.writer.context.events.emit(Event::Warning, &message, []);
            }
        }
        Ok(())
    }

    async fn prepare(&self) -> Result<()> {
        let tenant = self.writer.graph.tenant(&self.writer.context).await?;
        self.check_tenant(tenant.as_deref())?;
        if let Some(tenant) = tenant {
            let _ = self.tenant.set(tenant);
        }
        Ok(())
    }

    async fn attempt(&self, item: &mut PlanItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item, None).await
    }

    fn most_per_batch(&self) -> usize {
        if self.batches { MOST_REQUESTS } else { 1 }
    }

    /// What is there is read for all of them in one request; each is then gone on with by itself.
    async fn attempt_batch(&self, items: &mut [PlanItem]) -> Batched<MailboxRows> {
        let reading = |item: &PlanItem| item.doing.as_ref().ok().and_then(|doing| PlanWriter::reading(doing).ok());
        let mut requests: Vec<Option<Request>> = items.iter().map(reading).collect();
        // All requests of a batch have the same headers: what has others is read by itself.
        let headers = requests.iter().flatten().next().map(|request| request.headers().clone()).unwrap_or_default();
        requests.iter_mut().for_each(|one| *one = one.take().filter(|request| *request.headers() == headers));
        let writer = &self.writer;
        let replies = match read_together(&writer.graph, &headers, &writer.context, requests).await {
            Ok(replies) => replies,
            Err(failure) => return Batched::Envelope(failure),
        };
        let mut tries = Vec::with_capacity(items.len());
        for (item, reply) in items.iter_mut().zip(replies) {
            let read = reply.map(|(request, reply)| {
                let taken = reply.and_then(|reply| Exchange::default().take(&request, &self.writer.graph, reply));
                taken.map_err(AttemptError::Item)
            });
            tries.push(async move {
                let found = match read {
                    Some(Ok(Some(answer))) => found_of(Ok(answer)).map(Some),
                    Some(Err(failure)) => found_of(Err(failure)).map(Some),
                    // A further page, or what has no request.
                    Some(Ok(None)) | None => Ok(None),
                };
                match found {
                    Ok(found) => self.attempt_one(item, found).await,
                    Err(failure) => Err(match &item.doing {
                        Ok(doing) => doing.leaves_open(PlanWriter::reading_failed(doing, failure)),
                        Err(_) => failure,
                    }),
                }
            });
        }
        Batched::Each(stream::iter(tries).buffered(AT_A_TIME).collect().await)
    }

    /// So that the next try, or the next run, knows what it has to read again before it sends it.
    fn needs_intent(&self) -> bool {
        !self.writer.dry_run
    }

    fn resume(&self, item: &mut PlanItem) -> bool {
        item.is_resumed = true;
        if let Ok(doing) = &mut item.doing {
            doing.resume(self.clock.monotonic());
        }
        true
    }

    /// A plan may build a folder and then put something in it.
    fn is_ordered(&self) -> bool {
        true
    }

    fn failed(&self, item: &PlanItem, error: Error) -> MailboxRows {
        self.note_request_id(item.number, item.doing.as_ref().ok());
        let is_unknown = item.doing.as_ref().is_ok_and(Doing::is_unknown);
        if is_unknown {
            return row(item.number, self.line(item), PlanOutcome::OutcomeUnknown, Some(error.outcome_unknown()));
        }
        row(item.number, self.line(item), PlanOutcome::Failed, Some(error))
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.writer.context.granted));
    }

    fn concludes(&self) -> bool {
        self.audit.is_some()
    }

    fn conclude(&self, rows: &[&MailboxRows]) -> Option<BoxFuture<'static, Result<()>>> {
        let audit = Arc::clone(self.audit.as_ref()?);
        let items: Vec<AuditItem> = rows.iter().filter_map(|row| self.audited(row)).collect();
        let header = self.audit_header();
        Some(Box::pin(async move { audit.add(items, header).await }))
    }

    async fn end(&self, ended: &Result<()>) -> Result<()> {
        let drifted = self.drifted.load(Ordering::Relaxed);
        if drifted > 0 {
            let lines = if drifted == 1 { "1 line".to_owned() } else { format!("{drifted} lines") };
            let message = format!("{lines} of the plan had drifted: what is there is not what was planned from");
            self.writer.context.events.emit(Event::Warning, &message, []);
        }
        match &self.audit {
            Some(audit) => audit.close(ended.is_ok(), self.audit_header()).await,
            None => Ok(()),
        }
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}
