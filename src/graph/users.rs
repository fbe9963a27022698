//! The mailboxes of a tenant, or of a group, as far as the directory tells.
//!
//! Source: Microsoft Graph "List users", "assignedPlan resource type", "Advanced query capabilities on directory
//! objects".

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::call::GraphClient;
use super::listed_user::ListedUser;
use super::page::CollectionPage;
use super::{exchange_plan, group};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::http::{Pager, Patience, RetryPolicy};

const SELECT: &str = "id,userPrincipalName,mail,displayName,userType,accountEnabled,assignedPlans";

/// The most that a page of users holds.
const LARGEST_PAGE: u64 = 999;
/// Pages smaller than this cost more requests than they save bytes.
const SMALLEST_PAGE: u64 = 100;

/// How often an expired page token may make the listing start over.
const MOST_RESTARTS: u32 = 8;

/// What stands in a query and would not survive there as it is.
const IN_QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>').add(b'\\');

/// Whose mailboxes to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsersOf {
    /// The tenant's.
    Tenant {
        /// An OData filter on users.
        filter: Option<String>,
        /// At most so many mailboxes.
        top: Option<u64>,
        /// Users without a mailbox too.
        include_without_mailbox: bool,
    },
    /// A group's, and of the groups within it: by its object id, mail address or display name.
    Group(String),
}

/// A user of the directory: what a line of input holds of a mailbox.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The directory's id.
    pub id: String,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The primary address.
    pub mail: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
    #[serde(rename = "@odata.type", skip_serializing)]
    kind: Option<String>,
    #[serde(skip_serializing)]
    account_enabled: Option<bool>,
    /// Null where the app may not read it.
    #[serde(skip_serializing)]
    assigned_plans: Option<Vec<AssignedPlan>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct AssignedPlan {
    service: Option<String>,
    service_plan_id: Option<String>,
    capability_status: Option<String>,
}

impl User {
    /// Whether the user has a mailbox, as far as the directory tells: a plan of Exchange that is not deleted, or,
    /// without a plan, what shared and room mailboxes look like: a member with an address whose account is disabled.
    #[must_use]
    pub fn has_mailbox(&self) -> bool {
        let is_guest = self.user_type.as_deref().is_some_and(|kind| !kind.eq_ignore_ascii_case("member"));
        !is_guest && (self.assigned_plans.iter().flatten().any(AssignedPlan::holds_mailbox) || self.looks_shared())
    }

    /// Whether the object is a user, as far as it says what it is.
    pub(super) fn is_user(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("#microsoft.graph.user"))
    }

    fn looks_shared(&self) -> bool {
        self.account_enabled == Some(false) && self.mail.as_deref().is_some_and(|mail| !mail.trim().is_empty())
    }
}

impl AssignedPlan {
    /// Data of a plan is kept until it is deleted: in warning for normal use, suspended and locked out for when
    /// the licence is renewed.
    fn holds_mailbox(&self) -> bool {
        let is =
            |text: &Option<String>, wanted: &str| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(wanted));
        is(&self.service, "exchange")
            && !is(&self.capability_status, "Deleted")
            && self.service_plan_id.as_deref().is_none_or(exchange_plan::comes_with_mailbox)
    }
}

/// One page of a listing.
#[derive(Debug)]
pub struct UserPage {
    /// The users with a mailbox, in the directory's order; after a fresh start some may come again.
    pub users: Vec<User>,
    /// How many users were left out because they have none.
    pub skipped: u64,
    /// No page follows.
    pub last: bool,
}

/// Lists mailboxes, page by page.
#[derive(Debug)]
pub struct UserListing {
    graph: Arc<GraphClient>,
    of: UsersOf,
    retry: RetryPolicy,
    /// The path of the first page, once it is known.
    first: Option<String>,
    pager: Pager,
    restarts: u32,
    /// Left out so far, since the listing last started; and the most that was ever told.
    skipped: u64,
    told: u64,
    /// What was given, where there is a bound on it.
    given: HashSet<u64>,
    /// Since the listing last started: whether a user could be read, and how many entries could not.
    has_read: bool,
    ids_only: u64,
    unreadable: u64,
}

