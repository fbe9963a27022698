//! Whose mailbox: from a line of input to the segment of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::blank::is_blank;
use crate::error::{Error, Result};
use crate::pasted;

/// Everything but the unreserved characters of RFC 3986, section 2.3: an apostrophe, `#`, `?`, `/` or `+`
/// in a name must not become part of the URL's own syntax.
pub(crate) const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A mailbox's name as errors show it: one without a name has its error all the same.
#[must_use]
pub fn display_name(given: Option<&str>) -> &str {
    given.filter(|given| !given.trim().is_empty()).unwrap_or("a mailbox without a name")
}

/// Whether a text is what PowerShell and others make of a list or an object that is taken for text: `System.Object[]`,
/// `@{Address=kim@contoso.com}`, `[object Object]`.
#[must_use]
pub fn is_written_out(text: &str) -> bool {
    let text = text.trim();
    let is_object = (text.starts_with("@{") || text.starts_with('{')) && text.ends_with('}');
    let is_list = text.starts_with('[') && text.ends_with(']');
    let is_type = ["System.", "Microsoft.", "Deserialized."].iter().any(|space| text.starts_with(space))
        && (!text.contains('@') || text.ends_with(']'));
    is_object || is_list || is_type
}

/// The name that a text gives, as it stands.
///
/// # Errors
///
/// `InvalidArgument` for a blank name and for one that cannot be a segment of a path.
pub fn literal(given: &str) -> Result<String> {
    checked(pasted::address(given).to_owned())
}

/// The name that a text gives once a script's escapes are undone.
///
/// Scripts that build URLs themselves hand over names with percent-escapes (`%27`, `%23EXT%23`) or with the
/// doubled apostrophe of an OData literal. A percent sign that begins no escape stays.
///
/// # Errors
///
/// As [`literal`].
pub fn unescaped(given: &str) -> Result<String> {
    let unescaped = match percent_decode_str(given).decode_utf8() {
        Ok(text) => text,
        // Bytes that are no UTF-8 are no escapes that a script made.
        Err(_) => Cow::Borrowed(given),
    };
    checked(pasted::address(&unescaped).replace("''", "'"))
}

fn checked(mailbox: String) -> Result<String> {
    if is_blank(&mailbox) {
        return Err(Error::argument("the mailbox's name is blank"));
    }
    if is_written_out(&mailbox) {
        return Err(Error::argument(format!(
            "{mailbox:?} is not the name of a mailbox, but how a list or an object shows as text"
        ))
        .hint("give the address itself, such as the first of the list or the member of the object that holds it"));
    }
    check(&mailbox)?;
    Ok(mailbox)
}

/// The mailbox as one segment of a URL's path: `/v1.0/users/{segment}/mailboxSettings`.
///
/// # Errors
///
/// `InvalidArgument` for an empty name, for `.` and `..`, which URL parsers resolve away even when escaped
/// (WHATWG URL, "double-dot path segment"), and for control characters.
pub fn path_segment(mailbox: &str) -> Result<String> {
    if mailbox.is_empty() {
        return Err(Error::argument("the mailbox's name is blank"));
    }
    check(mailbox)?;
    Ok(utf8_percent_encode(mailbox, NOT_UNRESERVED).to_string())
}

/// The user's path below the API's version: `users/{segment}`, and `users('{name}')` for a name that begins with `$`,
/// which the service takes for an option of the query elsewhere and answers with 400 (Microsoft Graph, "Get user").
///
/// # Errors
///
/// As [`path_segment`].
pub fn user_path(mailbox: &str) -> Result<String> {
    const LITERAL: &AsciiSet = &NOT_UNRESERVED.remove(b'$').remove(b'@');
    let segment = path_segment(mailbox)?;
    if mailbox.starts_with('$') {
        let literal = mailbox.replace('\'', "''");
        return Ok(format!("users('{}')", utf8_percent_encode(&literal, LITERAL)));
    }
    Ok(format!("users/{segment}"))
}

fn check(mailbox: &str) -> Result<()> {
    if matches!(mailbox, "." | "..") {
        return Err(Error::argument(format!("'{mailbox}' is not the name of a mailbox")));
    }
    if mailbox.contains(char::is_control) {
        return Err(Error::argument("the mailbox's name holds a control character"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    proptest::proptest! {
        #[test]
        fn any_name_is_one_segment_that_decodes_to_itself(name in "\\PC*|[.%/\\\\?#'+ ]{1,6}") {
            let Ok(segment) = path_segment(&name) else { return Ok(()) };
            let url = url::Url::parse(&format!("https://graph.microsoft.com/v1.0/users/{segment}/mailboxSettings"));
            let segments: Vec<_> = url.iter().flat_map(url::Url::path_segments).flatten().collect();
            assert_eq!(segments, ["v1.0", "users", &segment, "mailboxSettings"]);
            assert_eq!(percent_decode_str(&segment).decode_utf8().ok().as_deref(), Some(&*name));
        }
    }

    #[test]
    fn a_name_that_begins_with_a_dollar_sign_stands_in_brackets() {
        assert_eq!(user_path("$abc@contoso.com").unwrap(), "users('$abc@contoso.com')");
        assert_eq!(user_path("$o'b/c#@contoso.com").unwrap(), "users('$o%27%27b%2Fc%23@contoso.com')");
        assert_eq!(user_path("a$b@contoso.com").unwrap(), "users/a%24b%40contoso.com");
        assert!(user_path("").is_err());
    }

    #[test]
    fn nothing_in_a_name_can_change_the_path() {
        let segment = |name| path_segment(name).unwrap_or_else(|error| error.to_string());
        assert_eq!(segment("kim-a.b_c~@contoso.com"), "kim-a.b_c~%40contoso.com");
        assert_eq!(segment("o'brien"), "o%27brien");
        assert_eq!(segment("a#EXT#?x/y\\z+ü %"), "a%23EXT%23%3Fx%2Fy%5Cz%2B%C3%BC%20%25");
        assert_eq!(segment("../x"), "..%2Fx");
        for name in [".", "..", "", "a\u{0}"] {
            assert!(path_segment(name).is_err());
        }
    }
}
