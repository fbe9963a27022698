//! Whom a calendar is shared with.
//!
//! Source: Microsoft Graph "calendarPermission resource type", "List calendarPermissions", "Create calendarPermission",
//! "Update calendarPermission" (the role alone), "Delete calendarPermission". Reading takes Calendars.Read, writing
//! Calendars.ReadWrite.

use serde_json::{Value, json};

use super::item::{Item, known, picked, segment, text};
use super::kind::Facet;
use super::reading::{Reading, Step, Taken};
use super::report::{ITEM, ITEM_COUNT, Report, ReportOptions, row};
use super::request::FacetRequest;
use crate::error::{Error, Result};

/// The facet's name.
pub const NAME: &str = "calendarPermissions";

const LIST: &str = "calendar/calendarPermissions";
const CALENDARS: &str = "calendars?$select=id,name,isDefaultCalendar&$top=250";

/// What a reading adds: the calendar's name, where several are read.
const CALENDAR: &str = "#calendar";

/// "calendarRoleType values".
const ROLES: [&str; 8] = [
    "none",
    "freeBusyRead",
    "limitedRead",
    "read",
    "write",
    "delegateWithoutPrivateEventAccess",
    "delegateWithPrivateEventAccess",
    "custom",
];

/// Whom the default calendar is shared with. Their key is the address; of everybody in the tenant, who has none, the
/// name.
#[derive(Clone, Copy, Debug, Default)]
pub struct CalendarPermissions;

impl Reading for CalendarPermissions {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(LIST)]
    }
}

impl Facet for CalendarPermissions {
    fn key(&self, item: &Item) -> String {
        let of = |name: &str| item.get("emailAddress").and_then(|of| of.get(name)?.as_str()).map(str::trim);
        of("address").filter(|address| !address.is_empty()).or_else(|| of("name")).unwrap_or_default().to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        picked(item, &["emailAddress", "role", "isInsideOrganization"])
    }

    fn normal(&self, item: &Item) -> Item {
        // The name is the service's own, and so is who counts as inside.
        let role = item.get("role").cloned();
        let whose = item.get("emailAddress").map(|_| Value::from(self.key(item).to_lowercase()));
        [("emailAddress", whose), ("role", role)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        known(wanted, &["emailAddress", "role", "isInsideOrganization"])?;
        let role = text(wanted, "role");
        if !ROLES.contains(&role) {
            return Err(Error::argument(format!("role: must be one of {}, not {role:?}", ROLES.join(", "))));
        }
        Ok(())
    }

    fn keyed(&self, key: &str) -> Item {
        let name = if key.contains('@') { "address" } else { "name" };
        Item::from_iter([("emailAddress".to_owned(), json!({ name: key }))])
    }

    fn known_by(&self, item: &Item) -> Item {
        self.keyed(&self.key(item))
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        let mut body = self.writable(wanted);
        body.entry("isRemovable").or_insert(json!(true));
        body.entry("isInsideOrganization").or_insert(json!(true));
        FacetRequest::new("POST", LIST).body(body)
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        let role = text(differing, "role");
        let allowed = have.get("allowedRoles").and_then(Value::as_array);
        if allowed.is_some_and(|allowed| !allowed.iter().any(|known| known == role)) {
            let who = self.key(have);
            return Err(Error::argument(format!("role: {who} may not be given {role:?}, the service says")));
        }
        Ok(FacetRequest::new("PATCH", path(have)).body(picked(differing, &["role"])))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        if have.get("isRemovable") == Some(&Value::Bool(false)) {
            let who = self.key(have);
            return Err(Error::argument(format!("{who} cannot be removed from a calendar, the service says"))
                .hint("give it the role none"));
        }
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(path(have))
    }
}

fn path(have: &Item) -> String {
    format!("{LIST}/{}", segment(text(have, "id")))
}

/// The report on whom calendars are shared with.
#[derive(Clone, Copy, Debug)]
pub struct PermissionReport {
    all_calendars: bool,
}

impl PermissionReport {
    pub(super) fn new(options: &ReportOptions) -> Self {
        Self { all_calendars: options.all_calendars }
    }
}

impl Reading for PermissionReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(if self.all_calendars { CALENDARS } else { LIST })]
    }

    fn take(&self, step: &Step, mut element: Item) -> Taken {
        if step.path == CALENDARS {
            let path = format!("calendars/{}/calendarPermissions", segment(text(&element, "id")));
            return Taken { item: None, further: vec![Step::within(path, text(&element, "name"))] };
        }
        if !step.within.is_empty() {
            element.insert(CALENDAR.to_owned(), step.within.as_str().into());
        }
        element.into()
    }
}

impl Report for PermissionReport {
    fn title(&self) -> &'static str {
        "Calendar permissions"
    }

    fn options(&self) -> &'static [&'static str] {
        &["allCalendars"]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "Calendar",
            "Name",
            "Address",
            "Role",
            "IsExternal",
            "IsRemovable",
            "AllowedRoles",
            "PermissionId",
            ITEM_COUNT,
            ITEM,
        ]
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        let shown = |mut permission: Item| {
            let calendar = permission.shift_remove(CALENDAR).unwrap_or_default();
            let member = |name: &str| permission.get(name).cloned().unwrap_or_default();
            let of =
                |name: &str| permission.get("emailAddress").and_then(|of| of.get(name)).cloned().unwrap_or_default();
            let allowed = permission.get("allowedRoles").and_then(Value::as_array);
            let allowed = allowed.map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
            let values = [
                ("Calendar", calendar),
                ("Name", of("name")),
                ("Address", of("address")),
                ("Role", member("role")),
                ("IsExternal", member("isInsideOrganization").as_bool().map(|is_inside| !is_inside).into()),
                ("IsRemovable", member("isRemovable")),
                ("AllowedRoles", allowed.into()),
                ("PermissionId", member("id")),
            ];
            row(values, Some(permission))
        };
        found.into_iter().map(shown).collect()
    }
}
