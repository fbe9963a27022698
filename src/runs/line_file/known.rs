//! What the journal of a run knows of a file of lines beside it.

use std::str;

use super::words::{LineHash, Words};
use crate::error::{Error, Result, Status};
use crate::hex;
use crate::store::Attachment;

/// They stand in files.
const NAMED: &str = "named";
const EXPECTED: &str = "expected";
const BEGUN: &str = "begun";

/// Such a file as a journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownFile {
    /// Where it was when the run began. It may have been moved since.
    pub(super) path: String,
    pub(super) state: State,
}

/// How far the file has come. It is known by the hash of its first line, wherever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was written to it.
    Named,
    /// The first line is about to be written: until it has been, nothing was sent, and the file may be missing.
    Expected(LineHash),
    /// It has its first line.
    Begun(LineHash),
}

impl State {
    pub(super) fn first_line(self) -> Option<LineHash> {
        match self {
            State::Named => None,
            State::Expected(line) | State::Begun(line) => Some(line),
        }
    }
}

impl KnownFile {
    pub(super) fn attachment(&self, words: &Words) -> Attachment {
        let value = match self.state {
            State::Named => NAMED.to_owned(),
            State::Expected(line) => format!("{EXPECTED} {}", hex::lower(&line)),
            State::Begun(line) => format!("{BEGUN} {}", hex::lower(&line)),
        };
        Attachment { kind: words.kind.to_owned(), key: self.path.clone(), value: value.into_bytes() }
    }

    /// # Errors
    ///
    /// `Journal` for what no version wrote.
    pub(super) fn read(attachment: Attachment, words: &Words) -> Result<Self> {
        let state = str::from_utf8(&attachment.value).ok().and_then(state_of);
        let state = state.ok_or_else(|| {
            let kind = words.kind;
            Error::new(
                Status::Journal,
                format!("the journal is damaged: what it says of the {kind} is nothing that ExRun writes"),
            )
            .hint("start with another journal, or with a copy of this one")
            .action(format!("reading what the journal knows of the {kind}"))
            .target(attachment.key.clone())
        })?;
        Ok(Self { path: attachment.key, state })
    }
}

fn state_of(value: &str) -> Option<State> {
    if value == NAMED {
        return Some(State::Named);
    }
    let (word, line) = value.split_once(' ')?;
    let line = bytes_of(line)?;
    match word {
        EXPECTED => Some(State::Expected(line)),
        BEGUN => Some(State::Begun(line)),
        _ => None,
    }
}

fn bytes_of(hex: &str) -> Option<LineHash> {
    let mut line = LineHash::default();
    if hex.len() != 2 * line.len() || !hex.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in line.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let words = &Words { kind: "undo file", beginnings: &[], holds: "", lost: "" };
        let line = std::array::from_fn(|at| u8::try_from(at * 8).unwrap());
        for state in [State::Named, State::Expected(line), State::Begun(line)] {
            let file = KnownFile { path: "undo.jsonl".to_owned(), state };
            assert_eq!(KnownFile::read(file.attachment(words), words).unwrap(), file);
        }
        let begun = KnownFile { path: "p".to_owned(), state: State::Begun(line) }.attachment(words);
        let begun = String::from_utf8(begun.value).unwrap();
        for other in
            ["", "begun", "begun 00", "Named", &begun[1..], &begun[..begun.len() - 1], &begun.replace("00", "+0")]
        {
            let value = other.as_bytes().to_vec();
            let attachment = Attachment { kind: words.kind.into(), key: "p".into(), value };
            let error = KnownFile::read(attachment, words).unwrap_err();
            assert_eq!(error.status(), Status::Journal, "{other}: {error}");
        }
    }
}
