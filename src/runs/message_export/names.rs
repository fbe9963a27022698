//! What the files of messages and of their attachments are called.

use super::super::saving::names::{hash, safe};

/// The most bytes of a subject in the name of a file, and of an attachment's own name.
const LONGEST_SUBJECT: usize = 80;
const LONGEST_ATTACHMENT: usize = 80;

/// The name of a message's file, without its ending. What tells it from others is the hash of its id.
pub(super) fn of_message(received: &str, subject: &str, id: &str) -> String {
    let digits: String = received.chars().filter(char::is_ascii_digit).take(14).collect();
    let time = match digits.get(..8).zip(digits.get(8..14)) {
        Some((day, time)) => format!("{day}-{time} "),
        None => String::new(),
    };
    let subject = safe(subject, LONGEST_SUBJECT);
    format!("{time}{subject} {}", hash(id))
}

/// The name of an attachment's file; `number` tells it from the others of its message.
pub(super) fn of_attachment(number: usize, name: &str, ending: &str) -> String {
    let (stem, own) = match name.rsplit_once('.') {
        Some((stem, own)) if !stem.is_empty() && own.len() <= 16 => (stem, own),
        _ => (name, ""),
    };
    let ending = if ending.is_empty() { own } else { ending };
    let stem = safe(stem, LONGEST_ATTACHMENT);
    if ending.is_empty() { format!("{number:02} {stem}") } else { format!("{number:02} {stem}.{}", safe(ending, 16)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_what_it_holds() {
        assert_eq!(of_message("2026-11-20T10:00:00Z", "a: b.", "id"), format!("20261120-100000 a_ b {}", hash("id")));
        assert_eq!(of_attachment(3, "invoice.pdf.exe", ""), "03 invoice.pdf.exe");
        assert_eq!(of_attachment(1, ".", ""), "01 _");
        assert_eq!(of_attachment(1, "FW: hi", "eml"), "01 FW_ hi.eml");
    }

    #[test]
    fn what_differs_by_case_alone_has_names_that_differ() {
        let (one, other) = (of_message("", "Hello", "a"), of_message("", "hello", "b"));
        assert_ne!(one.to_lowercase(), other.to_lowercase());
    }
}
