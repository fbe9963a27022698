//! The settings of many mailboxes, a row each.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::mailbox_settings::{ACTION, settings_path};
use super::options::check_range;
use super::{Client, MOST_CONCURRENCY, MOST_TRIES, trial};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::{CallError, GraphClient};
use crate::graph::identity::InputItem;
use crate::http::RetryPolicy;
use crate::report::{ColumnSet, ReportRequest, ReportRow, Row, RowEncoder};
use crate::runner::{AttemptError, Done, Next, RowStream, Run, RunOptions, Taken, Work};

impl Client {
    /// Starts a report on many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member.
    pub fn mailbox_settings_report(&self, request: &ReportRequest) -> Result<Arc<dyn RowStream>> {
        let options = &self.0.options;
        let max_tries = request.max_tries.unwrap_or(options.max_tries);
        let max_concurrency = request.max_concurrency.unwrap_or(options.max_concurrency);
        check_range("maxTries", max_tries.into(), 1, MOST_TRIES.into())?;
        check_range("maxConcurrency", max_concurrency as u64, 1, MOST_CONCURRENCY as u64)?;
        let columns = Arc::new(ColumnSet::parse(&request.columns)?);
        let encoder = RowEncoder::new(request, &columns)?;

        let context = Context::default();
        trial::warn_once(&context, options);
        let graph = Arc::clone(&self.identity()?.graph);
        let work = SettingsWork { graph, columns, context: context.clone() };
        let run_options = RunOptions {
            order: request.order,
            max_concurrency,
            retry: RetryPolicy::new(max_tries, request.max_retry.unwrap_or(options.max_retry)),
            idle_pause: request.idle_pause,
            clock: Arc::clone(&options.clock),
        };
        let run = Run::start(work, run_options, context, Arc::clone(self.signal()))?;
        Ok(Arc::new(ReportStream { run, encoder: Mutex::new(encoder) }))
    }
}

/// Reads the settings of a mailbox into a row.
#[derive(Debug)]
struct SettingsWork {
    graph: Arc<GraphClient>,
    columns: Arc<ColumnSet>,
    context: Context,
}

impl Work for SettingsWork {
    type Item = InputItem;
    type Output = (Row, Option<Error>);

    fn read(&self, line: &str) -> InputItem {
        InputItem::parse(line.as_bytes())
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await
    }

    async fn attempt(&self, item: &InputItem) -> std::result::Result<Self::Output, AttemptError> {
        let failed = |error: Error| {
            let error = error.action(ACTION);
            AttemptError::Item(match &item.given {
                Some(given) if !given.trim().is_empty() => error.target(given),
                _ => error.target("a mailbox without a name"),
            })
        };
        let mailbox = item.mailbox.as_ref().map_err(|error| failed(error.clone()))?;
        let path = settings_path(mailbox, None).map_err(failed)?;
        let body = self.graph.get(&path, &self.context).await.map_err(|error| match error {
            CallError::NoToken(error) => AttemptError::Run(error),
            CallError::Call(error) => failed(error),
        })?;
        let row = self.columns.extract(item.given.as_deref(), &body).map_err(failed)?;
        Ok((row, None))
    }

    fn failed(&self, item: &InputItem, error: Error) -> Self::Output {
        (self.columns.null_row(item.given.as_deref()), Some(error))
    }

    fn weight(&self, (row, error): &Self::Output) -> usize {
        // An error's texts are a few hundred bytes.
        row.size() + error.as_ref().map_or(0, |_| 1024)
    }
}

struct ReportStream {
    run: Run<SettingsWork>,
    encoder: Mutex<RowEncoder>,
}

impl RowStream for ReportStream {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.run.push(lines)
    }

    fn finish_input(&self) {
        self.run.finish_input();
    }

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        // Held from taking to encoding: the first batch taken is the one that gets the header.
        let mut encoder = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match self.run.take(max_rows)? {
            Taken::Pending => Next::Pending,
            Taken::End => Next::End,
            Taken::Rows(done) => {
                let rows: Vec<ReportRow> = done
                    .into_iter()
                    .map(|Done { position, output: (row, error) }| ReportRow { position, row, error })
                    .collect();
                Next::Batch { data: encoder.encode(&rows), rows: rows.len() }
            }
        })
    }

    fn progress(&self) -> Value {
        self.run.progress()
    }

    fn events(&self) -> String {
        self.run.events()
    }

    fn cancel(&self) {
        self.run.cancel();
    }
}
