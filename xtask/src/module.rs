//! The PowerShell module as it is given to users: its functions in one file, which is imported in half the time.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{files, workspace};

/// The folder of a module has its name.
pub(crate) const NAME: &str = "ExRun";

/// The one that declares native functions stays a file by itself: to sign, and to show to whoever asks what it does.
const NATIVE: [&str; 3] = ["Private", "Native", "Native.ps1"];

const REGION: &str = "#region Loading";
const END: &str = "#endregion\n";

/// The module with a file for each function, as it is worked on.
pub(crate) fn sources() -> PathBuf {
    workspace::root().join("powershell").join(NAME)
}

/// Writes the module without the native library into a folder, which is made where there is none.
///
/// # Errors
///
/// When a file cannot be read or written, or the script module has no region to replace.
pub(crate) fn lay_out(folder: &Path) -> Result<()> {
    let sources = sources();
    files::copy(&sources.join("ExRun.psd1"), folder)?;
    for help in scripts(&sources.join("en-US"), "txt")? {
        files::copy(&help, &folder.join("en-US"))?;
    }
    let native: PathBuf = NATIVE.iter().collect();
    files::copy(&sources.join(&native), folder.join(&native).parent().unwrap_or(folder))?;
    let script = folder.join("ExRun.psm1");
    fs::write(&script, merged(&sources)?).with_context(|| format!("writing {}", script.display()))
}

/// The script module with the functions in place of what loads them.
fn merged(sources: &Path) -> Result<String> {
    let script = read(&sources.join("ExRun.psm1"))?;
    let region = script.split_once(REGION).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    let Some((head, tail)) = region else { bail!("ExRun.psm1 has no region that starts with {REGION}") };

    let mut text = head.to_owned();
    writeln!(text, ". ([System.IO.Path]::Combine($PSScriptRoot, '{}'))\n", NATIVE.join("', '"))?;
    let native: PathBuf = NATIVE.iter().collect();
    for file in scripts(&sources.join("Private"), "ps1")? {
        if !file.ends_with(&native) {
            writeln!(text, "{}", read(&file)?)?;
        }
    }
    let mut names = Vec::new();
    for file in scripts(&sources.join("Public"), "ps1")? {
        writeln!(text, "{}", read(&file)?)?;
        names.push(format!("'{}'", file.file_stem().unwrap_or_default().display()));
    }
    writeln!(text, "$functions = [System.Collections.Generic.List[string]] @({})", names.join(", "))?;
    text.push_str(tail);
    Ok(text)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// The files of a folder, and of the folders in it, with an ending, in the order of their paths.
pub(crate) fn scripts(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let listing = || format!("listing {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(listing)? {
            let path = entry.with_context(listing)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::tools;

    /// What a session sees of a module, and the text of each of its functions.
    const LOOK: &str = r#"
        param([string] $Path)
        $ErrorActionPreference = 'Stop'
        $module = Import-Module $Path -PassThru
        'functions: ' + (($module.ExportedFunctions.Keys | Sort-Object) -join ' ')
        'aliases: ' + (($module.ExportedAliases.Keys | Sort-Object) -join ' ')
        foreach ($name in $module.ExportedFunctions.Keys | Sort-Object) { $name + ': ' + (Get-Help $name).Synopsis }
        & $module {
            Get-ChildItem function: | Where-Object { $_.Module -and $_.Module.Name -eq 'ExRun' } | Sort-Object Name |
                ForEach-Object { $_.Name + $_.Definition }
            # Native.ps1 is looked for where it stands.
            (Get-Command Get-Native).Name
        }
        if ($Error.Count) { throw $Error[0] }
    "#;

    #[test]
    fn what_is_given_to_users_is_what_was_tested() {
        let Some(program) = tools::powershell() else {
            assert!(!tools::is_set("EXRUN_REQUIRE_PWSH"), "PowerShell was not found");
            println!("LEFT OUT: PowerShell was not found, so the module in one file is not compared with its sources");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let look = folder.path().join("look.ps1");
        std::fs::write(&look, LOOK).unwrap();
        let laid_out = folder.path().join(super::NAME);
        super::lay_out(&laid_out).unwrap();
        let seen = |module: &std::path::Path| {
            let mut command = Command::new(&program);
            command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&look).arg(module.join("ExRun.psd1"));
            let output = command.env("NO_COLOR", "1").output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let (given, tested) = (seen(&laid_out), seen(&super::sources()));
        assert!(tested.contains("\nGet-MailboxSettingsReport: ") && tested.contains("\nPush-RunInput"), "{tested}");
        assert_eq!(given, tested);
        assert!(laid_out.join("en-US").join("about_ExRun.help.txt").exists());
    }
}
