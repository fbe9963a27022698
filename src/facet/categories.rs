//! The master list of categories.
//!
//! Source: Microsoft Graph "outlookCategory resource type", "List Outlook categories", "Create Outlook category", "Update
//! outlookCategory", "Delete outlookCategory". Reading takes MailboxSettings.Read, writing MailboxSettings.ReadWrite.

use serde_json::Value;

use super::item::{Item, known, named, picked, segment, text};
use super::kind::Facet;
use super::reading::{Reading, Step};
use super::report::{ITEM, ITEM_COUNT, Report, row};
use super::request::FacetRequest;
use crate::error::{Error, Result};

/// The facet's name.
pub const NAME: &str = "categories";

const LIST: &str = "outlook/masterCategories";

/// As Outlook for Windows calls them ("outlookCategory resource type").
const COLORS: [&str; 25] = [
    "Red",
    "Orange",
    "Brown",
    "Yellow",
    "Green",
    "Teal",
    "Olive",
    "Blue",
    "Purple",
    "Cranberry",
    "Steel",
    "DarkSteel",
    "Gray",
    "DarkGray",
    "Black",
    "DarkRed",
    "DarkOrange",
    "DarkBrown",
    "DarkYellow",
    "DarkGreen",
    "DarkTeal",
    "DarkOlive",
    "DarkBlue",
    "DarkPurple",
    "DarkCranberry",
];

/// The categories. Their key is the name, of which a mailbox has each once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Categories;

impl Reading for Categories {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(LIST)]
    }
}

impl Facet for Categories {
    fn key(&self, item: &Item) -> String {
        text(item, "displayName").trim().to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        picked(item, &["displayName", "color"])
    }

    fn normal(&self, item: &Item) -> Item {
        let lower = |(name, value): (String, Value)| {
            let text = value.as_str().map(|text| text.trim().to_lowercase());
            (name, text.map_or(value, Value::from))
        };
        self.writable(item).into_iter().map(lower).collect()
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        known(wanted, &["displayName", "color"])?;
        match wanted.get("color").map(|color| (color.as_str(), number(color))) {
            None | Some((_, Some(_))) => Ok(()),
            Some((Some(name), None)) if name.eq_ignore_ascii_case("none") => Ok(()),
            Some(_) => Err(Error::argument("color: must be none, or preset0 to preset24")),
        }
    }

    fn keyed(&self, key: &str) -> Item {
        named(key)
    }

    fn known_by(&self, item: &Item) -> Item {
        named(&self.key(item))
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        FacetRequest::new("POST", LIST).body(self.writable(wanted))
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        // The name cannot be changed, and is what a category is known by.
        Ok(FacetRequest::new("PATCH", path(have)).body(picked(differing, &["color"])))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(path(have))
    }
}

fn path(have: &Item) -> String {
    format!("{LIST}/{}", segment(text(have, "id")))
}

/// Which of the colours it is.
fn number(color: &Value) -> Option<usize> {
    let number = color.as_str()?.to_ascii_lowercase().strip_prefix("preset")?.parse().ok()?;
    (number < COLORS.len()).then_some(number)
}

/// The report on categories.
#[derive(Clone, Copy, Debug, Default)]
pub struct CategoryReport;

impl Reading for CategoryReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        Categories.begin()
    }
}

impl Report for CategoryReport {
    fn title(&self) -> &'static str {
        "Categories"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn columns(&self) -> &'static [&'static str] {
        &["Name", "Color", "ColorName", "CategoryId", ITEM_COUNT, ITEM]
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        let shown = |category: Item| {
            let member = |name: &str| category.get(name).cloned().unwrap_or_default();
            let color = member("color");
            let values = [
                ("Name", member("displayName")),
                ("ColorName", number(&color).map_or("None", |number| COLORS[number]).into()),
                ("Color", color),
                ("CategoryId", member("id")),
            ];
            row(values, Some(category))
        };
        found.into_iter().map(shown).collect()
    }
}
