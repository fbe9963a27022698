//! The requests of the C ABI: a struct for each, whose doc comments are the tables of members in docs/abi.md
//! (`cargo xtask header`), and how each becomes a request of the library.
//!
//! An `Option` may be left out, what has a default may, everything else is needed. A member that is null counts as
//! absent. Every fault names the member; none repeats a value, which may be a secret in the wrong place.

pub(super) mod certificate;
pub(super) mod client;
mod credential;
pub(super) mod delta;
pub(super) mod journal;
pub(super) mod mailboxes;
pub(super) mod messages;
mod node;
pub(super) mod operation;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod run;
pub(super) mod sync;
pub(super) mod token;
pub(super) mod values;
pub(super) mod vault;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::json_kind::kind_of;
use crate::strict_json;
use node::Fault;

/// Members of a request: a struct of them, or several beside each other ([`With`]).
pub(super) trait Members: Sized {
    /// What they are called.
    fn names() -> Vec<&'static str>;
    /// Takes them out of an object.
    fn take(object: &mut Map<String, Value>) -> Result<Self>;
}

/// A request's own members, and those that it shares with others.
#[derive(Debug)]
pub(super) struct With<T, S>(pub(super) T, pub(super) S);

impl<T: DeserializeOwned> Members for T {
    fn names() -> Vec<&'static str> {
        node::members_of::<T>().to_vec()
    }

    fn take(object: &mut Map<String, Value>) -> Result<Self> {
        let own = Self::names().into_iter().filter_map(|name| object.remove_entry(name));
        node::read(Value::Object(own.collect()))
    }
}

impl<T: Members, S: Members> Members for With<T, S> {
    fn names() -> Vec<&'static str> {
        [T::names(), S::names()].concat()
    }

    fn take(object: &mut Map<String, Value>) -> Result<Self> {
        // How a result comes is looked at first, whatever it is.
        let shared = S::take(object)?;
        Ok(With(T::take(object)?, shared))
    }
}

/// Reads a request; no text at all is one without members.
///
/// # Errors
///
/// `InvalidJson`; `InvalidArgument` for what is no object, and for a member that is unknown, there twice, missing or
/// wrong; `InvalidHandle` for a secret that is none.
pub(super) fn read<T: Members>(text: &str) -> Result<T> {
    let mut object = match text {
        "" => Map::new(),
        _ => match strict_json::read(text)? {
            Value::Object(object) => object,
            other => return Err(Error::argument(format!("a JSON object is needed, not {}", kind_of(&other)))),
        },
    };
    let known = T::names();
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Fault::unknown(name, known).at("")),
        None => T::take(&mut object),
    }
}

/// A fault of a member: `what` goes on where its name ends.
fn fault(member: &str, what: &str) -> Error {
    Error::argument(format!("the member {member} {what}"))
}

#[cfg(test)]
mod tests;