impl UserListing {
    /// A listing that has not begun.
    #[must_use]
    pub fn new(graph: Arc<GraphClient>, of: UsersOf, retry: RetryPolicy) -> Self {
        Self {
            graph,
            of,
            retry,
            first: None,
            pager: Pager::default(),
            restarts: 0,
            skipped: 0,
            told: 0,
            given: HashSet::new(),
            has_read: false,
            ids_only: 0,
            unreadable: 0,
        }
    }

    /// The next page. Throttled requests are tried again; where the link to a page has expired the listing starts
    /// over.
    ///
    /// # Errors
    ///
    /// What the service said, with the permission that is needed; `NotFound` and `InvalidArgument` for a group that
    /// is none or whose name is not its own.
    pub async fn next_page(&mut self, context: &Context) -> Result<UserPage> {
        loop {
            let path = match self.pager.next() {
                Some(link) => link.to_owned(),
                None => self.first_path(context).await?,
            };
            match self.fetch(&path, context).await {
                Ok(page) => return self.take(page, context),
                Err(error)
                    if self.pager.next().is_some() && is_expired_link(&error) && self.restarts < MOST_RESTARTS =>
                {
                    self.restarts += 1;
                    self.pager = Pager::default();
                    (self.skipped, self.ids_only, self.unreadable) = (0, 0, 0);
                    context.events.emit(
                        Event::Listing,
                        "the link to the next page of users has expired; listing them from the start",
                        [("restarts", self.restarts.into())],
                    );
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn fetch(&self, path: &str, context: &Context) -> Result<CollectionPage<ListedUser>> {
        let headers = self.headers();
        let page = || self.graph.page(path, &headers, context);
        let fetched = self.graph.retrier(self.retry).run(Patience::Full, context, page).await;
        fetched.map_err(|failure| self.said(failure.into_error()))
    }

    fn take(&mut self, page: CollectionPage<ListedUser>, context: &Context) -> Result<UserPage> {
        let elements = page.value.len();
        let mut users = Vec::with_capacity(elements);
        let mut is_full = false;
        for entry in page.value {
            let user = match entry {
                ListedUser::User(user) => *user,
                ListedUser::IdOnly => {
                    self.ids_only += 1;
                    continue;
                }
                ListedUser::Unreadable => {
                    self.unreadable += 1;
                    continue;
                }
            };
            self.has_read = true;
            if !self.wants(&user) {
                self.skipped += 1;
                continue;
            }
            is_full = self.is_full();
            if is_full {
                break;
            }
            if self.top().is_some() && !self.given.insert(hash(&user.id)) {
                continue;
            }
            users.push(user);
        }
        is_full |= self.is_full();
        let link = page.next_link.filter(|_| !is_full);
        let graph = &self.graph;
        let taken = self.pager.take(link.as_deref(), elements, |link| graph.holds(link));
        taken.map_err(|error| self.said(error))?;
        let skipped = self.skipped.saturating_sub(self.told);
        self.told += skipped;
        let last = self.pager.next().is_none();
        if last {
            self.tell_unread(context)?;
        }
        Ok(UserPage { users, skipped, last })
    }

    /// Says at the end how many entries could not be read. Where those are all, and ids, the app lacks the permission.
    fn tell_unread(&self, context: &Context) -> Result<()> {
        if !self.has_read && self.ids_only > 0 {
            return Err(self.said(only_ids()));
        }
        let unread = self.ids_only + self.unreadable;
        if unread > 0 {
            let of = match &self.of {
                UsersOf::Tenant { .. } => "users of the tenant".to_owned(),
                UsersOf::Group(name) => format!("members of the group {name}"),
            };
            let message = format!(
                "{unread} {of} could not be read and were left out: the service gave no id, no user principal name, or \
                 something that is no user"
            );
            context.events.emit(Event::Warning, &message, [("unreadable", unread.into())]);
        }
        Ok(())
    }

    fn wants(&self, user: &User) -> bool {
        matches!(self.of, UsersOf::Tenant { include_without_mailbox: true, .. }) || user.has_mailbox()
    }

    fn top(&self) -> Option<u64> {
        if let UsersOf::Tenant { top, .. } = self.of { top } else { None }
    }

    fn is_full(&self) -> bool {
        self.top().is_some_and(|top| self.given.len() as u64 >= top)
    }

    async fn first_path(&mut self, context: &Context) -> Result<String> {
        if let Some(path) = &self.first {
            return Ok(path.clone());
        }
        let path = match &self.of {
            UsersOf::Tenant { filter, top, .. } => {
                let size = top.map_or(LARGEST_PAGE, |top| top.clamp(SMALLEST_PAGE, LARGEST_PAGE));
                let filter = filter.as_deref().map_or_else(String::new, |filter| {
                    format!("&$count=true&$filter={}", utf8_percent_encode(filter, IN_QUERY))
                });
                format!("users?$select={SELECT}&$top={size}{filter}")
            }
            UsersOf::Group(name) => {
                let id = group::find(&self.graph, name, &self.retry, context).await?;
                format!(
                    "groups/{id}/transitiveMembers/microsoft.graph.user?$select={SELECT}&$top={LARGEST_PAGE}&$count=true"
                )
            }
        };
        self.first = Some(path.clone());
        Ok(path)
    }

    /// Filters with `endsWith`, `not` and the like, and members by their type, are answered only with this header
    /// and `$count=true`; those that need neither are answered with both, too.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !matches!(self.of, UsersOf::Tenant { filter: None, .. }) {
            headers.insert(CONSISTENCY_LEVEL, HeaderValue::from_static("eventual"));
        }
        headers
    }

    fn said(&self, error: Error) -> Error {
        match &self.of {
            UsersOf::Tenant { .. } => error.action("listing the users of").target("the tenant"),
            UsersOf::Group(name) => error.action("listing the members of the group").target(name),
        }
    }
}

pub(super) const CONSISTENCY_LEVEL: HeaderName = HeaderName::from_static("consistencylevel");

fn is_expired_link(error: &Error) -> bool {
    error.http_status_code() == Some(400) && error.service_code().is_some_and(|code| code.contains("PageToken"))
}

/// An app that may read a group but not its members gets their ids and nothing else (Microsoft Graph "Limited
/// information returned for inaccessible member objects").
fn only_ids() -> Error {
    Error::new(Status::AccessDenied, "the service gave the ids of users and nothing else")
        .hint("the app needs the application permission User.Read.All, with admin consent")
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MAILBOX_PLAN: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";
    const FOUNDATION: &str = "113FEB6C-3fe4-4440-bddc-54d774bf0318";

    fn has_mailbox(changes: &serde_json::Value) -> bool {
        let mut user = json!({"id": "1", "userPrincipalName": "kim@contoso.com", "mail": "kim@contoso.com",
            "displayName": "Kim", "userType": "Member", "accountEnabled": true, "assignedPlans": []});
        user.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value::<User>(user).unwrap().has_mailbox()
    }

    fn plan(id: &str, status: &str) -> serde_json::Value {
        json!({"assignedPlans": [{"service": "Exchange", "servicePlanId": id, "capabilityStatus": status}]})
    }

    #[test]
    fn a_plan_that_is_not_deleted_is_a_mailbox() {
        for status in ["Enabled", "Warning", "Suspended", "LockedOut"] {
            assert!(has_mailbox(&plan(MAILBOX_PLAN, status)), "{status}");
        }
        assert!(!has_mailbox(&plan(MAILBOX_PLAN, "Deleted")));
        assert!(!has_mailbox(&plan(FOUNDATION, "Enabled")));
        assert!(!has_mailbox(&json!({"assignedPlans": [{"service": "SharePoint", "capabilityStatus": "Enabled"}]})));
        assert!(!has_mailbox(&json!({})));
    }

    #[test]
    fn a_disabled_member_with_an_address_is_a_shared_mailbox() {
        assert!(has_mailbox(&json!({"accountEnabled": false})));
        assert!(has_mailbox(&json!({"accountEnabled": false, "userType": null})));
        assert!(!has_mailbox(&json!({"accountEnabled": false, "mail": null})));
        assert!(!has_mailbox(&json!({"accountEnabled": false, "userType": "Guest"})));
    }

    #[test]
    fn a_line_holds_what_templates_use_and_no_more() {
        let user = json!({"id": "1", "userPrincipalName": "k", "mail": null, "displayName": "K", "userType": "Member",
            "accountEnabled": true, "assignedPlans": []});
        let user: User = serde_json::from_value(user).unwrap();
        let line = serde_json::to_string(&user).unwrap();
        assert_eq!(line, r#"{"id":"1","userPrincipalName":"k","mail":null,"displayName":"K","userType":"Member"}"#);
    }
}
