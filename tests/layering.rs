//! What holds for the sources as a whole: which part may use which, where unsafe code may stand, and that no file
//! speaks of the machine it was written on.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome = Result<(), Box<dyn Error>>;

/// The modules of the crate from the top down. A module uses those of lower layers, and of its own layer only
/// what [`WITHIN`] lists.
const LAYERS: [&[&str]; 8] = [
    &["ffi"],
    &["client"],
    &["runs"],
    &["rows", "runner"],
    &["store"],
    &["graph", "auth", "keyvault"],
    &["certificate", "http"],
    &[
        "any_base64",
        "attempt",
        "cancel",
        "clock",
        "cloud",
        "context",
        "error",
        "event",
        "files",
        "gate",
        "log",
        "openssl_init",
        "pasted",
        "printable",
        "runtime",
        "secret",
        "signature",
        "status",
    ],
];

/// Who uses whom within a layer.
const WITHIN: [(&str, &str); 22] = [
    ("rows", "runner"),
    ("graph", "auth"),
    ("keyvault", "auth"),
    ("http", "certificate"),
    ("attempt", "error"),
    ("context", "cancel"),
    ("context", "event"),
    ("context", "gate"),
    ("error", "printable"),
    ("error", "status"),
    ("event", "clock"),
    ("event", "log"),
    ("event", "printable"),
    ("files", "error"),
    ("gate", "error"),
    ("log", "clock"),
    ("log", "error"),
    ("log", "files"),
    ("pasted", "secret"),
    ("runtime", "error"),
    ("signature", "cancel"),
    ("signature", "error"),
];

/// The most lines of a product's file: longer ones hold more than one thing.
const MOST_LINES: usize = 600;

#[test]
fn dependencies_point_one_way() -> Outcome {
    let mut wrong = BTreeSet::new();
    for path in sources()? {
        let Some(from) = module_of(&path) else { continue };
        let Some(own) = layer_of(&from) else {
            wrong.insert(format!("{from}: a module without a layer; give it one in this test and in lib.rs"));
            continue;
        };
        let code = product_code(&fs::read_to_string(root().join(&path))?);
        for to in used_by(&code, depth_of(&path)) {
            let allowed = match layer_of(&to) {
                None => true, // Not a module: an item that lib.rs exports for users of the crate.
                Some(other) if other == own => to == from || WITHIN.contains(&(from.as_str(), to.as_str())),
                Some(other) => other > own,
            };
            if !allowed {
                wrong.insert(format!("{}: {from} must not use {to}", path.display()));
            }
        }
    }
    nothing(&wrong)
}

#[test]
fn unsafe_code_stands_where_it_is_looked_for() -> Outcome {
    let allowed = |path: &Path| path.starts_with("src/ffi") || path == Path::new("src/openssl_init.rs");
    let mut wrong = BTreeSet::new();
    for path in sources()? {
        let code = product_code(&fs::read_to_string(root().join(&path))?);
        let is_unsafe = words(&code).any(|word| word == "unsafe") || code.contains("allow(unsafe_code");
        if is_unsafe && !allowed(&path) {
            wrong.insert(format!("{}: unsafe code belongs to src/ffi", path.display()));
        }
    }
    nothing(&wrong)
}

#[test]
fn files_are_small() -> Outcome {
    let mut wrong = BTreeSet::new();
    // A list of tests may be as long as what it tests has cases.
    let is_product =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs") && path.iter().any(|part| part == "src");
    for path in tracked()?.into_iter().filter(is_product) {
        let lines = fs::read_to_string(root().join(&path))?.lines().count();
        if lines > MOST_LINES {
            wrong.insert(format!("{}: {lines} lines, at most {MOST_LINES}", path.display()));
        }
    }
    nothing(&wrong)
}

/// A checkout works wherever it stands, and says nothing about where it once stood.
#[test]
fn no_file_names_a_machine() -> Outcome {
    // In pieces, so that this file does not find itself.
    let marks: [String; 5] = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("C:\\Us", "ers\\"), ("artif", "actory")]
        .map(|(start, end)| format!("{start}{end}"));
    let mut wrong = BTreeSet::new();
    for path in tracked()? {
        // A binary file is test data from elsewhere.
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(mark.as_str())) {
                wrong.insert(format!("{}:{}: {mark}", path.display(), number + 1));
            }
        }
    }
    nothing(&wrong)
}

fn nothing(wrong: &BTreeSet<String>) -> Outcome {
    if wrong.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = wrong.iter().map(String::as_str).collect();
    Err(format!("\n  {}", lines.join("\n  ")).into())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files under version control, and those about to be; of a source package without git, none.
fn tracked() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let Ok(output) = Command::new("git").args(arguments).current_dir(root()).output() else { return Ok(Vec::new()) };
    let listed = String::from_utf8(output.stdout)?;
    Ok(listed.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect())
}

/// The sources of the crate, relative to its root.
fn sources() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    Ok(found)
}

/// The module at the top of the crate that a file belongs to; of lib.rs, none.
fn module_of(path: &Path) -> Option<String> {
    let first = Path::new(path.components().nth(1)?.as_os_str()).file_stem()?.to_str()?.to_owned();
    (first != "lib").then_some(first)
}

/// How many `super::` lead from a file's own module to the crate.
fn depth_of(path: &Path) -> usize {
    let parts = path.components().count() - 1;
    if path.ends_with("mod.rs") { parts - 1 } else { parts }
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// A source without comments, texts and its unit tests.
fn product_code(source: &str) -> String {
    let product = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut code = String::with_capacity(product.len());
    for line in product.lines() {
        let mut in_text = false;
        let mut before = ' ';
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if before != '\\' && before != '\'' => in_text = !in_text,
                '/' if !in_text && letters.peek() == Some(&'/') => break,
                _ if !in_text => code.push(letter),
                _ => {}
            }
            before = if before == '\\' { ' ' } else { letter };
        }
        code.push('\n');
    }
    code
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// The modules that paths from the crate's root name: `crate::x`, `crate::{x, y::z}`, and as many `super::` as
/// lead there.
fn used_by(code: &str, depth: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["crate::".to_owned(), "super::".repeat(depth)] {
        for (start, _) in code.match_indices(&prefix) {
            let rest = &code[start + prefix.len()..];
            if code[..start].ends_with("super::") || code[..start].ends_with(['_', '$']) {
                continue;
            }
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_words_of_group(group)),
                None => found.extend(words(rest).next().filter(|word| !word.is_empty()).map(str::to_owned)),
            }
        }
    }
    found
}

/// Of `a, b::c, d::{e, f}}`: a, b, d.
fn first_words_of_group(group: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut item = String::new();
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(letter),
            _ => {}
        }
    }
    found.push(item);
    found
        .iter()
        .filter_map(|item| words(item.trim()).next())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let names = |code: &str, depth| used_by(&product_code(code), depth).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names("use crate::http::Pool; // crate::auth::x\n", 1), "http");
    assert_eq!(names("use crate::{error::{Error, Result}, cloud, secret::Secret as S};", 1), "cloud error secret");
    assert_eq!(names("fn f() { crate::runtime::get(\"crate::auth\") }", 1), "runtime");
    assert_eq!(names("use super::super::graph::call;", 2), "graph");
    assert_eq!(names("use super::graph;", 2), "");
    assert_eq!(names("use super::error;\n#[cfg(test)]\nmod tests { use crate::ffi::x; }", 1), "error");
}
