//! Texts that take values of the mailbox they are used for: `messages?$filter=subject eq '{Subject}'`.

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value};

use super::blank::is_blank;
use super::identity::NOT_UNRESERVED;
use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Member(String),
}

impl Piece {
    fn name(&self) -> Option<&str> {
        match self {
            Piece::Text(_) => None,
            Piece::Member(name) => Some(name),
        }
    }
}

/// Whether what is in braces is a name, beside those that always are.
pub type IsName<'a> = &'a dyn Fn(&str) -> bool;

/// A path with the names of members in braces; `{{` and `}}` stand for braces.
#[derive(Clone, Debug)]
pub struct PathTemplate(Vec<Piece>);

impl PathTemplate {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a brace that opens no name: a path cannot hold it.
    pub fn parse(text: &str) -> Result<Self> {
        Self::with(text, &|_| false)
    }

    /// The same, where what is in braces is a name too if `is_name` says so: it stands for the member called so.
    ///
    /// # Errors
    ///
    /// As [`PathTemplate::parse`].
    pub fn with(text: &str, is_name: IsName<'_>) -> Result<Self> {
        let pieces = pieces(text, is_name);
        let has_brace = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(['{', '}']));
        if pieces.iter().any(has_brace) {
            return Err(Error::argument(format!("path: {text:?} has a brace that is not part of a {{Name}}")));
        }
        Ok(Self(pieces))
    }

    /// The names that it takes values of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Piece::name)
    }

    /// The path for one mailbox. Values are percent-encoded; within quotes, as OData has texts, an apostrophe is
    /// doubled. With `allow_null` null and blank text may stand in the query, as empty text.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a member that is missing, null, blank or no simple value.
    pub fn fill(&self, members: &Map<String, Value>, allow_null: bool) -> Result<String> {
        let mut path = String::new();
        let mut in_query = false;
        let mut in_quotes = false;
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => {
                    in_query |= text.contains('?');
                    in_quotes ^= text.matches('\'').count() % 2 == 1;
                    path.push_str(text);
                }
                Piece::Member(name) => {
                    let value = simple_text(name, filled(members, name, allow_null && in_query)?)?;
                    let value = if in_quotes { value.replace('\'', "''") } else { value };
                    path.extend(utf8_percent_encode(&value, NOT_UNRESERVED));
                }
            }
        }
        Ok(path)
    }
}

/// A JSON body whose texts may hold the names of members in braces.
#[derive(Clone, Debug)]
pub struct BodyTemplate {
    body: Value,
    /// What is a name in it beside those that always are.
    further: Vec<String>,
}

impl BodyTemplate {
    /// Every body is one.
    #[must_use]
    pub fn new(body: Value) -> Self {
        Self { body, further: Vec::new() }
    }

    /// The same, where what is in braces is a name too if `is_name` says so: it stands for the member called so.
    #[must_use]
    pub fn with(body: Value, is_name: IsName<'_>) -> Self {
        let mut further = Vec::new();
        for_each_text(&body, &mut |text| {
            let names = pieces(text, is_name).into_iter().filter_map(|piece| piece.name().map(str::to_owned));
            further.extend(names.filter(|name| is_name(name)));
        });
        Self { body, further }
    }

    /// The names that it takes values of.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for_each_text(&self.body, &mut |text| {
            let pieces = pieces(text, &|name| self.is_further(name));
            names.extend(pieces.iter().filter_map(Piece::name).map(str::to_owned));
        });
        names
    }

    fn is_further(&self, name: &str) -> bool {
        self.further.iter().any(|further| further == name)
    }

    /// The body for one mailbox. A text that is nothing but one `{Name}` becomes the member's value with its type;
    /// elsewhere a null that `allow_null` lets pass is no text. Braces that hold no name, as in CSS, stay.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a member that is missing, or is no simple value within a text; without `allow_null` for
    /// one that is null or blank.
    pub fn fill(&self, members: &Map<String, Value>, allow_null: bool) -> Result<Value> {
        fill(&self.body, members, (allow_null, &|name| self.is_further(name)))
    }
}

fn for_each_text(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| for_each_text(item, take)),
        Value::Object(members) => members.values().for_each(|value| for_each_text(value, take)),
        _ => {}
    }
}

fn fill(value: &Value, members: &Map<String, Value>, rules: (bool, IsName<'_>)) -> Result<Value> {
    Ok(match value {
        Value::String(text) => fill_text(text, members, rules)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| fill(item, members, rules)).collect::<Result<_>>()?)
        }
        Value::Object(own) => {
            let filled = own.iter().map(|(name, value)| Ok((name.clone(), fill(value, members, rules)?)));
            Value::Object(filled.collect::<Result<_>>()?)
        }
        other => other.clone(),
    })
}

