//! The module as it is given to users is what was tested: its commands, their texts and their help.

mod help;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools;

/// Whether there is no PowerShell, by which the module is laid out: a test that does so is left out.
pub(crate) fn is_left_out() -> bool {
    let is_missing = tools::powershell().is_none();
    if is_missing {
        assert!(!tools::is_set("EXRUN_REQUIRE_PWSH"), "PowerShell was not found");
        println!("LEFT OUT: PowerShell was not found, so the module is not laid out in few files");
    }
    is_missing
}

/// The module as it is given to users, in a folder that goes with the test; none where there is no PowerShell.
fn laid_out() -> Option<(PathBuf, tempfile::TempDir)> {
    if is_left_out() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join(super::NAME);
    super::lay_out(&module).unwrap();
    Some((module, folder))
}

/// What a script prints that is given a module.
fn said(script: &str, module: &Path) -> String {
    said_with(script, &module.join("ExRun.psd1"), &[])
}

fn said_with(script: &str, module: &Path, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script.ps1");
    std::fs::write(&file, script).unwrap();
    let mut command = Command::new(tools::powershell().unwrap());
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&file).arg(module).args(arguments);
    let output = command.env("NO_COLOR", "1").env("EXRUN_LIBRARY", "/nowhere/libexrun.so").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Fails with the first lines that differ: both texts are long.
fn assert_same(given: &str, tested: &str) {
    let differs = given.lines().zip(tested.lines()).position(|(given, tested)| given != tested);
    if let Some(at) = differs {
        let part = |text: &str| text.lines().skip(at.saturating_sub(3)).take(8).collect::<Vec<_>>().join("\n");
        panic!("line {at}, given:\n{}\n\ntested:\n{}", part(given), part(tested));
    }
    assert!(given == tested, "{} and {} lines", given.lines().count(), tested.lines().count());
}

#[test]
fn whoever_signs_the_module_is_told_of_every_script_in_it() {
    let Some((module, _folder)) = laid_out() else { return };
    let told = super::read(&super::workspace::root().join("SECURITY.md")).unwrap();
    let (_, told) = told.split_once("## The module's script files").unwrap();
    let told = told.split("\n## ").next().unwrap();
    let mut given: Vec<_> = ["ps1", "psm1", "psd1", "ps1xml", "xml"]
        .iter()
        .flat_map(|ending| super::scripts(&module, ending).unwrap())
        .map(|file| file.strip_prefix(&module).unwrap().to_string_lossy().replace('\\', "/"))
        .collect();
    given.sort();
    assert_eq!(
        given,
        [
            "ExRun.Format.ps1xml",
            "ExRun.psd1",
            "ExRun.psm1",
            "Private/Functions.ps1",
            "Private/Native/Native.ps1",
            "Private/Runs.7.3.ps1",
            "Private/Runs.ps1",
            "en-US/ExRun-help.xml"
        ]
    );
    for file in given {
        assert!(told.contains(&format!("`{file}`")), "SECURITY.md does not name {file}");
    }
}

#[test]
fn what_is_given_to_users_is_what_was_tested() {
    let Some((module, _folder)) = laid_out() else { return };
    let script = include_str!("look.ps1");
    let (given, tested) = (said(script, &module), said(script, &super::sources()));
    let certificate = "\n  Certificate System.Security.Cryptography.X509Certificates.X509Certificate2, System.";
    for part in ["\nFunction Get-MailboxSettingsReport ", "\nPush-RunInput", "its help", certificate] {
        assert!(tested.contains(part), "{part}: {tested}");
    }
    assert_same(&given, &tested);
    assert!(module.join("en-US").join("about_ExRun.help.txt").exists());
}

#[test]
fn an_import_reads_no_help() {
    let Some((module, _folder)) = laid_out() else { return };
    // What stands before the commands in the script module is not the users', and keeps its few lines.
    for (file, own) in [("ExRun.psm1", super::FIRST.len()), ("Private/Runs.ps1", 0), ("Private/Runs.7.3.ps1", 0)] {
        let text = super::read(&module.join(file)).unwrap();
        assert_eq!(text.matches(".SYNOPSIS").count(), own, "{file}");
        assert!(text.contains("\n    # .EXTERNALHELP "), "{file}");
    }
}

#[test]
fn whichever_command_is_the_first_finds_what_it_is_made_of() {
    let Some((module, _folder)) = laid_out() else { return };
    let script = include_str!("first_use.ps1");
    let (given, tested) = (said(script, &module), said(script, &super::sources()));
    assert!(tested.starts_with("outlook.office.com") && tested.contains("\nUserPurpose"), "{tested}");
    assert!(tested.contains("clean { Clear-AbandonedRun") && !tested.contains("CommandNotFound"), "{tested}");
    let mine = |text: &str, path: &Path| text.replace(&path.display().to_string(), "MODULE");
    assert_eq!(mine(&given, &module), mine(&tested, &super::sources()));
}

#[test]
fn an_import_reads_the_commands_alone_and_only_what_belongs_to_them() {
    let Some((module, _folder)) = laid_out() else { return };
    let functions = module.join("Private").join("Functions.ps1");
    let other = super::read(&functions).unwrap().replacen("-ne '", "-ne 'another", 1);
    std::fs::write(&functions, other).unwrap();
    let script = "param($Path) Import-Module $Path; 'imported'; try { Get-AppSettings } catch { \"$_\" }";
    let text = said(script, &module);
    assert!(text.starts_with("imported") && text.contains("replaced since"), "{text}");
}

#[test]
fn windows_powershell_is_given_no_clean_block() {
    let Some((module, _folder)) = laid_out() else { return };
    let file = module.join("ExRun.psm1");
    let script = super::read(&file).unwrap().replace("= $PSVersionTable.PSVersion", "= [version] '5.1'");
    assert!(script.contains("'5.1'"));
    std::fs::write(&file, script).unwrap();
    std::fs::remove_file(module.join("Private").join("Runs.7.3.ps1")).unwrap();
    let text = said(
        "param($Path) Import-Module $Path; $null -eq (Get-Command Set-ExRunMailboxSettings).ScriptBlock.Ast.Body.CleanBlock",
        &module,
    );
    assert_eq!(text.trim(), "True");
}
