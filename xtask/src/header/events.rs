//! The events of `src/event/kind.rs`, and what is written from them.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};

/// A kind of event: its name, how much it matters, when it comes, and the members that it may have.
pub(super) struct Event {
    pub(super) name: String,
    pub(super) severity: String,
    meaning: String,
    pub(super) members: Vec<String>,
}

/// Reads the table between `events! {` and its closing brace.
///
/// # Errors
///
/// For a line that is neither a comment nor `Name = "name", Severity, ["member", ...];`.
pub(super) fn read(source: &str) -> Result<Vec<Event>> {
    let (_, table) = source.split_once("\nevents! {\n").context("src/event/kind.rs has no table `events!`")?;
    let (table, _) = table.split_once("\n}\n").context("the table `events!` does not end")?;
    let mut events = Vec::new();
    let mut meaning = Vec::new();
    for line in table.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            meaning.push(comment.trim());
            continue;
        }
        let unknown = || format!("not a line of the table of events: {line}");
        let (_, rest) = line.split_once(" = ").with_context(unknown)?;
        let (rest, members) = rest.split_once(", [").with_context(unknown)?;
        let (name, severity) = rest.split_once(", ").with_context(unknown)?;
        let members = members.strip_suffix("];").with_context(unknown)?;
        ensure!(!meaning.is_empty(), "{name} has no comment");
        events.push(Event {
            name: name.trim_matches('"').to_owned(),
            severity: severity.to_lowercase(),
            meaning: meaning.join(" "),
            members: members
                .split(", ")
                .filter(|member| !member.is_empty())
                .map(|member| member.trim_matches('"').to_owned())
                .collect(),
        });
        meaning.clear();
    }
    Ok(events)
}

/// The guide's table.
pub(super) fn guide(events: &[Event]) -> String {
    let mut text = "| event | severity | when | further members |\n|---|---|---|---|\n".to_owned();
    for Event { name, severity, meaning, members } in events {
        let members: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
        let meaning = meaning.trim_end_matches('.');
        let _ = writeln!(text, "| `{name}` | `{severity}` | {meaning} | {} |", members.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each() {
        let source = "\nevents! {\n    /// It will be\n    /// sent again.\n    Retry = \"retry\", Info, [\"waitMs\", \"tries\"];\n    /// It ends.\n    Warning = \"warning\", Warning, [];\n}\n";
        assert_eq!(
            guide(&read(source).unwrap()),
            "| event | severity | when | further members |\n|---|---|---|---|\n| `retry` | `info` | It will be sent again | `waitMs`, `tries` |\n| `warning` | `warning` | It ends |  |\n"
        );
    }

    #[test]
    fn a_line_that_is_no_event_is_an_error() {
        assert!(read("\nevents! {\n    /// x\n    Nonsense\n}\n").is_err());
        assert!(read("\nevents! {\n    Name = \"name\", Info, [];\n}\n").is_err());
    }
}
