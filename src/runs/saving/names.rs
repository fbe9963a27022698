//! Names of files that every system takes, and that nothing of the service's decides alone.
//!
//! Source: Microsoft "Naming Files, Paths, and Namespaces" (reserved characters and names, no dot or blank at the end).

use crate::hex;

/// What a name on Windows cannot hold.
const RESERVED_LETTERS: &str = "<>:\"/\\|?*";

/// What changes how a name is shown, and not what it is: with it `exe.txt` shows as another one.
const MISLEADING: [std::ops::RangeInclusive<char>; 4] =
    ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}', '\u{feff}'..='\u{feff}'];

/// The most bytes of a mailbox's own name.
const LONGEST_MAILBOX: usize = 80;

/// What files of a mailbox are called by, or their folder: two never have the same, even where case does not count.
pub(in crate::runs) fn of_mailbox(mailbox: &str) -> String {
    let lower = mailbox.to_lowercase();
    let safe = safe(&lower, LONGEST_MAILBOX);
    if safe == lower { safe } else { format!("{safe} {}", hash(&lower)) }
}

/// A name that is a file's on every system, of so many bytes at most.
pub(in crate::runs) fn safe(name: &str, most: usize) -> String {
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
pub(in crate::runs) fn hash(text: &str) -> String {
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
    }

    #[test]
    fn no_two_mailboxes_have_one_name() {
        assert_eq!(of_mailbox("Kim@contoso.com"), "kim@contoso.com");
        assert_ne!(of_mailbox("a/b@contoso.com"), of_mailbox("a:b@contoso.com"));
    }
}
