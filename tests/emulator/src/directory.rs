//! The tenant's directory: the users of the mailboxes, users without a mailbox, and groups; made from their
//! numbers, never stored.

use serde_json::{Value, json};

use crate::population::Population;

const DEPARTMENTS: [&str; 4] = ["Engineering", "Finance", "Operations", "Support"];
const EXCHANGE_PLAN: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";

/// The users, in the order of a listing: those without a mailbox stand evenly among the others.
#[derive(Clone, Copy, Debug)]
pub struct Directory {
    /// The mailboxes.
    pub population: Population,
    /// Users without a mailbox, as a percentage of the mailboxes.
    pub extra_percent: f64,
}

/// A user of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// One with a mailbox, by its index.
    Mailbox(u64),
    /// One without, by a number of its own.
    Extra(u64),
}

/// Why a user has no mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A guest of another tenant.
    Guest,
    /// A member to whom no plan is assigned.
    Unlicensed,
    /// One who has left: disabled, the plan taken away.
    Leaver,
}

impl Extra {
    /// The kind of the user without a mailbox of this number.
    #[must_use]
    pub fn of(number: u64) -> Self {
        match number % 3 {
            0 => Self::Guest,
            1 => Self::Unlicensed,
            _ => Self::Leaver,
        }
    }
}

impl Directory {
    /// How many users have no mailbox.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a number of users; a negative share is none"
    )]
    pub fn extras(&self) -> u64 {
        (self.population.count as f64 * self.extra_percent / 100.0) as u64
    }

    /// How many users there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.population.count + self.extras()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The user at a place of the listing.
    #[must_use]
    pub fn at(&self, place: u64) -> User {
        let before = |place: u64| {
            let spread = u128::from(place) * u128::from(self.extras()) / u128::from(self.len().max(1));
            u64::try_from(spread).unwrap_or(u64::MAX)
        };
        let earlier = before(place);
        if before(place + 1) > earlier { User::Extra(earlier) } else { User::Mailbox(place - earlier) }
    }

    /// The user whom a user principal name or id means.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<User> {
        self.population.find(name).map(User::Mailbox).or_else(|| self.find_extra(name).map(User::Extra))
    }

    fn find_extra(&self, name: &str) -> Option<u64> {
        let number = if uuid::Uuid::try_parse(name).is_ok() {
            u64::from_str_radix(name.get(24..)?, 16).ok()
        } else {
            let name = name.to_lowercase();
            let digits = name.split(".x").nth(1)?;
            digits.get(..digits.bytes().take_while(u8::is_ascii_digit).count())?.parse().ok()
        }?;
        let user = User::Extra(number);
        let is_it = number < self.extras()
            && (self.id(user).eq_ignore_ascii_case(name) || self.upn(user).eq_ignore_ascii_case(name));
        is_it.then_some(number)
    }

    /// The directory's id of a user.
    #[must_use]
    pub fn id(&self, user: User) -> String {
        match user {
            User::Mailbox(index) => self.population.id(index),
            User::Extra(number) => {
                format!("{:08x}-5eed-4000-9000-{number:012x}", self.population.seed & 0xffff_ffff)
            }
        }
    }

    /// The user principal name of a user.
    #[must_use]
    pub fn upn(&self, user: User) -> String {
        match user {
            User::Mailbox(index) => self.population.upn(index),
            User::Extra(number) => match Extra::of(number) {
                Extra::Guest => format!("guest.x{number:06}_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
                Extra::Unlicensed => format!("unlicensed.x{number:06}@contoso.com"),
                Extra::Leaver => format!("leaver.x{number:06}@contoso.com"),
            },
        }
    }

    /// A member of a user as Graph's v1.0 gives it; `None` for one that users do not have.
    #[must_use]
    pub fn member(&self, user: User, name: &str) -> Option<Value> {
        let kind = Kind::of(user);
        Some(match name {
            "id" => self.id(user).into(),
            "userPrincipalName" => self.upn(user).into(),
            "mail" => self.mail(user, kind).map_or(Value::Null, Value::from),
            "mailNickname" => self.upn(user).split('@').next().unwrap_or_default().replace('#', "_").into(),
            "displayName" => self.names(user).join(" ").into(),
            "givenName" => self.names(user).first().cloned().unwrap_or_default().into(),
            "surname" => self.names(user).last().cloned().unwrap_or_default().into(),
            "accountEnabled" => (kind != Kind::Shared && kind != Kind::Without(Extra::Leaver)).into(),
            "userType" => if kind == Kind::Without(Extra::Guest) { "Guest" } else { "Member" }.into(),
            "department" => self.department(user).map_or(Value::Null, Value::from),
            "assignedPlans" => plans(kind),
            "assignedLicenses" => match kind {
                Kind::Licensed => json!([{"disabledPlans": [], "skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965"}]),
                _ => json!([]),
            },
            "proxyAddresses" => self.mail(user, kind).map_or_else(|| json!([]), |mail| json!([format!("SMTP:{mail}")])),
            "createdDateTime" => "2020-09-14T09:00:00Z".into(),
            "companyName" => "Contoso".into(),
            "usageLocation" => "DE".into(),
            "businessPhones" | "otherMails" => json!([]),
            "jobTitle"
            | "mobilePhone"
            | "officeLocation"
            | "preferredLanguage"
            | "onPremisesSyncEnabled"
            | "city"
            | "country"
            | "streetAddress"
            | "state"
            | "postalCode" => Value::Null,
            _ => return None,
        })
    }

    fn mail(&self, user: User, kind: Kind) -> Option<String> {
        let upn = self.upn(user);
        match kind {
            Kind::Without(Extra::Unlicensed | Extra::Leaver) => None,
            _ => Some(match upn.split_once("_fabrikam.com#EXT#@") {
                Some((local, _)) => format!("{local}@fabrikam.com"),
                None => upn,
            }),
        }
    }

    /// The names that the local part of the address is made of.
    fn names(&self, user: User) -> Vec<String> {
        let upn = self.upn(user);
        let local = upn.split(['@', '_']).next().unwrap_or_default();
        local.split(['.', '+']).filter(|part| !part.is_empty()).map(capitalized).collect()
    }

    fn department(&self, user: User) -> Option<&'static str> {
        match user {
            User::Mailbox(index) if index.is_multiple_of(10) => Some("Sales"),
            User::Mailbox(index) => Some(DEPARTMENTS[usize::try_from(self.population.mix(index, 20) % 4).unwrap_or(0)]),
            User::Extra(_) => None,
        }
    }
}

