//! Folders as people name them: by a well-known name, by an id, by a path.

use super::super::item::{Item, segment, text};
use super::super::reading::Step;

/// Source: Microsoft Graph "mailFolder resource type". Those of what can be recovered begin alike.
const WELL_KNOWN: [&str; 16] = [
    "archive",
    "clutter",
    "conflicts",
    "conversationhistory",
    "deleteditems",
    "drafts",
    "inbox",
    "junkemail",
    "localfailures",
    "msgfolderroot",
    "outbox",
    "scheduled",
    "searchfolders",
    "sentitems",
    "serverfailures",
    "syncissues",
];

const OPTIONS: &str = "$top=250&includeHiddenFolders=true&$select=id,displayName";

/// Whether the service knows a folder by this name.
pub(in crate::facet) fn well_known(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    WELL_KNOWN.contains(&name.as_str()) || name.starts_with("recoverableitems")
}

/// Whether a text is an id: none is short, and no name of a folder is of their letters alone and so long.
pub(in crate::facet) fn is_id(text: &str) -> bool {
    text.len() >= 60 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+".contains(&byte))
}

/// The list that the folder with this path is looked for in first. `marker` comes back with what it leads to.
pub(in crate::facet) fn begin(path: &str, marker: &str) -> Step {
    match names(path).split_first() {
        Some((first, [_, ..])) if well_known(first) => {
            Step::within(format!("mailFolders/{}/childFolders?{OPTIONS}", first.to_ascii_lowercase()), at(marker, 1))
        }
        _ => Step::within(format!("mailFolders?{OPTIONS}"), at(marker, 0)),
    }
}

/// What an element of such a list is: the folder itself, one that may hold it, or another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Its id.
    Found(String),
    /// The list of what lies within it.
    Further(Step),
    /// Neither.
    None,
}

/// Whether a list is one of those by which the folder of this marker is looked for.
pub(in crate::facet) fn is_of(step: &Step, marker: &str) -> bool {
    step.within.strip_prefix(marker).is_some_and(|rest| rest.starts_with('#'))
}

/// Looks at an element of such a list.
pub(in crate::facet) fn follow(path: &str, marker: &str, step: &Step, element: &Item) -> Way {
    let depth: usize = step.within.rsplit('#').next().and_then(|text| text.parse().ok()).unwrap_or_default();
    let names = names(path);
    let is_named = |name: &String| name.to_lowercase() == text(element, "displayName").to_lowercase();
    let id = text(element, "id");
    match names.get(depth).is_some_and(is_named) {
        true if depth + 1 == names.len() => Way::Found(id.to_owned()),
        true => Way::Further(Step::within(
            format!("mailFolders/{}/childFolders?{OPTIONS}", segment(id)),
            at(marker, depth + 1),
        )),
        false => Way::None,
    }
}

fn at(marker: &str, depth: usize) -> String {
    format!("{marker}#{depth}")
}

/// The names in a path; a `/` of a name is written `\/`.
pub(in crate::facet) fn names(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '/' => names.push(String::new()),
            letter => {
                let plain = if letter == '\\' { letters.next().unwrap_or(letter) } else { letter };
                names.last_mut().into_iter().for_each(|name| name.push(plain));
            }
        }
    }
    names.retain(|name| !name.trim().is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_by_their_names() {
        assert!(well_known("Inbox") && well_known("recoverableitemspurges") && !well_known("Quarantine"));
        assert!(is_id(&"A".repeat(120)) && !is_id("Inbox") && !is_id(&format!("{} b", "A".repeat(120))));
        assert_eq!(names("/Inbox/a\\/b/"), ["Inbox", "a/b"]);
        assert_eq!(
            begin("inbox/x", "@").path,
            "mailFolders/inbox/childFolders?$top=250&includeHiddenFolders=true&$select=id,displayName"
        );
    }
}
