//! The PowerShell module as it is given to users: few files, of which an import reads the commands alone.
//!
//! | file | holds | is read |
//! |---|---|---|
//! | `ExRun.psm1` | the commands, and what each of them does first | by the import |
//! | `Private/Runs.ps1`, `Private/Runs.7.3.ps1` | the commands that have a clean block, without and with it | by the import, the one that this PowerShell understands |
//! | `en-US/ExRun-help.xml` | the help of the commands | by `Get-Help` |
//! | `ExRun.Format.ps1xml` | how objects are shown | with the first object that has a view |
//! | `Private/Functions.ps1` | what commands are made of | by the first command |
//! | `Private/Native/Native.ps1` | the same that declares native functions: a file by itself, to sign and to explain | by the first command |

mod help;
#[cfg(test)]
pub(crate) mod tests;

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
/// When a file cannot be read or written, there is no PowerShell to read the help, a command has none, or the script
/// module has no region to replace.
pub(crate) fn lay_out(folder: &Path) -> Result<()> {
    let help = help::of_the_module()?;
    let sources = sources();
    let private = folder.join("Private");
    let texts = folder.join("en-US");
    for file in ["ExRun.psd1", "ExRun.Format.ps1xml"] {
        files::copy(&sources.join(file), folder)?;
    }
    for topic in scripts(&sources.join("en-US"), "txt")? {
        files::copy(&topic, &texts)?;
    }
    write(&texts.join(help::FILE), &help)?;
    fs::create_dir_all(private.join(NATIVE)).with_context(|| format!("creating {}", private.display()))?;
    let commands = functions(&sources.join("Public"))?;
    let (runs, others): (Vec<_>, Vec<_>) =
        commands.iter().partition(|command| command.text.contains(HIDDEN_CLEAN_BLOCK));
    let (runs, others) = (read_by_the_import(runs, "../")?, read_by_the_import(others, "")?);
    write(&private.join("Runs.ps1"), &runs)?;
    write(&private.join("Runs.7.3.ps1"), &runs.replace(HIDDEN_CLEAN_BLOCK, "clean {"))?;

    let parts = functions(&sources.join("Private"))?;
    let (first, parts): (Vec<_>, Vec<_>) = parts.iter().partition(|function| FIRST.contains(&function.name.as_str()));
    let (native, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|function| function.name == NATIVE);
    let (native, parts) = (of_the_module(&joined(native)), of_the_module(&joined(parts)));
    let stamp = stamp(&[&native, &parts, &runs, &others]);
    write(&private.join(NATIVE).join(NATIVE).with_extension("ps1"), &native)?;
    write(&private.join("Functions.ps1"), &loaded_later(&parts, &stamp))?;

    let script = read(&sources.join("ExRun.psm1"))?;
    let Some((head, rest)) = script.split_once(REGION) else {
        bail!("ExRun.psm1 has no region that starts with {REGION}")
    };
    let Some((_, tail)) = rest.split_once(END) else { bail!("the region {REGION} of ExRun.psm1 has no end") };
    let mut text = head.to_owned();
    text.push_str(&joined(first));
    text.push_str(&others);
    writeln!(text, "$script:PrivateStamp = '{stamp}'")?;
    text.push_str(
        "$runs = if ($hasCleanBlocks) { 'Private/Runs.7.3.ps1' } else { 'Private/Runs.ps1' }\n. ($PSScriptRoot, $runs -join '/')\n",
    );
    text.push_str(tail);
    write(&folder.join("ExRun.psm1"), &text)
}

/// The commands as an import reads them: what it need not read is elsewhere. `up`: the way from their file to the module.
fn read_by_the_import<'a>(commands: impl IntoIterator<Item = &'a Function>, up: &str) -> Result<String> {
    let mut text = String::new();
    for command in commands {
        text += &help::elsewhere(&command.text, up).with_context(|| format!("the command {}", command.name))?;
        text.push('\n');
    }
    Ok(text)
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
