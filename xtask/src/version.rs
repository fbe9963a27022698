//! `cargo xtask version`: one version, in every place that says it.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

use crate::written::{self, Written, read};
use crate::{changelog, workspace};

/// Where the version may stand between two texts. The first is the place that the others follow.
const PLACES: [(&str, &str, &str); 10] = [
    ("Cargo.toml", "[workspace.package]\nversion = \"", "\""),
    ("Cargo.lock", "name = \"exrun\"\nversion = \"", "\""),
    ("Cargo.lock", "name = \"exrun-emulator\"\nversion = \"", "\""),
    ("Cargo.lock", "name = \"xtask\"\nversion = \"", "\""),
    ("bindings/python/exrun/__init__.py", "__version__ = \"", "\""),
    ("README.md", "Import-Module ./dist/ExRun-", "/"),
    ("README.md", "`dist/ExRun.", ".nupkg"),
    ("docs/packages.md", "-NupkgPath dist/ExRun.", ".nupkg"),
    ("examples/kubernetes/report-job.yaml", "image: registry.example.com/exrun:", "\n"),
    ("examples/kubernetes/nightly-cronjob.yaml", "image: registry.example.com/exrun:", "\n"),
];
const MANIFEST: &str = "powershell/ExRun/ExRun.psd1";
const CHANGELOG: &str = "CHANGELOG.md";

/// Says the version.
///
/// # Errors
///
/// When there is none.
pub(crate) fn show() -> Result<()> {
    println!("{}", current(workspace::root())?);
    Ok(())
}

/// Compares all places with the first.
///
/// # Errors
///
/// When one says another version; the message names the file.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let version = current(root)?;
    written::check(texts(root, &version)?, &format!("version {version}"))
}

/// Sets the version; with a date it is released on that day.
///
/// # Errors
///
/// When it is no version, lower than the one that is there, released before, or a file cannot be written.
pub(crate) fn set(text: &str, released: Option<&str>) -> Result<()> {
    let root = workspace::root();
    let version = wanted(text)?;
    let present = current(root)?;
    ensure!(version >= present, "{version} is lower than {present}, the version that is there: versions only rise");
    let mut texts = texts(root, &version)?;
    if let Some(date) = released {
        let is_date = date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]);
        ensure!(
            is_date && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'),
            "{date} is no date such as 2026-03-01"
        );
        let (_, changes) = texts.last_mut().context("no changelog")?;
        ensure!(
            changelog::unreleased(changes) > 0,
            "{CHANGELOG} has no changes under Unreleased: there is nothing to release"
        );
        *changes = changelog::with_released(changes, &version, date);
    }
    written::write(texts)
}

/// A version that every registry takes: `1.2.3`, or `1.2.3-rc1` (or `alpha`, `beta`) for one that is tried first.
fn wanted(text: &str) -> Result<Version> {
    let version: Version = text.parse().with_context(|| format!("{text} is no version such as 1.2.3"))?;
    ensure!(version.build.is_empty(), "{text}: the Gallery takes no build after a +");
    let number = version.pre.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    let kind = &version.pre[..version.pre.len() - number.len()];
    let is_tried = ["alpha", "beta", "rc"].contains(&kind)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    ensure!(version.pre.is_empty() || is_tried, "{text}: only alpha1, beta1, rc1 and the like may follow the -");
    Ok(version)
}

/// The version of the workspace.
///
/// # Errors
///
/// When `Cargo.toml` has none.
pub(crate) fn current(root: &Path) -> Result<Version> {
    let [(file, before, after), ..] = PLACES;
    let text = read(&root.join(file))?;
    let version = between(&text, before, after).with_context(|| format!("{file} has no version"))?;
    version.parse().with_context(|| format!("{file}: {version} is no version"))
}

/// Every file that says the version, as it is to be; the changelog last.
fn texts(root: &Path, version: &Version) -> Result<Vec<Written>> {
    let mut texts: Vec<Written> = Vec::new();
    for (file, before, after) in PLACES {
        let path = root.join(file);
        if !path.exists() {
            continue;
        }
        let at = match texts.iter().position(|(known, _)| *known == path) {
            Some(at) => at,
            None => {
                texts.push((path.clone(), read(&path)?));
                texts.len() - 1
            }
        };
        let (_, text) = &mut texts[at];
        // A page may have lost its sentence; that no other one has come is for a test.
        let Some(old) = between(text, before, after).filter(|old| old.parse::<Version>().is_ok()) else { continue };
        *text = text.replace(&format!("{before}{old}{after}"), &format!("{before}{version}{after}"));
    }
    let path = root.join(MANIFEST);
    let text = manifest(&read(&path)?, version)?;
    texts.push((path, text));
    let path = root.join(CHANGELOG);
    let changes = read(&path)?;
    if changelog::newest(&changes).is_some_and(|newest| newest > *version) {
        bail!("{CHANGELOG} has a release after {version}");
    }
    let text = changelog::with_planned(&changes, version);
    texts.push((path, text));
    Ok(texts)
}

