//! Parameters that several commands have. A group of them is a file with a help block and a param block; a command says
//! in its own param block which it takes, and where in the order of arguments:
//!
//! ```text
//! # shared: app TenantId=2 ClientId=3
//! [Parameter(Position = 2)] [string] $TenantId,
//! [Parameter(Position = 3)] [string] $ClientId,
//! # end: app
//! ```
//!
//! Without names it takes the whole group. The help of each is written into the command's help block.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

const HELP: &str = "    .PARAMETER ";
const MARK: &str = "        # shared: ";
const END: &str = "        # end: ";

/// One parameter of a group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    name: String,
    /// Lines of its help, indented by the four blanks of a group's file.
    help: Vec<String>,
    /// Lines of its declaration without indent and without the comma at its end.
    declaration: Vec<String>,
}

pub(super) type Groups = BTreeMap<String, Vec<Parameter>>;

/// The parameters of a group's file.
///
/// # Errors
///
/// When a parameter has no help, or help no parameter.
pub(super) fn read(text: &str) -> Result<Vec<Parameter>> {
    let (help, rest) = text.split_once("#>").context("a group of parameters begins with a block of help")?;
    let (_, block) = rest.split_once("param(\n").context("there is no param block")?;

    let mut sections: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut current = None;
    for line in help.lines() {
        if let Some(name) = line.strip_prefix(".PARAMETER ") {
            current = Some(name);
            sections.insert(name, Vec::new());
        } else if let Some(name) = current {
            sections.entry(name).or_default().push(line.to_owned());
        }
    }

    let mut parameters = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for line in block.lines().take_while(|line| *line != ")") {
        lines.push(line.trim().trim_end_matches(',').to_owned());
        let Some(name) = declared(line) else { continue };
        let help = sections.remove(name).with_context(|| format!("the parameter {name} has no help"))?;
        parameters.push(Parameter { name: name.to_owned(), help, declaration: std::mem::take(&mut lines) });
    }
    if let Some(name) = sections.keys().next() {
        bail!("there is help for {name}, and no such parameter")
    }
    Ok(parameters)
}

/// The name of the parameter whose declaration ends on this line.
fn declared(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (_, rest) = line.rsplit_once("] $")?;
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// The text of a command with the parameters that its marks name, and with their help.
///
/// # Errors
///
/// When a mark names what is not there, or has no end.
pub(super) fn place(text: &str, groups: &Groups) -> Result<String> {
    let mut written: Vec<String> = Vec::new();
    // Each parameter with the one before it, after whose help its own goes where it has none yet.
    let mut placed: Vec<(Parameter, Option<String>)> = Vec::new();
    let mut before: Option<String> = None;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        written.push(line.to_owned());
        let Some(mark) = line.strip_prefix(MARK) else {
            if line.starts_with("        ")
                && let Some(name) = declared(line)
            {
                before = Some(name.to_owned());
            }
            continue;
        };
        let (group, parameters) = chosen(mark, groups)?;
        let end = format!("{END}{group}");
        if !lines.by_ref().any(|line| line == end) {
            bail!("the mark `# shared: {mark}` has no `# end: {group}`")
        }
        let is_last = lines.peek().is_none_or(|line| line.trim() == ")");
        let count = parameters.len();
        for (index, parameter) in parameters.into_iter().enumerate() {
            let mut declaration = parameter.declaration.clone();
            if let Some(line) = declaration.last_mut()
                && !(is_last && index + 1 == count)
            {
                line.push(',');
            }
            written.extend(declaration.iter().map(|line| format!("        {line}")));
            let name = parameter.name.clone();
            placed.push((parameter, before.replace(name)));
        }
        written.push(end);
    }
    for (parameter, before) in placed {
        explain(&mut written, &parameter, before.as_deref())?;
    }
    Ok(written.join("\n") + "\n")
}

