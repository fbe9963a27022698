//! What a list of messages may be asked for, and `$search`.
//!
//! Source: Microsoft Graph "Use the $search query parameter" (1,000 results at most, the newest first; not with `$filter`
//! or `$orderby`), "List messages" ("Using filter and orderby in the same query": what is ordered by stands in the filter
//! too, in the same order and first), "Get singleValueLegacyExtendedProperty" (`$expand`).

use serde_json::{Map, Value, json};

use super::Request;
use crate::graph::filter::Filter;
use crate::graph::item_kinds::Kind;
use crate::graph::query::{Query, bad};
use crate::reply::Reply;

/// The most that a search gives.
const MOST: usize = 1000;

/// What messages can be filtered by.
const FILTERED: [&str; 17] = [
    "categories",
    "conversationId",
    "createdDateTime",
    "flag/flagStatus",
    "from/emailAddress/address",
    "from/emailAddress/name",
    "hasAttachments",
    "importance",
    "inferenceClassification",
    "internetMessageId",
    "isDraft",
    "isRead",
    "parentFolderId",
    "receivedDateTime",
    "sender/emailAddress/address",
    "sentDateTime",
    "subject",
];

/// The size of a message, which is no member of its own: PidTagMessageSize.
const SIZE: &str = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E08')";

/// Refuses options that do not go together.
pub(super) fn check_options(kind: Kind, query: &Query) -> Result<(), Reply> {
    if kind != Kind::Message {
        return Ok(());
    }
    if query.search.is_some() {
        for (option, code, is_there) in [
            ("$filter", "SearchWithFilter", query.filter.is_some()),
            ("$orderBy", "SearchWithOrderBy", query.order_by.is_some()),
        ] {
            if is_there {
                let message = format!("The query parameter '{option}' is not supported with '$search'.");
                return Err(Reply::graph_error(400, code, &message));
            }
        }
    }
    match query.expand.as_deref() {
        None => Ok(()),
        Some(expand) if expand.starts_with("singleValueExtendedProperties(") => Ok(()),
        Some(_) => Err(bad("The emulator expands extended properties only.")),
    }
}

/// Refuses filters that messages do not have, and an order that the filter does not begin with.
pub(super) fn check_filter(kind: Kind, query: &Query, filter: Option<&Filter>) -> Result<(), Reply> {
    let Some(filter) = filter.filter(|_| kind == Kind::Message) else { return Ok(()) };
    let properties = filter.properties();
    if properties.iter().any(|name| !FILTERED.contains(name)) {
        let message = "The query filter contains one or more invalid nodes.";
        return Err(Reply::graph_error(400, "ErrorInvalidUrlQueryFilter", message));
    }
    let ordered: Vec<&str> = query
        .order_by
        .iter()
        .flat_map(|order| order.split(','))
        .map(|one| one.split_whitespace().next().unwrap_or_default())
        .collect();
    if ordered.len() > properties.len() || ordered.iter().zip(&properties).any(|(one, other)| one != other) {
        let message = "The restriction or sort order is too complex for this operation.";
        return Err(Reply::graph_error(400, "InefficientFilter", message));
    }
    Ok(())
}

/// Keeps what a search finds.
pub(super) fn keep(query: &Query, items: &mut Vec<Map<String, Value>>) -> Result<(), Reply> {
    let Some(text) = query.search.as_deref() else { return Ok(()) };
    let wrong = |text: &str| bad(&format!("Syntax error: character '{text}' is not valid at position 0 in '{text}'."));
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(|| wrong(text))?;
    let terms = terms(&inner.replace("\\\"", "\"")).ok_or_else(|| wrong(text))?;
    items.retain(|item| terms.iter().any(|all| all.iter().all(|(is_wanted, term)| finds(item, term) == *is_wanted)));
    let sent = |item: &Map<String, Value>| item.get("sentDateTime").and_then(Value::as_str).map(str::to_owned);
    items.sort_by_key(|item| std::cmp::Reverse(sent(item)));
    items.truncate(MOST);
    Ok(())
}

/// Words between which there is OR, each a list of which all must hold; false: must not.
fn terms(text: &str) -> Option<Vec<Vec<(bool, String)>>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    if is_quoted {
        return None;
    }
    let mut all = vec![Vec::new()];
    let mut is_wanted = true;
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        match word.as_str() {
            "AND" => {}
            "OR" => all.push(Vec::new()),
            "NOT" => is_wanted = false,
            _ => {
                all.last_mut()?.push((std::mem::replace(&mut is_wanted, true), word));
            }
        }
    }
    all.iter().all(|one| !one.is_empty()).then_some(all)
}

fn finds(item: &Map<String, Value>, term: &str) -> bool {
    let text = |path: &str| super::within(item, path).and_then(|value| value.as_str().map(str::to_lowercase));
    let holds = |path: &str, wanted: &str| text(path).is_some_and(|text| text.contains(&wanted.to_lowercase()));
    let from = |wanted: &str| holds("from/emailAddress/address", wanted) || holds("from/emailAddress/name", wanted);
    let order = |at: usize, wanted: &str| {
        let received = text("receivedDateTime").unwrap_or_default();
        match &term[at..term.len() - wanted.len()] {
            ">=" => received.as_str() >= wanted,
            "<=" => received.as_str() <= wanted,
            ">" => received.as_str() > wanted,
            "<" => received.as_str() < wanted,
            _ => received.starts_with(wanted),
        }
    };
    let name = term.find([':', '>', '<', '=']).map_or("", |at| &term[..at]).to_ascii_lowercase();
    let value = term[name.len()..].trim_start_matches([':', '>', '<', '=']);
    match name.as_str() {
        "from" => from(value),
        "subject" => holds("subject", value),
        "body" => holds("body/content", value),
        "hasattachment" | "hasattachments" => item
            .get("hasAttachments")
            .and_then(Value::as_bool)
            .is_some_and(|has| value == if has { "true" } else { "false" }),
        "received" => order(name.len(), value),
        "" => from(term) || holds("subject", term) || holds("body/content", term),
        _ => false,
    }
}

impl Request<'_> {
    /// An element of a list, with what is expanded and the kind of id that the client prefers.
    pub(super) fn shown(
        &self,
        kind: Kind,
        item: &Map<String, Value>,
        query: &Query,
    ) -> Result<Map<String, Value>, Reply> {
        let mut shown = self.show(kind, item, query)?;
        if query.expand.as_deref() == Some(SIZE) {
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
            let size = self.with_changes(|changes| {
                let attached = changes.attachments.get(&changes.ids.immutable(id));
                let sizes = attached.into_iter().flatten().filter_map(|one| one.members["size"].as_u64());
                75_000 + sizes.sum::<u64>()
            });
            // As the service writes it.
            shown.insert(
                "singleValueExtendedProperties".into(),
                json!([{"id": "Integer 0xe08", "value": size.to_string()}]),
            );
        }
        self.with_id_type(kind, &mut shown);
        Ok(shown)
    }
}
