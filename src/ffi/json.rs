//! Requests: one JSON object, read strictly. Every fault names the member; none repeats a value, which may be
//! a secret in the wrong place.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use super::secret::SECRETS;
use crate::error::{Error, Result, Status};
use crate::pasted;
use crate::rows::Format;
use crate::secret::Secret;

/// The largest integer that a double and every JSON hold exactly.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// The members of a JSON object, of which only known ones are allowed. A member that is null counts as absent.
#[derive(Debug)]
pub(super) struct Members {
    /// What stands before a member's name in messages: empty, or `credential.` and the like.
    prefix: String,
    known: &'static [&'static str],
    members: Map<String, Value>,
}

impl Members {
    /// Reads `text`; no text at all is an object without members.
    ///
    /// # Errors
    ///
    /// `InvalidJson`; `InvalidArgument` for what is no object, and for a member that is unknown or there twice.
    pub(super) fn parse(text: &str, known: &'static [&'static str]) -> Result<Self> {
        if text.is_empty() {
            return Self::checked(String::new(), Map::new(), known);
        }
        match read(text)? {
            Value::Object(members) => Self::checked(String::new(), members, known),
            other => Err(Error::argument(format!("a JSON object is needed, not {}", kind_of(&other)))),
        }
    }

    fn checked(prefix: String, members: Map<String, Value>, known: &'static [&'static str]) -> Result<Self> {
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            let near = known.iter().find(|name| name.eq_ignore_ascii_case(unknown));
            let advice = match near {
                Some(name) => format!("the name is {name}"),
                None => format!("known are {}", known.join(", ")),
            };
            return Err(Error::argument(format!("the member {prefix}{unknown} is unknown")).hint(advice));
        }
        Ok(Self { prefix, known, members })
    }

    /// The member as it is.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        debug_assert!(self.known.contains(&name), "{name} is read but not declared");
        self.members.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, "a string", &other)),
        }
    }

    /// Text that is there and not blank.
    pub(super) fn required_text(&mut self, name: &str) -> Result<String> {
        self.filled_text(name)?.ok_or_else(|| self.missing(name))
    }

    /// Text that is not blank, where it is there: a name, an id or a URL, without blanks and marks around it.
    pub(super) fn filled_text(&mut self, name: &str) -> Result<Option<String>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match pasted::trimmed(&text) {
            "" => Err(self.fault(name, "must not be blank")),
            trimmed => Ok(Some(trimmed.to_owned())),
        }
    }

    /// A path. A file that no system can have is found out here: the place of a run's rows is needed at its end.
    pub(super) fn path(&mut self, name: &str) -> Result<Option<PathBuf>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match pasted::path(&text) {
            blank if blank.trim().is_empty() => Err(self.fault(name, "must not be blank")),
            wrong if wrong.contains('\0') => Err(self.fault(name, "must not hold a NUL")),
            path => Ok(Some(PathBuf::from(path))),
        }
    }

    pub(super) fn required_path(&mut self, name: &str) -> Result<PathBuf> {
        self.path(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(self.wrong(name, "true or false", &other)),
        }
    }

    /// A whole number within `range`.
    pub(super) fn integer<T>(&mut self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>>
    where
        T: TryFrom<i64> + PartialOrd + fmt::Display,
    {
        let Some(value) = self.value(name) else { return Ok(None) };
        if !is_whole(&value) {
            return Err(self.wrong(name, "a whole number", &value));
        }
        match whole(&value).map(T::try_from) {
            Some(Ok(number)) if range.contains(&number) => Ok(Some(number)),
            _ => Err(self.fault(name, &format!("is {value}; it must be {} to {}", range.start(), range.end()))),
        }
    }

    /// Milliseconds within `range`.
    pub(super) fn milliseconds(&mut self, name: &str, range: RangeInclusive<u64>) -> Result<Option<Duration>> {
        Ok(self.integer(name, range)?.map(Duration::from_millis))
    }

    /// One of a few names, spelled as they are.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match choices.iter().find(|(choice, _)| *choice == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
                Err(self.fault(name, &format!("must be one of {}", names.join(", "))))
            }
        }
    }

    /// How an operation's result is encoded.
    pub(super) fn format(&mut self) -> Result<Format> {
        Ok(self.choice("format", &[("json", Format::Json), ("clixml", Format::Clixml)])?.unwrap_or_default())
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Array(items) = value else { return Err(self.wrong(name, "a list of strings", &value)) };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            other => Err(self.wrong(name, "a list of strings", &other)),
        });
        texts.collect::<Result<Vec<_>>>().map(Some)
    }

    /// An object whose members have names of the caller's and hold texts.
    pub(super) fn text_pairs(&mut self, name: &str) -> Result<Option<Vec<(String, String)>>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Object(members) = value else { return Err(self.wrong(name, "an object of strings", &value)) };
        let pairs = members.into_iter().map(|(member, value)| match value {
            Value::String(text) => Ok((member, text)),
            other => Err(self.wrong(&format!("{name}.{member}"), "a string", &other)),
        });
        pairs.collect::<Result<Vec<_>>>().map(Some)
    }

    /// The secret whose handle the member holds.
    pub(super) fn secret(&mut self, name: &str) -> Result<Option<Secret>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let handle = whole(&value).ok_or_else(|| {
            self.wrong(name, "the handle of a secret", &value).hint("exrun_secret_new gives the handle")
        })?;
        SECRETS.get(handle).map(Some).map_err(|cause| cause.target(format!("{}{name}", self.prefix)))
    }

    pub(super) fn required_secret(&mut self, name: &str) -> Result<Secret> {
        self.secret(name)?.ok_or_else(|| self.missing(name))
    }

    /// An object within, whose members are `known` in their turn.
    pub(super) fn object(&mut self, name: &str, known: &'static [&'static str]) -> Result<Option<Members>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(members)) => self.nested(name, members, known).map(Some),
            Some(other) => Err(self.wrong(name, "an object", &other)),
        }
    }

    /// The members of an object that was the value of `name`.
    pub(super) fn nested(
        &self,
        name: &str,
        members: Map<String, Value>,
        known: &'static [&'static str],
    ) -> Result<Members> {
        Members::checked(format!("{}{name}.", self.prefix), members, known)
    }

    /// Whether the member is there and not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// A fault of a member: `what` goes on where its name ends.
    pub(super) fn fault(&self, name: &str, what: &str) -> Error {
        Error::argument(format!("the member {}{name} {what}", self.prefix))
    }

    fn missing(&self, name: &str) -> Error {
        self.fault(name, "is missing")
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) -> Error {
        self.fault(name, &format!("must be {wanted}, not {}", kind_of(found)))
    }
}