/// The group of a mark and its parameters, in the order of the mark.
fn chosen<'mark>(mark: &'mark str, groups: &Groups) -> Result<(&'mark str, Vec<Parameter>)> {
    let mut words = mark.split(' ');
    let group = words.next().unwrap_or_default();
    let all = groups.get(group).with_context(|| format!("there is no group of parameters named {group}"))?;
    let mut parameters = Vec::new();
    for word in words {
        let (name, position) = word.split_once('=').map_or((word, None), |(name, position)| (name, Some(position)));
        let mut parameter = all
            .iter()
            .find(|parameter| parameter.name == name)
            .with_context(|| format!("the group {group} has no parameter {name}"))?
            .clone();
        if let Some(position) = position {
            let line = parameter.declaration.first_mut().context("a parameter has a declaration")?;
            let rest =
                line.strip_prefix("[Parameter(").with_context(|| format!("{name} does not begin with [Parameter("))?;
            let comma = if rest.starts_with(')') { "" } else { ", " };
            *line = format!("[Parameter(Position = {position}{comma}{rest}");
        }
        parameters.push(parameter);
    }
    if parameters.is_empty() {
        parameters.clone_from(all);
    }
    Ok((group, parameters))
}

/// Puts the help of a parameter in the place of what is there.
fn explain(lines: &mut Vec<String>, parameter: &Parameter, before: Option<&str>) -> Result<()> {
    let section = |lines: &[String], name: &str| {
        let begin = lines.iter().position(|line| line.strip_prefix(HELP) == Some(name))?;
        let length = lines[begin + 1..].iter().position(|line| line.starts_with("    .") || line.ends_with("#>"))?;
        Some((begin, begin + 1 + length))
    };
    let (begin, end) = match section(lines, &parameter.name) {
        Some(found) => found,
        // New here: after that of the parameter before it, or as the first.
        None => {
            let at = match before.and_then(|name| section(lines, name)) {
                Some((_, end)) => end,
                None => lines
                    .iter()
                    .position(|line| line.starts_with(HELP) || line == "    .EXAMPLE")
                    .context("the help has no place for a parameter")?,
            };
            (at, at)
        }
    };
    let mut help = vec![format!("{HELP}{}", parameter.name)];
    help.extend(parameter.help.iter().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") }));
    lines.splice(begin..end, help);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "<#\n.PARAMETER One\n    The first.\n.PARAMETER Two\n    The second,\n    on two lines.\n#>\nparam(\n    [Parameter()] [string] $One,\n    [Parameter(ParameterSetName = 'All')]\n    [int] $Two = 2\n)\n";
    const COMMAND: &str = "function Get-It {\n    <#\n    .SYNOPSIS\n        It.\n    .PARAMETER Own\n        Its own.\n    .EXAMPLE\n        Get-It\n    #>\n    param(\n        [Parameter()] [string] $Own,\n        # shared: pair One=3 Two\n        # end: pair\n    )\n}\n";

    fn groups() -> Groups {
        [("pair".to_owned(), read(GROUP).unwrap())].into()
    }

    #[test]
    fn a_command_gets_the_parameters_that_it_names_and_their_help() {
        let text = place(COMMAND, &groups()).unwrap();
        assert!(text.contains("        # shared: pair One=3 Two\n        [Parameter(Position = 3)] [string] $One,\n        [Parameter(ParameterSetName = 'All')]\n        [int] $Two = 2\n        # end: pair\n    )\n"), "{text}");
        assert!(text.contains("        Its own.\n    .PARAMETER One\n        The first.\n    .PARAMETER Two\n        The second,\n        on two lines.\n    .EXAMPLE\n"), "{text}");
        assert_eq!(place(&text, &groups()).unwrap(), text, "written once more it stays as it is");
    }

    #[test]
    fn what_stands_between_the_marks_or_in_the_help_by_hand_is_replaced() {
        let text = place(COMMAND, &groups()).unwrap();
        let changed = text.replace("[string] $One", "[int] $One").replace("The first.", "The last.");
        assert_ne!(changed, text);
        assert_eq!(place(&changed, &groups()).unwrap(), text);
    }

    #[test]
    fn a_mark_that_names_nothing_or_has_no_end_is_refused() {
        for (from, to) in [("pair One", "two One"), ("One=3", "Three"), ("# end: pair", "# that is all")] {
            assert!(place(&COMMAND.replace(from, to), &groups()).is_err(), "{to}");
        }
        assert!(read(&GROUP.replace(".PARAMETER Two", ".PARAMETER Too")).is_err());
    }
}