/// What a user is, as far as plans go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Licensed,
    /// A shared mailbox: its account is disabled and needs no plan.
    Shared,
    Without(Extra),
}

impl Kind {
    fn of(user: User) -> Self {
        match user {
            User::Mailbox(index) if index % 50 == 49 => Self::Shared,
            User::Mailbox(_) => Self::Licensed,
            User::Extra(number) => Self::Without(Extra::of(number)),
        }
    }
}

fn plans(kind: Kind) -> Value {
    let plan = |status: &str, service: &str, id: &str| {
        json!({"assignedDateTime": "2024-03-01T10:00:00Z", "capabilityStatus": status, "service": service,
            "servicePlanId": id})
    };
    match kind {
        Kind::Licensed => json!([
            plan("Enabled", "exchange", EXCHANGE_PLAN),
            plan("Enabled", "SharePoint", "5dbe027f-2339-4123-9542-606e4d348a72"),
        ]),
        Kind::Without(Extra::Leaver) => json!([plan("Deleted", "exchange", EXCHANGE_PLAN)]),
        _ => json!([]),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A group of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Every tenth mailbox.
    Sales,
    /// Every hundredth.
    Executives,
    /// The other two, and members of its own: guests, and mailboxes of which some are executives too.
    AllStaff,
    /// Nobody.
    Nobody,
}

impl Group {
    /// All groups.
    pub const ALL: [Self; 4] = [Self::Sales, Self::Executives, Self::AllStaff, Self::Nobody];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sales => "Sales",
            Self::Executives => "Executives",
            Self::AllStaff => "All Staff",
            Self::Nobody => "Vault Operators",
        }
    }

    /// The directory's id of the group.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Sales => "6d0b0cb4-0000-4000-a000-000000000001",
            Self::Executives => "6d0b0cb4-0000-4000-a000-000000000002",
            Self::AllStaff => "6d0b0cb4-0000-4000-a000-000000000003",
            Self::Nobody => "6d0b0cb4-0000-4000-a000-000000000004",
        }
    }

    /// The groups that are members of it.
    #[must_use]
    pub fn groups(self) -> &'static [Self] {
        match self {
            Self::AllStaff => &[Self::Sales, Self::Executives],
            _ => &[],
        }
    }

    /// Whether a user is a member of it, by itself or by a group within.
    #[must_use]
    pub fn has(self, user: User, is_transitive: bool) -> bool {
        let has = match (self, user) {
            (Self::Sales, User::Mailbox(index)) => index.is_multiple_of(10),
            (Self::Executives, User::Mailbox(index)) => index % 100 == 5,
            (Self::AllStaff, User::Mailbox(index)) => index % 10 == 5,
            (Self::AllStaff, User::Extra(number)) => Extra::of(number) == Extra::Guest,
            _ => false,
        };
        has || (is_transitive && self.groups().iter().any(|group| group.has(user, true)))
    }

    /// A member of a group as Graph's v1.0 gives it; `None` for one that groups do not have.
    #[must_use]
    pub fn member(self, name: &str) -> Option<Value> {
        let nickname = || self.name().to_lowercase().replace(' ', "");
        let has_mail = self != Self::Nobody;
        Some(match name {
            "id" => self.id().into(),
            "displayName" => self.name().into(),
            "mail" if has_mail => format!("{}@contoso.com", nickname()).into(),
            "mailNickname" => nickname().into(),
            "mailEnabled" => has_mail.into(),
            "securityEnabled" => (!has_mail || self == Self::AllStaff).into(),
            "groupTypes" | "proxyAddresses" => json!([]),
            "createdDateTime" => "2020-09-14T09:00:00Z".into(),
            "mail" | "description" | "visibility" | "membershipRule" | "onPremisesSyncEnabled" => Value::Null,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECTORY: Directory =
        Directory { population: Population { count: 1000, seed: 1, broken_percent: 0.0 }, extra_percent: 30.0 };

    #[test]
    fn a_listing_has_everyone_once() {
        assert_eq!(DIRECTORY.len(), 1300);
        let mut mailboxes = Vec::new();
        let mut extras = Vec::new();
        for place in 0..DIRECTORY.len() {
            let user = DIRECTORY.at(place);
            match user {
                User::Mailbox(index) => mailboxes.push(index),
                User::Extra(number) => extras.push(number),
            }
            assert_eq!(DIRECTORY.find(&DIRECTORY.upn(user).to_uppercase()), Some(user));
            assert_eq!(DIRECTORY.find(&DIRECTORY.id(user)), Some(user));
        }
        assert_eq!(mailboxes, (0..1000).collect::<Vec<_>>());
        assert_eq!(extras, (0..300).collect::<Vec<_>>());
        let none = Directory { extra_percent: 0.0, ..DIRECTORY };
        assert_eq!((none.len(), none.at(999)), (1000, User::Mailbox(999)));
        assert_eq!(none.find(&DIRECTORY.upn(User::Extra(3))), None);
    }

    #[test]
    fn plans_tell_who_has_a_mailbox() {
        let plans = |user| DIRECTORY.member(user, "assignedPlans").unwrap().to_string();
        assert!(plans(User::Mailbox(3)).contains("\"Enabled\",\"service\":\"exchange\""));
        assert_eq!(plans(User::Mailbox(49)), "[]");
        assert_eq!(DIRECTORY.member(User::Mailbox(49), "accountEnabled"), Some(false.into()));
        assert_eq!(DIRECTORY.member(User::Extra(0), "userType"), Some("Guest".into()));
        assert!(plans(User::Extra(2)).contains("Deleted"));
        assert_eq!(DIRECTORY.member(User::Mailbox(3), "mailboxSettings"), None);
    }

    #[test]
    fn groups_nest() {
        assert!(Group::AllStaff.has(User::Mailbox(20), true) && !Group::AllStaff.has(User::Mailbox(20), false));
        assert!(Group::Executives.has(User::Mailbox(105), true) && Group::AllStaff.has(User::Mailbox(105), false));
        assert!(!Group::Sales.has(User::Mailbox(21), true) && !Group::Nobody.has(User::Mailbox(0), true));
    }
}
