//! The grammar of a line of input: whose mailbox it is of, and what else of the run's request it replaces.
//!
//! A line is a text (a mailbox's name), `null` or an object. What an object may hold for the run itself begins with
//! `@`; all else are values for templates, and what names the mailbox.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

use crate::attempt::AttemptError;
use crate::error::{Error, Result};
use crate::graph::blank::is_blank;
use crate::graph::identity::is_written_out;
use crate::graph::json;
use crate::graph::mailbox::Mailbox;
use crate::printable::shortened;
use crate::rows::mailbox_column::{IDENTITY, MAILBOX_COLUMNS, is_address_or_id, is_same_column};

/// Says why the line's mailbox cannot be done: what whoever reads the input found out.
const ERROR_MEMBER: &str = "@error";

/// Says whether null and blank text among the mailbox's own values are meant.
pub(super) const ALLOW_NULL_MEMBER: &str = "@allowNull";

/// Replace the path and the body of the run's request, and how its outcome is looked up.
pub(super) const PATH_MEMBER: &str = "@path";
pub(super) const BODY_MEMBER: &str = "@body";
pub(super) const VERIFY_MEMBER: &str = "@verify";

/// The settings that this mailbox is to have.
pub(super) const SETTINGS_MEMBER: &str = "@settings";

/// The id of the mailbox's tenant, in lines of an undo file.
pub(super) const TENANT_MEMBER: &str = "@tenant";

/// The directory's id of a user, in lines of a listing.
const ID_MEMBER: &str = "id";

/// Where a run's lines come from: all of them from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputOrigin {
    /// Whoever started the run pushes them: what they say is somebody's text.
    Caller,
    /// The run lists the directory itself: each has the user's id, by which the mailbox is asked for.
    Directory,
}

/// Reads the lines of one run.
#[derive(Debug)]
pub(super) struct InputReader {
    origin: InputOrigin,
    /// Whether a line's error has listed its columns: a file that was read in the wrong way has the same in all.
    has_listed_columns: AtomicBool,
}

impl InputReader {
    pub(super) fn new(origin: InputOrigin) -> Self {
        Self { origin, has_listed_columns: AtomicBool::new(false) }
    }

    /// Understands a line. The first that names no mailbox says which columns it has in their place.
    #[must_use]
    pub(super) fn read(&self, line: &str) -> InputItem {
        let mut item = InputItem::parse(line.as_bytes(), self.origin);
        if let (None, Err(error), Some(Value::Object(members))) = (&item.given, &item.mailbox, &item.object)
            && !members.contains_key(ERROR_MEMBER)
            && !self.has_listed_columns.swap(true, Ordering::Relaxed)
        {
            item.mailbox = Err(error.clone().hint(listed_columns(members)));
        }
        item
    }
}

/// The names of an object's members that are not the run's own.
fn listed_columns(members: &Map<String, Value>) -> String {
    const MOST: usize = 30;
    let mut names: Vec<_> =
        members.keys().filter(|name| !name.starts_with('@')).map(|name| shortened(name, 60).into_owned()).collect();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    match (names.is_empty(), more) {
        (true, _) => "it has no columns at all".to_owned(),
        (false, 0) => format!("its columns are {}", names.join(", ")),
        (false, _) => format!("its columns are {} and {more} more", names.join(", ")),
    }
}

/// One line of input.
#[derive(Clone, Debug)]
pub(super) struct InputItem {
    /// The identity as the caller spelled it, which is how rows show it.
    pub(super) given: Option<String>,
    /// The mailbox to ask for, or why there is none.
    pub(super) mailbox: Result<Mailbox>,
    /// The whole object, where the line held one.
    pub(super) object: Option<Value>,
}

impl InputItem {
    /// Reads a line of JSON Lines: a string, `null` or an object, with or without its newline.
    #[must_use]
    pub(super) fn parse(line: &[u8], origin: InputOrigin) -> Self {
        // RFC 8259, section 8.1, allows a reader to skip a byte order mark; some tools write one.
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        match json::from_slice(line) {
            Ok(Value::String(text)) => Self { mailbox: Mailbox::typed(&text), given: Some(text), object: None },
            Ok(Value::Null) => Self::unnamed(Error::argument("the mailbox's name is null")),
            Ok(Value::Object(members)) => Self::of_object(members, origin),
            Ok(_) => Self::unnamed(Error::argument("a line of input must be a string, an object or null")),
            Err(error) => Self::unnamed(Error::argument(format!("a line of input is not JSON: {error}"))),
        }
    }

