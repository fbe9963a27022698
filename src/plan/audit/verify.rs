//! Finding out whether an audit is as it was written.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde_json::{Map, Value, json};

use super::super::lines::PlanLines;
use super::chain::{Chain, ReadLine, read_line};
use super::fault::{AuditFault, FaultKind};
use super::members::{CLOSED_MEMBER, FORMAT, FORMAT_MEMBER, OUTCOME_MEMBER};
use crate::error::{Result, Status};

/// What an audit says, and whether it can be believed.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The first thing that is wrong.
    pub fault: Option<AuditFault>,
    /// The members of its first line.
    pub header: Map<String, Value>,
    /// All its lines that were read.
    pub lines: u64,
    /// How many changes there are of each outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// How the last run ended, where the file says so.
    pub closed: Option<String>,
    /// The hash of the last line that is as it should be.
    pub head: String,
}

impl Verified {
    /// As the C ABI gives it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let of_header = |name: &str| self.header.get(name).cloned().unwrap_or_default();
        let fault = self.fault.as_ref();
        json!({
            "isWhole": fault.is_none(),
            "fault": fault.map(|fault| fault.kind.name()),
            "line": fault.map(|fault| fault.line),
            "message": fault.map(|fault| fault.message.clone()),
            "tenant": of_header("tenant"),
            "app": of_header("app"),
            "plan": of_header("plan"),
            "made": of_header("time"),
            "closed": self.closed,
            "lines": self.lines,
            "items": self.items(),
            "outcomes": self.outcomes,
            "head": self.head,
        })
    }

    /// How many changes it is of.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.outcomes.values().sum()
    }
}

/// Reads an audit to its end, or to the first thing that is wrong with it. `head` is the last hash, where it was kept
/// elsewhere: the only proof against a file that was written anew as a whole.
///
/// # Errors
///
/// `File`; what `may_go_on` says.
pub fn verify(reader: impl BufRead, head: Option<&str>, may_go_on: impl Fn() -> Result<()>) -> Result<Verified> {
    let mut lines = PlanLines::new(reader);
    let mut verified = Verified::default();
    let mut chain = Chain::default();
    let mut hashes: Vec<[u8; 32]> = Vec::new();
    let mut number = 0;
    loop {
        may_go_on()?;
        let text = match lines.next() {
            Ok(Some((at, _, text))) => {
                number = at;
                text
            }
            Ok(None) => break,
            // No text that this writes.
            Err(error) if error.status() == Status::InvalidArgument => {
                let fault = AuditFault::new(FaultKind::Changed, number + 1, error.to_string());
                return Ok(failed(verified, &chain, fault));
            }
            Err(error) => return Err(error),
        };
        let Some(line) = read_line(text) else {
            let fault = if verified.lines == 0 { not_an_audit() } else { unreadable(number, text) };
            return Ok(failed(verified, &chain, fault));
        };
        if verified.lines == 0 && !begins_audit(&line) {
            return Ok(failed(verified, &chain, not_an_audit()));
        }
        let expected = chain.next();
        if !chain.follows(&line) {
            let fault = out_of_place(&line, (number, expected), &hashes, || {
                while let Some((_, _, text)) = lines.next()? {
                    may_go_on()?;
                    if read_line(text).is_some_and(|later| later.number == expected) {
                        return Ok(true);
                    }
                }
                Ok(false)
            })?;
            return Ok(failed(verified, &chain, fault));
        }
        hashes.push(line.hash);
        verified.lines += 1;
        if let Some(fault) = verified.take(line, number) {
            return Ok(failed(verified, &chain, fault));
        }
    }
    let fault = if verified.lines == 0 {
        Some(not_an_audit())
    } else if verified.closed.is_none() {
        Some(AuditFault::new(
            FaultKind::CutOff,
            number,
            "the last line is not one that ends a run: the run has not ended, or lines were cut off",
        ))
    } else {
        head.filter(|head| !head.trim().eq_ignore_ascii_case(&chain.head())).map(|_| {
            AuditFault::new(
                FaultKind::OtherHead,
                number,
                "the last hash is not the one that was kept: lines were cut off or added, or the file written anew",
            )
        })
    };
    verified.head = chain.head();
    verified.fault = fault;
    Ok(verified)
}

