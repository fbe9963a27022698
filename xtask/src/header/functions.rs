//! The functions that the header declares, and what is written from them.

use std::fmt::Write as _;

use anyhow::{Context, Result};

/// A function of the header.
pub(super) struct Function {
    pub(super) name: String,
    /// The first sentence of its comment.
    purpose: String,
    /// Type and name of each.
    pub(super) parameters: Vec<(String, String)>,
}

/// Reads the declarations: each a comment, then `int32_t name(parameters);`.
///
/// # Errors
///
/// For a declaration without a comment, or one that does not end.
pub(super) fn read(header: &str) -> Result<Vec<Function>> {
    let mut functions = Vec::new();
    let mut rest = header;
    while let Some(at) = rest.find("\nint32_t ") {
        let comment = rest[..at].rfind("/**").map(|begin| &rest[begin..at]).unwrap_or_default();
        let declaration = &rest[at + "\nint32_t ".len()..];
        let (name, after) = declaration.split_once('(').context("a declaration has no parameters")?;
        let (parameters, after) = after.split_once(");").with_context(|| format!("{name} does not end"))?;
        functions.push(Function {
            name: name.to_owned(),
            purpose: first_sentence(comment).with_context(|| format!("{name} has no comment"))?,
            parameters: parameters.split(',').filter_map(parameter).collect(),
        });
        rest = after;
    }
    Ok(functions)
}

fn first_sentence(comment: &str) -> Option<String> {
    let lines = comment.lines().map(|line| line.trim().trim_start_matches(['/', '*']).trim());
    let paragraph: Vec<&str> = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let sentence = paragraph.split_once(". ").map_or(paragraph.as_str(), |(first, _)| first);
    (!sentence.is_empty()).then(|| sentence.trim_end_matches('.').to_owned())
}

/// `const uint8_t *data` as type and name: `const uint8_t*` and `data`. None for `void`.
fn parameter(text: &str) -> Option<(String, String)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kind, name) = text.rsplit_once(' ')?;
    let stars = name.len() - name.trim_start_matches('*').len();
    Some((format!("{kind}{}", &name[..stars]), name[stars..].to_owned()))
}

/// The guide's list: C declarations, each on a line of its own below what the function is for.
pub(super) fn guide(functions: &[Function]) -> String {
    let mut text = "```c\n".to_owned();
    for (number, Function { name, purpose, parameters }) in functions.iter().enumerate() {
        let parameters: Vec<String> = parameters.iter().map(|(kind, name)| declared(kind, name)).collect();
        let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
        let gap = if number == 0 { "" } else { "\n" };
        let _ = writeln!(text, "{gap}/* {purpose} */\nint32_t {name}({parameters});");
    }
    text + "```\n"
}

fn declared(kind: &str, name: &str) -> String {
    let plain = kind.trim_end_matches('*');
    format!("{plain} {}{name}", &kind[plain.len()..])
}

/// The table that the module binds: a function a line, then the types of its parameters.
pub(super) fn powershell(functions: &[Function]) -> String {
    let mut text = "$script:NativeFunctions = @'\n".to_owned();
    for Function { name, parameters, .. } in functions {
        let kinds: Vec<&str> = parameters.iter().map(|(kind, _)| kind.as_str()).collect();
        let _ = writeln!(text, "{}", format!("{name} {}", kinds.join(", ")).trim_end());
    }
    text + "'@\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\n/**\n * Gives the version. Never fails.\n *\n * @return it\n */\nint32_t exrun_version(void);\n\n/**\n * Reads\n * bytes.\n */\nint32_t exrun_read(int64_t handle,\n                   const uint8_t *data,\n                   uint8_t **out);\n";

    #[test]
    fn declarations_become_lists() {
        let functions = read(HEADER).unwrap();
        assert_eq!(
            guide(&functions),
            "```c\n/* Gives the version */\nint32_t exrun_version(void);\n\n/* Reads bytes */\nint32_t exrun_read(int64_t handle, const uint8_t *data, uint8_t **out);\n```\n"
        );
        assert_eq!(
            powershell(&functions),
            "$script:NativeFunctions = @'\nexrun_version\nexrun_read int64_t, const uint8_t*, uint8_t**\n'@\n"
        );
    }
}