    /// Says why there is no request for this line, where nothing was wrong with it before.
    pub(super) fn refuse(&mut self, error: Error) {
        if self.mailbox.is_ok() {
            self.mailbox = Err(error);
        }
    }

    fn of_object(members: Map<String, Value>, origin: InputOrigin) -> Self {
        let given = identity_of(&members);
        let mailbox = match (&given, members.get(ERROR_MEMBER)) {
            (_, Some(Value::String(text))) => Err(Error::argument(text)),
            (Some(text), _) => match (origin, members.get(ID_MEMBER)) {
                (InputOrigin::Directory, Some(Value::String(id))) => Mailbox::listed(text, id),
                _ => Mailbox::typed(text),
            },
            (None, _) => Err(no_mailbox(&members)),
        };
        Self { given, mailbox, object: Some(Value::Object(members)) }
    }

    /// What tells the line's mailbox from others: a name that is none of a mailbox still tells its line from others.
    pub(super) fn identity(&self) -> &str {
        let given = self.given.as_deref().unwrap_or_default();
        self.mailbox.as_ref().map_or(given, Mailbox::name)
    }

    /// Says that the mailbox's request failed; whether it is to be asked for by the other reading of its name.
    pub(super) fn turn_to_unescaped(&mut self, failure: &AttemptError) -> bool {
        match (&mut self.mailbox, failure) {
            (Ok(mailbox), AttemptError::Item(error)) => mailbox.turn_to_unescaped(error),
            _ => false,
        }
    }

    fn unnamed(error: Error) -> Self {
        Self { given: None, mailbox: Err(error), object: None }
    }
}

/// The first of [`MAILBOX_COLUMNS`] that holds a name: blank text, lists and objects are none.
fn identity_of(members: &Map<String, Value>) -> Option<String> {
    candidates(members).find_map(|(column, _, value)| match value {
        Value::String(text) if names_mailbox(column, text) => Some(text.clone()),
        Value::Number(number) if column != IDENTITY => Some(number.to_string()),
        _ => None,
    })
}

fn names_mailbox(column: &str, text: &str) -> bool {
    !is_blank(text) && !is_written_out(text) && (column != IDENTITY || is_address_or_id(text))
}

/// The members that may name the mailbox, in order of preference, each with the column that it is. Of two spellings of
/// one column the plain one is first.
fn candidates(members: &Map<String, Value>) -> impl Iterator<Item = (&'static str, &String, &Value)> {
    MAILBOX_COLUMNS.into_iter().flat_map(|wanted| {
        let is_plain = move |name: &str| name.eq_ignore_ascii_case(wanted);
        let plain = members.iter().filter(move |(name, _)| is_plain(name));
        let others = members.iter().filter(move |(name, _)| !is_plain(name) && is_same_column(name, wanted));
        plain.chain(others).map(move |(name, value)| (wanted, name, value))
    })
}

