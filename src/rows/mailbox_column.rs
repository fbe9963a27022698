//! The columns by which a mailbox is known, in rows and in lines of input.

/// The first column of our own rows.
pub const MAILBOX_NAME: &str = "MailboxName";

/// What Exchange's commands call an object by: a display name as often as an address.
pub const IDENTITY: &str = "Identity";

/// The columns that may name a mailbox, in order of preference: those of our own rows, of objects of `Get-Mailbox`,
/// `Get-EXOMailbox` and `Get-MgUser`, of CSV files, and of the reports of Microsoft's admin centres.
pub const MAILBOX_COLUMNS: [&str; 10] = [
    MAILBOX_NAME,
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "Mail",
    "EmailAddress",
    "Id",
    "PrimaryEmail",
    "WindowsEmailAddress",
    "ExternalDirectoryObjectId",
    IDENTITY,
];

/// The byte order mark of UTF-8, read as the code page of Windows in the West.
const MISREAD_MARK: &str = "\u{ef}\u{bb}\u{bf}";

/// Whether two names mean one column: `User Principal Name` and `userPrincipalName`. Blanks, `_`, `-`, case, and what
/// a byte order mark left in front of the first name do not count.
#[must_use]
pub fn is_same_column(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> + '_ {
    // A mark in front of a quoted name keeps CSV readers from taking the quotes off.
    let counts =
        |letter: &char| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '"' | '\u{feff}' | '\u{200b}');
    let name = name.strip_prefix(MISREAD_MARK).unwrap_or(name);
    name.chars().filter(counts).map(|letter| letter.to_ascii_lowercase())
}

/// Whether the text of an [`IDENTITY`] names a mailbox for Graph: an address or an id, and neither a display name nor
/// the path of a folder or a rule within a mailbox (`kim@contoso.com\Inbox`).
#[must_use]
pub fn is_address_or_id(text: &str) -> bool {
    let text = text.trim();
    let is_address = text.split_once('@').is_some_and(|(name, domain)| {
        let is_foreign = |letter: char| letter.is_whitespace() || matches!(letter, '\\' | '/' | ',' | '<' | '>' | '@');
        !name.is_empty() && !domain.is_empty() && !name.contains(is_foreign) && !domain.contains(is_foreign)
    });
    is_address || is_id(text)
}

/// Whether a text is an id of the directory: 32 digits, with hyphens where GUIDs have them.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_however_its_name_is_spelled() {
        for (given, wanted) in [
            ("User Principal Name", "UserPrincipalName"),
            ("user_principal_name", "UserPrincipalName"),
            ("Email address", "EmailAddress"),
            ("E-mail\u{a0}Address", "EmailAddress"),
            ("Primary email", "PrimaryEmail"),
            ("\u{feff}MailboxName", MAILBOX_NAME),
            ("\u{feff}\"MailboxName\"", MAILBOX_NAME),
            ("\u{ef}\u{bb}\u{bf}mailboxname", MAILBOX_NAME),
        ] {
            assert!(is_same_column(given, wanted), "{given}");
        }
        for given in ["Name", "MailboxName2", "", "MailboxName;Language", "EMail"] {
            assert!(!MAILBOX_COLUMNS.iter().any(|wanted| is_same_column(given, wanted)), "{given}");
        }
    }

    #[test]
    fn an_identity_counts_where_it_is_an_address_or_an_id() {
        for text in ["kim@contoso.com", " o'brien@contoso.com ", "084adbb3-f70c-498f-97a3-464e1f444d9a"] {
            assert!(is_address_or_id(text), "{text}");
        }
        for text in [
            "Kim",
            "kim@",
            "@contoso.com",
            "Kim <kim@contoso.com>",
            "kim@contoso.com\\Inbox",
            "contoso.onmicrosoft.com/Users/kim@contoso.com",
            "CN=kim@contoso.com,OU=Users",
            "084adbb3-f70c-498f-97a3-464e1f444d9",
            "084adbb3f70c-498f-97a3-464e1f444d9a0",
        ] {
            assert!(!is_address_or_id(text), "{text}");
        }
    }
}