/// A text of JSON (RFC 8259, whose section 8.1 lets a reader skip a byte order mark).
///
/// # Errors
///
/// `InvalidJson`; `InvalidArgument` for an object that has a member twice.
pub(super) fn strict(text: &str) -> Result<Value> {
    read(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn read(text: &str) -> Result<Value> {
    let document: std::result::Result<Document, _> = serde_json::from_str(text);
    document.map(|document| document.0).map_err(|fault| match fault.classify() {
        // Of our own visitor: names a member.
        Category::Data => Error::argument(fault.to_string()),
        Category::Io | Category::Syntax | Category::Eof => {
            Error::new(Status::InvalidJson, format!("not JSON: {fault}"))
        }
    })
}

/// Whether it is a number without a fraction, be it too large for [`whole`].
fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|double| double.fract() == 0.0)
}

/// A whole number, also where a language without integers wrote it as `17.0`.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let double = value.as_f64().filter(|double| double.fract() == 0.0 && double.abs() <= LARGEST_EXACT)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, as just checked")]
        Some(double as i64)
    })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A JSON value in which no object has a member twice: `serde_json::Value` would keep the last without a word.
struct Document(Value);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor).map(Document)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Document(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Document(value))) = entries.next_entry::<String, Document>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member {name} is there twice")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["count", "name", "flag", "passwordSecret", "inner", "list"];

    fn parse(text: &str) -> Result<Members> {
        Members::parse(text, KNOWN)
    }

    fn argument(result: Result<impl fmt::Debug>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{error}");
        error.to_string()
    }

    #[test]
    fn what_is_not_json_is_told_from_what_is_not_right() {
        for text in ["{", "nonsense", "{\"count\":}", "{} {}", &"[".repeat(1000)] {
            assert_eq!(parse(text).unwrap_err().status(), Status::InvalidJson, "{text}");
        }
        for text in ["[]", "1", "null", "\"x\"", "{\"counts\":1}", "{\"count\":1,\"count\":2}"] {
            argument(parse(text));
        }
    }

    #[test]
    fn an_unknown_member_is_named_with_what_was_meant() {
        assert!(argument(parse("{\"nmae\":1}")).contains("nmae is unknown; known are count, name"));
        assert!(argument(parse("{\"Name\":1}")).contains("Name is unknown; the name is name"));
        let inner = parse("{\"inner\":{\"x\":1}}").unwrap().object("inner", &["y"]);
        assert!(argument(inner).contains("the member inner.x is unknown"));
    }

    #[test]
    fn a_text_is_json_or_not_as_the_standard_has_it() {
        for text in [
            "{\"a\":1,}",
            "{'a':'b'}",
            "// x\n{}",
            "{\"a\":01}",
            "{a:1}",
            "[1,]",
            "NaN",
            "",
            " ",
            "{} {}",
            "{\"a\":.5}",
            "\"\n\"",
            "{\"a\":0x1}",
            "+1",
            "{\"a\":undefined}",
            "\u{200b}{}",
        ] {
            assert_eq!(strict(text).unwrap_err().status(), Status::InvalidJson, "{text}");
        }
        for text in ["{\"\":1}", "{\"Name\":1,\"name\":2}", "null", "1", "\"x\"", " [1e5]\r\n", "\u{feff}{}"] {
            strict(text).unwrap();
        }
        assert_eq!(strict("{\"day\":\"2026-11-24T10:00:00Z\"}").unwrap()["day"], "2026-11-24T10:00:00Z");
        assert!(argument(strict("{\"a\":{\"b\":1,\"b\":2}}")).contains("the member b is there twice"));
    }

    #[test]
    fn a_name_loses_what_was_copied_along_with_it() {
        let text = |text: &str| parse(&serde_json::json!({"name": text}).to_string()).unwrap().filled_text("name");
        assert_eq!(text("\u{200e} a b\u{200b}\r\n").unwrap().as_deref(), Some("a b"));
        assert!(argument(text("\u{200b} ")).contains("must not be blank"));
        let path = parse("{\"name\":\"\u{202a}C:\\\\x y \u{200e}\"}").unwrap().path("name").unwrap();
        assert_eq!(path, Some(PathBuf::from("C:\\x y ")));
    }

    #[test]
    fn nothing_is_an_object_without_members_and_null_is_absent() {
        assert_eq!(parse("").unwrap().text("name").unwrap(), None);
        assert_eq!(parse("{\"name\":null}").unwrap().text("name").unwrap(), None);
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        let count = |text: &str| parse(text).and_then(|mut members| members.integer("count", 1..=64_u32));
        assert_eq!(count("{\"count\":64}").unwrap(), Some(64));
        assert_eq!(count("{\"count\":6.0}").unwrap(), Some(6));
        assert!(argument(count("{\"count\":65}")).contains("count is 65; it must be 1 to 64"));
        for text in ["{\"count\":1.5}", "{\"count\":\"1\"}", "{\"count\":true}"] {
            assert!(argument(count(text)).contains("count must be a whole number"), "{text}");
        }
        for number in ["9223372036854775808", "-9223372036854775808", "1e300"] {
            let text = format!("{{\"count\":{number}}}");
            assert!(argument(count(&text)).contains("; it must be 1 to 64"), "{text}");
        }
        assert!(argument(count("{\"count\":-1}")).contains("count is -1"));
    }

    #[test]
    fn numbers_keep_their_last_digit() {
        for number in ["94.95886283158103", "-0.1", "5e-324"] {
            let value = parse(&format!("{{\"inner\":{number}}}")).unwrap().value("inner");
            assert_eq!(value.unwrap().to_string(), number);
            // What services and tokens say is read by serde_json alone.
            assert_eq!(serde_json::from_str::<Value>(number).unwrap().to_string(), number);
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        let text = argument(parse("{\"passwordSecret\":\"hunter2\"}").unwrap().secret("passwordSecret"));
        assert!(text.contains("passwordSecret must be the handle of a secret, not a string"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_handle_that_names_no_secret_names_its_member() {
        let error = parse("{\"passwordSecret\":17}").unwrap().secret("passwordSecret").unwrap_err();
        assert_eq!(error.status(), Status::InvalidHandle);
        assert!(error.to_string().contains("passwordSecret: 17 is not a handle"), "{error}");
    }

    #[test]
    fn a_path_holds_no_nul() {
        let path = |text: &str| parse(text).unwrap().path("name");
        assert!(argument(path(r#"{"name":"a\u0000b.csv"}"#)).contains("name must not hold a NUL"));
        assert!(argument(path(r#"{"name":" "}"#)).contains("name must not be blank"));
        assert_eq!(path(r#"{"name":"a b.csv"}"#).unwrap(), Some("a b.csv".into()));
    }

    #[test]
    fn lists_and_flags_have_their_type() {
        assert!(argument(parse("{\"flag\":1}").unwrap().flag("flag")).contains("flag must be true or false"));
        assert!(argument(parse("{\"list\":[1]}").unwrap().texts("list")).contains("list must be a list of strings"));
        assert_eq!(parse("{\"list\":[\"a\"]}").unwrap().texts("list").unwrap(), Some(vec!["a".into()]));
    }
}