fn no_mailbox(members: &Map<String, Value>) -> Error {
    let other = candidates(members).find_map(|(column, name, value)| match value {
        Value::Array(_) => Some(format!("{name} is a list, and an address is wanted")),
        Value::Object(_) => Some(format!("{name} is an object, and an address is wanted")),
        Value::Bool(_) => Some(format!("{name} is {value}, and an address is wanted")),
        Value::String(text) if is_written_out(text) => {
            Some(format!("{name} is {text:?}, which is how a list or an object shows as text"))
        }
        Value::String(text) if column == IDENTITY && !is_blank(text) => {
            Some(format!("{name} is {text:?}, which is neither an address nor an id"))
        }
        _ => None,
    });
    let known = MAILBOX_COLUMNS.join(", ");
    let detail = match other {
        Some(other) => format!("the object names no mailbox: {other}; none of {known} holds one"),
        None => format!("the object names no mailbox: none of {known} is there with a value"),
    };
    Error::argument(detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn parse(line: &[u8]) -> InputItem {
        InputItem::parse(line, InputOrigin::Caller)
    }

    fn mailbox(line: &str) -> String {
        match parse(line.as_bytes()).mailbox {
            Ok(mailbox) => mailbox.name().to_owned(),
            Err(error) => format!("{error:?}"),
        }
    }

    fn refused(line: &str) -> InputItem {
        let item = parse(line.as_bytes());
        assert_eq!(item.mailbox.as_ref().map(|_| ()).map_err(Error::status), Err(Status::InvalidArgument), "{line}");
        item
    }

    #[test]
    fn the_first_line_without_a_mailbox_lists_its_columns() {
        let reader = InputReader::new(InputOrigin::Caller);
        let message = |line: &str| reader.read(line).mailbox.map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(message(r#""kim@contoso.com""#), "");
        // What says itself why there is no mailbox is not about columns.
        assert!(!message(r#"{"Name":"x","@error":"it threw"}"#).contains("columns"));
        let first = message(r#"{"Name":"Kim","Time Zone":"UTC","@path":"messages"}"#);
        assert!(first.ends_with("with a value; its columns are Name, Time Zone"), "{first}");
        assert!(!message(r#"{"Name":"Lee","Time Zone":"UTC"}"#).contains("columns"));
        let many: Map<String, Value> = (0..1000).map(|number| (format!("c{number}"), Value::Null)).collect();
        assert!(listed_columns(&many).ends_with("c28, c29 and 970 more"));
        assert_eq!(listed_columns(&Map::new()), "it has no columns at all");
    }

    #[test]
    fn an_object_may_bring_the_error_of_its_mailbox() {
        let item = refused(r#"{"MailboxName":"kim@contoso.com","@error":"the script block of -Path: no such folder"}"#);
        assert_eq!(item.given.as_deref(), Some("kim@contoso.com"));
        let error = format!("{:?}", item.mailbox);
        assert!(error.contains("the script block of -Path: no such folder"), "{error}");
    }

    #[test]
    fn strings_are_shown_as_given() {
        for (given, name) in [
            (" kim@contoso.com ", "kim@contoso.com"),
            ("\u{200e}mailto:kim@contoso.com;\u{200b}", "kim@contoso.com"),
            ("guest_fabrikam.com#EXT#@contoso.onmicrosoft.com", "guest_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
            ("o''brien@contoso.com", "o''brien@contoso.com"),
            ("o%27brien%40contoso.com", "o'brien@contoso.com"),
        ] {
            let item = parse(Value::from(given).to_string().as_bytes());
            assert_eq!(item.identity(), name);
            assert_eq!(item.given.as_deref(), Some(given));
            assert!(item.object.is_none());
        }
    }

    #[test]
    fn an_id_of_the_directory_is_asked_for_and_that_of_a_caller_is_not() {
        let line = br#"{"id":"7","userPrincipalName":"abc''x@contoso.com"}"#;
        let asked = |origin| {
            let item = InputItem::parse(line, origin);
            assert_eq!((item.identity(), item.given.as_deref()), ("abc''x@contoso.com", Some("abc''x@contoso.com")));
            item.mailbox.unwrap().asked().to_owned()
        };
        assert_eq!(asked(InputOrigin::Directory), "7");
        assert_eq!(asked(InputOrigin::Caller), "abc''x@contoso.com");
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
        let item = parse(br#"{"Mail":"o''brien@contoso.com","Other":[1]}"#);
        assert_eq!(item.given.as_deref(), Some("o''brien@contoso.com"));
        assert_eq!(item.object.map(|object| object["Other"][0].clone()), Some(1.into()));
    }

    #[test]
    fn columns_of_other_reports_are_known_however_they_are_spelled() {
        for name in [
            "User Principal Name",
            "user_principal_name",
            "Email address",
            "Primary email",
            "WindowsEmailAddress",
            "ExternalDirectoryObjectId",
            "Identity",
            "\u{feff}MailboxName",
            "\u{feff}\"Mail\"",
        ] {
            let line = serde_json::json!({"Display name": "Kim", name: "kim@contoso.com"});
            assert_eq!(mailbox(&line.to_string()), "kim@contoso.com", "{name}");
        }
        assert_eq!(mailbox(r#"{"Email address":"e","Mail":"m","Identity":"i@contoso.com"}"#), "m");
        assert_eq!(mailbox(r#"{"E-mail address":"other","EmailAddress":"e"}"#), "e");
        assert_eq!(mailbox(r#"{"WindowsEmailAddress":"w","Id":"i"}"#), "i");
        assert_eq!(mailbox(r#"{"Identity":"i@contoso.com","ExternalDirectoryObjectId":"x"}"#), "x");
        let id = "084adbb3-f70c-498f-97a3-464e1f444d9a";
        assert_eq!(mailbox(&format!(r#"{{"Identity":"{id}"}}"#)), id);
        for text in ["Kim", "kim@contoso.com\\\\Inbox"] {
            let error = format!("{:?}", refused(&format!(r#"{{"Identity":"{text}"}}"#)).mailbox);
            assert!(error.contains("neither an address nor an id"), "{error}");
        }
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
}
