//! One entry of a listing of users, which may be anything.

use serde::de::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::users::User;

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
