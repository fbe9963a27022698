//! Names of files that every system takes, and that nothing in a message decides alone.
//!
//! Source: Microsoft "Naming Files, Paths, and Namespaces" (reserved characters and names, no dot or blank at the end).

use crate::hex;

/// What a name on Windows cannot hold.
const RESERVED_LETTERS: &str = "<>:\"/\\|?*";

/// What changes how a name is shown, and not what it is: with it `exe.txt` shows as another one.
const MISLEADING: [std::ops::RangeInclusive<char>; 4] =
    ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}', '\u{feff}'..='\u{feff}'];

/// The most bytes of a mailbox's folder, of a subject in the name of a file, and of an attachment's own name.
const LONGEST_MAILBOX: usize = 80;
const LONGEST_SUBJECT: usize = 80;
const LONGEST_ATTACHMENT: usize = 80;

/// The folder of a mailbox: two never have the same, even where case does not count.
pub(super) fn folder_of(mailbox: &str) -> String {
    let lower = mailbox.to_lowercase();
    let safe = safe(&lower, LONGEST_MAILBOX);
    if safe == lower { safe } else { format!("{safe} {}", hash(&lower)) }
}

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

/// A name that is a file's on every system, of so many bytes at most.
fn safe(name: &str, most: usize) -> String {
    let is_bad = |letter: char| {
        letter.is_control()
            || RESERVED_LETTERS.contains(letter)
            || MISLEADING.iter().any(|range| range.contains(&letter))
    };
    let replaced: String = name.chars().map(|letter| if is_bad(letter) { '_' } else { letter }).collect();
    let mut end = replaced.len().min(most);
    while !replaced.is_char_boundary(end) {
        end -= 1;
    }
    let trimmed = replaced[..end].trim_start().trim_end_matches(|letter: char| letter == '.' || letter.is_whitespace());
    match trimmed {
        "" => "_".to_owned(),
        // With any ending, too.
        name if is_device(name.split('.').next().unwrap_or_default().trim_end()) => format!("_{name}"),
        name => name.to_owned(),
    }
}

fn is_device(name: &str) -> bool {
    const NAMES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let upper = name.to_uppercase();
    let is_numbered = |prefix: &str| {
        upper.strip_prefix(prefix).is_some_and(|rest| {
            let mut letters = rest.chars();
            let digit = letters.next();
            digit.is_some_and(|digit| digit.is_ascii_digit() || "¹²³".contains(digit)) && letters.next().is_none()
        })
    };
    NAMES.contains(&upper.as_str()) || is_numbered("COM") || is_numbered("LPT")
}

/// 64 bits of a hash, in hexadecimal digits.
fn hash(text: &str) -> String {
    hex::lower(&openssl::sha::sha256(text.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_one_that_windows_refuses() {
        for (name, safe_name) in [
            ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
            ("..", "_"),
            ("trailing. . ", "trailing"),
            ("", "_"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1", "_com1"),
            ("lpt²", "_lpt²"),
            ("console", "console"),
            ("a\u{0}b\r\nc", "a_b__c"),
            ("gpj\u{202e}exe", "gpj_exe"),
        ] {
            assert_eq!(safe(name, 80), safe_name, "{name:?}");
        }
        assert_eq!(safe(&"ä".repeat(100), 81).len(), 80);
        assert_eq!(of_message("2026-11-20T10:00:00Z", "a: b.", "id"), format!("20261120-100000 a_ b {}", hash("id")));
        assert_eq!(of_attachment(3, "invoice.pdf.exe", ""), "03 invoice.pdf.exe");
        assert_eq!(of_attachment(1, ".", ""), "01 _");
        assert_eq!(of_attachment(1, "FW: hi", "eml"), "01 FW_ hi.eml");
    }

    #[test]
    fn what_differs_by_case_alone_has_names_that_differ() {
        let (one, other) = (of_message("", "Hello", "a"), of_message("", "hello", "b"));
        assert_ne!(one.to_lowercase(), other.to_lowercase());
        assert_eq!(folder_of("Kim@contoso.com"), "kim@contoso.com");
        assert_ne!(folder_of("a/b@contoso.com"), folder_of("a:b@contoso.com"));
    }
}
