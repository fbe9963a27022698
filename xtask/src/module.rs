//! The PowerShell module as it is given to users: few files, of which an import reads the commands alone.
//!
//! | file | holds | is read |
//! |---|---|---|
//! | `ExRun.psm1` | the commands, and what each of them does first | by the import |
//! | `Private/Runs.ps1`, `Private/Runs.7.3.ps1` | the commands that have a clean block, without and with it | by the import, the one that this PowerShell understands |
//! | `ExRun.Format.ps1xml` | how objects are shown | with the first object that has a view |
//! | `Private/Functions.ps1` | what commands are made of | by the first command |
//! | `Private/Native/Native.ps1` | the same that declares native functions: a file by itself, to sign and to explain | by the first command |

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{files, workspace};

/// The folder of a module has its name.
pub(crate) const NAME: &str = "ExRun";

const NATIVE: &str = "Native";

/// What a command does before it needs the others, in the order in which it stands in the script module.
const FIRST: [&str; 3] = ["Import-PrivateFunction", "Clear-AbandonedRun", "Enter-Command"];

const REGION: &str = "#region Loading";
const END: &str = "#endregion\n";

/// How a clean block stands in a source, for Windows PowerShell to read the file.
const HIDDEN_CLEAN_BLOCK: &str = "# clean: {";

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
    let private = folder.join("Private");
    for file in ["ExRun.psd1", "ExRun.Format.ps1xml"] {
        files::copy(&sources.join(file), folder)?;
    }
    for help in scripts(&sources.join("en-US"), "txt")? {
        files::copy(&help, &folder.join("en-US"))?;
    }
    fs::create_dir_all(private.join(NATIVE)).with_context(|| format!("creating {}", private.display()))?;
    let commands = functions(&sources.join("Public"))?;
    let (runs, others): (Vec<_>, Vec<_>) =
        commands.iter().partition(|command| command.text.contains(HIDDEN_CLEAN_BLOCK));
    let runs = joined(runs);
    write(&private.join("Runs.ps1"), &runs)?;
    write(&private.join("Runs.7.3.ps1"), &runs.replace(HIDDEN_CLEAN_BLOCK, "clean {"))?;

    let parts = functions(&sources.join("Private"))?;
    let (first, parts): (Vec<_>, Vec<_>) = parts.iter().partition(|function| FIRST.contains(&function.name.as_str()));
    let (native, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|function| function.name == NATIVE);
    let (native, parts) = (of_the_module(&joined(native)), of_the_module(&joined(parts)));
    let stamp = stamp(&[&native, &parts, &runs, &joined(others.iter().copied())]);
    write(&private.join(NATIVE).join(NATIVE).with_extension("ps1"), &native)?;
    write(&private.join("Functions.ps1"), &loaded_later(&parts, &stamp))?;

    let script = read(&sources.join("ExRun.psm1"))?;
    let Some((head, rest)) = script.split_once(REGION) else {
        bail!("ExRun.psm1 has no region that starts with {REGION}")
    };
    let Some((_, tail)) = rest.split_once(END) else { bail!("the region {REGION} of ExRun.psm1 has no end") };
    let mut text = head.to_owned();
    text.push_str(&joined(first));
    text.push_str(&joined(others));
    writeln!(text, "$script:PrivateStamp = '{stamp}'")?;
    text.push_str(
        "$runs = if ($hasCleanBlocks) { 'Private/Runs.7.3.ps1' } else { 'Private/Runs.ps1' }\n. ($PSScriptRoot, $runs -join '/')\n",
    );
    text.push_str(tail);
    write(&folder.join("ExRun.psm1"), &text)
}

/// The functions that the first command loads; but not those of another version, which an update while the session was
/// open has put there.
fn loaded_later(functions: &str, stamp: &str) -> String {
    let head = format!(
        "param([string] $Stamp)\n\n\
         if ($Stamp -ne '{stamp}') {{ throw 'the files of the module ExRun were replaced since this session imported it; start a new session' }}\n\
         . ([System.IO.Path]::Combine($PSScriptRoot, '{NATIVE}', '{NATIVE}.ps1'))\n\n"
    );
    head + functions
}

/// Functions that are loaded from within a function would end with it, unless each says that it is the module's.
fn of_the_module(functions: &str) -> String {
    let scoped = |line: &str| line.strip_prefix("function ").map(|rest| format!("function script:{rest}"));
    functions.lines().fold(String::new(), |text, line| text + scoped(line).as_deref().unwrap_or(line) + "\n")
}