fn fill_text(text: &str, members: &Map<String, Value>, (allow_null, is_name): (bool, IsName<'_>)) -> Result<Value> {
    let pieces = pieces(text, is_name);
    if let [Piece::Member(name)] = pieces.as_slice() {
        return filled(members, name, allow_null).cloned();
    }
    let mut whole = String::with_capacity(text.len());
    for piece in &pieces {
        match piece {
            Piece::Text(text) => whole.push_str(text),
            Piece::Member(name) => whole.push_str(&simple_text(name, filled(members, name, allow_null)?)?),
        }
    }
    Ok(whole.into())
}

/// The texts and names that a template is made of, in order.
fn pieces(template: &str, is_name: IsName<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let from = &rest[at..];
        if let Some(brace) = ["{{", "}}"].iter().find(|brace| from.starts_with(**brace)) {
            text.push_str(&brace[1..]);
            rest = &from[2..];
        } else if let Some((name, after)) = name_at(from, is_name) {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Member(name.to_owned()));
            rest = after;
        } else {
            text.push_str(&from[..1]);
            rest = &from[1..];
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// The name in the braces that `text` begins with: what a property or the heading of a column may be called.
fn name_at<'t>(text: &'t str, is_name: IsName<'_>) -> Option<(&'t str, &'t str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    if is_name(name) {
        return Some((name, after));
    }
    let fits = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ' ' | '@');
    let begins = name.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '_' || first == '@');
    (begins && !name.ends_with(' ') && name.chars().all(fits)).then_some((name, after))
}

/// The member of this name, else the one whose name differs in case only.
///
/// # Errors
///
/// `InvalidArgument` where there is none.
pub(crate) fn member<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m Value> {
    let same = || members.iter().find(|(other, _)| other.to_lowercase() == name.to_lowercase()).map(|(_, value)| value);
    members.get(name).or_else(same).ok_or_else(|| {
        let there: Vec<&str> = members.keys().map(String::as_str).take(MOST_NAMED).collect();
        Error::argument(format!(
            "the input has no member {name}, which the request uses as {{{name}}}; there are {}",
            there.join(", ")
        ))
        .hint("give objects that have it, or write {{ and }} for braces")
    })
}

/// How many members an error names.
const MOST_NAMED: usize = 30;

/// The member of this name, which says something.
fn filled<'m>(members: &'m Map<String, Value>, name: &str, allow_null: bool) -> Result<&'m Value> {
    let value = member(members, name)?;
    let what = match value {
        Value::Null => "null",
        Value::String(text) if is_blank(text) => "blank",
        _ => return Ok(value),
    };
    if allow_null {
        return Ok(value);
    }
    Err(Error::argument(format!("{{{name}}} is {what} for this mailbox"))
        .hint("where that is meant in a body or a query, say so with allowNull (-AllowNull)"))
}

/// A text, number or yes or no as text.
///
/// # Errors
///
/// `InvalidArgument` for any other value.
pub(crate) fn simple_text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => {
            Err(Error::argument(format!("{{{name}}} is not text, a number, or true or false for this mailbox")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members() -> Map<String, Value> {
        let value = json!({"Name": "O'Brien & Söhne/1", "Id": 7, "Days": ["monday"], "None": null, "Blank": " ",
            "Display Name": "Kim"});
        value.as_object().cloned().unwrap()
    }

    fn path(template: &str) -> String {
        match PathTemplate::parse(template).and_then(|template| template.fill(&members(), false)) {
            Ok(path) => path,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn values_in_a_path_are_never_its_syntax() {
        assert_eq!(path("messages/{ID}/move"), "messages/7/move");
        assert_eq!(path("x/{name}"), "x/O%27Brien%20%26%20S%C3%B6hne%2F1");
        assert_eq!(
            path("messages?$filter=subject eq '{Name}' or a eq {Id}"),
            "messages?$filter=subject eq 'O%27%27Brien%20%26%20S%C3%B6hne%2F1' or a eq 7"
        );
        assert_eq!(path("x/{Display Name}"), "x/Kim");
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error_of_its_mailbox() {
        assert!(path("x/{Nmae}").contains("no member Nmae"));
        assert!(path("x/{Nmae}").contains("there are Name, Id, Days"));
        assert!(path("messages/{Blank}").contains("{Blank} is blank"));
        assert!(path("x?a={Blank}").contains("{Blank} is blank"));
        assert!(path("x?a='{None}'").contains("{None} is null"));
        let meant = |template| PathTemplate::parse(template).unwrap().fill(&members(), true);
        assert_eq!(meant("x?a='{None}'&b='{Blank}'").unwrap(), "x?a=''&b='%20'");
        assert!(meant("messages/{Blank}").is_err());
        assert!(path("messages/{None}").contains("{None} is null"));
        assert!(path("messages/{Days}").contains("{Days} is not text"));
        assert!(path("messages/{id").contains("has a brace"));
        assert!(path("messages/{{x}}").contains("has a brace"));
    }

    #[test]
    fn bodies_keep_types_and_what_is_no_name() {
        let body = json!({
            "days": "{days}", "id": "{Id}", "none": "{None}", "text": "Dear {Name} ({Id}){None}", "list": ["{Id}", 1],
            "css": "p {color: red} {{Name}} {} { x", "{Name}": true
        });
        let filled = BodyTemplate::new(body.clone()).fill(&members(), true).unwrap();
        assert_eq!(
            filled,
            json!({
                "days": ["monday"], "id": 7, "none": null, "text": "Dear O'Brien & Söhne/1 (7)", "list": [7, 1],
                "css": "p {color: red} {Name} {} { x", "{Name}": true
            })
        );
        for body in [json!("a {Days}"), json!({"a": ["{Nmae}"]})] {
            assert!(BodyTemplate::new(body).fill(&members(), true).is_err());
        }
        for body in [json!(["{None}"]), json!({"a": {"b": "x{None}"}}), json!("{blank}"), json!("x {Blank}")] {
            let error = BodyTemplate::new(body.clone()).fill(&members(), false).unwrap_err().to_string();
            assert!(error.contains("for this mailbox"), "{body}: {error}");
        }
    }
}
