//! What the library is made of: licences that its users can take over, and crates of crates.io alone.

use std::collections::BTreeSet;
use std::error::Error;
use std::process::Command;

use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

/// Licences that ask for no more than that their text goes along.
const ALLOWED: [&str; 11] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Runs when the header is written, and is part of nothing that is given to anybody.
const TOOLS: [(&str, &str); 1] = [("cbindgen", "MPL-2.0")];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The packages of the lock file: of all systems where they are at hand, else of this one.
fn packages() -> Result<Vec<Value>, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--offline", "--locked"]).args(more);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).output()
    };
    let mut output = metadata(&[])?;
    if !output.status.success() {
        let version = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
        output = metadata(&["--filter-platform", host])?;
    }
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let document: Value = serde_json::from_slice(&output.stdout)?;
    Ok(document["packages"].as_array().cloned().unwrap_or_default())
}

/// Whether an SPDX expression can be met with what is allowed. `/` is an old way to write OR.
fn is_met(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = alternatives(&words, &mut at);
    met && at == words.len()
}

fn alternatives(words: &[&str], at: &mut usize) -> bool {
    let mut met = all(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at);
    }
    met
}

fn all(words: &[&str], at: &mut usize) -> bool {
    let mut met = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at);
    }
    met
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = alternatives(words, at);
        *at += 1;
        return met && words.get(*at - 1) == Some(&")");
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    ALLOWED.contains(&&*licence)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for met in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(GPL-3.0 OR MIT) AND Unicode-3.0", "MIT OR GPL-3.0 AND X"] {
        assert!(is_met(met), "{met}");
    }
    let wrong = ["", "GPL-3.0", "MIT AND GPL-3.0", "GPL-3.0 OR MIT AND X", "(MIT", "MIT)", "MIT MIT", "MIT WITH X"];
    for wrong in wrong {
        assert!(!is_met(wrong), "{wrong}");
    }
}

#[test]
fn every_licence_is_one_that_asks_for_little_and_every_crate_is_of_crates_io() -> Outcome {
    let packages = packages()?;
    assert!(packages.len() > 50, "{} packages", packages.len());
    let mut wrong = BTreeSet::new();
    for package in &packages {
        let text = |name: &str| package[name].as_str().unwrap_or_default();
        let (name, licence) = (text("name"), text("license"));
        if !is_met(licence) && !TOOLS.contains(&(name, licence)) {
            wrong.insert(format!("{name}: the licence {licence:?}"));
        }
        if !package["source"].is_null() && text("source") != CRATES_IO {
            wrong.insert(format!("{name}: from {}", text("source")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
