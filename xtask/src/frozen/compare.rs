//! Two listings of what callers build on, and what a difference between them means to those callers.
//!
//! A listing has a fact a line, `name: what it is`. Whoever knows a fact may rely on it: a fact that is gone or that
//! reads otherwise breaks callers, one more does not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Facts by their names.
pub(crate) type Facts = BTreeMap<String, String>;

/// Begins the notes of a listing.
const NOTE: char = '#';

/// The facts of a listing.
pub(crate) fn read(listing: &str) -> Facts {
    let lines = listing.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with(NOTE));
    lines
        .map(|line| line.split_once(": ").unwrap_or((line, "")))
        .map(|(name, fact)| (name.into(), fact.into()))
        .collect()
}

/// A listing of the facts below a note.
pub(crate) fn write(note: &str, facts: &Facts) -> String {
    let mut text = note.lines().fold(String::new(), |text, line| text + &format!("{NOTE} {line}\n"));
    for (name, fact) in facts {
        let _ = writeln!(text, "{}", format!("{name}: {fact}").trim_end_matches([':', ' ']));
    }
    text
}

/// What differs between what was listed and what is there, in sentences.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    /// What callers that were written before cannot live with.
    pub(crate) broken: Vec<String>,
    /// What they do not notice.
    pub(crate) added: Vec<String>,
}

/// Compares what was listed with what is there.
pub(crate) fn compare(listed: &Facts, present: &Facts) -> Differences {
    let mut found = Differences::default();
    for (name, was) in listed {
        match present.get(name) {
            None => found.broken.push(format!("{name} is gone or has another name; it was listed as {}", quoted(was))),
            Some(is) if is == was => {}
            Some(is) if is_wider(name, was, is) => found.added.push(format!("{name} was {was} and now is {is}")),
            Some(is) => found.broken.push(format!("{name} was {} and now is {}", quoted(was), quoted(is))),
        }
    }
    for (name, is) in present.iter().filter(|(name, _)| !listed.contains_key(*name)) {
        let said = format!("{name} is new: {}", quoted(is));
        // Who was there before the member does not send it.
        let into =
            if is.ends_with(NEEDED) && has_older_members(listed, name) { &mut found.broken } else { &mut found.added };
        into.push(said);
    }
    found
}

/// Ends the fact of a member of a request that must be there.
pub(crate) const NEEDED: &str = ", needed";

/// What a member of a reply is listed as that never was anything else.
const UNKNOWN: &str = "null";

/// Whether a bound lets through all that it did before, a member of a request may be left out, or more became known of
/// one of a reply.
fn is_wider(name: &str, was: &str, is: &str) -> bool {
    if was == UNKNOWN || was.strip_suffix(NEEDED) == Some(is) {
        return true;
    }
    let (Ok(was), Ok(is)) = (was.parse::<i64>(), is.parse::<i64>()) else { return false };
    (name.ends_with(" at least") && is < was) || (name.ends_with(" at most") && is > was)
}

/// Whether the object that a member belongs to was there before it.
fn has_older_members(listed: &Facts, name: &str) -> bool {
    let Some((object, _)) = name.rsplit_once('.') else { return false };
    listed.keys().any(|other| other.starts_with(&format!("{object}.")))
}

fn quoted(fact: &str) -> String {
    if fact.is_empty() { "there".to_owned() } else { format!("\"{fact}\"") }
}

