//! Text of a page.

/// Text for content and quoted attributes (HTML Standard, "Serializing HTML fragments"). What a page cannot hold
/// becomes U+FFFD.
pub(super) fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(letter),
            _ if is_unwritable(letter) => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

/// Whether a page must not hold a character as it is: controls and noncharacters are parse errors.
pub(super) fn is_unwritable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe
}

/// A count with commas: 40,000.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A part of a whole in percent. Only nothing is 0 and only all is 100.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let rounded = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2).max(1);
    match rounded {
        0 if part > 0 => "under 1 %".to_owned(),
        100 if part < whole => "over 99 %".to_owned(),
        rounded => format!("{rounded} %"),
    }
}

/// How long something took: 28.4 s, 4 min 12 s, 2 h 5 min.
pub(super) fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    match seconds {
        0..60 => format!("{seconds}.{} s", millis % 1000 / 100),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", grouped(seconds / 3600), seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup_and_nothing_is_a_parse_error() {
        let text = "<script>\"'&\r\n\t\u{0}\u{7f}\u{85}\u{fffe}\u{fdd0}\u{10ffff}\u{2028}ü🙂";
        let expected =
            "&lt;script&gt;&quot;&#39;&amp;&#13;\n\t\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{2028}ü🙂";
        assert_eq!(escaped(text), expected);
    }

    #[test]
    fn numbers_are_for_people() {
        let counts = [0, 999, 1000, 40_000, 1_234_567];
        assert_eq!(counts.map(grouped), ["0", "999", "1,000", "40,000", "1,234,567"]);
        let shares = [(0, 0), (0, 9), (1, 1000), (1, 3), (999, 1000), (7, 7)];
        assert_eq!(
            shares.map(|(part, whole)| percent(part, whole)),
            ["0 %", "0 %", "under 1 %", "33 %", "over 99 %", "100 %"]
        );
        let times = [0, 1250, 59_999, 60_000, 252_000, 7_500_000, 3_600_000_000];
        assert_eq!(
            times.map(duration),
            ["0.0 s", "1.2 s", "59.9 s", "1 min 0 s", "4 min 12 s", "2 h 5 min", "1,000 h 0 min"]
        );
    }
}
