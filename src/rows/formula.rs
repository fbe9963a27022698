//! Formulas in CSV: text that a spreadsheet program would run when it opens the file.

use std::borrow::Cow;

/// What begins a formula (OWASP, "CSV Injection"): the four operators with their full-width forms, and the
/// control characters that some programs skip or take for the end of a field.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text with an apostrophe before it where it would be a formula, also one behind blanks, which some
/// programs trim. Spreadsheet programs take what follows an apostrophe as text.
pub(super) fn defused(text: &str) -> Cow<'_, str> {
    let blank = |letter: char| letter.is_whitespace() && !BEGINNINGS.contains(&letter) || letter == '\u{feff}';
    if text.trim_start_matches(blank).starts_with(BEGINNINGS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_formula_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "  =1",
            "\u{a0}@x",
            "＝1",
            "－1",
            "\u{feff}=1",
            "=",
            "-",
            "=HYPERLINK(\"http://x\",\"y\")",
        ] {
            assert_eq!(defused(text), format!("'{text}"));
        }
    }

    #[test]
    fn all_other_text_stays_as_it_is() {
        for text in ["", " ", "kim", "a=1", "'=1", "kim@contoso.com", "de-AT", "(UTC+01:00)", "\"=1\""] {
            assert_eq!(defused(text), text);
        }
    }
}
