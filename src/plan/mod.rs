//! Plans of changes: what is to be done to mailboxes, written down before it is done.
//!
//! A plan is JSON Lines. Its first line says of which tenant it is; each further one is one change of one mailbox with
//! the request that makes it, what must be there for it to be made, and the request that takes it back. Nothing here
//! sends anything: [`crate::runs`] does what a plan holds. docs/plans.md describes the format.

pub mod audit;
mod body_file;
mod counts;
mod facts;
mod header;
mod line;
mod lines;
mod request;

/// The facet whose values are compared as settings are: in any case, by the meaning of times.
pub use crate::facet::settings::NAME as SETTINGS_FACET;
pub use crate::facet::{BodyFile, ChangeKind, Precondition, WITHIN_ID, Within};
pub use body_file::{MOST_BYTES as MOST_PHOTO_BYTES, check_photo, place_of};
pub use counts::Counts;
pub use facts::{LinePlace, PlanDigest, PlanFacts, facts};
pub use header::{FORMAT, PlanHeader, PlanOrder};
pub use line::{Found, PlanLine, is_among, within_id};
pub use lines::PlanLines;
pub use request::PlannedRequest;
