//! What signs the files of the package: a command of whoever gives it out.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::module;

/// The kinds of files that Authenticode signs.
const KINDS: [&str; 5] = ["dll", "ps1", "ps1xml", "psd1", "psm1"];

/// Signs each file in a folder, those in its folders too, that can be signed.
///
/// # Errors
///
/// When the command fails, or leaves a file as it was.
pub(super) fn folder(folder: &Path, command: &str) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for kind in KINDS {
        files.extend(module::scripts(folder, kind)?);
    }
    files.sort();
    for path in &files {
        file(path, command)?;
    }
    Ok(files)
}

/// Signs one file.
///
/// # Errors
///
/// As for [`folder`].
pub(super) fn file(path: &Path, command: &str) -> Result<()> {
    let words = words(command, path)?;
    let (program, arguments) = words.split_first().context("--sign names no command")?;
    let read = || std::fs::read(path).with_context(|| format!("reading {}", path.display()));
    let before = read()?;
    let status = Command::new(program).args(arguments).status().with_context(|| format!("starting {program}"))?;
    if !status.success() {
        bail!("signing {}: {program} ended with {status}", path.display());
    }
    if read()? == before {
        bail!("signing {}: {program} ended well and left the file as it was", path.display());
    }
    Ok(())
}

/// The words of a command: what stands in double quotes is one, and `{}` is the file, which else comes last.
fn words(command: &str, path: &Path) -> Result<Vec<String>> {
    let path = path.to_str().with_context(|| format!("{} has a name that is no text", path.display()))?;
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut is_quoted = false;
    for letter in command.chars() {
        match letter {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if is_quoted {
        bail!("--sign: a double quote has no end: {command}");
    }
    words.extend(word);
    if words.iter().any(|word| word.contains("{}")) {
        return Ok(words.iter().map(|word| word.replace("{}", path)).collect());
    }
    words.push(path.to_owned());
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_it_is_typed() {
        let path = Path::new("/a b/c.psm1");
        assert_eq!(words("tool sign /fd  sha256", path).unwrap(), ["tool", "sign", "/fd", "sha256", "/a b/c.psm1"]);
        assert_eq!(
            words("\"C:\\Program Files\\tool.exe\" -in {} -t \"\"", path).unwrap(),
            ["C:\\Program Files\\tool.exe", "-in", "/a b/c.psm1", "-t", ""]
        );
        assert!(words("tool \"sign", path).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn each_file_that_can_be_signed_is_and_no_other() {
        let folder_of = tempfile::tempdir().unwrap();
        let inside = folder_of.path().join("runtimes");
        std::fs::create_dir(&inside).unwrap();
        for name in ["a.psm1", "a.psd1", "a.Format.ps1xml", "a.txt", "runtimes/a.dll", "runtimes/a.so"] {
            std::fs::write(folder_of.path().join(name), "text\n").unwrap();
        }
        let log = folder_of.path().join("log");
        let command = |text: &str| format!("sh -c \"{text}\" sh {{}} {}", log.display());
        let signed = folder(folder_of.path(), &command("echo $1 >> $2; echo '# signed' >> $1")).unwrap();
        let recorded = std::fs::read_to_string(&log).unwrap();
        assert_eq!(recorded.lines().map(PathBuf::from).collect::<Vec<_>>(), signed);
        let names: Vec<_> = signed.iter().map(|path| path.strip_prefix(folder_of.path()).unwrap()).collect();
        let wanted = ["a.Format.ps1xml", "a.psd1", "a.psm1", "runtimes/a.dll"];
        assert_eq!(names, wanted.map(Path::new));
        // A command that did nothing has not signed.
        let said = folder(folder_of.path(), &command("true")).unwrap_err().to_string();
        assert!(said.contains("a.Format.ps1xml") && said.contains("as it was"), "{said}");
        let said = folder(folder_of.path(), &command("exit 3")).unwrap_err().to_string();
        assert!(said.contains('3'), "{said}");
    }
}