/// What is wrong, for whoever changed something; none where the listing says what is there. `command` renews it.
pub(crate) fn verdict(listing: &str, found: &Differences, command: &str) -> Option<String> {
    let list = |lines: &[String]| lines.iter().fold(String::new(), |text, line| text + "\n  " + line);
    if !found.broken.is_empty() {
        return Some(format!(
            "this breaks programs that use the library as {listing} has it:{}\n\
             keep what is there and add beside it; what must break raises EXRUN_ABI_VERSION, and then \
             `{command} --break` renews the listing (docs/abi.md, \"Versions\")",
            list(&found.broken)
        ));
    }
    if !found.added.is_empty() {
        return Some(format!(
            "{listing} does not list all that is there:{}\nif it is meant to stay as it is, run `{command}` and commit the listing",
            list(&found.added)
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(listing: &str) -> Facts {
        read(listing)
    }

    const LISTED: &str = "\
constant EXRUN_OK: 0
function exrun_bytes_free: uint8_t*
event retry: info
event retry.waitMs
request exrun_x.minutes: integer
request exrun_x.minutes at least: 1
request exrun_x.minutes at most: 60
request exrun_x.format: one of
request exrun_x.format=csv
reply exrun_x.rows: integer
";

    #[test]
    fn a_listing_reads_as_it_was_written() {
        let facts = facts(LISTED);
        let text = write("What it is.\nAnd more.", &facts);
        assert!(
            text.starts_with(
                "# What it is.\n# And more.\nconstant EXRUN_OK: 0\nevent retry: info\nevent retry.waitMs\n"
            ),
            "{text}"
        );
        assert_eq!(read(&text), facts);
        assert_eq!(compare(&facts, &read(&text)), Differences::default());
        assert_eq!(verdict("the listing", &Differences::default(), "x"), None);
    }

    /// Every line of a listing is one that a caller may rely on.
    #[test]
    fn what_is_gone_or_reads_otherwise_breaks_and_is_named() {
        for line in LISTED.lines() {
            let name = line.split(": ").next().unwrap();
            let without: Facts = facts(LISTED).into_iter().filter(|(other, _)| other != name).collect();
            let found = compare(&facts(LISTED), &without);
            assert_eq!((found.broken.len(), found.added.len()), (1, 0), "{found:?}");
            let text = verdict("the listing", &found, "cargo xtask frozen").unwrap();
            assert!(text.contains(name) && text.contains("is gone") && text.contains("--break"), "{text}");

            let mut other = facts(LISTED);
            other.insert(name.to_owned(), "something else".to_owned());
            let found = compare(&facts(LISTED), &other);
            assert_eq!((found.broken.len(), found.added.len()), (1, 0), "{found:?}");
            assert!(found.broken[0].starts_with(name) && found.broken[0].contains("something else"), "{found:?}");
        }
    }

    #[test]
    fn a_name_that_changes_is_one_gone_and_one_new() {
        let renamed = LISTED.replace("retry.waitMs", "retry.waitMilliseconds");
        let found = compare(&facts(LISTED), &facts(&renamed));
        assert_eq!((found.broken.len(), found.added.len()), (1, 1), "{found:?}");
    }

    #[test]
    fn what_is_added_asks_for_the_listing() {
        for line in [
            "function exrun_new: int64_t",
            "request exrun_x.format=html",
            "request exrun_x.also: string",
            "request exrun_new.name: string, needed",
        ] {
            let found = compare(&facts(LISTED), &facts(&format!("{LISTED}{line}\n")));
            assert_eq!((found.broken.len(), found.added.len()), (0, 1), "{found:?}");
            let text = verdict("the listing", &found, "cargo xtask frozen").unwrap();
            assert!(text.contains("run `cargo xtask frozen`") && !text.contains("--break"), "{text}");
        }
    }

    #[test]
    fn a_further_member_that_must_be_there_breaks_who_does_not_send_it() {
        let found = compare(&facts(LISTED), &facts(&format!("{LISTED}request exrun_x.also: string, needed\n")));
        assert_eq!((found.broken.len(), found.added.len()), (1, 0), "{found:?}");
    }

    #[test]
    fn a_member_that_only_ever_was_null_may_turn_out_to_be_something() {
        let listed = facts("reply exrun_x.hint: null\nreply exrun_x.rows: integer\n");
        let found = compare(&listed, &facts("reply exrun_x.hint: string\nreply exrun_x.rows: integer\n"));
        assert_eq!((found.broken.len(), found.added.len()), (0, 1), "{found:?}");
        let found = compare(&listed, &facts("reply exrun_x.hint: null\nreply exrun_x.rows: null\n"));
        assert_eq!((found.broken.len(), found.added.len()), (1, 0), "{found:?}");
    }

    #[test]
    fn a_member_may_come_to_be_left_out() {
        let listed = facts("request exrun_x.name: string, needed\n");
        let found = compare(&listed, &facts("request exrun_x.name: string\n"));
        assert_eq!((found.broken.len(), found.added.len()), (0, 1), "{found:?}");
        let found = compare(&listed, &facts("request exrun_x.name: integer\n"));
        assert_eq!((found.broken.len(), found.added.len()), (1, 0), "{found:?}");
    }

    #[test]
    fn a_bound_may_widen_and_not_narrow() {
        for (change, breaks) in
            [("at least: 0", false), ("at least: 2", true), ("at most: 61", false), ("at most: 59", true)]
        {
            let name = change.split(": ").next().unwrap();
            let line = LISTED.lines().find(|line| line.contains(name)).unwrap();
            let changed = LISTED.replace(line, &format!("request exrun_x.minutes {change}"));
            let found = compare(&facts(LISTED), &facts(&changed));
            assert_eq!(
                (found.broken.len(), found.added.len()),
                (usize::from(breaks), usize::from(!breaks)),
                "{found:?}"
            );
        }
    }
}
