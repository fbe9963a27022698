//! A plan that a run writes in the place of what it would send.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::error::{Error, Result, Status};
use crate::files::{WholeFile, file_error, look};
use crate::plan::{Counts, PlanHeader, PlanLine};

/// Room for the counts that the first line gets at the end, in digits and names.
const ROOM: usize = 120;

/// A plan that is being written. It appears under its name once the run has come to its end.
#[derive(Debug)]
pub(super) struct PlanFile(Mutex<State>);

#[derive(Debug)]
struct State {
    file: Option<WholeFile>,
    header: Option<PlanHeader>,
    counts: Counts,
    /// The hashes of the files that lines name.
    files: HashSet<String>,
    /// Lines that are not written yet.
    waiting: String,
}

impl PlanFile {
    /// Begins the plan: where it cannot be made is known before anything is asked.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) fn begin(path: &Path) -> Result<Arc<Self>> {
        let owned = path.to_owned();
        let file = look(move || WholeFile::create(&owned))
            .unwrap_or_else(|error| Err(file_error("writing the plan", path, &error)))?;
        let state = State {
            file: Some(file),
            header: None,
            counts: Counts::default(),
            files: HashSet::new(),
            waiting: String::new(),
        };
        Ok(Arc::new(Self(Mutex::new(state))))
    }

    /// Says whose plan it is, before its first line comes: of the tenant and the app that are signed in, as far as they are
    /// known, and made now by the function `planned_by`.
    ///
    /// # Errors
    ///
    /// `TenantMismatch` without a tenant.
    pub(super) fn set_header(
        &self,
        tenant: Option<&str>,
        app: Option<&str>,
        planned_by: &str,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = tenant.ok_or_else(|| {
            let detail = "the token does not tell of which tenant it is, and a plan says that";
            Error::new(Status::TenantMismatch, detail).action("making a plan")
        })?;
        let header = PlanHeader::new(tenant, app, planned_by, now);
        let mut state = self.0.lock();
        if state.header.is_none() {
            state.waiting = room_for(&header);
            state.header = Some(header);
        }
        Ok(())
    }

    /// Takes a line. It is in memory until [`PlanFile::write`].
    pub(super) fn add(&self, line: &PlanLine) {
        self.add_all(std::slice::from_ref(line));
    }

    /// Takes lines that stand together.
    pub(super) fn add_all(&self, lines: &[PlanLine]) {
        let mut state = self.0.lock();
        for line in lines {
            state.counts.add(line.change);
            if let Some(file) = &line.request.body_file
                && !state.files.contains(&file.sha256)
            {
                state.files.insert(file.sha256.clone());
            }
            state.waiting.push_str(&line.to_text());
            state.waiting.push('\n');
        }
    }

    /// Writes the lines that came. Blocks.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) fn write(&self) -> Result<()> {
        let state = &mut *self.0.lock();
        let waiting = std::mem::take(&mut state.waiting);
        match &mut state.file {
            Some(file) => file.write(waiting.as_bytes()),
            None => Err(Error::internal("the plan is complete")),
        }
    }

    /// Whether a line names a file of this hash.
    pub(super) fn names(&self, sha256: &str) -> bool {
        self.0.lock().files.contains(sha256)
    }

    /// Puts the plan in its place. Blocks.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) fn finish(&self) -> Result<()> {
        self.write()?;
        let state = &mut *self.0.lock();
        let (Some(mut file), Some(header)) = (state.file.take(), state.header.take()) else { return Ok(()) };
        let room = room_for(&header).len();
        let counted = PlanHeader { counts: Some(state.counts), ..header }.to_text();
        // As long as what stands there.
        file.write_at_start(format!("{counted:<width$}\n", width = room - 1).as_bytes())?;
        file.finish()
    }
}

/// A first line with room for its counts.
fn room_for(header: &PlanHeader) -> String {
    format!("{}{:ROOM$}\n", header.to_text(), "")
}

/// Has the lines that came written, where there is a plan: what a run does before it gives out the rows that they are of.
pub(super) fn conclude(plan: Option<&Arc<PlanFile>>) -> Option<BoxFuture<'static, Result<()>>> {
    let plan = Arc::clone(plan?);
    Some(Box::pin(blocking(move || plan.write())))
}

/// Puts a plan in its place once its run has ended well.
///
/// # Errors
///
/// `File`.
pub(super) async fn end(plan: Option<&Arc<PlanFile>>, ended: &Result<()>) -> Result<()> {
    match plan {
        Some(plan) if ended.is_ok() => {
            let plan = Arc::clone(plan);
            blocking(move || plan.finish()).await
        }
        _ => Ok(()),
    }
}

/// Has a plan written by a thread that may wait for a disk.
async fn blocking(work: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
    let written = tokio::task::spawn_blocking(work).await;
    written.unwrap_or_else(|_| Err(Error::internal("writing the plan panicked")))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::plan::{ChangeKind, PlannedRequest, Precondition, facts};

    #[test]
    fn a_plan_appears_when_it_is_complete_with_its_counts_in_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.jsonl");
        let plan = PlanFile::begin(&path).unwrap();
        plan.set_header(Some("1c3a18bf"), Some("app"), "a test", Timestamp::UNIX_EPOCH).unwrap();
        let line = PlanLine {
            mailbox: "kim@contoso.com".to_owned(),
            mailbox_id: None,
            facet: "messages".to_owned(),
            key: "AAMk".to_owned(),
            change: ChangeKind::Remove,
            from: json!({"subject": "x"}),
            to: json!(null),
            within: Vec::new(),
            request: PlannedRequest::new(&Method::DELETE, "messages/AAMk", None),
            then: None,
            precondition: Precondition { path: "messages/AAMk".to_owned(), ..Precondition::default() },
            inverse: None,
            sum: None,
        };
        (0..3).for_each(|_| plan.add(&line));
        plan.write().unwrap();
        assert!(!path.exists());
        plan.add(&line);
        plan.finish().unwrap();
        let text = std::fs::read(&path).unwrap();
        let found = facts(&*text, |_| true, || Ok(())).unwrap();
        assert_eq!((found.lines, found.counts.remove), (4, 4));
        assert_eq!(found.header.counts, Some(found.counts));
        assert_eq!(found.header.made.as_deref(), Some("1970-01-01T00:00:00Z"));
    }
}
