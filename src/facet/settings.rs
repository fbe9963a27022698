//! The settings of a mailbox: one item, compared setting by setting.
//!
//! Source: Microsoft Graph "Get user mailbox settings", "Update user mailbox settings". Reading takes
//! MailboxSettings.Read, writing MailboxSettings.ReadWrite.

use serde_json::Value;

use super::item::{Item, picked};
use super::kind::Facet;
use super::reading::{Reading, Step};
use super::request::FacetRequest;
use crate::error::{Error, Result};
use crate::graph::mailbox_settings::{Origin, SettingsPatch};

/// The facet's name.
pub const NAME: &str = "settings";

/// Where they are, and the key of the one item.
const PATH: &str = "mailboxSettings";

/// "Update user mailbox settings": the members of a request's body.
const WRITABLE: [&str; 7] = [
    "automaticRepliesSetting",
    "dateFormat",
    "delegateMeetingMessageDeliveryOptions",
    "language",
    "timeFormat",
    "timeZone",
    "workingHours",
];

/// The settings of a mailbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings;

impl Reading for Settings {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(PATH)]
    }
}

/// Settings that somebody wants; none where they were never checked.
fn patch(wanted: &Item) -> SettingsPatch {
    SettingsPatch::read(&Value::Object(wanted.clone()), Origin::UNDO).unwrap_or_default()
}

fn object(settings: Value) -> Item {
    if let Value::Object(members) = settings { members } else { Item::new() }
}

impl Facet for Settings {
    fn key(&self, _item: &Item) -> String {
        PATH.to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        picked(item, &WRITABLE)
    }

    fn normal(&self, item: &Item) -> Item {
        self.writable(item)
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        SettingsPatch::parse(&Value::Object(wanted.clone()), Origin::REQUEST).map(drop)
    }

    fn keyed(&self, _key: &str) -> Item {
        Item::new()
    }

    fn known_by(&self, _item: &Item) -> Item {
        Item::new()
    }

    fn differing(&self, have: &Item, wanted: &Item) -> Item {
        let patch = patch(wanted);
        let changes = patch.changes(&Value::Object(have.clone()));
        object(patch.only(&changes).to_json())
    }

    fn with(&self, item: &Item, members: &Item) -> Item {
        object(patch(members).over(&Value::Object(item.clone())))
    }

    fn back(&self, from: &Item, to: &Item) -> Item {
        object(patch(to).undo(&Value::Object(from.clone())).to_json())
    }

    fn before(&self, have: &Item, differing: &Item) -> Item {
        // Other settings may change meanwhile.
        self.back(have, differing)
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        FacetRequest::new("PATCH", PATH).body(wanted.clone())
    }

    fn change(&self, _have: &Item, differing: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("PATCH", PATH).body(differing.clone()))
    }

    fn remove(&self, _have: &Item) -> Result<FacetRequest> {
        Err(Error::argument("the settings of a mailbox cannot be removed"))
    }

    fn path_of(&self, _have: &Item) -> Option<String> {
        Some(PATH.to_owned())
    }
}
