//! Paths that callers give: relative, and not a step beyond what they are relative to.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::identity;
use crate::error::{Error, Result};

/// How often a path may be percent-encoded and still be seen through; no service decodes more often.
const MOST_DECODINGS: usize = 3;

/// The path of a request to a mailbox: `path` is relative to `users/{mailbox}`; empty, or with nothing but a query,
/// it is the user itself.
///
/// # Errors
///
/// As [`check`].
pub fn of_mailbox(mailbox: &str, path: &str) -> Result<String> {
    let path = check(path)?;
    let separator = if path.is_empty() || path.starts_with('?') { "" } else { "/" };
    Ok(format!("{}{separator}{path}", identity::user_path(mailbox)?))
}

/// A path that may stand below what it is relative to. A `#` is part of a value, never a fragment.
///
/// # Errors
///
/// `InvalidArgument` for a URL, a leading slash, an empty segment, `.` and `..`, a backslash and control characters
/// before the query, percent-encoded or not.
pub fn check(path: &str) -> Result<Cow<'_, str>> {
    let refused = |what: &str| {
        Err(Error::argument(format!("path: {path:?} {what}")).hint("give a relative path such as messages?$top=5"))
    };
    if path.contains(char::is_control) {
        return refused("holds a control character");
    }
    let mut before_query = Cow::Borrowed(path.split('?').next().unwrap_or_default());
    for decodings in 0..=MOST_DECODINGS {
        if before_query.contains("://") || before_query.starts_with("//") {
            return refused("is a URL and not a path");
        }
        if before_query.starts_with('/') {
            return refused("begins with a slash: it would not be relative");
        }
        if before_query.contains('\\') || before_query.contains(char::is_control) {
            return refused("holds a character that no path has");
        }
        let mut segments = before_query.split('/').rev();
        // A slash at the end is harmless.
        let last = segments.next();
        if last.into_iter().chain(segments.clone()).any(|segment| matches!(segment, "." | "..")) {
            return refused("leads elsewhere by its . or ..");
        }
        // Ids of Outlook may hold slashes, which then are encoded.
        if decodings == 0 && segments.any(str::is_empty) {
            return refused("has an empty segment");
        }
        let Ok(decoded) = percent_decode_str(&before_query).decode_utf8() else { break };
        if decoded == before_query {
            break;
        }
        before_query = Cow::Owned(decoded.into_owned());
    }
    Ok(if path.contains('#') { Cow::Owned(path.replace('#', "%23")) } else { Cow::Borrowed(path) })
}

/// How many elements of a collection the path asks for by `$top`: Outlook takes it for the size of a page.
#[must_use]
pub fn top(path: &str) -> Option<usize> {
    let (_, query) = path.split_once('?')?;
    let mut parameters = url::form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("$top"))?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_below_its_mailbox() {
        let path = |path| of_mailbox("o'brien@contoso.com", path).unwrap();
        assert_eq!(path("messages?$top=5"), "users/o%27brien%40contoso.com/messages?$top=5");
        assert_eq!(of_mailbox("$kim@contoso.com", "messages").unwrap(), "users('$kim@contoso.com')/messages");
        assert_eq!(path(""), "users/o%27brien%40contoso.com");
        assert_eq!(path("?$select=id"), "users/o%27brien%40contoso.com?$select=id");
        assert_eq!(path("drive/root:/a b.txt:/content"), "users/o%27brien%40contoso.com/drive/root:/a b.txt:/content");
        assert_eq!(
            path("messages?$filter=subject eq 'C#' and a eq 'http://x/../y'"),
            "users/o%27brien%40contoso.com/messages?$filter=subject eq 'C%23' and a eq 'http://x/../y'"
        );
        assert_eq!(path("messages/AAMk%2F%2Fx%3D"), "users/o%27brien%40contoso.com/messages/AAMk%2F%2Fx%3D");
        assert_eq!(
            path("mailFolders('inbox')/messages/"),
            "users/o%27brien%40contoso.com/mailFolders('inbox')/messages/"
        );
    }

    #[test]
    fn nothing_leads_out_of_the_mailbox() {
        for path in [
            "https://evil.example/x",
            "HTTPS://graph.microsoft.com/v1.0/users",
            "//evil.example",
            "https:%2F%2Fevil.example",
            "/messages",
            "%2Fmessages",
            "%252Fmessages",
            "..",
            "../lee@contoso.com/messages",
            "messages/../../lee@contoso.com",
            "messages/%2e%2E/x",
            "messages/%252e%252e/x",
            "messages%2F..%2F..%2Flee",
            "messages/.",
            "messages//x",
            "messages\\..\\x",
            "messages%5C..",
            "a\nb",
            "a%0Ab",
            "a\tb",
        ] {
            let error = check(path).unwrap_err().to_string();
            assert!(error.starts_with("path: "), "{path}: {error}");
        }
    }

    #[test]
    fn top_is_found_in_the_query_only() {
        assert_eq!(top("messages?$select=id&$top=5"), Some(5));
        assert_eq!(top("messages?%24Top=7"), Some(7));
        assert_eq!(top("messages?$top=x"), None);
        assert_eq!(top("$top=5"), None);
        assert_eq!(top("messages"), None);
    }
}
