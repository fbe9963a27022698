//! What holds for the documents: they are read once, by somebody who looks for one thing.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::fs;
use std::path::{Path, PathBuf};

/// The most characters of a paragraph, or of an item of a list.
const MOST: usize = 500;
/// With more sections than these a document begins with a list of them.
const MOST_WITHOUT_CONTENTS: usize = 5;

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = ["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(|name| root.join(name)).into();
    found.extend(fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    found.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    assert!(found.len() > 5, "{found:?}");
    found
}

/// The lines of a document outside of code.
fn prose(path: &Path) -> Vec<String> {
    let mut is_code = false;
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.map(str::to_owned).collect()
}

#[test]
fn no_paragraph_is_a_wall() {
    let mut walls = Vec::new();
    for path in documents() {
        for line in prose(&path).iter().filter(|line| !line.starts_with('|')) {
            let length = line.trim().chars().count();
            if length > MOST {
                let start: String = line.chars().take(60).collect();
                walls.push(format!("{}: {length} characters: {start}", path.display()));
            }
        }
    }
    assert!(walls.is_empty(), "{walls:#?}");
}

#[test]
fn a_long_document_begins_with_its_contents() {
    let mut without = Vec::new();
    for path in documents().iter().filter(|path| path.parent().is_some_and(|folder| folder.ends_with("docs"))) {
        let lines = prose(path);
        let sections: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("## ")).collect();
        let listed = |title: &str| lines.iter().any(|line| line.starts_with(&format!("- [{title}](#")));
        if sections.len() > MOST_WITHOUT_CONTENTS {
            let missing = sections.iter().filter(|title| !listed(title));
            without.extend(missing.map(|title| format!("{}: {title}", path.display())));
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}

/// What a system has of its own is tried least: where it stands is said, with how it was tried.
#[test]
fn each_source_that_speaks_of_windows_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/windows.md")).unwrap();
    let listed: Vec<&str> = page.split('`').filter(|name| name.starts_with("src/") || *name == "build.rs").collect();
    let (mut folders, mut sources) = (vec![root.join("src")], vec![root.join("build.rs")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { sources.push(path) }
        }
    }
    let mut found = Vec::new();
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let product = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let conditions = product.lines().filter(|line| line.contains("cfg") || line.contains("\"windows\""));
        if conditions
            .into_iter()
            .any(|line| ["windows", "not(unix", "cfg!(unix"].iter().any(|mark| line.contains(mark)))
        {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
    let is_listed =
        |path: &String| listed.iter().any(|name| name == path || name.ends_with('/') && path.starts_with(name));
    let missing: Vec<&String> = found.iter().filter(|path| !is_listed(path)).collect();
    assert!(found.len() > 10 && missing.is_empty(), "{missing:?}");
    let gone: Vec<&&str> = listed.iter().filter(|name| !root.join(name).exists()).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
