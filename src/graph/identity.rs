//! Whose mailbox: from a line of input to the segment of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::blank::is_blank;
use super::json;
use crate::error::{Error, Result};
use crate::pasted;

/// The members of an input object that may name its mailbox, in order of preference: objects of
/// `Get-Mailbox`, `Get-EXOMailbox` and `Get-MgUser`, and rows of a CSV file.
pub const IDENTITY_MEMBERS: [&str; 6] =
    ["MailboxName", "PrimarySmtpAddress", "UserPrincipalName", "Mail", "EmailAddress", "Id"];

/// A member of an input object that says why its mailbox cannot be done: what whoever reads the input found out.
const ERROR_MEMBER: &str = "@error";

/// A member of an input object that says whether null and blank text among its mailbox's own values are meant.
pub const ALLOW_NULL_MEMBER: &str = "@allowNull";

/// Everything but the unreserved characters of RFC 3986, section 2.3: an apostrophe, `#`, `?`, `/` or `+`
/// in a name must not become part of the URL's own syntax.
pub(super) const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A mailbox's name as errors show it: one without a name has its error all the same.
#[must_use]
pub fn display_name(given: Option<&str>) -> &str {
    given.filter(|given| !given.trim().is_empty()).unwrap_or("a mailbox without a name")
}

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
            (None, _) => Err(no_mailbox(&members)),
        };
        Self { given, mailbox, object: Some(Value::Object(members)) }
    }

    fn unnamed(error: Error) -> Self {
        Self { given: None, mailbox: Err(error), object: None }
    }
}

/// The first of [`IDENTITY_MEMBERS`] that holds a name: blank text, lists and objects are none.
fn identity_of(members: &Map<String, Value>) -> Option<String> {
    candidates(members).find_map(|(_, value)| match value {
        Value::String(text) if !is_blank(text) && !is_written_out(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The members that may name the mailbox, in order of preference.
fn candidates(members: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    IDENTITY_MEMBERS.iter().flat_map(|wanted| members.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)))
}

fn no_mailbox(members: &Map<String, Value>) -> Error {
    let other = candidates(members).find_map(|(name, value)| match value {
        Value::Array(_) => Some(format!("{name} is a list, and an address is wanted")),
        Value::Object(_) => Some(format!("{name} is an object, and an address is wanted")),
        Value::Bool(_) => Some(format!("{name} is {value}, and an address is wanted")),
        Value::String(text) if is_written_out(text) => {
            Some(format!("{name} is {text:?}, which is how a list or an object shows as text"))
        }
        _ => None,
    });
    let known = IDENTITY_MEMBERS.join(", ");
    let detail = match other {
        Some(other) => format!("the object names no mailbox: {other}; none of {known} holds one"),
        None => format!("the object names no mailbox: none of {known} is there with a value"),
    };
    Error::argument(detail)
}

/// Whether a text is what PowerShell and others make of a list or an object that is taken for text: `System.Object[]`,
/// `@{Address=kim@contoso.com}`, `[object Object]`.
fn is_written_out(text: &str) -> bool {
    let text = text.trim();
    let is_object = (text.starts_with("@{") || text.starts_with('{')) && text.ends_with('}');
    let is_list = text.starts_with('[') && text.ends_with(']');
    let is_type = ["System.", "Microsoft.", "Deserialized."].iter().any(|space| text.starts_with(space))
        && (!text.contains('@') || text.ends_with(']'));
    is_object || is_list || is_type
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
    let mailbox = pasted::address(&unescaped).replace("''", "'");
    if is_blank(&mailbox) {
        return Err(Error::argument("the mailbox's name is blank"));
    }
    if is_written_out(&mailbox) {
        return Err(Error::argument(format!(
            "{mailbox:?} is no mailbox's name, but how a list or an object shows as text"
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
            ("SMTP:kim@contoso.com", "kim@contoso.com"),
            ("\u{200e}mailto:kim@contoso.com;\u{200b}", "kim@contoso.com"),
            ("mailto:o%27brien@contoso.com", "o'brien@contoso.com"),
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
        assert_eq!(mailbox(r#"{"MailboxName":["a"],"Mail":true,"UserPrincipalName":"System.Object[]","Id":"i"}"#), "i");
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
        for (line, part) in [
            (r#"{"Mail":["kim@contoso.com"]}"#, "Mail is a list"),
            (r#"{"EmailAddress":{"Address":"kim@contoso.com"}}"#, "EmailAddress is an object"),
            (r#"{"Id":true}"#, "Id is true"),
            (r#"{"Mail":"@{Address=kim@contoso.com}"}"#, "how a list or an object shows as text"),
            (r#"{"Mail":"System.Object[]"}"#, "how a list or an object shows as text"),
        ] {
            let item = refused(line);
            let error = format!("{:?}", item.mailbox);
            assert!(item.given.is_none() && error.contains(part), "{line}: {error}");
        }
        for text in [
            "System.Object[]",
            "System.String[]",
            "System.Collections.Hashtable",
            "System.Collections.Generic.List`1[System.String]",
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser",
            "@{Address=kim@contoso.com}",
            "[object Object]",
            "{'address': 'kim@contoso.com'}",
            "\u{200b}",
        ] {
            refused(&Value::from(text).to_string());
        }
        assert_eq!(mailbox(r#""System.Admin@contoso.com""#), "System.Admin@contoso.com");
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
