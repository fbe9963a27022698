//! A mailbox's settings: read, and changed in an overlay over what the population says.
//!
//! Source: Microsoft Graph "Get user mailbox settings", "Update user mailbox settings".

use serde_json::{Map, Value, json};

use super::authorization::outlook_role;
use super::{Asked, Named, no_such_method, opened, settings_patch};
use crate::reply::Reply;
use crate::service::Service;

/// Answers a request below `mailboxSettings`; `part` is what follows it in the path.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn answer(
    service: &Service,
    asked: &Asked<'_>,
    roles: &[String],
    named: &Named<'_>,
    part: &[&str],
) -> Result<Reply, Reply> {
    match (asked.method, part) {
        ("GET", _) => outlook_role(roles, &["MailboxSettings.Read", "MailboxSettings.ReadWrite"])?,
        _ => outlook_role(roles, &["MailboxSettings.ReadWrite"])?,
    }
    opened(service, named.index)?;
    match (asked.method, part) {
        ("GET", []) => Ok(Reply::json(200, &with_context(context(asked, named, ""), settings(service, named.index)))),
        ("GET", [part]) => read_part(service, asked, named, part),
        ("PATCH", []) => change(service, asked, named),
        _ => Err(no_such_method()),
    }
}

/// The settings of a mailbox with what was written to it.
#[must_use]
pub fn settings(service: &Service, index: u64) -> Value {
    let mut all = service.population.settings(index);
    if let Some(written) = service.written.lock().get(&index) {
        overlay(&mut all, written);
    }
    all
}

fn read_part(service: &Service, asked: &Asked<'_>, named: &Named<'_>, part: &str) -> Result<Reply, Reply> {
    let context = context(asked, named, part);
    match settings(service, named.index).get_mut(part) {
        None => {
            let message = format!("Resource not found for the segment '{part}'.");
            Err(Reply::graph_error(400, "RequestBroker--ParseUri", &message))
        }
        Some(object @ Value::Object(_)) => Ok(Reply::json(200, &with_context(context, object.take()))),
        Some(value) => Ok(Reply::json(200, &json!({"@odata.context": context, "value": value.take()}))),
    }
}

/// Changes what the body names, and answers with that, whole.
fn change(service: &Service, asked: &Asked<'_>, named: &Named<'_>) -> Result<Reply, Reply> {
    let body = settings_patch::read_body(asked)?;
    let mut written = service.written.lock();
    let mut before = service.population.settings(named.index);
    if let Some(earlier) = written.get(&named.index) {
        overlay(&mut before, earlier);
    }
    let changed = settings_patch::changed(&before, &body)?;
    let overlaid = written.entry(named.index).or_insert_with(|| json!({}));
    overlay(overlaid, &Value::Object(changed.clone()));
    Ok(Reply::json(200, &with_context(context(asked, named, ""), Value::Object(changed))))
}

/// Puts the members of `change` in place of those of `all`.
fn overlay(all: &mut Value, change: &Value) {
    if let (Value::Object(all), Value::Object(change)) = (all, change) {
        for (name, value) in change {
            all.insert(name.clone(), value.clone());
        }
    }
}

fn context(asked: &Asked<'_>, named: &Named<'_>, part: &str) -> String {
    let slash = if part.is_empty() { "" } else { "/" };
    format!("https://{}/{}/$metadata#users('{}')/mailboxSettings{slash}{part}", asked.host, asked.version(), named.name)
}

fn with_context(context: String, body: Value) -> Value {
    let mut all = Map::new();
    all.insert("@odata.context".into(), context.into());
    if let Value::Object(members) = body {
        all.extend(members);
    }
    Value::Object(all)
}
