//! Whose mailbox: from a line of input to the segment of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::json;
use crate::error::{Error, Result};

/// The members of an input object that may name its mailbox, in order of preference: objects of
/// `Get-Mailbox`, `Get-EXOMailbox` and `Get-MgUser`, and rows of a CSV file.
pub const IDENTITY_MEMBERS: [&str; 6] =
    ["MailboxName", "PrimarySmtpAddress", "UserPrincipalName", "Mail", "EmailAddress", "Id"];

/// A member of an input object that says why its mailbox cannot be done: what whoever reads the input found out.
const ERROR_MEMBER: &str = "@error";

/// Everything but the unreserved characters of RFC 3986, section 2.3: an apostrophe, `#`, `?`, `/` or `+`
/// in a name must not become part of the URL's own syntax.
pub(super) const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One line of input.
#[derive(Clone, Debug)]
pub struct InputItem {
    /// The identity as the caller spelled it, which is how rows show it.
    pub given: Option<String>,
    /// The mailbox to ask for, or why there is none.
    pub mailbox: Result<String>,
    /// The whole object, where the line held one.
    pub object: Option<Value>,
}

impl InputItem {
    /// Reads a line of JSON Lines: a string, `null` or an object, with or without its newline.
    #[must_use]
    pub fn parse(line: &[u8]) -> Self {
        // RFC 8259, section 8.1, allows a reader to skip a byte order mark; some tools write one.
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        match json::from_slice(line) {
            Ok(Value::String(text)) => Self { mailbox: decode(&text), given: Some(text), object: None },
            Ok(Value::Null) => Self::unnamed(Error::argument("the mailbox's name is null")),
            Ok(Value::Object(members)) => Self::of_object(members),
            Ok(_) => Self::unnamed(Error::argument("a line of input must be a string, an object or null")),
            Err(error) => Self::unnamed(Error::argument(format!("a line of input is not JSON: {error}"))),
        }
    }

    /// Says why there is no request for this line, where nothing was wrong with it before.
    pub fn refuse(&mut self, error: Error) {
        if self.mailbox.is_ok() {
            self.mailbox = Err(error);
        }
    }

    fn of_object(members: Map<String, Value>) -> Self {
        let given = identity_of(&members);
        let mailbox = match (&given, members.get(ERROR_MEMBER)) {
            (_, Some(Value::String(text))) => Err(Error::argument(text)),
            (Some(text), _) => decode(text),
            (None, _) => Err(Error::argument(format!(
                "the object names no mailbox: none of {} is there with a value",
                IDENTITY_MEMBERS.join(", ")
            ))),
        };
        Self { given, mailbox, object: Some(Value::Object(members)) }
    }

    fn unnamed(error: Error) -> Self {
        Self { given: None, mailbox: Err(error), object: None }
    }
}

/// The first of [`IDENTITY_MEMBERS`] that is not blank.
fn identity_of(members: &Map<String, Value>) -> Option<String> {
    IDENTITY_MEMBERS.iter().find_map(|wanted| {
        members.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).find_map(|(_, value)| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    })
}

