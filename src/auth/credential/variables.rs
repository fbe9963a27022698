//! Environment variables: the process's own, or those that the caller gives in their place.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::description::{Describe, Digest};
use crate::error::{Error, Result};
use crate::pasted;
use crate::secret::Secret;

/// Where variables are read from. `Debug` shows none.
#[derive(Clone, Default)]
pub enum Variables {
    /// This process's environment.
    #[default]
    Process,
    /// What the caller gave in its place: some hosts have an environment of their own.
    Given(Arc<BTreeMap<String, Secret>>),
}

impl Variables {
    /// The variables of a JSON object of texts, which is a secret as a whole.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what is no such object.
    pub fn from_json(json: &Secret) -> Result<Self> {
        let wrong = || Error::argument("the variables must be a JSON object of texts");
        let text = json.bytes().strip_prefix("\u{feff}".as_bytes()).unwrap_or(json.bytes());
        let Ok(Value::Object(members)) = serde_json::from_slice(text) else { return Err(wrong()) };
        let variables = members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
            Value::String(text) => Ok((name, Secret::new(text.into_bytes()))),
            _ => Err(wrong()),
        });
        Ok(Self::Given(Arc::new(variables.collect::<Result<_>>()?)))
    }

    /// A variable that is set and not blank.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Secret> {
        let value = match self {
            Variables::Process => Secret::new(std::env::var(name).ok()?.into_bytes()),
            Variables::Given(variables) => variables.get(name)?.clone(),
        };
        value.text().is_some_and(|text| !pasted::trimmed(text).is_empty()).then_some(value)
    }

    /// The same as text that is no secret.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.secret(name)?.text().map(|text| pasted::unwrapped(text).to_owned())
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Variables::Process => "Process",
            Variables::Given(_) => "Given(..)",
        })
    }
}

impl Describe for Variables {
    fn name(&self) -> &'static str {
        "the environment"
    }

    fn identity(&self, digest: Digest<'_>) -> Result<String> {
        let Variables::Given(variables) = self else { return Ok("variables of the process".to_owned()) };
        let digests = variables.iter().map(|(name, value)| Ok(format!("{name} {}", digest(value)?)));
        Ok(format!("variables {}", digests.collect::<Result<Vec<_>>>()?.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_not_shown() {
        let variables = Variables::from_json(&Secret::new(br#"{"A":"hunter2"}"#.to_vec())).unwrap();
        assert_eq!(variables.text("A").as_deref(), Some("hunter2"));
        assert!(!format!("{variables:?}").contains("hunter2"));
        for wrong in ["[]", "{\"A\":1}", "x"] {
            assert!(Variables::from_json(&Secret::new(wrong.as_bytes().to_vec())).is_err());
        }
    }
}
