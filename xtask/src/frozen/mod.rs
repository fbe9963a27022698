//! `cargo xtask frozen`: what programs that use the library build on, listed, so that no change breaks it unseen.
//!
//! | listing | of | compared by |
//! |---|---|---|
//! | `tests/abi/frozen.txt` | the header, events and the members of requests, as the sources have them | `cargo xtask frozen --check`, a stage of `cargo xtask test` |
//! | `tests/abi/frozen_replies.txt` | the members of results, rows, errors and counts, as a tenant gives them | `tests/frozen_replies.rs` |

pub(crate) mod compare;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::header::{self, VERSION};
use crate::written::{self, read};
use crate::{changelog, workspace};
use compare::{Differences, Facts};

const LISTING: &str = "tests/abi/frozen.txt";
const COMMAND: &str = "cargo xtask frozen";
const NOTE: &str = "\
What programs that use the library build on: `cargo xtask frozen` writes it, and `cargo xtask frozen --check` compares it.
A line that is removed or changed breaks such programs; docs/abi.md, \"Versions\", says what to do about it.";

/// Compares the listing with what the sources give.
///
/// # Errors
///
/// When they differ; the message says what it breaks, or that the listing is to be renewed.
pub(crate) fn check() -> Result<()> {
    let listed = compare::read(&read(&path())?);
    match judged(&listed, &header::facts()?) {
        Some(text) => bail!(text),
        None => {
            println!("all {} facts of {LISTING} hold", listed.len());
            Ok(())
        }
    }
}

/// Renews both listings.
///
/// # Errors
///
/// When that would break callers and `breaks` does not say that it may; when a broken one is released and the version of
/// the ABI has not been raised; when a file cannot be written, or the replies cannot be had.
pub(crate) fn renew(breaks: bool) -> Result<()> {
    // The first time there is none.
    let listed = std::fs::read_to_string(path()).map(|text| compare::read(&text)).unwrap_or_default();
    let present = header::facts()?;
    let found = compare::compare(&listed, &present);
    if !found.broken.is_empty() {
        let text = compare::verdict(LISTING, &found, COMMAND).unwrap_or_default();
        if !breaks {
            bail!(text);
        }
        let is_released = changelog::newest(&read(&workspace::root().join("CHANGELOG.md"))?).is_some();
        if is_released && !is_raised(&listed, &present) {
            bail!("{text}\nEXRUN_ABI_VERSION (src/ffi/version.rs) still is that of the release");
        }
    }
    written::write(vec![(path(), compare::write(NOTE, &present))])?;
    let mut recording = workspace::cargo(&["test", "--workspace", "--quiet", "--test", "frozen_replies"]);
    let mode = if breaks { "break" } else { "add" };
    if !recording.env("EXRUN_RENEW_FROZEN", mode).status().context("starting cargo")?.success() {
        bail!("the members of replies were not listed; see above");
    }
    Ok(())
}

/// What is to be said of a listing.
fn judged(listed: &Facts, present: &Facts) -> Option<String> {
    let mut found = compare::compare(listed, present);
    if is_raised(listed, present) {
        // Who raises the version says that it breaks: then all that is left is to list it.
        let Differences { broken, added } = &mut found;
        added.append(broken);
    }
    compare::verdict(LISTING, &found, COMMAND)
}

fn is_raised(listed: &Facts, present: &Facts) -> bool {
    let number = |facts: &Facts| facts.get(VERSION).and_then(|number| number.parse::<u32>().ok());
    number(present) > number(listed)
}

fn path() -> PathBuf {
    workspace::root().join(LISTING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raised_version_leaves_only_the_listing_to_renew() {
        let listed = compare::read("constant EXRUN_ABI_VERSION: 1\nfunction exrun_x: int64_t\n");
        let broken = compare::read("constant EXRUN_ABI_VERSION: 1\nfunction exrun_x: int32_t\n");
        let raised = compare::read("constant EXRUN_ABI_VERSION: 2\nfunction exrun_x: int32_t\n");
        assert!(judged(&listed, &broken).unwrap().contains("breaks programs"));
        let text = judged(&listed, &raised).unwrap();
        assert!(!text.contains("breaks programs") && text.contains("exrun_x"), "{text}");
        // Lowering it is no way out.
        let lowered = compare::read("constant EXRUN_ABI_VERSION: 0\nfunction exrun_x: int64_t\n");
        assert!(judged(&listed, &lowered).unwrap().contains("breaks programs"));
        assert_eq!(judged(&listed, &listed), None);
    }
}
