//! `cargo xtask release --dry-run`: all of a release that can be done without the service that makes it.
//!
//! The rest is `.github/workflows/release.yml`, which begins with this and goes on where it ends.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::windows::build;
use crate::written::read;
use crate::{changelog, test, tools, version, workspace};

/// What a release is tried with.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trial<'a> {
    /// Whether packages are made, which takes many minutes.
    pub(crate) packs: bool,
    /// The tag that is released, which then has to say the version, and the changelog to have its heading.
    pub(crate) tag: Option<&'a str>,
}

/// Goes through it; the last line printed is `N passed, N failed, N skipped`, and the status says whether any failed.
pub(crate) fn run(trial: Trial<'_>) -> ExitCode {
    let mut report = Report::default();
    tree(&mut report);
    report.check("versions", || own(&["version", "--check"]));
    report.check("changelog", || {
        let version = version::current(workspace::root())?;
        let said = changes(&read(&workspace::root().join("CHANGELOG.md"))?, &version, trial.tag);
        Ok(ended(said?))
    });
    for checked in ["header", "module", "frozen"] {
        report.check(checked, || own(&[checked, "--check"]));
    }
    for (name, target) in [("documents", "documents"), ("workflows and recipes", "recipes")] {
        report.tests(name, || {
            let arguments = ["test", "--workspace", "--test", target, "--", "--show-output"];
            let ended = stage::run(&mut workspace::cargo(&arguments))?;
            let left_out = tally::left_out(&ended.text);
            let tally = Tally::of_cargo(&ended.text).with_status(ended.success).moved_to_skipped(left_out.len() as u64);
            Ok((ended, tally, left_out))
        });
    }
    test::dependencies(&mut report);
    compatibility(&mut report);
    packages(&mut report, trial.packs);
    report.end()
}

/// What is not committed is not what is released.
fn tree(report: &mut Report) {
    const STAGE: &str = "clean tree";
    if tools::on_path("git").is_none() {
        report.absent(STAGE, false, "git was not found: whether all is committed is NOT known");
        return;
    }
    report.check(STAGE, || {
        let mut command = Command::new("git");
        let status = stage::run(command.args(["status", "--porcelain"]).current_dir(workspace::root()))?;
        ensure!(status.success, "git status: {}", status.text);
        ensure!(status.text.trim().is_empty(), "not committed:\n{}", status.text.trim_end());
        Ok(status)
    });
}

/// Whether the changelog speaks of the version; what it says of it.
fn changes(text: &str, version: &Version, tag: Option<&str>) -> Result<String> {
    if let Some(tag) = tag {
        ensure!(tag == format!("v{version}"), "the tag is {tag}, and the version is {version}");
        let notes = changelog::notes(text, version).with_context(|| {
            format!(
                "CHANGELOG.md has no heading of {version}: `cargo xtask version {version} --release DATE` writes it"
            )
        })?;
        ensure!(notes.contains("\n- ") || notes.starts_with("- "), "CHANGELOG.md says nothing of {version}");
        return Ok(notes);
    }
    if let Some(notes) = changelog::notes(text, version) {
        return Ok(notes);
    }
    let planned = changelog::planned(text);
    ensure!(
        planned.as_ref() == Some(version),
        "CHANGELOG.md: Unreleased does not say that it is to be {version}: `cargo xtask version {version}`"
    );
    match changelog::unreleased(text) {
        0 => bail!("CHANGELOG.md has no changes under Unreleased"),
        count => Ok(format!("{count} changes")),
    }
}

/// The library's Rust interface, compared with that of the release before.
fn compatibility(report: &mut Report) {
    const STAGE: &str = "Rust interface";
    let released = read(&workspace::root().join("CHANGELOG.md")).ok().and_then(|text| changelog::newest(&text));
    let Some(released) = released else {
        report.absent(STAGE, false, "nothing was released yet: there is no Rust interface to compare with");
        return;
    };
    if tools::on_path("cargo-semver-checks").is_none() {
        let why = "cargo-semver-checks was not found, so the Rust interface is NOT compared with the release before: \
                   cargo install --locked cargo-semver-checks";
        report.absent(STAGE, false, why);
        return;
    }
    report.check(STAGE, || {
        let baseline = format!("v{released}");
        stage::run(&mut workspace::cargo(&["semver-checks", "--package", "exrun", "--baseline-rev", &baseline]))
    });
}

