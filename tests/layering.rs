//! What holds for the sources as a whole: which part may use which, where unsafe code may stand, and that no file
//! speaks of the machine it was written on.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome = Result<(), Box<dyn Error>>;

/// The modules of the crate from the top down. A module uses those of lower layers, and of its own layer only
/// what [`WITHIN`] lists.
const LAYERS: [&[&str]; 9] = [
    &["ffi"],
    &["client"],
    &["runs"],
    &["plan"],
    &["rows", "runner"],
    &["store", "facet"],
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
        "hex",
        "json_kind",
        "log",
        "openssl_init",
        "pasted",
        "printable",
        "runtime",
        "secret",
        "signature",
        "status",
        "strict_json",
        "sync",
    ],
];

/// Who uses whom within a layer.
const WITHIN: [(&str, &str); 25] = [
    ("rows", "runner"),
    ("graph", "auth"),
    ("keyvault", "auth"),
    ("http", "certificate"),
    ("attempt", "error"),
    ("cancel", "sync"),
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
    ("signature", "sync"),
    ("strict_json", "error"),
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
    let allowed = |path: &Path| {
        ["src/ffi", "src/files/windows"].iter().any(|folder| path.starts_with(folder))
            || path == Path::new("src/openssl_init.rs")
    };
    let mut wrong = BTreeSet::new();
    for path in sources()? {
        let code = product_code(&fs::read_to_string(root().join(&path))?);
        let is_unsafe = words(&code).any(|word| word == "unsafe") || code.contains("allow(unsafe_code");
        if is_unsafe && !allowed(&path) {
            wrong.insert(format!("{}: unsafe code belongs to src/ffi, and to src/files/windows", path.display()));
        }
    }
    nothing(&wrong)
}

