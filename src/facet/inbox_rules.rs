//! The rules of the inbox.
//!
//! Source: Microsoft Graph "messageRule resource type", "messageRuleActions", "messageRulePredicates", "List rules",
//! "Create rule", "Update rule", "Delete messageRule". Reading takes MailboxSettings.Read, writing
//! MailboxSettings.ReadWrite. Not in them: rules that a client keeps for itself or has hidden, and forwarding that an
//! administrator has set on the mailbox (ForwardingSmtpAddress), which Exchange's own commands show.

use std::sync::OnceLock;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::domains::Domains;
use super::item::{Item, known, named, picked, segment, text};
use super::kind::Facet;
use super::reading::{Reading, Step};
use super::report::{ITEM, ITEM_COUNT, Report, ReportOptions, row};
use super::request::FacetRequest;
use super::rule_text::{address, describe};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::http::RetryPolicy;

/// The facet's name.
pub const NAME: &str = "inboxRules";

const LIST: &str = "mailFolders/inbox/messageRules";

/// "Create rule", "Update rule": the members of a request's body.
const WRITABLE: [&str; 6] = ["displayName", "sequence", "isEnabled", "conditions", "actions", "exceptions"];

/// The actions that send messages on.
const FORWARDS: [&str; 3] = ["forwardTo", "forwardAsAttachmentTo", "redirectTo"];

/// The rules of the inbox. Their key is the name.
#[derive(Clone, Copy, Debug, Default)]
pub struct InboxRules;

impl Reading for InboxRules {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(LIST)]
    }
}

impl Facet for InboxRules {
    fn key(&self, item: &Item) -> String {
        text(item, "displayName").trim().to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        picked(item, &WRITABLE)
    }

    fn normal(&self, item: &Item) -> Item {
        let members = self.writable(item).into_iter();
        members.filter_map(|(name, value)| Some((name, folded(value)?))).collect()
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        known(wanted, &WRITABLE)?;
        for name in ["actions", "sequence"] {
            if wanted.get(name).is_none_or(Value::is_null) {
                return Err(Error::argument(format!("{name}: a rule cannot be created without it")));
            }
        }
        Ok(())
    }

    fn keyed(&self, key: &str) -> Item {
        named(key)
    }

    fn known_by(&self, item: &Item) -> Item {
        named(&self.key(item))
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        FacetRequest::new("POST", LIST).body(without_null(&self.writable(wanted)))
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        may_change(have)?;
        Ok(FacetRequest::new("PATCH", path(have)).body(differing.clone()))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        may_change(have)?;
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(path(have))
    }
}

fn path(have: &Item) -> String {
    format!("{LIST}/{}", segment(text(have, "id")))
}

fn may_change(have: &Item) -> Result<()> {
    if have.get("isReadOnly") == Some(&Value::Bool(true)) {
        let name = text(have, "displayName");
        return Err(Error::argument(format!(
            "the rule {name:?} is read-only: the service lets nobody change or remove it"
        )));
    }
    Ok(())
}

fn without_null(members: &Map<String, Value>) -> Item {
    members.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What says nothing is nothing. The service gives texts back in capitals ("Create rule", its example), addresses in
/// whatever case and with a name of its own, and lists in its own order.
fn folded(value: Value) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.trim().to_lowercase().into()),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().filter_map(folded).collect();
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            (!items.is_empty()).then(|| items.into())
        }
        Value::Object(members) => {
            if let Some(address) = address(&Value::Object(members.clone())) {
                return Some(address.trim().to_lowercase().into());
            }
            let members = members.into_iter().filter(|(name, _)| !name.starts_with('@'));
            let mut members: Vec<_> = members.filter_map(|(name, value)| Some((name, folded(value)?))).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            (!members.is_empty()).then(|| Value::Object(members.into_iter().collect()))
        }
        other => Some(other),
    }
}

/// The report on rules.
#[derive(Debug)]
pub struct RuleReport {
    forwarding_only: bool,
    /// Those of the tenant, once they are known.
    domains: OnceLock<Domains>,
}

impl RuleReport {
    pub(super) fn new(options: &ReportOptions) -> Self {
        let named = Domains::named(&options.internal_domains);
        let domains = if named == Domains::default() { OnceLock::new() } else { OnceLock::from(named) };
        Self { forwarding_only: options.forwarding_only, domains }
    }

