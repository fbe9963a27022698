//! Values as people paste them: out of a mail, a portal, a file with a line break at its end. One place says what of
//! them is not part of them, so that an id, a secret or a token means the same wherever it is given.

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Quotes of keyboards and of word processors.
const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];
/// What an id is wrapped in: quotes, and what `Guid.ToString("B")` and `("P")` write.
const PAIRS: [(char, char); 8] = [
    ('{', '}'),
    ('(', ')'),
    ('<', '>'),
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('\u{201c}', '\u{201d}'),
    ('\u{2018}', '\u{2019}'),
];
/// What may stand before a token, in characters: `curl -H 'Authorization: Bearer ` and the like.
const LONGEST_BEFORE_TOKEN: usize = 48;

/// Whether a character shows nothing and only says how others are shown: zero-width characters, direction marks, the
/// byte order mark. Windows puts U+202A before a path and U+200E before a thumbprint that is copied from its dialogs.
#[must_use]
pub fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// A text without blanks, line breaks and marks at its ends.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_gap)
}

/// A path without marks at its ends. Blanks stay: a file may be called so.
#[must_use]
pub fn path(text: &str) -> &str {
    text.trim_matches(is_mark)
}

/// An id, a name or a URL without what it was wrapped in: blanks, marks, quotes, braces.
#[must_use]
pub fn unwrapped(text: &str) -> &str {
    let mut text = trimmed(text);
    while let Some(inner) = PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close)) {
        text = trimmed(inner);
    }
    text
}

/// The address or id of a mailbox without what it was wrapped in, the scheme that Exchange and mail programs write
/// before one, and the `;` that separates it from the next.
#[must_use]
pub fn address(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text;
        text = trimmed(text).trim_end_matches([';', ',']);
        for scheme in ["mailto:", "smtp:"] {
            let (start, rest) = text.split_at_checked(scheme.len()).unwrap_or(("", text));
            text = if start.eq_ignore_ascii_case(scheme) { rest } else { text };
        }
        let inner = PAIRS.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
        // Braces are those of a GUID; others show an object as text.
        let is_wrapped = |inner: &&str| !text.starts_with(['{', '(']) || uuid::Uuid::parse_str(inner).is_ok();
        text = inner.filter(is_wrapped).unwrap_or(text);
        if text == before {
            return text;
        }
    }
}

/// A client secret without blanks, line breaks and marks at its ends: those that Microsoft Entra makes have none.
#[must_use]
pub fn secret(secret: &Secret) -> Secret {
    match secret.text().map(trimmed) {
        Some(text) if text.len() < secret.bytes().len() => Secret::new(text.as_bytes().to_vec()),
        _ => secret.clone(),
    }
}

/// A token without what was copied along with it: quotes, a header's name and scheme, and the line breaks of whoever
/// wrapped it. A blank within is left out of a JSON Web Token; elsewhere it stays, for two words are no token.
#[must_use]
pub fn token(text: &str) -> Zeroizing<String> {
    let is_around = |letter: char| is_gap(letter) || QUOTES.contains(&letter);
    let text = behind_header(text).trim_start_matches(is_around);
    let text = text.trim_end_matches(|letter| is_around(letter) || matches!(letter, ',' | ';'));
    let mut token = Zeroizing::new(String::with_capacity(text.len()));
    let is_json_web_token = text.starts_with("eyJ");
    let mut rest = text;
    while let Some(start) = rest.find(is_gap) {
        let (before, from) = rest.split_at(start);
        let after = from.trim_start_matches(is_gap);
        let gap = &from[..from.len() - after.len()];
        token.push_str(before);
        if !is_json_web_token && gap.contains(char::is_whitespace) && !gap.contains(['\r', '\n']) {
            token.push(' ');
        }
        rest = after;
    }
    token.push_str(rest);
    token
}

fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || is_mark(letter)
}

/// What follows `Bearer`, else `Authorization:`, near the text's beginning.
fn behind_header(text: &str) -> &str {
    let is_beginning = |before: &str| before.chars().count() <= LONGEST_BEFORE_TOKEN && !before.contains('.');
    let around = |letter: char| is_gap(letter) || QUOTES.contains(&letter);
    let (mut rest, mut token) = (text, text);
    for word in ["authorization", "bearer"] {
        let Some(at) = find_word(rest, word) else { continue };
        let (before, after) = (&text[..text.len() - rest.len() + at], &rest[at + word.len()..]);
        let goes_on = after.is_empty() || after.starts_with(around) || after.starts_with([':', '=']);
        if is_beginning(before) && goes_on {
            rest = after.trim_start_matches(|letter| around(letter) || matches!(letter, ':' | '='));
            token = rest;
        }
    }
    match token.strip_suffix(['}', ')']) {
        // Of a hashtable or an object whose beginning was cut off, too.
        Some(inner) if token.len() < text.len() => inner,
        _ => token,
    }
}