#[test]
fn sqlite_is_used_in_one_folder() -> Outcome {
    let mut wrong = BTreeSet::new();
    for path in sources()?.into_iter().filter(|path| !path.starts_with("src/store")) {
        let code = product_code(&fs::read_to_string(root().join(&path))?);
        if words(&code).any(|word| word == "rusqlite") {
            wrong.insert(format!("{}: databases belong to src/store", path.display()));
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

/// What is new has its place below: the client starts it, and no more.
#[test]
fn the_client_is_thin() -> Outcome {
    let mut lines = 0;
    for path in sources()?.into_iter().filter(|path| path.starts_with("src/client")) {
        lines += fs::read_to_string(root().join(&path))?.lines().count();
    }
    assert!(lines < 980, "src/client has {lines} lines");
    Ok(())
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
    used_through(code, ["crate::".to_owned(), "super::".repeat(depth)])
}

/// The names that stand behind one of these beginnings of a path.
fn used_through(code: &str, prefixes: [String; 2]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in prefixes {
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
    items_of_group(group)
        .iter()
        .filter_map(|item| words(item.trim()).next())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Of `a, b::c, d::{e, f}}`: `a`, `b::c`, `d::{e, f}`.
fn items_of_group(group: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut item = String::new();
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                found.push(std::mem::take(&mut item));
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        item.push(letter);
    }
    found.push(item);
    found
}

#[test]
fn files_of_a_module_use_one_another_one_way() -> Outcome {
    let mut wrong = BTreeSet::new();
    let sources = sources()?;
    for top in LAYERS.into_iter().flatten() {
        let files: BTreeMap<Vec<String>, PathBuf> = sources
            .iter()
            .filter(|path| module_of(path).as_deref() == Some(top))
            .map(|path| (module_path_of(path), path.clone()))
            .collect();
        let mut uses = BTreeMap::new();
        for (module, path) in &files {
            let code = product_code(&fs::read_to_string(root().join(path))?);
            let mut used = modules_used(&code, module, &files);
            used.remove(module);
            uses.insert(module.clone(), used);
        }
        if let Some(circle) = circle_in(&uses) {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            wrong.insert(names.join(" uses "));
        }
    }
    nothing(&wrong)
}

/// `src/http/proxy/mod.rs` as `http`, `proxy`.
fn module_path_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The files that the paths of a module's code lead to: `super::x::Y`, `crate::http::x`, and `x::Y` or `self::x` for
/// a child. What a file has from its parent by a re-export is of the parent.
fn modules_used(code: &str, module: &[String], files: &BTreeMap<Vec<String>, PathBuf>) -> BTreeSet<Vec<String>> {
    let mut used = BTreeSet::new();
    let mut bases = vec![("self::".to_owned(), module.to_vec()), ("crate::".to_owned(), Vec::new())];
    for up in 1..module.len() {
        bases.push(("super::".repeat(up), module[..module.len() - up].to_vec()));
    }
    for child in files.keys().filter(|file| file.len() == module.len() + 1 && file.starts_with(module)) {
        bases.extend(child.last().map(|name| (format!("{name}::"), child.clone())));
    }
    for (prefix, base) in &bases {
        for (start, _) in code.match_indices(prefix) {
            let before = &code[..start];
            // Within a longer path or name, or where it says who may see something.
            if before.ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':' | '$'))
                || before.ends_with("(in ")
            {
                continue;
            }
            let rest = &code[start + prefix.len()..];
            if prefix.starts_with("super::") && rest.starts_with("super::") {
                continue;
            }
            follow(rest, base, files, &mut used);
        }
    }
    used
}

/// Goes along a path as far as there are files for it.
fn follow(rest: &str, base: &[String], files: &BTreeMap<Vec<String>, PathBuf>, used: &mut BTreeSet<Vec<String>>) {
    let items = match rest.strip_prefix('{') {
        Some(group) => items_of_group(group),
        None => vec![rest.to_owned()],
    };
    for item in items {
        let item = item.trim_start();
        let word = words(item).next().unwrap_or_default();
        let mut deeper = base.to_vec();
        deeper.push(word.to_owned());
        match item[word.len()..].strip_prefix("::") {
            _ if !files.contains_key(&deeper) => {
                // At the crate's root there is no file of the folder.
                if files.contains_key(base) {
                    used.insert(base.to_vec());
                } else if files.keys().any(|file| file.starts_with(&deeper)) {
                    follow(item[word.len()..].trim_start_matches(':'), &deeper, files, used);
                }
            }
            Some(further) => follow(further, &deeper, files, used),
            None => _ = used.insert(deeper),
        }
    }
}

/// A way from a file to itself, where there is one.
fn circle_in(uses: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>) -> Option<Vec<Vec<String>>> {
    let mut clear = BTreeSet::new();
    uses.keys().find_map(|start| circle_from(start, uses, &mut Vec::new(), &mut clear))
}

fn circle_from(
    at: &Vec<String>,
    uses: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
    way: &mut Vec<Vec<String>>,
    clear: &mut BTreeSet<Vec<String>>,
) -> Option<Vec<Vec<String>>> {
    if let Some(before) = way.iter().position(|other| other == at) {
        let mut circle = way[before..].to_vec();
        circle.push(at.clone());
        return Some(circle);
    }
    if clear.contains(at) {
        return None;
    }
    way.push(at.clone());
    let found = uses.get(at).into_iter().flatten().find_map(|next| circle_from(next, uses, way, clear));
    way.pop();
    clear.insert(at.clone());
    found
}

#[test]
fn a_circle_of_files_is_found() {
    let module = |name: &str| name.split("::").map(str::to_owned).collect::<Vec<_>>();
    let files: BTreeMap<_, _> = ["a", "a::b", "a::c", "a::c::d"].map(|name| (module(name), PathBuf::from(name))).into();
    let used = |code: &str, of: &str| {
        let used = modules_used(code, &module(of), &files).into_iter().map(|path| path.join("::"));
        used.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(used("use super::c::{d::X, Y};", "a::b"), "a::c a::c::d");
    assert_eq!(used("use super::super::b::X; fn f() { super::Y::new() }", "a::c::d"), "a::b a::c");
    assert_eq!(used("pub use b::X; mod c; use std::c::x; use crate::a::c::d::Z;", "a"), "a::b a::c::d");
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
        pairs.iter().for_each(|(from, to)| _ = uses.entry(module(from)).or_default().insert(module(to)));
        uses
    };
    assert_eq!(circle_in(&uses(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
    assert!(circle_in(&uses(&[("a", "b"), ("b", "c"), ("c", "b")])).is_some_and(|circle| circle.len() == 3));
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
