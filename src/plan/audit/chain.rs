//! Lines that are chained, written and read.

use serde_json::{Map, Value};

use crate::hex;
use crate::strict_json;

/// The hash before the first line.
const NONE: [u8; 32] = [0; 32];

const NUMBER: &str = "n";
const PREVIOUS: &str = "previous";
const HASH: &str = ",\"hash\":\"";

/// Where a chain has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    next: u64,
    last: [u8; 32],
}

impl Default for Chain {
    fn default() -> Self {
        Self { next: 0, last: NONE }
    }
}

/// A line as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadLine {
    /// Which of the chain it says that it is.
    pub number: u64,
    /// The hash of the one before it, as it says.
    pub previous: String,
    /// Its own, found out.
    pub hash: [u8; 32],
    /// All its members.
    pub members: Map<String, Value>,
}

impl Chain {
    /// The next line, with its end.
    #[must_use]
    pub fn line(&mut self, members: Map<String, Value>) -> String {
        let mut whole = Map::new();
        whole.insert(NUMBER.to_owned(), self.next.into());
        whole.extend(members);
        whole.insert(PREVIOUS.to_owned(), hex::lower(&self.last).into());
        let mut text = Value::Object(whole).to_string();
        // The brace that ends it comes after the hash.
        text.pop();
        self.last = openssl::sha::sha256(text.as_bytes());
        self.next += 1;
        format!("{text}{HASH}{}\"}}\n", hex::lower(&self.last))
    }

    /// Goes on after a line, where it is the one that follows.
    #[must_use]
    pub fn follows(&mut self, line: &ReadLine) -> bool {
        let follows = line.number == self.next && line.previous == hex::lower(&self.last);
        if follows {
            self.last = line.hash;
            self.next += 1;
        }
        follows
    }

    /// The number of the line that comes next.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The hash of the last line.
    #[must_use]
    pub fn head(&self) -> String {
        hex::lower(&self.last)
    }
}

/// Reads a line, without its end. `None`: its own hash is of another text.
#[must_use]
pub fn read_line(text: &str) -> Option<ReadLine> {
    let (hashed, rest) = text.rsplit_once(HASH)?;
    let own = rest.strip_suffix("\"}")?;
    let hash = openssl::sha::sha256(hashed.as_bytes());
    if own != hex::lower(&hash) {
        return None;
    }
    let Ok(Value::Object(members)) = strict_json::read(text) else { return None };
    let number = members.get(NUMBER)?.as_u64()?;
    let previous = members.get(PREVIOUS)?.as_str()?.to_owned();
    Some(ReadLine { number, previous, hash, members })
}
