//! Crashes as SQLite tests them: a small run is killed, loses its power or is failed by the disk at each of the
//! operations that it does to its files, one after the other. What the next run then finds must be right.
//!
//! `faults.c` stands between the process and the C library, which works on Linux alone.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod journals;
mod moments;
mod runs;
mod tokens;

use std::fs;
use std::path::Path;

/// What lies in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
