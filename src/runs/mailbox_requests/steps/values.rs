//! What a step takes of the answers of steps before it: `{find.value[0].id|make.id}`.

use serde_json::{Map, Value};

use super::progress::{Done, Outcome};
use crate::error::{Error, Result};
use crate::graph::blank::is_blank;
use crate::graph::template::member;
use crate::rows::nested;

/// What an element of `forEach` is called.
pub(super) const EACH: &str = "each";

/// The names of a run's steps, in their order, and whether there is an element where they are used.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) steps: &'a [String],
    pub(super) has_each: bool,
}

/// A value, or the first that is there of several.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// As it stands in the braces.
    pub(super) text: String,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug)]
enum Choice {
    /// Of the answer of a step, below it.
    Step(usize, String),
    /// Of an element.
    Each(String),
    /// A member of the input.
    Input(String),
}

impl Reference {
    /// What stands in braces, where it takes a value of a step or of an element.
    pub(super) fn parse(text: &str, scope: Scope<'_>) -> Option<Self> {
        let choices: Vec<Choice> = text.split('|').map(|choice| Choice::of(choice.trim(), scope)).collect();
        let is_ours = choices.iter().any(|choice| !matches!(choice, Choice::Input(_)));
        is_ours.then(|| Self { text: text.to_owned(), choices })
    }

    /// The same of a text that is nothing but one in braces.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for any other text.
    pub(super) fn whole(text: &str, scope: Scope<'_>) -> Result<Self> {
        let within = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        within.and_then(|within| Self::parse(within, scope)).ok_or_else(|| {
            Error::argument(format!("{text:?} is no value of a step before it, such as {{find.value[0].id}}"))
        })
    }

    /// The steps whose answers it takes values of, with where in them each is.
    pub(super) fn of_steps(&self) -> impl Iterator<Item = (usize, &str)> {
        self.choices.iter().filter_map(|choice| match choice {
            Choice::Step(step, path) => Some((*step, path.as_str())),
            _ => None,
        })
    }

    /// The members of the input that it may take.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().filter_map(|choice| match choice {
            Choice::Input(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The first that says something; else the last that is there at all.
    pub(super) fn find<'v>(&self, values: &Values<'v>) -> Option<&'v Value> {
        let mut found = None;
        for choice in &self.choices {
            match values.of(choice) {
                Some(value) if says_something(value) => return Some(value),
                Some(value) => found = Some(value),
                None => {}
            }
        }
        found
    }

    /// The value of it.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where there is none.
    pub(super) fn value<'v>(&self, values: &Values<'v>, names: &[String]) -> Result<&'v Value> {
        self.find(values).ok_or_else(|| {
            let why = self.of_steps().map(|(step, path)| {
                let is_skipped = values.done.get(step).is_some_and(|done| done.outcome == Outcome::Skipped);
                let name = names.get(step).map_or("", String::as_str);
                if is_skipped {
                    format!("step {name} was skipped")
                } else {
                    format!("step {name} gave no {}", shown(path))
                }
            });
            let why: Vec<String> = why.collect();
            let why = if why.is_empty() { "the element has none".to_owned() } else { why.join(", and ") };
            Error::argument(format!("{{{}}} has no value for this mailbox: {why}", self.text)).hint(
                "where it need not be there, have the step done only when it is (when), or name another value after a \
                 bar, as in {find.value[0].id|make.id}",
            )
        })
    }

    /// Whether the value is there and says something: no null, false, blank text, nor an empty list or object.
    pub(super) fn is_there(&self, values: &Values<'_>) -> bool {
        self.find(values).is_some_and(|value| match value {
            Value::Bool(yes) => *yes,
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            other => says_something(other),
        })
    }
}

impl Choice {
    fn of(text: &str, scope: Scope<'_>) -> Self {
        let end = text.find(['.', '[']).unwrap_or(text.len());
        let (root, path) = text.split_at(end);
        if scope.has_each && root.eq_ignore_ascii_case(EACH) {
            return Self::Each(path.to_owned());
        }
        let step = scope.steps.iter().position(|name| name.eq_ignore_ascii_case(root));
        // A name alone is a member of the input: an answer as a whole is no value.
        match step.filter(|_| !path.is_empty()) {
            Some(step) => Self::Step(step, path.to_owned()),
            None => Self::Input(text.to_owned()),
        }
    }
}

