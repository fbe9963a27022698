//! Paths that callers give: relative, and not a step beyond what they are relative to.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::blank::is_blank;
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
/// before the query, percent-encoded or not; for a path that ends in `/` or `?`, and an option without its name or
/// value: what a path becomes where a shell took `$filter` for a variable.
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
        if before_query.split('/').any(|segment| matches!(segment, "." | "..")) {
            return refused("leads elsewhere by its . or ..");
        }
        // Ids of Outlook may hold slashes, which then are encoded.
        if decodings == 0
            && let Some(what) = missing(path)
        {
            return Err(Error::argument(format!("path: {path:?} {what}")).hint(
                "in double quotes a shell takes $filter and the like for variables: write the path in single quotes, \
                 and see that what is put into it is set",
            ));
        }
        let Ok(decoded) = percent_decode_str(&before_query).decode_utf8() else { break };
        if decoded == before_query {
            break;
        }
        before_query = Cow::Owned(decoded.into_owned());
    }
    Ok(if path.contains('#') { Cow::Owned(path.replace('#', "%23")) } else { Cow::Borrowed(path) })
}

/// What a path lacks, where it lacks something, in words.
fn missing(path: &str) -> Option<String> {
    let (before_query, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    if before_query.ends_with('/') {
        return Some("ends in a slash".to_owned());
    }
    if !before_query.is_empty() && before_query.split('/').any(|segment| is_blank(&decoded(segment))) {
        return Some("has an empty segment".to_owned());
    }
    if before_query.split('/').any(has_empty_key) {
        return Some("has an empty key in its brackets".to_owned());
    }
    let query = query?;
    if is_blank(query) {
        return Some("ends in a question mark".to_owned());
    }
    query.split('&').find_map(|option| {
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        let own_name = decoded(name);
        match value {
            None if is_blank(&own_name) => Some("has an empty option: && or an & at its end".to_owned()),
            _ if is_blank(own_name.trim_start_matches('$')) => Some("has an option without a name".to_owned()),
            Some(value) if is_blank(&decoded(value)) => Some(format!("gives its option {own_name} no value")),
            _ => None,
        }
    })
}

/// Whether a segment has a key that says nothing: `mailFolders('')`.
fn has_empty_key(segment: &str) -> bool {
    let segment = decoded(segment);
    let keys = segment.split_once('(').and_then(|(_, keys)| keys.strip_suffix(')'));
    let is_empty = |key: &str| {
        let value = key.split_once('=').map_or(key, |(_, value)| value).trim();
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        quoted.is_some_and(is_blank)
    };
    keys.is_some_and(|keys| keys.split(',').any(is_empty))
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
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
        assert_eq!(path("messages/delta()"), "users/o%27brien%40contoso.com/messages/delta()");
    }

    #[test]
    fn what_a_shell_took_out_of_a_path_is_missed() {
        for (path, what) in [
            ("messages/", "ends in a slash"),
            ("messages/?$top=5", "ends in a slash"),
            ("messages?", "ends in a question mark"),
            ("messages? ", "ends in a question mark"),
            ("?", "ends in a question mark"),
            (" ", "has an empty segment"),
            ("messages//x", "has an empty segment"),
            ("messages/ /x", "has an empty segment"),
            ("messages/%20/x", "has an empty segment"),
            ("messages/%E2%80%8B", "has an empty segment"),
            ("mailFolders('')/messages", "has an empty key"),
            ("mailFolders(id='')/messages", "has an empty key"),
            ("messages?=isRead eq false", "has an option without a name"),
            ("messages?=5&=isRead", "has an option without a name"),
            ("messages?$=isRead", "has an option without a name"),
            ("messages?%24=x", "has an option without a name"),
            ("messages?$top=5&&$select=id", "has an empty option"),
            ("messages?$top=5&", "has an empty option"),
            ("messages?&$top=5", "has an empty option"),
            ("messages?$top=", "gives its option $top no value"),
            ("messages?$top=%20&$select=id", "gives its option $top no value"),
        ] {
            let error = check(path).unwrap_err();
            assert!(error.to_string().contains(what), "{path}: {error}");
        }
        for path in ["messages?$filter=a eq ''", "messages?$filter=a eq 'b=&c'", "?$select=id", "x?y", ""] {
            assert!(check(path).is_ok(), "{path}");
        }
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
