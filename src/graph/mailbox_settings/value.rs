//! Values of settings, read and compared.

use serde_json::Value;

use super::names::EnumType;
use crate::json_kind::kind_of;

/// How a value that is there relates to one that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// They mean the same.
    Same,
    /// They do not.
    Different,
    /// They are spelled differently, and may mean the same to the service: a time zone by its other name, a
    /// time in another zone, HTML. Counts as different where the question is what to write.
    Unclear,
}

impl From<bool> for Agreement {
    fn from(same: bool) -> Self {
        if same { Self::Same } else { Self::Different }
    }
}

/// Whether two names mean one zone. The service takes the names of Windows and of IANA, and may give the one for
/// the other.
pub(super) fn zone_names(current: &str, wanted: &str) -> Agreement {
    let is_iana = |name: &str| name.contains('/');
    if current.eq_ignore_ascii_case(wanted) {
        Agreement::Same
    } else if !current.is_empty() && !wanted.is_empty() && (is_iana(current) || is_iana(wanted)) {
        Agreement::Unclear
    } else {
        Agreement::Different
    }
}

pub(super) fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("must be text, not {}", kind_of(value)))
}

pub(super) fn choice(value: &Value, values: EnumType) -> Result<Value, String> {
    let given = text(unwrapped(value))?;
    match values.known(given.trim()) {
        Some(known) => Ok(Value::from(known)),
        None => Err(format!("must be one of {}", values.all().join(", "))),
    }
}

/// An enum that came wrapped, as the samples of the documentation have it.
pub(super) fn unwrapped(value: &Value) -> &Value {
    let inner = value.as_object().filter(|members| members.len() == 1);
    inner.and_then(|members| members.get("value")).unwrap_or(value)
}

/// The member of that name, in whatever case.
pub(super) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