/// What there is when a step is to be done.
pub(super) struct Values<'v> {
    pub(super) done: &'v [Done],
    pub(super) each: Option<&'v Value>,
    pub(super) members: &'v Map<String, Value>,
}

impl<'v> Values<'v> {
    fn of(&self, choice: &Choice) -> Option<&'v Value> {
        match choice {
            Choice::Step(step, path) => self.done.get(*step)?.kept.get(path),
            Choice::Each(path) => at(self.each?, path),
            Choice::Input(name) => member(self.members, name).ok(),
        }
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !is_blank(text),
        _ => true,
    }
}

/// What stands at a path such as `.value[0].id` of an answer.
pub(super) fn at<'v>(answer: &'v Value, path: &str) -> Option<&'v Value> {
    let (mut value, mut rest) = (answer, path);
    while !rest.is_empty() {
        if let Some(within) = rest.strip_prefix('[') {
            let (number, after) = within.split_once(']')?;
            value = value.as_array()?.get(number.trim().parse::<usize>().ok()?)?;
            rest = after;
        } else {
            let names = rest.strip_prefix('.')?;
            let (name, after) = names.split_at(names.find('[').unwrap_or(names.len()));
            value = nested(value.as_object()?, name)?;
            rest = after;
        }
    }
    Some(value)
}

fn shown(path: &str) -> &str {
    path.strip_prefix('.').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_stands_at_its_path() {
        let answer = json!({"value": [{"id": "a", "from": {"x.y": 1}}, ["b"]], "@odata.etag": "e"});
        for (path, expected) in [
            (".value[0].id", Some(json!("a"))),
            (".VALUE[0].From.x.y", Some(json!(1))),
            (".value[1][0]", Some(json!("b"))),
            (".@odata.etag", Some(json!("e"))),
            (".value[2].id", None),
            (".value[-1]", None),
            (".value[0", None),
            ("[0]", None),
            (".value.id", None),
        ] {
            assert_eq!(at(&answer, path), expected.as_ref(), "{path}");
        }
    }

    #[test]
    fn the_first_that_says_something_is_taken() {
        let names = ["find", "make"].map(str::to_owned);
        let scope = Scope { steps: &names, has_each: false };
        let (find, make) = (json!({".value[0].id": null}), json!({".id": "m"}));
        let done = [find, make].map(|kept| Done { kept: kept.as_object().cloned().unwrap(), ..Done::default() });
        let members = json!({"Id": " "}).as_object().cloned().unwrap();
        let values = Values { done: &done, each: None, members: &members };
        let found = |text: &str| Reference::parse(text, scope).unwrap().find(&values).cloned();
        assert_eq!(found("find.value[0].id | make.id"), Some(json!("m")));
        assert_eq!(found("find.value[0].id|Id"), Some(json!(" ")));
        assert_eq!(found("Make.name"), None);
        assert!(Reference::parse("Id|find", scope).is_none() && Reference::parse("each.id", scope).is_none());
        assert!(Reference::whole("x{find.id}", scope).is_err());
        let error = Reference::parse("make.name", scope).unwrap().value(&values, scope.steps).unwrap_err().to_string();
        assert!(error.contains("step make gave no name"), "{error}");
    }

    #[test]
    fn what_is_empty_is_not_there() {
        let names = ["a".to_owned()];
        let scope = Scope { steps: &names, has_each: false };
        let members = Map::new();
        for (value, is_there) in [
            (json!(null), false),
            (json!(false), false),
            (json!(" "), false),
            (json!([]), false),
            (json!({}), false),
            (json!(0), true),
            (json!(true), true),
            (json!([null]), true),
        ] {
            let done = [Done { kept: Map::from_iter([(".x".to_owned(), value.clone())]), ..Done::default() }];
            let values = Values { done: &done, each: None, members: &members };
            assert_eq!(Reference::parse("a.x", scope).unwrap().is_there(&values), is_there, "{value}");
        }
    }
}