/// Where a word of ASCII letters stands as one of its own, in any case.
fn find_word(text: &str, word: &str) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|at| {
        let here = text.get(*at..at + word.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(word)) && !text[..*at].ends_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unwrapped_and_what_is_within_stays() {
        for given in
            ["a-b", " {a-b}\r\n", "\u{200b}a-b\u{feff}", "\"{a-b}\"", "( 'a-b' )", "<a-b>", "\u{201c}a-b\u{201d}"]
        {
            assert_eq!(unwrapped(given), "a-b", "{given:?}");
        }
        for (given, expected) in
            [("{a}-{b", "{a}-{b"), ("{", "{"), ("", ""), ("a\u{200b}b", "a\u{200b}b"), ("\"", "\"")]
        {
            assert_eq!(unwrapped(given), expected);
        }
        assert_eq!(path("\u{202a}C:\\a b \u{200e}"), "C:\\a b ");
    }

    #[test]
    fn an_address_is_found_in_what_mail_programs_write() {
        for given in [
            "kim@contoso.com",
            "SMTP:kim@contoso.com",
            "smtp:kim@contoso.com",
            "mailto:kim@contoso.com;",
            "\"kim@contoso.com\";",
            "'kim@contoso.com'",
            "<kim@contoso.com>",
            "\u{200b}kim@contoso.com\u{200e}",
            "<mailto:kim@contoso.com>,",
            "\u{feff} kim@contoso.com ; ",
        ] {
            assert_eq!(address(given), "kim@contoso.com", "{given:?}");
        }
        let id = "084adbb3-f70c-498f-97a3-464e1f444d9a";
        assert_eq!((address(&format!("{{{id}}}")), address(id)), (id, id));
        for kept in
            ["o'brien@contoso.com", "'kim@contoso.com", "{'address': 'kim'}", "abc'''x@contoso.com", "ü", "smtp"]
        {
            assert_eq!(address(kept), kept);
        }
        for nothing in ["", ";", "\"\"", "smtp:", "\u{200b}"] {
            assert_eq!(address(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn a_secret_keeps_what_is_within() {
        let of = |text: &[u8]| secret(&Secret::new(text.to_vec())).bytes().to_vec();
        assert_eq!(of(b" a b\xc3\xbc\r\n"), b"a b\xc3\xbc");
        assert_eq!(of(b"\"a\""), b"\"a\"");
        assert_eq!(of(b"\xff\n"), b"\xff\n");
    }

    #[test]
    fn a_token_is_found_behind_its_header() {
        for given in [
            "eyJ.a.b",
            "Bearer eyJ.a.b",
            "BEARER\teyJ.a.b\r\n",
            "Authorization:Bearer eyJ.a.b",
            "Authorization: eyJ.a.b",
            "curl -H \"Authorization: Bearer eyJ.a.b\"",
            "@{ Authorization = 'Bearer eyJ.a.b' }",
            "{\"Authorization\": \"Bearer eyJ.a.b\"}",
            "'eyJ.\n  a.b',",
            "\u{feff}Bearer\u{a0}ey\u{200b}J.a.b;",
        ] {
            assert_eq!(*token(given), "eyJ.a.b", "{given:?}");
        }
        for (given, expected) in [
            ("Bearer", ""),
            ("Bearer ", ""),
            ("", ""),
            ("eyJ.bearer x.y", "eyJ.bearerx.y"),
            ("0.AXE\r\n  A.x", "0.AXEA.x"),
            ("two  words", "two words"),
            ("bearers", "bearers"),
            ("{\"access_token\":\"x\"}", "{\"access_token\":\"x\"}"),
            ("opaque}", "opaque}"),
        ] {
            assert_eq!(*token(given), expected, "{given:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_token_has_neither_line_breaks_nor_marks(text in "(Bearer|Authorization|[:\"'{} .a\u{200b}\n]){0,20}\\PC{0,10}") {
            assert!(!token(&text).contains(|letter: char| matches!(letter, '\n' | '\r') || is_mark(letter)), "{text:?}");
            let _ = unwrapped(&text);
        }
    }
}