    fn row(&self, rule: Item) -> Option<Item> {
        let actions = rule.get("actions");
        let recipients = recipients(actions);
        if self.forwarding_only && recipients.is_empty() {
            return None;
        }
        let judged: Vec<(String, Option<bool>)> = recipients
            .iter()
            .map(|recipient| {
                let shown = address(recipient).or_else(|| recipient.pointer("/emailAddress/name")?.as_str());
                let outside = address(recipient).and_then(|address| self.domains.get()?.is_outside(address));
                (shown.unwrap_or_default().to_owned(), outside)
            })
            .collect();
        let outside = judged.iter().filter(|(_, outside)| *outside == Some(true)).map(|(shown, _)| shown.as_str());
        let outside = outside.collect::<Vec<_>>().join("; ");
        // Somebody of whom no address is known may be anybody.
        let is_external = match &judged[..] {
            [] => None,
            all if all.iter().any(|(_, outside)| *outside == Some(true)) => Some(true),
            all if all.iter().any(|(_, outside)| outside.is_none()) => None,
            _ => Some(false),
        };
        let all = judged.iter().map(|(shown, _)| shown.as_str()).collect::<Vec<_>>().join("; ");
        let filled = |text: String| if text.is_empty() { Value::Null } else { text.into() };
        let member = |name: &str| rule.get(name).cloned().unwrap_or_default();
        Some(row(
            [
                ("Name", member("displayName")),
                ("Sequence", member("sequence")),
                ("IsEnabled", member("isEnabled")),
                ("Conditions", describe(rule.get("conditions")).into()),
                ("Exceptions", describe(rule.get("exceptions")).into()),
                ("Actions", describe(actions).into()),
                ("ForwardTo", filled(all)),
                ("IsExternal", is_external.into()),
                ("ExternalTo", filled(outside)),
                ("HasError", member("hasError")),
                ("IsReadOnly", member("isReadOnly")),
                ("RuleId", member("id")),
            ],
            Some(rule),
        ))
    }
}

/// Whom the actions of a rule send messages on to. `redirectTo` is a list, and in an older version of the reference one
/// recipient.
fn recipients(actions: Option<&Value>) -> Vec<&Value> {
    let named = FORWARDS.iter().filter_map(|name| actions?.get(name));
    named
        .flat_map(|value| match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(_) => vec![value],
            _ => Vec::new(),
        })
        .collect()
}

impl Reading for RuleReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        InboxRules.begin()
    }
}

impl Report for RuleReport {
    fn title(&self) -> &'static str {
        "Inbox rules"
    }

    fn options(&self) -> &'static [&'static str] {
        &["forwardingOnly", "internalDomains"]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "Name",
            "Sequence",
            "IsEnabled",
            "Conditions",
            "Exceptions",
            "Actions",
            "ForwardTo",
            "IsExternal",
            "ExternalTo",
            "HasError",
            "IsReadOnly",
            "RuleId",
            ITEM_COUNT,
            ITEM,
        ]
    }

    fn notes(&self) -> &'static [&'static str] {
        &[
            "Microsoft Graph does not show rules that are hidden or kept by a client alone, nor forwarding that an \
             administrator has set on a mailbox (Get-Mailbox shows it as ForwardingSmtpAddress and ForwardingAddress).",
            "External is whom no verified domain of the tenant is named after; of an object of the directory without an \
             address it is not known.",
        ]
    }

    fn prepare<'a>(
        &'a self,
        graph: &'a GraphClient,
        retry: &'a RetryPolicy,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if self.domains.get().is_none() {
                let domains = Domains::read(graph, retry, context).await?;
                // A second preparation would have read the same.
                let _ = self.domains.set(domains);
            }
            Ok(())
        })
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        found.into_iter().filter_map(|rule| self.row(rule)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(value: &Value) -> Item {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_the_service_rewrites_is_the_same() {
        let sent = json!({"displayName": "a", "conditions": {"senderContains": ["adele", "kim"]}, "sequence": 2,
            "actions": {"forwardTo": [{"emailAddress": {"name": "x", "address": "Kim@contoso.com"}}], "delete": false}});
        let given = json!({"@odata.type": "#x", "id": "1", "displayName": "a", "isReadOnly": false, "exceptions": null,
            "conditions": {"senderContains": ["KIM", "ADELE"], "subjectContains": []}, "sequence": 2,
            "actions": {"forwardTo": [{"emailAddress": {"name": "Kim", "address": "kim@contoso.com"}}]}});
        let facet: &dyn Facet = &InboxRules;
        assert!(facet.is_same(&item(&sent), &item(&given)));
        let mut other = item(&given);
        other.insert("isEnabled".into(), true.into());
        assert!(!facet.is_same(&item(&sent), &other));
    }

    #[test]
    fn whom_a_rule_sends_messages_on_to_is_told_from_the_tenants_own() {
        let options = ReportOptions { internal_domains: vec!["contoso.com".into()], ..ReportOptions::default() };
        let recipient = |address: &str| json!({"emailAddress": {"name": "N", "address": address}});
        let shown = |actions: Value| {
            let rule = item(&json!({"displayName": "r", "actions": actions}));
            let row = RuleReport::new(&options).rows(vec![rule]).remove(0);
            json!([row["ForwardTo"], row["IsExternal"], row["ExternalTo"]])
        };
        let (own, foreign, unknown) = (recipient("a@contoso.com"), recipient("b@x.org"), recipient("/o=x/cn=c"));
        assert_eq!(shown(json!({"delete": true})), json!([null, null, null]));
        assert_eq!(shown(json!({"forwardTo": [own]})), json!(["a@contoso.com", false, null]));
        assert_eq!(
            shown(json!({"redirectTo": foreign, "forwardTo": [own]})),
            json!(["a@contoso.com; b@x.org", true, "b@x.org"])
        );
        assert_eq!(shown(json!({"forwardAsAttachmentTo": [unknown, own]}))[1], json!(null));
        let only = ReportOptions { forwarding_only: true, ..options.clone() };
        assert!(RuleReport::new(&only).rows(vec![item(&json!({"actions": {"delete": true}}))]).is_empty());
    }
}
