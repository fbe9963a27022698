//! What every object of a vault has: its id and its attributes.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::location::ItemLocation;
use crate::error::{Error, Result, Status};

/// The version at the end of an object's id.
pub(super) fn version_of(id: Option<&Value>, name: &str) -> Option<String> {
    let mut parts = id?.as_str()?.rsplit('/');
    let version = parts.next()?;
    (parts.next()?.eq_ignore_ascii_case(name) && !version.is_empty()).then(|| version.to_owned())
}

/// Refuses what is disabled, expired or not yet valid. A vault gives a secret out of its time all the same ("About
/// secrets", date-time controlled operations): who uses it has to look.
pub(super) fn check_usable(
    members: &Map<String, Value>,
    kind: &str,
    item: &ItemLocation,
    now: Timestamp,
) -> Result<()> {
    let attributes = members.get("attributes");
    let attribute = |name: &str| attributes.and_then(|attributes| attributes.get(name));
    let time = |name: &str| attribute(name)?.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let refused = |status, detail: String, hint: &str| {
        Err(Error::new(status, detail).action(format!("using the {kind}")).target(item.to_string()).hint(hint))
    };
    if attribute("enabled").and_then(Value::as_bool) == Some(false) {
        return refused(
            Status::VaultItemDisabled,
            format!("the {kind} is disabled"),
            "enable it in the vault, or use another version",
        );
    }
    match (time("nbf"), time("exp")) {
        (_, Some(expires)) if expires <= now => refused(
            Status::VaultItemExpired,
            format!("the {kind} expired at {expires}"),
            "put a new version into the vault, or ask for it whatever its validity",
        ),
        (Some(not_before), _) if not_before > now => refused(
            Status::VaultItemNotYetValid,
            format!("the {kind} is not valid before {not_before}"),
            "wait until then, use another version, or ask for it whatever its validity",
        ),
        _ => Ok(()),
    }
}
