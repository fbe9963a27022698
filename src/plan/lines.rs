//! The lines of a file with their numbers, whatever an editor has put around them.

use std::io::{BufRead, Read as _};

use crate::error::{Error, Result, Status};
use crate::files::describe;

/// The longest line, in bytes without its end: as of any input.
const LONGEST: usize = crate::runner::LONGEST_LINE;

/// The lines of a file that say something, each with its number from 1 and where it begins.
#[derive(Debug)]
pub struct PlanLines<R> {
    reader: R,
    number: u64,
    at: u64,
    line: Vec<u8>,
}

impl<R: BufRead> PlanLines<R> {
    /// Those of a reader at its beginning.
    pub fn new(reader: R) -> Self {
        Self { reader, number: 0, at: 0, line: Vec::new() }
    }

    /// Goes on at a place that this gave before.
    pub fn at(reader: R, at: u64, number: u64) -> Self {
        Self { reader, number: number - 1, at, line: Vec::new() }
    }

    /// The next line: its number, where it begins, and its text without its end and without a byte order mark.
    ///
    /// # Errors
    ///
    /// `File` for what cannot be read; `InvalidArgument` for a line that is too long or is not UTF-8.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from it")]
    pub fn next(&mut self) -> Result<Option<(u64, u64, &str)>> {
        loop {
            let (start, most) = (self.at, LONGEST + "\r\n".len());
            self.line.clear();
            let read = self
                .reader
                .by_ref()
                .take(most as u64)
                .read_until(b'\n', &mut self.line)
                .map_err(|error| Error::new(Status::File, describe(&error)))?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.at += read as u64;
            if read == most && self.line.last() != Some(&b'\n') {
                return Err(Error::argument(format!("line {} is longer than {LONGEST} bytes", self.number)));
            }
            if text_of(&self.line).is_empty() {
                continue;
            }
            let text = std::str::from_utf8(text_of(&self.line))
                .map_err(|_| Error::argument(format!("line {} is not UTF-8", self.number)))?;
            return Ok(Some((self.number, start, text)));
        }
    }
}

fn text_of(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii()
}
