//! Where the mailboxes of a run come from that nobody pushes.

/// Mailboxes that the library finds itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceRequest {
    /// Those of the tenant.
    All {
        /// An OData filter on users.
        filter: Option<String>,
        /// At most so many.
        top: Option<u64>,
        /// Users without a mailbox too.
        include_without_mailbox: bool,
    },
    /// The members of a group, by its object id, mail address or display name.
    Group(String),
}