/// What this machine can pack; what it cannot is made by the workflow.
fn packages(report: &mut Report, packs: bool) {
    let windows = ["package", "--target", build::TARGET];
    let kinds: [(&str, &[&str], Option<String>); 4] = [
        ("package", &["package"], None),
        ("package for Windows", &windows, build::is_missing()),
        (
            "Python wheel",
            &["package", "--wheel"],
            tools::on_path("python3").is_none().then(|| "python3 was not found".into()),
        ),
        (
            "archive for C",
            &["package", "--sdk"],
            (!cfg!(target_os = "linux")).then(|| "it is made on Linux alone".into()),
        ),
    ];
    for (name, arguments, missing) in kinds {
        match missing {
            _ if !packs => report.absent(name, false, &format!("{name}: NOT made, as --no-packages says")),
            Some(why) => report.absent(name, false, &format!("{name}: NOT made: {why}")),
            None => {
                report.check(name, || own(arguments));
            }
        }
    }
    report.absent(
        "macOS, Windows on arm64",
        false,
        "packages for macOS and for Windows on arm64 are made by the workflow alone",
    );
    report.absent("signing, publishing", false, "nothing is signed, attested or published by a dry run");
    if packs {
        list(&workspace::root().join("dist"));
    }
}

fn list(folder: &Path) {
    println!("\n{}:", folder.display());
    let names = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    for name in names {
        println!("  {name}");
    }
}

/// A command of this program.
fn own(arguments: &[&str]) -> Result<Ended> {
    stage::run(Command::new(std::env::current_exe()?).args(arguments).current_dir(workspace::root()))
}

fn ended(text: String) -> Ended {
    Ended { success: true, text, took: std::time::Duration::ZERO }
}

/// What the release of a tag says of itself: its part of the changelog.
///
/// # Errors
///
/// When the tag is not that of the version, or the changelog has no heading of it.
pub(crate) fn notes(tag: &str) -> Result<()> {
    let version = version::current(workspace::root())?;
    println!("{}", changes(&read(&workspace::root().join("CHANGELOG.md"))?, &version, Some(tag))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_BE: &str =
        "# Changelog\n\n## [Unreleased]\n\nTo be 0.2.0.\n\n- One.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n";
    const RELEASED: &str =
        "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-01\n\n- One.\n\n## [0.1.0] - 2026-01-01\n";

    fn said(text: &str, version: &str, tag: Option<&str>) -> String {
        match changes(text, &version.parse().unwrap(), tag) {
            Ok(text) => text,
            Err(error) => format!("error: {error:#}"),
        }
    }

    #[test]
    fn the_changelog_must_speak_of_the_version() {
        assert_eq!(said(TO_BE, "0.2.0", None), "1 changes");
        assert_eq!(said(RELEASED, "0.2.0", None), "- One.");
        assert!(said(TO_BE, "0.3.0", None).contains("does not say that it is to be 0.3.0"));
        assert!(said("## [Unreleased]\n\nTo be 0.2.0.\n", "0.2.0", None).contains("no changes"));
    }

    #[test]
    fn a_tag_is_released_with_its_own_heading_only() {
        assert_eq!(said(RELEASED, "0.2.0", Some("v0.2.0")), "- One.");
        assert!(said(RELEASED, "0.2.0", Some("v0.2.1")).contains("the tag is v0.2.1, and the version is 0.2.0"));
        assert!(said(RELEASED, "0.2.0", Some("0.2.0")).contains("the tag is 0.2.0"));
        assert!(said(TO_BE, "0.2.0", Some("v0.2.0")).contains("has no heading of 0.2.0"));
        assert!(said(RELEASED, "0.1.0", Some("v0.1.0")).contains("says nothing of 0.1.0"));
    }
}
