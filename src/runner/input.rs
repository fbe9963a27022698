//! Input lines that wait to be started: bounded, so that a fast producer is held back.

use std::collections::VecDeque;

use crate::error::{Error, Result, Status};

const MOST_LINES: usize = 4096;
const MOST_BYTES: usize = 2 * LONGEST_LINE;
/// The longest line, in bytes without its end.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// Lines in their order.
#[derive(Debug, Default)]
pub(super) struct InputQueue {
    lines: VecDeque<Box<str>>,
    bytes: usize,
    pushed: u64,
    finished: bool,
}

impl InputQueue {
    /// Takes whole lines, as many as fit; gives how many bytes that was.
    pub(super) fn push(&mut self, input: &[u8]) -> Result<usize> {
        if self.finished {
            return Err(Error::new(Status::InputFinished, "the input of this run was finished before")
                .hint("start a new run for further mailboxes"));
        }
        let mut taken = 0;
        while self.has_room() {
            let rest = &input[taken..];
            let Some(end) = memchr::memchr(b'\n', rest) else {
                if rest.len() > LONGEST_LINE {
                    return too_long(taken);
                }
                break;
            };
            if end > LONGEST_LINE {
                return too_long(taken);
            }
            let line = &rest[..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // What is not UTF-8 cannot be a JSON text either: the replacement keeps the line in its place,
            // and it becomes an error row like any line that is not JSON.
            let line = String::from_utf8_lossy(line).into_owned().into_boxed_str();
            self.keep(line);
            taken += end + 1;
        }
        Ok(taken)
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    /// Takes lines from the front of `lines`, as many as fit.
    pub(super) fn fill(&mut self, lines: &mut Vec<String>) {
        let mut fitting = 0;
        while fitting < lines.len() && self.has_room() {
            let line = std::mem::take(&mut lines[fitting]).into_boxed_str();
            self.keep(line);
            fitting += 1;
        }
        lines.drain(..fitting);
    }

    fn has_room(&self) -> bool {
        self.lines.len() < MOST_LINES && self.bytes < MOST_BYTES
    }

    fn keep(&mut self, line: Box<str>) {
        self.bytes += line.len();
        self.pushed += 1;
        self.lines.push_back(line);
    }

    /// Takes all lines out again, as if they had not come: they come another way.
    pub(super) fn take_all(&mut self) -> Vec<String> {
        let lines: Vec<String> = self.lines.drain(..).map(String::from).collect();
        self.bytes = 0;
        self.pushed -= lines.len() as u64;
        lines
    }

    /// Counts lines that came another way.
    pub(super) fn count(&mut self, lines: usize) {
        self.pushed += lines as u64;
    }

    /// The oldest lines, at most `most`.
    pub(super) fn pop(&mut self, most: usize) -> Vec<Box<str>> {
        let lines: Vec<Box<str>> = self.lines.drain(..most.min(self.lines.len())).collect();
        self.bytes -= lines.iter().map(|line| line.len()).sum::<usize>();
        lines
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// No line waits and none will come.
    pub(super) fn is_exhausted(&self) -> bool {
        self.finished && self.lines.is_empty()
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    pub(super) fn pushed(&self) -> u64 {
        self.pushed
    }
}

/// Lines before the long one are kept; the next call meets the long one first.
fn too_long(taken: usize) -> Result<usize> {
    if taken > 0 {
        return Ok(taken);
    }
    Err(Error::argument(format!("an input line is longer than {LONGEST_LINE} bytes"))
        .hint("each line holds one mailbox and ends with a newline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_lines_only() {
        let mut queue = InputQueue::default();
        assert_eq!(queue.push(b"\"a\"\n\"b\"\r\n\"c").unwrap(), 9);
        assert_eq!(queue.pop(9), [Box::from("\"a\""), "\"b\"".into()]);
        assert!(queue.pop(9).is_empty());
        assert_eq!(queue.push(b"no newline").unwrap(), 0);
    }

    #[test]
    fn is_bounded_and_goes_on_after_room_was_made() {
        let mut queue = InputQueue::default();
        let lines = "\"x\"\n".repeat(MOST_LINES + 10);
        let taken = queue.push(lines.as_bytes()).unwrap();
        assert_eq!(taken, MOST_LINES * 4);
        assert_eq!(queue.push(&lines.as_bytes()[taken..]).unwrap(), 0);
        assert_eq!(queue.pop(1).len(), 1);
        assert_eq!(queue.push(&lines.as_bytes()[taken..]).unwrap(), 4);
        assert_eq!(queue.pop(MOST_LINES).len(), MOST_LINES);
        let mut listed = vec!["\"y\"".to_owned(); MOST_LINES + 10];
        queue.fill(&mut listed);
        assert_eq!((listed.len(), queue.pushed()), (10, 2 * MOST_LINES as u64 + 1));
    }

    #[test]
    fn an_endless_line_is_refused_and_loses_nothing_before_it() {
        let mut queue = InputQueue::default();
        let mut input = b"\"a\"\n".to_vec();
        input.extend(std::iter::repeat_n(b'x', LONGEST_LINE + 1));
        assert_eq!(queue.push(&input).unwrap(), 4);
        assert_eq!(queue.push(&input[4..]).unwrap_err().status(), Status::InvalidArgument);
        assert_eq!(queue.pushed(), 1);
    }

    #[test]
    fn nothing_is_taken_after_the_end() {
        let mut queue = InputQueue::default();
        queue.finish();
        assert!(queue.is_exhausted());
        assert_eq!(queue.push(b"\"a\"\n").unwrap_err().status(), Status::InputFinished);
    }

    #[test]
    fn a_line_that_is_not_utf8_keeps_its_place() {
        let mut queue = InputQueue::default();
        assert_eq!(queue.push(b"\xff\xfe\n\"b\"\n").unwrap(), 7);
        assert_eq!(queue.pop(2)[1], "\"b\"".into());
    }
}
