//! Which group a name means.
//!
//! Source: Microsoft Graph "List groups", "List group transitive members".

use http::HeaderMap;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::call::GraphClient;
use super::identity::NOT_UNRESERVED;
use super::page::CollectionPage;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Patience, RetryPolicy};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    id: String,
    mail: Option<String>,
    display_name: Option<String>,
}

/// The object id of a group by its id, mail address or display name.
///
/// # Errors
///
/// `NotFound` where no group is called so; `InvalidArgument`, which names them, where several are.
pub(super) async fn find(graph: &GraphClient, name: &str, retry: &RetryPolicy, context: &Context) -> Result<String> {
    let name = name.trim();
    if let Ok(id) = uuid::Uuid::parse_str(name) {
        return Ok(id.hyphenated().to_string());
    }
    let in_context = |error: Error| error.action("looking for the group").target(name);
    let literal = utf8_percent_encode(&name.replace('\'', "''"), NOT_UNRESERVED).to_string();
    let path = format!(
        "groups?$filter=mail%20eq%20'{literal}'%20or%20displayName%20eq%20'{literal}'&$select=id,mail,displayName&$top=20"
    );
    let headers = HeaderMap::new();
    let page = || graph.page(&path, &headers, context);
    let page: CollectionPage<Group> = graph
        .retrier(*retry)
        .run(Patience::Full, context, page)
        .await
        .map_err(|failure| in_context(failure.into_error()))?;
    choose(&page.value, name).map_err(in_context)
}

/// An address belongs to one group; a display name may belong to several.
fn choose(groups: &[Group], name: &str) -> Result<String> {
    let by_mail = groups.iter().find(|group| group.mail.as_deref().is_some_and(|mail| mail.eq_ignore_ascii_case(name)));
    if let Some(group) = by_mail {
        return Ok(group.id.clone());
    }
    match groups {
        [] => Err(Error::new(Status::NotFound, "no group has this object id, mail address or display name")),
        [group] => Ok(group.id.clone()),
        several => {
            let named: Vec<String> = several
                .iter()
                .take(5)
                .map(|group| {
                    let name = group.mail.as_deref().or(group.display_name.as_deref()).unwrap_or("no mail address");
                    format!("{} ({name})", group.id)
                })
                .collect();
            let more = if several.len() > named.len() { " and others" } else { "" };
            let detail = format!("several groups are called so: {}{more}", named.join(", "));
            Err(Error::argument(detail).hint("name the one that is meant by its object id or mail address"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str, mail: Option<&str>) -> Group {
        Group { id: id.into(), mail: mail.map(str::to_owned), display_name: Some("Sales".into()) }
    }

    #[test]
    fn an_address_wins_and_a_shared_name_is_an_error() {
        let chosen = |groups: Vec<Group>, name: &str| choose(&groups, name).map_err(|error| error.to_string());
        assert_eq!(chosen(vec![group("1", None)], "sales").as_deref(), Ok("1"));
        let two = || vec![group("1", None), group("2", Some("Sales@contoso.com"))];
        assert_eq!(chosen(two(), "sales@contoso.com").as_deref(), Ok("2"));
        let error = chosen(two(), "Sales").unwrap_err();
        assert!(error.contains("1 (Sales), 2 (Sales@contoso.com)"), "{error}");
        assert!(chosen(vec![], "Sales").unwrap_err().contains("no group"));
    }
}
