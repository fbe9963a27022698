//! What changed in a part of mailboxes since it was last read.
//!
//! Source: Microsoft Graph "Use delta query to track changes in Microsoft Graph data" (`@removed`, replays, the reset with
//! 410, tokens that expire), "message: delta" (of one folder; `$select`), "Get incremental changes to messages in a
//! folder", "event: delta" (of a period of the default calendar; without `$select`; what lies outside of the period comes
//! as removed), "contact: delta" (of one folder), "mailFolder: delta" and "contactFolder: delta" (those of all levels in
//! one list), "Obtain immutable identifiers for Outlook resources" (tokens fit both kinds of ids). That of the default
//! folder of contacts is `contacts/delta` in the OpenAPI description of v1.0. Outlook has no token for "from now on".

mod rows;
mod tracked;

pub use self::rows::{Anew, ChangeOf, Found};
pub use self::tracked::{Delta, DeltaOptions, Scope, in_path, is_expired, is_gone};
pub use super::messages::folders::Way;
