//! Text of others on a terminal: without what could move the cursor, change colours or turn the line's direction.

use std::borrow::Cow;

/// A text on one line, as it may be shown: control characters become blanks, direction marks are left out.
#[must_use]
pub fn printable(text: String) -> String {
    if !text.contains(|letter| is_control(letter) || is_direction(letter)) {
        return text;
    }
    let shown = |letter| if is_control(letter) { ' ' } else { letter };
    text.replace("\r\n", " ").chars().filter(|letter| !is_direction(*letter)).map(shown).collect()
}

fn is_control(letter: char) -> bool {
    // The separators of Unicode end a line as well.
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text of at most `most` characters, with dots where there are more.
#[must_use]
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_stays_on_its_line() {
        let of = |text: &str| printable(text.to_owned());
        assert_eq!(of("a\u{1b}[2J\u{7}b\r\nc\td\u{9b}e\u{2028}f"), "a [2J b c d e f");
        assert_eq!(of("\u{202e}moc\u{202c}.x\u{200f}\u{2066}y\u{2069}"), "moc.xy");
        for kept in ["", "Zoë 🙂 👨\u{200d}👩", "a  b"] {
            assert_eq!(of(kept), kept);
        }
    }
}
