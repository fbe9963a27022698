//! A marked part of a file that is otherwise written by hand.

use anyhow::{Context, Result};

/// The text with the marked part replaced. The marks are comments of the file's language that hold `written: NAME` and
/// `end: NAME`; their lines stay.
///
/// # Errors
///
/// When a mark is missing.
pub(crate) fn replace(text: &str, name: &str, content: &str) -> Result<String> {
    let after_line = |mark: String, from: usize| -> Result<(usize, usize)> {
        let at = text[from..].find(&mark).with_context(|| format!("there is no mark `{mark}`"))? + from;
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let next = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        Ok((line, next))
    };
    let (_, begin) = after_line(format!("written: {name}"), 0)?;
    let (end, _) = after_line(format!("end: {name}"), begin)?;
    Ok(format!("{}{content}{}", &text[..begin], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let text = "a\n# written: x by us\nold\n# end: x\nb\n";
        assert_eq!(replace(text, "x", "new\n").unwrap(), "a\n# written: x by us\nnew\n# end: x\nb\n");
        assert_eq!(replace(&replace(text, "x", "new\n").unwrap(), "x", "old\n").unwrap(), text);
        assert!(replace(text, "y", "").is_err());
        assert!(replace("# written: x\n", "x", "").is_err());
    }
}
