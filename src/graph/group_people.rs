//! The people in a group, as an address book shows them.
//!
//! Source: Microsoft Graph "List group transitive members" (OData cast to user: an advanced query), "user resource type".
//! Without the permission to read users, all of a member but its id is null.

use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};

use super::call::GraphClient;
use super::group;
use super::users::CONSISTENCY_LEVEL;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Pager, Patience, RetryPolicy};

const SELECT: &str = "id,displayName,givenName,surname,mail,companyName,department,jobTitle,officeLocation,mobilePhone,\
                      businessPhones,streetAddress,city,state,postalCode,country";

/// The most people that a list of contacts is made of.
const MOST: usize = 50_000;

/// The people in a group, those of groups within it included, who have a mail address; and how many have none.
///
/// # Errors
///
/// `NotFound` and `InvalidArgument` for a group that is none or whose name is not its own; what the service said, with the
/// permission that is needed.
pub async fn people(
    graph: &GraphClient,
    name: &str,
    retry: &RetryPolicy,
    context: &Context,
) -> Result<(Vec<Map<String, Value>>, usize)> {
    let in_context = |error: Error| error.action("listing the members of the group").target(name);
    let id = group::find(graph, name, retry, context).await?;
    let mut path = format!("groups/{id}/transitiveMembers/microsoft.graph.user?$count=true&$select={SELECT}&$top=999");
    let mut headers = HeaderMap::new();
    headers.insert(CONSISTENCY_LEVEL, HeaderValue::from_static("eventual"));
    let (mut people, mut without, mut unreadable) = (Vec::new(), 0, 0);
    let mut pager = Pager::default();
    loop {
        let page = || graph.page::<Map<String, Value>>(&path, &headers, context);
        let page = graph.retrier(*retry).run(Patience::Full, context, page).await;
        let page = page.map_err(|failure| in_context(failure.into_error()))?;
        let elements = page.value.len();
        for person in page.value {
            let text = |name: &str| person.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
            if text("id").is_none() {
                return Err(in_context(Error::new(Status::ResponseInvalid, "the service gave a member without an id")));
            }
            match (text("mail"), text("displayName")) {
                (Some(_), _) => people.push(person),
                (None, Some(_)) => without += 1,
                (None, None) => unreadable += 1,
            }
        }
        if people.len() > MOST {
            let detail = format!("the group has more than {MOST} people, more than a list of contacts has");
            return Err(in_context(Error::argument(detail)));
        }
        pager.take(page.next_link.as_deref(), elements, |link| graph.holds(link)).map_err(in_context)?;
        match pager.next() {
            Some(link) => path = link.to_owned(),
            None => break,
        }
    }
    if unreadable > 0 {
        let detail = format!("the service gave {unreadable} members without their names and addresses");
        return Err(in_context(Error::new(Status::AccessDenied, detail).hint(
            "the app needs the application permission User.Read.All besides GroupMember.Read.All, with admin consent",
        )));
    }
    Ok((people, without))
}