impl Verified {
    /// Takes what a line says that is in its place.
    fn take(&mut self, line: ReadLine, number: u64) -> Option<AuditFault> {
        self.closed = None;
        let text = |name: &str| line.members.get(name).and_then(Value::as_str).map(str::to_owned);
        if number == 1 || self.header.is_empty() {
            self.header = line.members;
            return None;
        }
        if let Some(outcome) = text(OUTCOME_MEMBER) {
            *self.outcomes.entry(outcome).or_default() += 1;
        } else if let Some(closed) = text(CLOSED_MEMBER) {
            self.closed = Some(closed);
            let said = line.members.get("outcomes").cloned().unwrap_or_default();
            if said != json!(self.outcomes) {
                let message = "its counts are not those of the lines before it";
                return Some(AuditFault::new(FaultKind::Changed, number, message));
            }
        }
        None
    }
}

fn failed(mut verified: Verified, chain: &Chain, fault: AuditFault) -> Verified {
    verified.head = chain.head();
    verified.fault = Some(fault);
    verified
}

fn begins_audit(line: &ReadLine) -> bool {
    line.members.get(FORMAT_MEMBER).and_then(Value::as_u64) == Some(FORMAT.into())
}

fn not_an_audit() -> AuditFault {
    AuditFault::new(FaultKind::NotAnAudit, 1, "it does not begin with the first line of an audit, as that was written")
}

/// A line whose own hash is not of its text: one that breaks off was cut.
fn unreadable(number: u64, text: &str) -> AuditFault {
    if text.ends_with('}') {
        AuditFault::new(FaultKind::Changed, number, "it is not as it was written: its hash is of another text")
    } else {
        AuditFault::new(FaultKind::CutOff, number, "it breaks off: the rest of it was cut off, or never written")
    }
}

