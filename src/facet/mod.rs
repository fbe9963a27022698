//! Facets: the parts of a mailbox that are read as items with keys, compared with what is wanted, and written.
//!
//! One file a facet. A further one is that file, its lines in `named.rs`, its place in the emulator, and its page in
//! docs/jobs.md. What is here knows paths and JSON, and nothing of runs, rows or plans.

pub mod calendar_permissions;
pub mod categories;
pub mod change;
pub mod compare;
pub mod contacts;
pub mod delta;
mod domains;
pub mod inbox_rules;
pub mod item;
pub mod kind;
pub mod lists;
pub mod mail_folders;
mod making;
pub mod message_criteria;
pub mod messages;
mod moment;
pub mod named;
mod own_property;
pub mod reading;
pub mod report;
pub mod request;
pub mod room_use;
mod rule_text;
pub mod settings;
pub mod state;
pub mod synced_contacts;
pub mod synced_events;

pub use self::change::{Change, ChangeKind, Difference, NEW_ID, Precondition, WITHIN_ID, Within};
pub use self::compare::{Mode, Scope, Wanted};
pub use self::item::Item;
pub use self::kind::Facet;
pub use self::message_criteria::{MessageAction, MessageCriteria};
pub use self::named::{FacetOptions, NAMES, named, named_with, report};
pub use self::reading::{Reading, Step, Taken};
pub use self::report::{PlannedChange, Report, ReportOptions};
pub use self::request::{BodyFile, FacetRequest};
pub use self::state::State;
