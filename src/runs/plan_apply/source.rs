//! A plan's file: read as a whole before anything is sent, and then line by line.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use parking_lot::Mutex;

use crate::cancel::CancelToken;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::files::{describe, open_to_read};
use crate::plan::{self, LinePlace, PlanDigest, PlanFacts, PlanLine, PlanLines, PlanOrder};
use crate::runner::{Listed, Lister, Page, Shard};

/// Lines that are read together.
const PAGE: usize = 256;

/// What is read in a piece where lines are looked up one by one.
const PIECE: usize = 4096;

/// A plan's file and what is known of it.
#[derive(Debug)]
pub(super) struct PlanSource {
    path: PathBuf,
    shard: Option<Shard>,
    file: Mutex<Option<File>>,
    facts: OnceLock<PlanFacts>,
}

/// What bounds a plan that may be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most lines.
    pub(super) maximum: Option<u64>,
    /// Nothing is done.
    pub(super) dry_run: bool,
}

impl PlanSource {
    pub(super) fn new(path: PathBuf, shard: Option<Shard>) -> Self {
        Self { path, shard, file: Mutex::new(None), facts: OnceLock::new() }
    }

    /// Opens the plan and reads all of it: each line can be done, and there are no more than may be. Blocks.
    ///
    /// # Errors
    ///
    /// `File`; `InvalidArgument` that names the line, or says how many lines there are of each change.
    pub(super) fn open(&self, bounds: Bounds, cancel: &CancelToken) -> Result<()> {
        let file = open_to_read(&self.path).map_err(|error| self.about(Error::new(Status::File, describe(&error))))?;
        let counted = |line: &PlanLine| {
            let name = line.whose().map(|mailbox| mailbox.name().to_owned()).unwrap_or_default();
            self.shard.is_none_or(|shard| shard.holds(&name))
        };
        let may_go_on = || if cancel.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) };
        let facts = plan::facts(BufReader::new(&file), counted, may_go_on).map_err(|error| self.about(error))?;
        check_bounds(&facts, bounds).map_err(|error| self.about(error))?;
        let _ = self.facts.set(facts);
        *self.file.lock() = Some(file);
        Ok(())
    }

    /// What the plan holds.
    ///
    /// # Errors
    ///
    /// `Internal` before it was opened.
    pub(super) fn facts(&self) -> Result<&PlanFacts> {
        self.facts.get().ok_or_else(|| Error::internal("the plan was not read"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn about(&self, error: Error) -> Error {
        error.action("reading the plan").target(self.path.display().to_string())
    }

    fn changed(&self) -> Error {
        self.about(Error::new(Status::File, "it was changed while it was read, and nothing was sent"))
    }
}

fn check_bounds(facts: &PlanFacts, bounds: Bounds) -> Result<()> {
    let counts = facts.counts;
    match bounds.maximum {
        _ if bounds.dry_run => Ok(()),
        None if counts.remove > 0 => Err(Error::argument(format!(
            "maximum: is needed, for the plan takes things away ({counts}), and nothing was sent"
        ))
        .hint("look at the plan, and say how many lines may be done with maximum (-Maximum)")),
        Some(maximum) if counts.sum() > maximum => Err(Error::argument(format!(
            "maximum: the plan has more than {maximum} lines ({counts}), and nothing was sent"
        ))
        .hint("look at the plan, and allow more with maximum (-Maximum), or take lines out of it")),
        _ => Ok(()),
    }
}

/// Gives a plan's lines to the run, each with its number before it.
pub(super) struct PlanLister {
    source: Arc<PlanSource>,
    state: Option<State>,
}

enum State {
    /// From the first line on; the digest is of what was read.
    Onward(PlanLines<BufReader<File>>, PlanDigest),
    /// From the last line back.
    Back(File, Vec<LinePlace>),
}

impl PlanLister {
    pub(super) fn new(source: Arc<PlanSource>) -> Self {
        Self { source, state: None }
    }
}

impl Lister for PlanLister {
    fn next_page<'a>(&'a mut self, _: &'a Context) -> BoxFuture<'a, Result<Page>> {
        Box::pin(async move {
            let (source, state) = (Arc::clone(&self.source), self.state.take());
            let read = tokio::task::spawn_blocking(move || {
                let state = state.map_or_else(|| begin(&source), Ok)?;
                next_page(&source, state).map_err(|error| source.about(error))
            });
            let (page, state) = read.await.unwrap_or_else(|_| Err(Error::internal("reading the plan panicked")))?;
            self.state = Some(state);
            Ok(page)
        })
    }
}

fn begin(source: &PlanSource) -> Result<State> {
    let facts = source.facts()?;
    // The same file, whatever its name leads to by now.
    let mut file = source.file.lock().take().ok_or_else(|| Error::internal("the plan was not opened"))?;
    if facts.header.order == PlanOrder::LastFirst {
        return Ok(State::Back(file, facts.places.clone()));
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| Error::new(Status::File, describe(&error)))?;
    let mut lines = PlanLines::new(BufReader::new(file));
    let mut digest = PlanDigest::default();
    if let Some((_, _, first)) = lines.next()? {
        digest.add(first);
    }
    Ok(State::Onward(lines, digest))
}

fn next_page(source: &PlanSource, state: State) -> Result<(Page, State)> {
    let mut page = Page::default();
    let listed = |number: u64, text: &str| Listed { id: number.to_string(), line: format!("{number} {text}") };
    match state {
        State::Onward(mut lines, mut digest) => {
            while page.listed.len() < PAGE {
                let Some((number, _, text)) = lines.next()? else {
                    page.last = true;
                    if digest.finish() != source.facts()?.hash {
                        return Err(source.changed());
                    }
                    digest = PlanDigest::default();
                    break;
                };
                digest.add(text);
                page.listed.push(listed(number, text));
            }
            Ok((page, State::Onward(lines, digest)))
        }
        State::Back(file, mut places) => {
            while page.listed.len() < PAGE {
                let Some(LinePlace { at, number, hash }) = places.pop() else { break };
                let seek = (&file).seek(SeekFrom::Start(at));
                seek.map_err(|error| Error::new(Status::File, describe(&error)))?;
                let mut lines = PlanLines::at(BufReader::with_capacity(PIECE, &file), at, number);
                match lines.next()? {
                    Some((_, _, text)) if openssl::sha::sha256(text.as_bytes()) == hash => {
                        page.listed.push(listed(number, text));
                    }
                    _ => return Err(source.changed()),
                }
            }
            page.last = places.is_empty();
            Ok((page, State::Back(file, places)))
        }
    }
}
