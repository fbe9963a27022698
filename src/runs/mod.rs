//! What runs do with many mailboxes, and what every run is asked for.
//!
//! A run knows no client: what it needs of one is in [`RunSetup`].

mod audit_check;
mod batched;
mod columns;
mod input;
mod input_key;
mod limits;
mod line_file;
mod mailbox_count;
mod mailbox_delta;
mod mailbox_items;
mod mailbox_lister;
mod mailbox_requests;
mod mailbox_stream;
mod message_export;
mod plan_apply;
mod plan_file;
mod plan_photos;
mod request;
mod saving;
mod settings_apply;
mod settings_report;
mod setup;
mod source;
mod state_plan;
mod sync;
mod undo;
pub mod vault_list;
mod walk;

pub use audit_check::verify_audit;
pub use limits::{Limits, MOST_CONCURRENCY, MOST_TRIES, check_range};
pub use mailbox_count::{MailboxCount, count};
pub use mailbox_delta::{MailboxDelta, start as mailbox_delta};
pub use mailbox_items::{MailboxItems, start as mailbox_items};
pub use mailbox_requests::verification::{DoneWhen, Verify};
pub use mailbox_requests::{MailboxRequests, PathBase, RequestStep, start as mailbox_requests};
pub use message_export::{MessageExport, start as export_messages};
pub use plan_apply::{PlanApply, start as plan_apply};
pub use request::RunRequest;
pub use settings_apply::update::update as update_settings;
pub use settings_apply::write::WriteMode;
pub use settings_apply::{SettingsWrite, start as apply_settings};
pub use settings_report::start as settings_report;
pub use setup::RunSetup;
pub use source::SourceRequest;
pub use state_plan::{StatePlan, start as state_plan};
pub use sync::{ContactSource, ContactSync, EventSource, EventSync, contact_sync, event_sync};
pub use vault_list::VaultListRequest;
