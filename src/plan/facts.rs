//! What a plan holds, found out before anything of it is done.

use std::io::BufRead;

use openssl::sha::Sha256;

use super::counts::Counts;
use super::header::{PlanHeader, PlanOrder};
use super::line::PlanLine;
use super::lines::PlanLines;
use crate::error::{Error, Result};
use crate::hex;
use crate::strict_json;

/// What a plan holds.
#[derive(Clone, Debug)]
pub struct PlanFacts {
    /// Its first line.
    pub header: PlanHeader,
    /// The lines that are counted.
    pub counts: Counts,
    /// All its lines.
    pub lines: u64,
    /// The SHA-256 of its lines' texts.
    pub hash: String,
    /// Its lines; only of a plan that is done from its end.
    pub places: Vec<LinePlace>,
}

/// Where a line is, and by what it is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinePlace {
    /// Where it begins.
    pub at: u64,
    /// Its number.
    pub number: u64,
    /// The hash of its text.
    pub hash: [u8; 32],
}

/// Reads a whole plan: whether each line can be done is known before the first is. `counts` says which lines are
/// counted, and `may_go_on` ends the reading of a file that may be large.
///
/// # Errors
///
/// `InvalidArgument` that names the line.
pub fn facts(
    reader: impl BufRead,
    counted: impl Fn(&PlanLine) -> bool,
    may_go_on: impl Fn() -> Result<()>,
) -> Result<PlanFacts> {
    let mut lines = PlanLines::new(reader);
    let mut digest = PlanDigest::default();
    let Some((number, _, first)) = lines.next()? else {
        return Err(Error::argument("the plan is empty: it has not even its first line"));
    };
    digest.add(first);
    let header = strict_json::read(first).and_then(|line| PlanHeader::read(&line));
    let header = header.map_err(|error| of_line(number, &error))?;
    let mut facts = PlanFacts { header, counts: Counts::default(), lines: 0, hash: String::new(), places: Vec::new() };
    while let Some((number, place, text)) = lines.next()? {
        may_go_on()?;
        digest.add(text);
        let line = PlanLine::read(text).map_err(|error| of_line(number, &error))?;
        facts.lines += 1;
        if counted(&line) {
            facts.counts.add(line.change);
        }
        if facts.header.order == PlanOrder::LastFirst {
            facts.places.push(LinePlace { at: place, number, hash: openssl::sha::sha256(text.as_bytes()) });
        }
    }
    facts.hash = digest.finish();
    Ok(facts)
}

fn of_line(number: u64, error: &Error) -> Error {
    Error::new(error.status(), format!("line {number}: {error}"))
}

/// The hash of a plan: of the texts of its lines, whatever stands between them.
#[derive(Default)]
#[expect(missing_debug_implementations, reason = "a hash under way shows nothing")]
pub struct PlanDigest(Sha256);

impl PlanDigest {
    /// Takes a line.
    pub fn add(&mut self, text: &str) {
        self.0.update(text.as_bytes());
        self.0.update(b"\n");
    }

    /// The hash.
    #[must_use]
    pub fn finish(self) -> String {
        hex::lower(&self.0.finish())
    }
}
