//! What callers of the C ABI build on, as facts: see `frozen`.

use anyhow::{Context, Result, ensure};

use super::events::Event;
use super::functions::Function;
use super::members::{Member, NEEDED, Sources};
use super::statuses::Status;
use crate::frozen::compare::{self, Facts};

/// Under this name stands the version that a difference is judged by.
pub(crate) const VERSION: &str = "constant EXRUN_ABI_VERSION";

/// The facts of a header, of events, and of the members of requests.
///
/// # Errors
///
/// For a declaration that cannot be said, and for two of one name.
pub(super) fn facts(
    header: &str,
    functions: &[Function],
    statuses: &[Status],
    events: &[Event],
    requests: &Sources,
) -> Result<Facts> {
    let mut facts = Facts::new();
    let mut add = |name: String, fact: String| {
        ensure!(facts.insert(name.clone(), fact).is_none(), "two have the name {name}");
        Ok(())
    };
    for definition in header.lines().filter_map(|line| line.strip_prefix("#define ")) {
        if let Some((name, number)) = definition.split_once(' ') {
            add(format!("constant {name}"), number.to_owned())?;
        }
    }
    for status in statuses {
        add(format!("error {}", status.name), status.number.clone())?;
    }
    for function in functions {
        // Names of parameters are nobody's business but the reader's.
        let kinds: Vec<&str> = function.parameters.iter().map(|(kind, _)| kind.as_str()).collect();
        add(format!("function {}", function.name), kinds.join(", "))?;
    }
    for event in events {
        add(format!("event {}", event.name), event.severity.clone())?;
        for member in &event.members {
            add(format!("event {}.{member}", event.name), String::new())?;
        }
    }
    for (place, name, member) in requests.members()? {
        for (suffix, fact) in of_member(&member).with_context(|| format!("{place}.{name}"))? {
            add(format!("request {place}.{name}{suffix}"), fact)?;
        }
    }
    Ok(facts)
}

/// What may be relied on of a member of a request: its type, its values or bounds, and what it is where it is left out.
fn of_member(member: &Member) -> Result<Vec<(String, String)>> {
    let needed = if member.default == NEEDED { compare::NEEDED } else { "" };
    let mut facts = Vec::new();
    if let Some(bounds) = member.kind.strip_prefix("integer, ") {
        facts.push((String::new(), format!("integer{needed}")));
        let number = |text: &str| text.replace(',', "");
        match bounds.split_once(" to ") {
            Some((least, most)) => {
                facts.push((" at least".to_owned(), number(least)));
                facts.push((" at most".to_owned(), number(most)));
            }
            None => {
                let least = bounds.strip_prefix("at least ").context("bounds of another form")?;
                facts.push((" at least".to_owned(), number(least)));
            }
        }
    } else if member.kind.starts_with('`') {
        facts.push((String::new(), format!("one of{needed}")));
        for value in member.kind.split(", ") {
            facts.push((format!("={}", value.trim_matches('`')), String::new()));
        }
    } else {
        facts.push((String::new(), format!("{}{needed}", member.kind)));
    }
    // A default in words is explained and not relied on.
    if member.default.starts_with('`') || member.default.starts_with(|letter: char| letter.is_ascii_digit()) {
        facts.push((" unless given".to_owned(), member.default.replace('`', "")));
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{events, functions, statuses};

    const HEADER: &str = "#define EXRUN_H\n#define EXRUN_ABI_VERSION 1\n\n/**\n * Reads.\n */\nint32_t exrun_x(int64_t client,\n                uint8_t **data, int64_t *len);\n";
    const STATUSES: &str = "\nstatuses! {\n    /// Not a handle.\n    InvalidHandle = -40, InvalidArgument;\n}\n";
    const EVENTS: &str = "\nevents! {\n    /// Again.\n    Retry = \"retry\", Info, [\"waitMs\"];\n}\n";
    const REQUESTS: &str = r#"
        /// Of `exrun_x`.
        #[derive(Deserialize)]
        struct Request {
            /// About.
            subject: Text,
            /// How long. Default: the client's.
            minutes: Option<Whole<u32, 1, 1440>>,
            /// How.
            #[serde(default)]
            how: How,
        }
        #[derive(Default, Deserialize)]
        enum How { AtOnce, #[default] Late }
    "#;

    #[test]
    fn each_that_a_caller_may_rely_on_is_a_fact() {
        let mut requests = Sources::default();
        requests.add(REQUESTS).unwrap();
        let (statuses, events) = (statuses::read(STATUSES).unwrap(), events::read(EVENTS).unwrap());
        let found = facts(HEADER, &functions::read(HEADER).unwrap(), &statuses, &events, &requests).unwrap();
        let expected = "\
            constant EXRUN_ABI_VERSION: 1\n\
            error InvalidHandle: -40\n\
            event retry: info\n\
            event retry.waitMs\n\
            function exrun_x: int64_t, uint8_t**, int64_t*\n\
            request exrun_x.how: one of\n\
            request exrun_x.how unless given: Late\n\
            request exrun_x.how=AtOnce\n\
            request exrun_x.how=Late\n\
            request exrun_x.minutes: integer\n\
            request exrun_x.minutes at least: 1\n\
            request exrun_x.minutes at most: 1440\n\
            request exrun_x.subject: string, needed\n";
        let expected = expected.replace("Late", "late").replace("AtOnce", "atOnce");
        assert_eq!(found, compare::read(&expected), "{}", compare::write("", &found));
    }
}
