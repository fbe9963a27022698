//! The columns by which a mailbox is known, in rows and in lines of input.

/// The first column of our own rows.
pub const MAILBOX_NAME: &str = "MailboxName";

/// The columns that may name a mailbox, in order of preference: those of our own rows, of objects of `Get-Mailbox`,
/// `Get-EXOMailbox` and `Get-MgUser`, and of CSV files.
pub const MAILBOX_COLUMNS: [&str; 6] =
    [MAILBOX_NAME, "PrimarySmtpAddress", "UserPrincipalName", "Mail", "EmailAddress", "Id"];