/// The mailbox that a name means, however a script may have escaped it.
///
/// Scripts that build URLs themselves hand over names with percent-escapes (`%27`, `%23EXT%23`) or with the
/// doubled apostrophe of an OData literal. Neither can occur in a user principal name, so both are undone.
/// A percent sign that begins no escape stays.
///
/// # Errors
///
/// `InvalidArgument` for a blank name and for one that cannot be a segment of a path.
pub fn decode(given: &str) -> Result<String> {
    let unescaped = match percent_decode_str(given).decode_utf8() {
        Ok(text) => text,
        // Bytes that are no UTF-8 are no escapes that a script made.
        Err(_) => Cow::Borrowed(given),
    };
    let mailbox = unescaped.trim().replace("''", "'");
    if mailbox.is_empty() {
        return Err(Error::argument("the mailbox's name is blank"));
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
    use crate::error::Status;

    fn mailbox(line: &str) -> String {
        match InputItem::parse(line.as_bytes()).mailbox {
            Ok(mailbox) => mailbox,
            Err(error) => format!("{error:?}"),
        }
    }

    fn refused(line: &str) -> InputItem {
        let item = InputItem::parse(line.as_bytes());
        assert_eq!(item.mailbox.as_ref().map_err(Error::status), Err(Status::InvalidArgument), "{line}");
        item
    }

    #[test]
    fn an_object_may_bring_the_error_of_its_mailbox() {
        let item = refused(r#"{"MailboxName":"kim@contoso.com","@error":"the script block of -Path: no such folder"}"#);
        assert_eq!(item.given.as_deref(), Some("kim@contoso.com"));
        let error = format!("{:?}", item.mailbox);
        assert!(error.contains("the script block of -Path: no such folder"), "{error}");
    }

    #[test]
    fn strings_are_shown_as_given_and_asked_for_unescaped() {
        let cases = [
            ("kim@contoso.com", "kim@contoso.com"),
            ("o'brien@contoso.com", "o'brien@contoso.com"),
            ("o''brien@contoso.com", "o'brien@contoso.com"),
            ("o%27brien@contoso.com", "o'brien@contoso.com"),
            ("o%27%27brien@contoso.com", "o'brien@contoso.com"),
            ("guest_fabrikam.com#EXT#@contoso.onmicrosoft.com", "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
            ("guest_fabrikam.com%23EXT%23@contoso.onmicrosoft.com", "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
            ("j%C3%BCrgen@contoso.com", "jürgen@contoso.com"),
            ("100%@contoso.com", "100%@contoso.com"),
            ("5%zz@contoso.com", "5%zz@contoso.com"),
            ("%FF@contoso.com", "%FF@contoso.com"),
            ("a+b@contoso.com", "a+b@contoso.com"),
            (" kim@contoso.com ", "kim@contoso.com"),
        ];
        for (given, expected) in cases {
            let item = InputItem::parse(Value::from(given).to_string().as_bytes());
            assert_eq!(item.mailbox.ok().as_deref(), Some(expected));
            assert_eq!(item.given.as_deref(), Some(given));
            assert!(item.object.is_none());
        }
    }

    #[test]
    fn newlines_and_a_byte_order_mark_belong_to_no_name() {
        assert_eq!(mailbox("\"kim@contoso.com\"\r\n"), "kim@contoso.com");
        assert_eq!(mailbox("\u{feff}\"kim@contoso.com\"\n"), "kim@contoso.com");
    }

    #[test]
    fn objects_are_known_by_their_first_member_that_says_something() {
        assert_eq!(mailbox(r#"{"Id":"1","mail":"m","MAILBOXNAME":"n"}"#), "n");
        assert_eq!(mailbox(r#"{"MailboxName":" ","primarySmtpAddress":"p","UserPrincipalName":"u"}"#), "p");
        assert_eq!(mailbox(r#"{"MailboxName":null,"Mail":{"Address":"x"},"emailAddress":"e"}"#), "e");
        assert_eq!(mailbox(r#"{"Id":42}"#), "42");
        let item = InputItem::parse(br#"{"Mail":"o''brien@contoso.com","Other":[1]}"#);
        assert_eq!(item.given.as_deref(), Some("o''brien@contoso.com"));
        assert_eq!(item.object.map(|object| object["Other"][0].clone()), Some(1.into()));
    }

    #[test]
    fn what_names_no_mailbox_is_refused() {
        assert_eq!(refused(r#""""#).given.as_deref(), Some(""));
        assert_eq!(refused(r#""  ""#).given.as_deref(), Some("  "));
        assert_eq!(refused(r#""%20""#).given.as_deref(), Some("%20"));
        assert_eq!(refused("null").given, None);
        for line in ["5", "[]", "true", "kim@contoso.com", "", "{", r#"{"Name":"kim"}"#, r#"{"Id":""}"#] {
            assert_eq!(refused(line).given, None, "{line}");
        }
        for line in [r#"".""#, r#""..""#, r#""%2e%2E""#, r#""a\nb""#, r#""a%00b""#, r#""a\u007f""#] {
            refused(line);
        }
    }

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
