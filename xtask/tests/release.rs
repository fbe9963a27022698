//! `cargo xtask release --dry-run` and `cargo xtask version`, as a person types them.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::path::Path;
use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // What cargo set for this test is none of the builds' business that it starts.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_EXE_xtask" {
            command.env_remove(&*name);
        }
    }
    command.args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_dry_run_goes_through_everything_and_says_what_it_left_out() {
    let output = xtask(&["release", "--dry-run", "--no-packages"]);
    let text = said(&output);
    let verdict = |stage: &str| {
        let line = text.lines().find(|line| line.starts_with(stage)).unwrap_or_else(|| panic!("no {stage}:\n{text}"));
        line[26..].split_whitespace().next().unwrap().to_owned()
    };
    for stage in ["versions", "changelog", "header", "module", "frozen", "documents"] {
        assert_eq!(verdict(stage), "ok", "{stage}:\n{text}");
    }
    // Whoever works on something has not committed it; that alone may fail here.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(root).output();
    if let Ok(status) = status {
        let is_clean = status.stdout.is_empty();
        assert_eq!(verdict("clean tree"), if is_clean { "ok" } else { "FAILED" }, "{text}");
    }
    for left_out in ["package", "package for Windows", "Python wheel"] {
        assert_eq!(verdict(left_out), "skipped", "{text}");
        assert!(text.contains(&format!("!! {left_out}: NOT made, as --no-packages says")), "{text}");
    }
    let last = text.trim_end().lines().last().unwrap();
    let failed: u64 = last.split(", ").find_map(|part| part.strip_suffix(" failed")).unwrap().parse().unwrap();
    assert_eq!(output.status.success(), failed == 0, "{text}");
}

#[test]
fn a_tag_without_its_heading_in_the_changelog_is_refused() {
    let version = said(&xtask(&["version"]));
    let output = xtask(&["release", "--notes", &format!("v{}", "0.0.1")]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains(&format!("the tag is v0.0.1, and the version is {}", version.trim())),
        "{}",
        said(&output)
    );
}

#[test]
fn a_version_that_is_none_or_lower_changes_nothing() {
    let version = said(&xtask(&["version"]));
    for (asked, part) in
        [("1.2", "1.2 is no version such as 1.2.3"), ("0.0.1", "versions only rise"), ("1.0.0-nightly", "only alpha1")]
    {
        let output = xtask(&["version", asked]);
        assert!(!output.status.success());
        assert!(said(&output).contains(part), "{}", said(&output));
    }
    // The one that is there is set already.
    let output = xtask(&["version", version.trim()]);
    assert_eq!((output.status.success(), said(&output).trim()), (true, "all is up to date"));
    assert_eq!(said(&xtask(&["version"])), version);
}
