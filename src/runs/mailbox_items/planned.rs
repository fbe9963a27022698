//! What a report plans for an item, as the line of a plan.

use http::Method;
use serde_json::{Map, Value};

use crate::facet::messages::IMMUTABLE_IDS;
use crate::facet::{FacetRequest, PlannedChange};
use crate::graph::mailbox::Mailbox;
use crate::plan::{PlanLine, PlannedRequest, Precondition};

/// The line of a change in a mailbox, whose ids are those that stay.
pub(super) fn line_of(facet: &str, given: &str, mailbox: &Mailbox, change: PlannedChange) -> PlanLine {
    PlanLine {
        mailbox: given.to_owned(),
        mailbox_id: mailbox.other_name().map(str::to_owned),
        facet: facet.to_owned(),
        key: change.key,
        change: change.kind,
        from: Value::Object(change.from),
        to: if change.to.is_empty() { Value::Null } else { Value::Object(change.to) },
        within: Vec::new(),
        request: request_of(change.request),
        precondition: Precondition {
            path: change.precondition,
            change_key: change.change_key,
            ..Precondition::default()
        },
        inverse: change.inverse.map(request_of),
        then: None,
        sum: None,
    }
}

fn request_of(request: FacetRequest) -> PlannedRequest {
    let method = Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::POST);
    let (name, value) = IMMUTABLE_IDS;
    let headers = Map::from_iter([(name.to_owned(), value.into())]);
    PlannedRequest { headers, ..PlannedRequest::new(&method, request.path, request.body) }
}
