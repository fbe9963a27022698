//! The licences of all that is linked into the library, in one file that goes along with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::linked::{Linked, Part};
use crate::native::System;
use crate::workspace;

const RULE: &str = "================================================================================\n";

/// The text: the parts with their licences, and each licence's text once, under the names of those that have it.
///
/// # Errors
///
/// When a text cannot be read, or a part has none.
pub(super) fn text(linked: &Linked, systems: &[&System]) -> Result<String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut list = String::new();
    for part in linked.parts.values() {
        writeln!(list, "{} {} ({})", part.name, part.version, part.licence)?;
        for text in texts(part)? {
            by_text.entry(text).or_default().push(format!("{} {}", part.name, part.version));
        }
    }
    let mut written = format!(
        "ExRun holds a native library, into which other people's work is linked. Here is each part with its licence, and then\n\
         the texts of these licences. Where a part may be used under one of several licences, one that asks for no more\n\
         than that its text goes along was chosen.\n\n{list}"
    );
    for text in [Some(RUST), systems.iter().any(|system| system.rid.starts_with("linux-")).then_some(LINUX)]
        .into_iter()
        .chain([systems.iter().any(|system| system.rid.starts_with("win-")).then_some(WINDOWS)])
        .flatten()
    {
        write!(written, "\n{RULE}{text}")?;
    }
    // In the order of their parts' names.
    let mut texts: Vec<_> = by_text.into_iter().map(|(text, parts)| (parts, text)).collect();
    texts.sort();
    for (parts, text) in texts {
        write!(written, "\n{RULE}{}\n\n{text}\n", parts.join(", "))?;
    }
    Ok(written)
}

/// The texts of a part's licence, all of them where all apply; of several to choose from, that of the simplest.
fn texts(part: &Part) -> Result<Vec<String>> {
    let named = |path: &Path, word: &str| {
        path.file_name().is_some_and(|name| name.to_string_lossy().to_ascii_uppercase().contains(word))
    };
    let may_choose = part.licence.contains(" OR ") && !part.licence.contains(" AND ");
    let chosen: Vec<&Path> = ["MIT", "APACHE"]
        .into_iter()
        .filter(|_| may_choose)
        .map(|word| {
            let of_it = |path: &&Path| named(path, word) || named(path, "NOTICE");
            part.texts.iter().map(std::path::PathBuf::as_path).filter(of_it).collect::<Vec<_>>()
        })
        .find(|found: &Vec<&Path>| found.iter().any(|path| !named(path, "NOTICE")))
        .unwrap_or_else(|| part.texts.iter().map(std::path::PathBuf::as_path).collect());
    if chosen.is_empty() {
        return Ok(vec![standard(part)?]);
    }
    chosen.into_iter().map(|path| read(path, part)).collect()
}

fn read(path: &Path, part: &Part) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    // SQLite's stands at the head of each of its files.
    let text = match text.split_once("*/").filter(|_| part.licence == "blessing") {
        Some((head, _)) => head
            .trim_start_matches("/*")
            .lines()
            .map(|line| line.trim_start_matches("**"))
            .collect::<Vec<_>>()
            .join("\n"),
        None => text,
    };
    let lines: Vec<&str> = text.trim_matches(['\n', '\u{feff}']).lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim_end().to_owned())
}

/// That of the Apache licence, which names nobody, for a part that brings no text.
fn standard(part: &Part) -> Result<String> {
    if !part.licence.contains("Apache-2.0") {
        bail!("{} {} brings no text of its licence, {}", part.name, part.version, part.licence);
    }
    let path = workspace::root().join("LICENSE-APACHE");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text.trim_end().to_owned())
}

const RUST: &str = "\
The Rust standard library, and the crates that it is made of (addr2line, backtrace, cfg-if, compiler_builtins, gimli,
hashbrown, libc, memchr, miniz_oxide, object, rustc-demangle)

MIT OR Apache-2.0; the text of both stands below. Copyright (c) The Rust Project Contributors.
compiler_builtins holds parts of LLVM's compiler-rt, under the Apache License 2.0 with LLVM exceptions.
";

const LINUX: &str = "\
For Linux: compiler-rt and libunwind of LLVM, by zig

Apache-2.0 WITH LLVM-exception: \"As an exception, if, as a result of your compiling your source code, portions of this
Software are embedded into an Object form of such source code, you may redistribute such embedded portions in such
Object form without complying with the conditions of Sections 4(a), 4(b) and 4(d) of the License.\"
";

const WINDOWS: &str = "\
For Windows: the start-up code and import libraries of mingw-w64, libgcc and winpthreads

mingw-w64: in the public domain, or under ZPL-2.1: \"This software is provided by the copyright holders as is and any
express or implied warranties ... are disclaimed.\" Copyright (c) the mingw-w64 project.
libgcc: GPL-3.0 with the GCC Runtime Library Exception, which allows to give on what it is linked into under any terms.
winpthreads: MIT. Copyright (c) 2011 mingw-w64 project; parts Copyright (c) 2015 Intel Corporation.
";