/// Tells one state of the texts from another.
fn stamp(texts: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A file with one function, of the file's name.
struct Function {
    name: String,
    text: String,
}

fn functions(folder: &Path) -> Result<Vec<Function>> {
    let function = |file: PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Function { name, text: read(&file)? })
    };
    scripts(folder, "ps1")?.into_iter().map(function).collect()
}

/// Their texts, with an empty line between two.
fn joined<'a>(functions: impl IntoIterator<Item = &'a Function>) -> String {
    functions.into_iter().fold(String::new(), |text, function| text + &function.text + "\n")
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// The files of a folder, and of the folders in it, with an ending, in the order of their paths.
pub(crate) fn scripts(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = files::all(folder)?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
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
            Import-PrivateFunction
            Get-ChildItem function: | Where-Object { $_.Module -and $_.Module.Name -eq 'ExRun' } | Sort-Object Name |
                ForEach-Object { $_.Name + $_.Definition }
            # Native.ps1 is looked for where it stands.
            (Get-Command Get-Native).Name
        }
        if ($Error.Count) { throw $Error[0] }
    "#;

    /// What the first use of a module gives, whichever it is, with no library there.
    const FIRST_USE: &str = r#"
        param([string] $Path)
        $ErrorActionPreference = 'Stop'
        $uses = @(
            { (Get-AppSettings).ResourceURL }
            { Get-TenantId contoso.com }
            { Connect-ExRun -TenantId contoso.com -ClientId (New-Guid) -ClientSecret ([securestring]::new()) }
            { 'kim@contoso.com' | Get-MailboxSettingsReport -AccessToken x }
            { Compare-ExRunReport -Old (Join-Path $Path none.csv) -New (Join-Path $Path none.csv) }
            { Get-ExRunContext; (TabExpansion2 'Get-MailboxSettingsReport -Property UserP').CompletionMatches.CompletionText }
            { Remove-Module ExRun }
        )
        foreach ($use in $uses) {
            Import-Module $Path -Force
            # A second use of what the first has loaded, too.
            foreach ($time in 1, 2) { try { & $use } catch { $_.FullyQualifiedErrorId + ': ' + $_ } }
        }
        Import-Module $Path
        (Get-Command Get-MailboxSettingsReport).ScriptBlock.Ast.Body.CleanBlock.Extent.Text
    "#;

    /// The module as it is given to users, in a folder that goes with the test; none where there is no PowerShell.
    fn laid_out() -> Option<(PathBuf, tempfile::TempDir)> {
        if tools::powershell().is_none() {
            assert!(!tools::is_set("EXRUN_REQUIRE_PWSH"), "PowerShell was not found");
            println!("LEFT OUT: PowerShell was not found, so the module in few files is not compared with its sources");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let module = folder.path().join(super::NAME);
        super::lay_out(&module).unwrap();
        Some((module, folder))
    }

    #[test]
    fn whoever_signs_the_module_is_told_of_every_script_in_it() {
        let folder = tempfile::tempdir().unwrap();
        super::lay_out(folder.path()).unwrap();
        let told = super::read(&super::workspace::root().join("SECURITY.md")).unwrap();
        let (_, told) = told.split_once("## The module's script files").unwrap();
        let told = told.split("\n## ").next().unwrap();
        let mut given: Vec<_> = ["ps1", "psm1", "psd1", "ps1xml"]
            .iter()
            .flat_map(|ending| super::scripts(folder.path(), ending).unwrap())
            .map(|file| file.strip_prefix(folder.path()).unwrap().to_string_lossy().replace('\\', "/"))
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
                "Private/Runs.ps1"
            ]
        );
        for file in given {
            assert!(told.contains(&format!("`{file}`")), "SECURITY.md does not name {file}");
        }
    }

    /// What a script prints that is given a module.
    fn said(script: &str, module: &Path) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script.ps1");
        std::fs::write(&file, script).unwrap();
        let mut command = Command::new(tools::powershell().unwrap());
        command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&file).arg(module.join("ExRun.psd1"));
        let output = command.env("NO_COLOR", "1").env("EXRUN_LIBRARY", "/nowhere/libexrun.so").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn what_is_given_to_users_is_what_was_tested() {
        let Some((module, _folder)) = laid_out() else { return };
        let (given, tested) = (said(LOOK, &module), said(LOOK, &super::sources()));
        assert!(tested.contains("\nGet-MailboxSettingsReport: ") && tested.contains("\nPush-RunInput"), "{tested}");
        assert_eq!(given, tested);
        assert!(module.join("en-US").join("about_ExRun.help.txt").exists());
    }

    #[test]
    fn whichever_command_is_the_first_finds_what_it_is_made_of() {
        let Some((module, _folder)) = laid_out() else { return };
        let (given, tested) = (said(FIRST_USE, &module), said(FIRST_USE, &super::sources()));
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
}
