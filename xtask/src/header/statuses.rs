//! The statuses of `src/status.rs`, and what is written from them.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

/// A status: `InvalidHandle`, its number, what it means, and PowerShell's category for it.
pub(super) struct Status {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) meaning: String,
    category: String,
}

impl Status {
    /// As the header names it.
    fn constant(&self) -> String {
        let mut constant = "EXRUN_ERROR".to_owned();
        for letter in self.name.chars() {
            if letter.is_ascii_uppercase() {
                constant.push('_');
            }
            constant.push(letter.to_ascii_uppercase());
        }
        constant
    }
}

/// Reads the table between `statuses! {` and its closing brace.
///
/// # Errors
///
/// For a line that is neither a comment nor `Name = number, Category;`.
pub(super) fn read(source: &str) -> Result<Vec<Status>> {
    let (_, table) = source.split_once("\nstatuses! {\n").context("src/status.rs has no table `statuses!`")?;
    let (table, _) = table.split_once("\n}\n").context("the table `statuses!` does not end")?;
    let mut statuses = Vec::new();
    let mut meaning = Vec::new();
    for line in table.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            meaning.push(comment.trim());
            continue;
        }
        let unknown = || format!("not a line of the table of statuses: {line}");
        let (name, rest) = line.split_once(" = ").with_context(unknown)?;
        let (number, category) = rest.trim_end_matches(';').split_once(", ").with_context(unknown)?;
        ensure!(!meaning.is_empty(), "{name} has no comment");
        statuses.push(Status {
            name: name.to_owned(),
            number: number.to_owned(),
            meaning: meaning.join(" "),
            category: category.to_owned(),
        });
        meaning.clear();
    }
    Ok(statuses)
}

/// The header's constants.
pub(super) fn header(statuses: &[Status]) -> String {
    let mut text = String::new();
    for status in statuses {
        let _ = write!(text, "\n/**\n");
        for line in wrapped(&status.meaning, 110) {
            let _ = writeln!(text, " * {line}");
        }
        let _ = write!(text, " */\n#define {} {}\n", status.constant(), status.number);
    }
    text
}

/// The guide's table.
pub(super) fn guide(statuses: &[Status]) -> String {
    let mut text = "| name | number | meaning |\n|---|---|---|\n".to_owned();
    for status in statuses {
        let number = status.number.replace('-', "\u{2212}");
        let meaning = status.meaning.trim_end_matches('.');
        let first = meaning.chars().next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
        // A name that begins with more than one capital letter keeps them.
        let keeps = meaning.chars().nth(1).is_some_and(|second| !second.is_lowercase() && second != ' ');
        let rest = meaning.chars().skip(1).collect::<String>();
        let meaning = if keeps { meaning.to_owned() } else { format!("{first}{rest}") };
        let _ = writeln!(text, "| `{}` | {number} | {meaning} |", status.constant());
    }
    text
}

/// The entries of the module's table of categories; what is not there is NotSpecified.
pub(super) fn powershell(statuses: &[Status]) -> String {
    let named = || statuses.iter().filter(|status| status.category != "NotSpecified");
    let width = named().map(|status| status.name.len()).max().unwrap_or_default();
    named().fold(String::new(), |mut text, status| {
        let _ = writeln!(text, "    {:<width$} = '{}'", status.name, status.category);
        text
    })
}

/// A text in lines of at most so many letters, but for a longer word.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\nstatuses! {\n    /// Not a\n    /// thing.\n    InvalidUtf8 = -3, InvalidArgument;\n    /// TLS failed.\n    Internal = -900, NotSpecified;\n}\n";

    #[test]
    fn each_text_has_what_its_reader_needs() {
        let statuses = read(SOURCE).unwrap();
        assert_eq!(
            header(&statuses),
            "\n/**\n * Not a thing.\n */\n#define EXRUN_ERROR_INVALID_UTF8 -3\n\n/**\n * TLS failed.\n */\n#define EXRUN_ERROR_INTERNAL -900\n"
        );
        assert_eq!(
            guide(&statuses),
            "| name | number | meaning |\n|---|---|---|\n| `EXRUN_ERROR_INVALID_UTF8` | \u{2212}3 | not a thing |\n| `EXRUN_ERROR_INTERNAL` | \u{2212}900 | TLS failed |\n"
        );
        assert_eq!(powershell(&statuses), "    InvalidUtf8 = 'InvalidArgument'\n");
    }

    #[test]
    fn a_line_that_is_no_status_is_an_error() {
        assert!(read("\nstatuses! {\n    /// x\n    Nonsense\n}\n").is_err());
        assert!(read("\nstatuses! {\n    Name = -1, Other;\n}\n").is_err());
    }
}
