//! The audit of a plan that is done: a line for each change, chained.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::super::line_file::{LineFile, LineIndex, Opened, Words};
use super::outcome::PlanOutcome;
use crate::error::{Error, Result, Status};
use crate::plan::audit::{CLOSED_MEMBER, Chain, FORMAT, FORMAT_MEMBER, LINE_MEMBER, OUTCOME_MEMBER, read_line};
use crate::store::Store;

const WORDS: Words = Words {
    kind: "audit file",
    beginnings: &[r#"{"n":"#],
    holds: "what an earlier run has done",
    lost: "name the audit file that the run began with, wherever it is now (a merged journal knows several, which cannot \
           be gone on with together); where it is lost, begin a new run with another journal",
};

/// More lines than any plan has: a number beyond is of no line.
const MOST_LINES: usize = 1 << 30;

/// An audit file.
#[derive(Debug)]
pub(super) struct AuditFile {
    file: LineFile<Written>,
    /// The hash of the plan that is done.
    plan: OnceLock<String>,
}

/// What is written so far.
struct Written {
    chain: Chain,
    /// What earlier processes wrote of the plan's lines, by their numbers: a byte each, for there may be millions.
    earlier: Vec<Option<PlanOutcome>>,
    /// All that earlier processes wrote is read.
    is_read: bool,
    /// How many lines there are of each outcome: a line that was tried again has several.
    counts: BTreeMap<&'static str, u64>,
    /// The hash of the plan, by the first line.
    plan: Option<String>,
    /// Whether the last line is one that ends a run.
    is_closed: bool,
    /// Whether this run has written a line of its own.
    has_gone_on: bool,
}

impl LineIndex for Written {
    fn new() -> Result<Self> {
        Ok(Self {
            chain: Chain::default(),
            earlier: Vec::new(),
            is_read: false,
            counts: BTreeMap::new(),
            plan: None,
            is_closed: false,
            has_gone_on: false,
        })
    }

    /// Refuses to go on with a file that was tampered with: its chain would hide that.
    fn add(&mut self, _: u64, line: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(line).map_err(|_| Error::argument("it is not UTF-8"))?;
        let read = read_line(text).filter(|line| self.chain.follows(line));
        let members = read.ok_or_else(|| Error::argument("it breaks the chain"))?.members;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if self.plan.is_none() {
            self.plan = text("plan").map(str::to_owned);
        }
        self.is_closed = members.contains_key(CLOSED_MEMBER);
        let outcome = text(OUTCOME_MEMBER).and_then(PlanOutcome::of_name);
        if let (Some(outcome), Some(line)) = (outcome, members.get(LINE_MEMBER).and_then(Value::as_u64)) {
            *self.counts.entry(outcome.name()).or_default() += 1;
            if !self.is_read {
                self.note_earlier(line, outcome)?;
            }
        }
        Ok(())
    }

    fn complete(&mut self) -> Result<()> {
        self.is_read = true;
        Ok(())
    }
}

impl Written {
    fn note_earlier(&mut self, line: u64, outcome: PlanOutcome) -> Result<()> {
        let at = usize::try_from(line).ok().filter(|at| *at <= MOST_LINES);
        let at = at.ok_or_else(|| Error::argument("it is of a line that no plan has"))?;
        if self.earlier.len() <= at {
            self.earlier.resize(at + 1, None);
        }
        self.earlier[at] = Some(outcome);
        Ok(())
    }

    fn earlier(&self, line: u64) -> Option<PlanOutcome> {
        usize::try_from(line).ok().and_then(|at| self.earlier.get(at).copied().flatten())
    }
}

/// What became of a line of the plan.
#[derive(Clone, Debug)]
pub(super) struct AuditItem {
    pub(super) line: u64,
    pub(super) outcome: PlanOutcome,
    /// Its further members.
    pub(super) members: Map<String, Value>,
}

/// When and by whom a run is done.
#[derive(Clone, Debug)]
pub(super) struct AuditHeader {
    pub(super) tenant: Option<String>,
    pub(super) app: Option<String>,
    /// The file of the plan.
    pub(super) file: String,
    pub(super) time: String,
}

impl AuditFile {
    /// # Errors
    ///
    /// As [`LineFile::open`].
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        LineFile::open(path, WORDS, resumes).map(|file| Self { file, plan: OnceLock::new() })
    }

    /// Makes sure that this is the audit of the run whose journal is open, and of the same plan. Gives how many bytes of
    /// a line were taken away that a killed process had begun.
    ///
    /// # Errors
    ///
    /// As [`LineFile::attach`]; `JournalMismatch` for that of another plan; `File` for one that was tampered with.
    pub(super) async fn attach(&self, store: &Store, plan: &str) -> Result<u64> {
        let _ = self.plan.set(plan.to_owned());
        self.file.attach(store).await?;
        if !self.file.is_begun() {
            return Ok(0);
        }
        let own = plan.to_owned();
        let looked = self.file.look_back(move |opened| {
            let is_same = opened.index.plan.as_ref().is_none_or(|plan| *plan == own);
            if is_same { Ok(opened.mended) } else { Err(other_plan()) }
        });
        Ok(looked.await?.unwrap_or_default())
    }

    /// What an earlier run says became of a line of the plan.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) async fn earlier(&self, line: u64) -> Result<Option<PlanOutcome>> {
        if !self.file.is_begun() {
            return Ok(None);
        }
        let looked = self.file.look_back(move |opened| Ok(opened.index.earlier(line)));
        Ok(looked.await?.flatten())
    }

    /// Adds what became of lines; it is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn add(&self, items: Vec<AuditItem>, header: AuditHeader) -> Result<()> {
        self.begin(&header).await?;
        let time = header.time;
        let add = move |opened: &mut Opened<Written>| {
            for item in items {
                // By a run that was killed before its journal knew.
                let is_there = opened.index.earlier(item.line) == Some(item.outcome);
                if is_there && item.outcome.is_settled() {
                    continue;
                }
                go_on(opened, &time)?;
                let mut members = Map::from_iter([
                    ("time".to_owned(), time.as_str().into()),
                    (LINE_MEMBER.to_owned(), item.line.into()),
                ]);
                members.extend(item.members);
                members.insert(OUTCOME_MEMBER.to_owned(), item.outcome.name().into());
                append(opened, members)?;
            }
            Ok(())
        };
        self.file.write(add).await
    }

    /// Ends the file: how the run ended, and how many lines there are of each outcome.
    ///
    /// # Errors
    ///
    /// As [`AuditFile::add`].
    pub(super) async fn close(&self, how: &'static str, header: AuditHeader) -> Result<()> {
        self.begin(&header).await?;
        let time = header.time;
        let close = move |opened: &mut Opened<Written>| {
            // A run that had nothing left to do says nothing new.
            if opened.index.is_closed {
                return Ok(());
            }
            go_on(opened, &time)?;
            let counts = json!(opened.index.counts);
            let members = Map::from_iter([
                ("time".to_owned(), time.as_str().into()),
                (CLOSED_MEMBER.to_owned(), how.into()),
                ("outcomes".to_owned(), counts),
            ]);
            append(opened, members)
        };
        self.file.write(close).await
    }

    async fn begin(&self, header: &AuditHeader) -> Result<()> {
        let first = || {
            let members = json!({
                FORMAT_MEMBER: FORMAT,
                "time": header.time,
                "tenant": header.tenant,
                "app": header.app,
                "plan": self.plan.get(),
                "file": header.file,
                "version": env!("CARGO_PKG_VERSION"),
            });
            Chain::default().line(members.as_object().cloned().unwrap_or_default())
        };
        self.file.begin(first).await
    }
}

/// Says in a file of an earlier run that another goes on with it, and what was mended.
fn go_on(opened: &mut Opened<Written>, time: &str) -> Result<()> {
    if std::mem::replace(&mut opened.index.has_gone_on, true) || opened.own_lines == 0 {
        return Ok(());
    }
    let mut members = Map::from_iter([("time".to_owned(), time.into()), ("resumed".to_owned(), true.into())]);
    if opened.mended > 0 {
        members.insert("mendedBytes".to_owned(), opened.mended.into());
    }
    append(opened, members)
}

/// The file keeps the chain: the line is made after what it holds, and moves it on by being added.
fn append(opened: &mut Opened<Written>, members: Map<String, Value>) -> Result<()> {
    let line = opened.index.chain.clone().line(members);
    opened.append(&line)
}

fn other_plan() -> Error {
    Error::new(Status::JournalMismatch, "the audit file is of another plan")
        .hint("an audit is of one plan as it stood: name another audit file and another journal for this one")
}
