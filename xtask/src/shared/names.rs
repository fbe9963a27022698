//! Names that scripts know a command by beside its own, and where the module says them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use crate::region;

/// The table of names, and the commands of the module.
pub(super) struct Names {
    /// Own names, sorted.
    commands: Vec<String>,
    /// A further name that is a function, with the command that it is.
    functions: BTreeMap<String, String>,
    /// A further name that is an alias, with the command that it is.
    aliases: BTreeMap<String, String>,
    /// The lines of the table in the help: a subject, and the commands.
    topics: Vec<(String, String)>,
}

/// The table as it stands in its file.
///
/// # Errors
///
/// When a line is not understood, or names a command that is not there.
pub(super) fn read(text: &str, commands: &[String]) -> Result<Names> {
    let mut names =
        Names { commands: commands.to_vec(), functions: BTreeMap::new(), aliases: BTreeMap::new(), topics: Vec::new() };
    let mut part = "";
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix("= @{") {
            part = name.trim();
        } else if let Some((left, right)) = line.split_once("' = '") {
            let (left, right) = (left.trim_start_matches('\''), right.trim_end_matches('\''));
            if part == "Topics" {
                names.topics.push((left.to_owned(), right.to_owned()));
                continue;
            }
            if !commands.iter().any(|command| command == right) {
                bail!("names.psd1: {left} is to be {right}, and there is no such command")
            }
            let map = match part {
                "Functions" => &mut names.functions,
                "Aliases" => &mut names.aliases,
                _ => bail!("names.psd1: the part {part} is not known"),
            };
            map.insert(left.to_owned(), right.to_owned());
        }
    }
    names.commands.sort();
    Ok(names)
}

impl Names {
    /// All names that are functions, sorted.
    fn all_functions(&self) -> impl Iterator<Item = &String> {
        let mut functions: Vec<&String> = self.commands.iter().chain(self.functions.keys()).collect();
        functions.sort();
        functions.into_iter()
    }

    /// `ExRun.psm1`, which makes the names.
    pub(super) fn script(&self, text: &str) -> Result<String> {
        let mut part = String::new();
        let mut name_all = |names: &BTreeMap<String, String>, kind: &str| -> Result<()> {
            for (name, command) in names {
                match kind {
                    "function" => writeln!(part, "${{function:{name}}} = ${{function:{command}}}")?,
                    _ => writeln!(part, "${{alias:{name}}} = '{command}'")?,
                }
            }
            Ok(())
        };
        name_all(&self.functions, "function")?;
        name_all(&self.aliases, "alias")?;
        writeln!(part, "$functions = {}", listed(self.all_functions()))?;
        writeln!(part, "$aliases = {}", listed(self.aliases.keys()))?;
        region::replace(text, "names", &part)
    }

    /// `ExRun.psd1`, which says what is exported.
    pub(super) fn manifest(&self, text: &str) -> Result<String> {
        let mut part = String::from("    FunctionsToExport    = @(\n");
        for name in self.all_functions() {
            writeln!(part, "        '{name}'")?;
        }
        writeln!(part, "    )\n    AliasesToExport      = @({})", listed(self.aliases.keys()))?;
        region::replace(text, "names", &part)
    }

    /// The table of commands in `about_ExRun.help.txt`.
    pub(super) fn topic(&self, text: &str) -> Result<String> {
        const BEGIN: &str = "\n  Commands\n";
        let begin = text.find(BEGIN).context("there is no heading `Commands`")? + BEGIN.len();
        let end = text[begin..].find("\n\n").context("the table of commands does not end")? + begin + 1;
        let mut part = String::new();
        for (topic, commands) in &self.topics {
            let mut line = format!("    {topic:<14}");
            let indent = line.len();
            for word in self.with_further_names(commands).split(' ') {
                if line.len() > indent && line.len() + 1 + word.len() > 76 {
                    writeln!(part, "{line}")?;
                    line = " ".repeat(indent);
                }
                if line.len() > indent {
                    line.push(' ');
                }
                line.push_str(word);
            }
            writeln!(part, "{line}")?;
        }
        Ok(format!("{}{part}{}", &text[..begin], &text[end..]))
    }

    /// A text about commands with the further names of each behind it, in brackets.
    fn with_further_names(&self, text: &str) -> String {
        let mut words = Vec::new();
        for word in text.split(' ') {
            let command = word.trim_end_matches([',', ';']);
            let further: Vec<&str> = [&self.functions, &self.aliases]
                .into_iter()
                .flatten()
                .filter(|(_, of)| *of == command)
                .map(|(name, _)| name.as_str())
                .collect();
            if further.is_empty() {
                words.push(word.to_owned());
            } else {
                words.push(format!("{command} ({}){}", further.join(", "), &word[command.len()..]));
            }
        }
        words.join(" ")
    }
}

fn listed<'name>(names: impl Iterator<Item = &'name String>) -> String {
    names.map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "@{\n    Functions = @{\n        'Get-Old' = 'Get-New'\n    }\n    Aliases = @{\n        'Read-Old' = 'Get-New'\n    }\n    Topics = @{\n        'Reading' = 'Get-New, Get-Other'\n    }\n}\n";

    fn names() -> Names {
        read(TABLE, &["Get-Other".to_owned(), "Get-New".to_owned()]).unwrap()
    }

    #[test]
    fn each_place_says_every_name() {
        let script = names().script("# written: names\n# end: names\n").unwrap();
        assert_eq!(
            script,
            "# written: names\n${function:Get-Old} = ${function:Get-New}\n${alias:Read-Old} = 'Get-New'\n$functions = 'Get-New', 'Get-Old', 'Get-Other'\n$aliases = 'Read-Old'\n# end: names\n"
        );
        let manifest = names().manifest("# written: names\n# end: names\n").unwrap();
        assert!(manifest.contains("@(\n        'Get-New'\n        'Get-Old'\n        'Get-Other'\n    )\n    AliasesToExport      = @('Read-Old')\n"), "{manifest}");
        let topic = names().topic("A\n\n  Commands\n    old\n\n  Next\n").unwrap();
        assert_eq!(topic, "A\n\n  Commands\n    Reading       Get-New (Get-Old, Read-Old), Get-Other\n\n  Next\n");
    }

    #[test]
    fn a_name_of_a_command_that_is_not_there_is_refused() {
        assert!(read(TABLE, &["Get-Other".to_owned()]).is_err());
    }
}