/// Why a line that is whole is not the one that follows; `comes_later` looks for the one that would.
fn out_of_place(
    line: &ReadLine,
    (number, expected): (u64, u64),
    hashes: &[[u8; 32]],
    comes_later: impl FnOnce() -> Result<bool>,
) -> Result<AuditFault> {
    let earlier = usize::try_from(line.number).ok().and_then(|at| hashes.get(at));
    Ok(match earlier {
        Some(earlier) if *earlier == line.hash => {
            AuditFault::new(FaultKind::Duplicated, number, "it is a line again that stands before it")
        }
        Some(_) => AuditFault::new(FaultKind::Changed, number, "another line of its number stands before it"),
        None if line.number == expected => AuditFault::new(
            FaultKind::Changed,
            number.saturating_sub(1).max(1),
            "it is not the line that the next one was written after",
        ),
        None if comes_later()? => AuditFault::new(
            FaultKind::Reordered,
            number,
            format!("it stands before line number {expected} of the chain, which comes later"),
        ),
        None => AuditFault::new(
            FaultKind::Removed,
            number,
            format!("before it {} lines are missing", line.number.saturating_sub(expected)),
        ),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn audit(items: u64) -> Vec<String> {
        let mut chain = Chain::default();
        let mut lines = vec![chain.line(members(&json!({FORMAT_MEMBER: FORMAT, "tenant": "t", "plan": "p"})))];
        for item in 0..items {
            lines.push(chain.line(members(&json!({"line": item, "key": "a,\"hash\":\"b", OUTCOME_MEMBER: "Done"}))));
        }
        let outcomes = if items > 0 { json!({"Done": items}) } else { json!({}) };
        lines.push(chain.line(members(&json!({CLOSED_MEMBER: "Completed", "outcomes": outcomes}))));
        lines
    }

    fn found(lines: &[String]) -> Verified {
        verify(lines.concat().as_bytes(), None, || Ok(())).unwrap()
    }

    fn kind(lines: &[String]) -> Option<(FaultKind, u64)> {
        found(lines).fault.map(|fault| (fault.kind, fault.line))
    }

    #[test]
    fn an_audit_as_it_was_written_is_whole() {
        for items in [0, 1, 5] {
            let verified = found(&audit(items));
            assert_eq!(verified.fault, None);
            assert_eq!((verified.items(), verified.lines), (items, items + 2));
            assert_eq!(verified.closed.as_deref(), Some("Completed"));
        }
        // As an editor of Windows leaves it.
        let text = format!("\u{feff}{}", audit(2).concat().replace('\n', "\r\n"));
        assert_eq!(verify(text.as_bytes(), None, || Ok(())).unwrap().fault, None);
    }

    #[test]
    fn each_kind_of_tampering_is_found_at_its_line() {
        let whole = audit(6);
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = whole.clone();
            change(&mut lines);
            kind(&lines)
        };
        assert_eq!(with(&|lines| lines[3] = lines[3].replace("Done", "Done ")), Some((FaultKind::Changed, 4)));
        assert_eq!(with(&|lines| drop(lines.remove(3))), Some((FaultKind::Removed, 4)));
        assert_eq!(with(&|lines| drop(lines.drain(2..5))), Some((FaultKind::Removed, 3)));
        assert_eq!(with(&|lines| lines.swap(3, 4)), Some((FaultKind::Reordered, 4)));
        assert_eq!(with(&|lines| lines.insert(4, lines[3].clone())), Some((FaultKind::Duplicated, 5)));
        assert_eq!(with(&|lines| lines.insert(7, lines[1].clone())), Some((FaultKind::Duplicated, 8)));
        assert_eq!(with(&|lines| drop(lines.pop())), Some((FaultKind::CutOff, 7)));
        assert_eq!(with(&|lines| lines.truncate(3)), Some((FaultKind::CutOff, 3)));
        assert_eq!(with(&|lines| lines[7].truncate(30)), Some((FaultKind::CutOff, 8)));
        assert_eq!(with(&|lines| drop(lines.remove(0))), Some((FaultKind::NotAnAudit, 1)));
        assert_eq!(with(&|lines| lines.clear()), Some((FaultKind::NotAnAudit, 1)));
        // One who knows the format writes a line with a hash of its own.
        let forged = with(&|lines| {
            let mut chain = Chain::default();
            assert!(lines[..3].iter().all(|line| chain.follows(&read_line(line.trim_end()).unwrap())));
            lines[3] = chain.line(members(&json!({"line": 2, OUTCOME_MEMBER: "Drifted"})));
        });
        assert_eq!(forged, Some((FaultKind::Changed, 4)));
    }

    #[test]
    fn only_a_head_that_was_kept_tells_of_a_file_that_was_written_anew() {
        let head = found(&audit(3)).head;
        let other = audit(2).concat();
        let check = |text: &str| verify(text.as_bytes(), Some(&head), || Ok(())).unwrap().fault.map(|fault| fault.kind);
        assert_eq!(check(&audit(3).concat()), None);
        assert_eq!(found(&audit(2)).fault, None);
        assert_eq!(check(&other), Some(FaultKind::OtherHead));
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_the_text_is_found(at in 0_usize..4000, byte in any::<u8>(), removes in any::<bool>()) {
            let text = audit(8).concat().into_bytes();
            let mut changed = text.clone();
            let at = at % text.len();
            if removes { changed.remove(at); } else { changed[at] = byte; }
            // Space around lines is nobody's.
            let bare = |text: &[u8]| -> Vec<Vec<u8>> {
                text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii().to_vec()).filter(|line| !line.is_empty()).collect()
            };
            prop_assume!(bare(&changed) != bare(&text));
            let verified = verify(&*changed, None, || Ok(())).unwrap();
            prop_assert!(verified.fault.is_some());
        }
    }
}