/// The manifest of the module, which has the number, and what is tried first in a place of its own, where it has one: else
/// `cargo xtask package` writes it.
fn manifest(text: &str, version: &Version) -> Result<String> {
    let number = Version { pre: semver::Prerelease::EMPTY, ..version.clone() };
    let mut lines = Vec::new();
    let mut has_number = false;
    for line in text.lines() {
        let name = line.trim_start().split([' ', '=']).next().unwrap_or_default();
        if name == "ModuleVersion" {
            has_number = true;
            lines.push(replaced(line, &number.to_string())?);
        } else if name == "Prerelease" {
            lines.push(replaced(line, &version.pre)?);
        } else {
            lines.push(line.to_owned());
        }
    }
    ensure!(has_number, "{MANIFEST} has no ModuleVersion");
    Ok(lines.join("\n") + "\n")
}

/// A line with another text between its quotes.
fn replaced(line: &str, text: &str) -> Result<String> {
    let (before, rest) = line.split_once('\'').context("a line without a value")?;
    let (_, after) = rest.split_once('\'').context("a value that does not end")?;
    Ok(format!("{before}'{text}'{after}"))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(within, _)| within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted_error(text: &str) -> String {
        format!("{:#}", wanted(text).unwrap_err())
    }

    #[test]
    fn only_what_every_registry_takes_is_a_version() {
        for good in ["0.1.0", "1.2.3", "10.20.30", "1.0.0-rc1", "1.0.0-beta12"] {
            assert_eq!(wanted(good).unwrap().to_string(), good);
        }
        for bad in ["1.2", "v1.2.3", "1.2.3.4", "01.2.3", "", "1.2.3 "] {
            assert!(wanted_error(bad).contains("is no version such as"), "{bad}");
        }
        for bad in ["1.0.0-rc.1", "1.0.0-rc", "1.0.0-preview1", "1.0.0-1"] {
            assert!(wanted_error(bad).contains("only alpha1"), "{bad}");
        }
        assert!(wanted_error("1.0.0+linux").contains("no build"));
    }

    #[test]
    fn every_place_says_the_version_of_the_workspace() {
        check().unwrap();
    }

    #[test]
    fn another_version_reaches_every_place_and_changes_nothing_else() {
        let root = workspace::root();
        let (present, next) = (current(root).unwrap(), Version::new(987, 6, 5));
        let texts = texts(root, &next).unwrap();
        for (path, text) in &texts {
            let before = read(path).unwrap();
            assert_eq!(before.lines().count(), text.lines().count(), "{}", path.display());
            let mut is_changed = false;
            for (old, new) in before.lines().zip(text.lines()).filter(|(old, new)| old != new) {
                assert_eq!(old.replace(&present.to_string(), &next.to_string()), new, "{}", path.display());
                is_changed = true;
            }
            let is_of_others = ["Cargo.lock", CHANGELOG].iter().any(|name| path.ends_with(name));
            assert!(is_changed || path.ends_with(CHANGELOG), "{} kept its version", path.display());
            assert!(
                is_of_others || !text.contains(&present.to_string()),
                "add a place of {} to PLACES",
                path.display()
            );
        }
        let lock = &texts.iter().find(|(path, _)| path.ends_with("Cargo.lock")).unwrap().1;
        assert_eq!(lock.matches(&format!("version = \"{next}\"")).count(), 3);
    }

    /// A place that `PLACES` does not know would keep the old version.
    #[test]
    fn no_other_file_says_the_version() {
        let version = current(workspace::root()).unwrap().to_string();
        // Locks of others' packages, what was released, and an example of what a function gives.
        let elsewhere = [
            "Cargo.lock",
            "package-lock.json",
            CHANGELOG,
            "src/ffi/version.rs",
            "include/exrun.h",
            "docs/abi.md",
            "xtask/src/",
            "tests/",
        ];
        let known: Vec<&str> = PLACES.iter().map(|(file, ..)| *file).chain([MANIFEST]).collect();
        let mut command = std::process::Command::new("git");
        command.args(["grep", "-l", "--untracked", "--fixed-strings", "--word-regexp", &version]);
        let Ok(found) = command.current_dir(workspace::root()).output() else {
            println!("LEFT OUT: a search for other places of the version: git is not installed");
            return;
        };
        let text = String::from_utf8(found.stdout).unwrap();
        let others: Vec<&str> = text
            .lines()
            .filter(|file| !known.contains(file) && !elsewhere.iter().any(|part| file.contains(part)))
            .collect();
        assert!(text.contains("Cargo.toml") && others.is_empty(), "add these to PLACES: {others:?}");
    }

    #[test]
    fn a_version_that_is_tried_first_is_set_in_the_manifest_where_it_has_a_place() {
        let text = "@{\n    ModuleVersion = '0.1.0'\n    PSData = @{\n        Prerelease   = ''\n    }\n}\n";
        let set = manifest(text, &wanted("1.0.0-rc1").unwrap()).unwrap();
        assert_eq!(set, text.replace("0.1.0", "1.0.0").replace("''", "'rc1'"));
        assert_eq!(manifest(&set, &wanted("1.0.0").unwrap()).unwrap(), text.replace("0.1.0", "1.0.0"));
        assert!(manifest("@{\n}\n", &wanted("1.0.0-rc1").unwrap()).is_err());
    }
}
