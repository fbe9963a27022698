//! A user of the directory, and an entry of a listing of users, which may be anything.
//!
//! Source: Microsoft Graph "assignedPlan resource type".

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::exchange_plan;

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
    fn is_user(&self) -> bool {
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

/// What an entry is.
#[derive(Clone, Debug)]
pub(super) enum ListedUser {
    /// A user whose mailbox can be asked for and shown.
    User(Box<User>),
    /// An object's id and nothing else: the app may not read it (Microsoft Graph "Limited information returned for
    /// inaccessible member objects").
    IdOnly,
    /// Null, an error, an object of another kind or without an id.
    Unreadable,
}

impl<'de> Deserialize<'de> for ListedUser {
    /// An entry that cannot be read costs the others of its page nothing.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entry: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        Ok(serde_json::from_str(entry.get()).map_or(Self::Unreadable, Self::of))
    }
}

impl ListedUser {
    fn of(user: User) -> Self {
        let is_blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
        if !user.is_user() || is_blank(Some(&user.id)) {
            Self::Unreadable
        } else if is_blank(user.user_principal_name.as_deref()) {
            Self::IdOnly
        } else {
            Self::User(Box::new(user))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(entry: &str) -> &'static str {
        match serde_json::from_str(entry).unwrap() {
            ListedUser::User(_) => "user",
            ListedUser::IdOnly => "id only",
            ListedUser::Unreadable => "unreadable",
        }
    }

    #[test]
    fn an_entry_is_a_user_an_id_or_nothing_that_can_be_read() {
        for (entry, is) in [
            (r#"{"id":"1","userPrincipalName":"kim@contoso.com"}"#, "user"),
            (r##"{"@odata.type":"#microsoft.graph.user","id":"1","userPrincipalName":"kim"}"##, "user"),
            (r#"{"id":"1"}"#, "id only"),
            (r#"{"id":"1","userPrincipalName":null,"mail":null}"#, "id only"),
            (r#"{"id":"1","userPrincipalName":" "}"#, "id only"),
            (r##"{"@odata.type":"#microsoft.graph.group","id":"1","userPrincipalName":"kim"}"##, "unreadable"),
            (r#"{"userPrincipalName":"kim"}"#, "unreadable"),
            (r#"{"id":"","userPrincipalName":"kim"}"#, "unreadable"),
            (r#"{"id":null}"#, "unreadable"),
            (r#"{"id":"1","userPrincipalName":"kim","assignedPlans":"x"}"#, "unreadable"),
            (r#"{"error":{"code":"x"}}"#, "unreadable"),
            ("{}", "unreadable"),
            ("null", "unreadable"),
            ("[1]", "unreadable"),
            ("\"kim\"", "unreadable"),
        ] {
            assert_eq!(kind(entry), is, "{entry}");
        }
    }
}
