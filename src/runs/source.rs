//! Where the mailboxes of a run come from that nobody pushes.

use std::fmt;

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
    /// The rooms among the tenant's places.
    Rooms,
}

/// Which mailboxes they are, for a person.
impl fmt::Display for SourceRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceRequest::All { filter, top, .. } => {
                match top {
                    Some(top) => write!(formatter, "the first {top} of the tenant")?,
                    None => formatter.write_str("all of the tenant")?,
                }
                filter.as_ref().map_or(Ok(()), |filter| write!(formatter, " with {filter}"))
            }
            SourceRequest::Group(group) => write!(formatter, "the members of {group}"),
            SourceRequest::Rooms => formatter.write_str("all rooms of the tenant"),
        }
    }
}
