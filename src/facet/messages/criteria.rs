//! Which messages are sought: what the service filters by, and what is looked at here.
//!
//! Source: Microsoft Graph "List messages" (`$filter`, and what `$orderby` asks of it: nothing is ordered here), "Use the
//! $filter query parameter" (a quote in a text is doubled), "Use the $search query parameter" (1,000 results at most; not
//! with `$filter` or `$orderby`), "message resource type" (`hasAttachments` does not count inline attachments). What the
//! service was asked for is looked at again: a filter that it took for another one finds nothing wrong.

use jiff::Timestamp;
use serde_json::Value;

use super::super::item::{Item, text};
use super::super::message_criteria::MessageCriteria;
use super::super::moment::moment;
use crate::error::{Error, Result};

/// What is sought, understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Criteria {
    internet_message_id: Option<String>,
    from: Option<Sender>,
    subject: Option<String>,
    search: Option<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    attachment_name: Option<String>,
    attachment_sha256: Option<String>,
    inline_attachments: bool,
}

/// Who sent it, in lower case.
#[derive(Clone, Debug, PartialEq)]
enum Sender {
    Address(String),
    /// With its `@`.
    Domain(String),
}

impl Criteria {
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn read(given: &MessageCriteria) -> Result<Self> {
        let filled = |name: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
            Some("") => Err(Error::argument(format!("{name}: is blank"))),
            text => Ok(text.map(str::to_owned)),
        };
        let time = |name: &str, text: &Option<String>| text.as_deref().map(|text| moment(name, text)).transpose();
        let criteria = Self {
            internet_message_id: filled("internetMessageId", &given.internet_message_id)?.as_deref().map(in_brackets),
            from: filled("sender", &given.sender)?.as_deref().map(sender).transpose()?,
            subject: filled("subject", &given.subject)?,
            search: filled("search", &given.search)?,
            after: time("receivedAfter", &given.received_after)?,
            before: time("receivedBefore", &given.received_before)?,
            attachment_name: filled("attachmentName", &given.attachment_name)?.map(|name| name.to_lowercase()),
            attachment_sha256: filled("attachmentSha256", &given.attachment_sha256)?
                .as_deref()
                .map(hash)
                .transpose()?,
            inline_attachments: given.inline_attachments,
        };
        if criteria.after.zip(criteria.before).is_some_and(|(after, before)| before <= after) {
            return Err(Error::argument("receivedBefore: must be later than receivedAfter"));
        }
        Ok(criteria)
    }

    /// Whether nothing at all is asked.
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            internet_message_id, from, subject, search, after, before, attachment_name, attachment_sha256, ..
        } = self;
        [internet_message_id, subject, search, attachment_name, attachment_sha256].iter().all(|text| text.is_none())
            && from.is_none()
            && after.is_none()
            && before.is_none()
    }

    /// What the service filters by; none where it searches.
    pub(super) fn filter(&self) -> Option<String> {
        if self.search.is_some() {
            return None;
        }
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let address = match &self.from {
            Some(Sender::Address(address)) => Some(address),
            // No function of the filter is documented for the end of an address.
            Some(Sender::Domain(_)) | None => None,
        };
        let with_attachment = self.looks_at_attachments() && !self.inline_attachments;
        let parts = [
            self.after.map(|time| format!("receivedDateTime ge {time}")),
            self.before.map(|time| format!("receivedDateTime lt {time}")),
            self.internet_message_id.as_deref().map(|id| format!("internetMessageId eq {}", quoted(id))),
            address.map(|address| format!("from/emailAddress/address eq {}", quoted(address))),
            self.subject.as_deref().map(|subject| format!("contains(subject,{})", quoted(subject))),
            with_attachment.then(|| "hasAttachments eq true".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// What it searches for: the text in quotes, and those within it with a backslash.
    pub(super) fn search(&self) -> Option<String> {
        self.search.as_deref().map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
    }

    /// Whether a message is one, as far as it tells that itself.
    pub(super) fn takes(&self, message: &Item) -> bool {
        let received = || text(message, "receivedDateTime").parse::<Timestamp>().ok();
        let from = || {
            let address = message.get("from").and_then(|from| from.get("emailAddress")?.get("address")?.as_str());
            address.unwrap_or_default().to_lowercase()
        };
        let id = self.internet_message_id.as_deref();
        let subject = self.subject.as_deref().map(str::to_lowercase);
        id.is_none_or(|id| in_brackets(text(message, "internetMessageId")).eq_ignore_ascii_case(id))
            && self.after.is_none_or(|after| received().is_some_and(|time| time >= after))
            && self.before.is_none_or(|before| received().is_some_and(|time| time < before))
            && self.from.as_ref().is_none_or(|wanted| match wanted {
                Sender::Address(address) => from() == *address,
                Sender::Domain(domain) => from().ends_with(domain),
            })
            && subject.is_none_or(|subject| text(message, "subject").to_lowercase().contains(&subject))
            && (!self.looks_at_attachments() || self.may_have_attachments(message))
    }

    /// Whether its attachments decide.
    pub(super) fn looks_at_attachments(&self) -> bool {
        self.attachment_name.is_some() || self.attachment_sha256.is_some()
    }

    /// Whether the content of attachments decides.
    pub(super) fn looks_at_content(&self) -> bool {
        self.attachment_sha256.is_some()
    }

    /// Whether a message may have attachments that count.
    pub(super) fn may_have_attachments(&self, message: &Item) -> bool {
        self.inline_attachments || message.get("hasAttachments") == Some(&Value::Bool(true))
    }

    /// Whether the name of an attachment is one that counts.
    pub(super) fn takes_name(&self, attachment: &Item) -> bool {
        let is_inline = attachment.get("isInline") == Some(&Value::Bool(true));
        let name = text(attachment, "name").to_lowercase();
        (self.inline_attachments || !is_inline)
            && self.attachment_name.as_deref().is_none_or(|wanted| is_like(&name, wanted))
    }

    /// Whether a content with this hash is the one.
    pub(super) fn takes_hash(&self, hash: &str) -> bool {
        self.attachment_sha256.as_deref().is_none_or(|wanted| wanted == hash)
    }
}

/// As headers have it, whatever was copied.
fn in_brackets(id: &str) -> String {
    let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
    format!("<{bare}>")
}

fn sender(given: &str) -> Result<Sender> {
    let lower = given.to_lowercase();
    match lower.split_once('@') {
        Some(("", domain)) if !domain.is_empty() && !domain.contains('@') => Ok(Sender::Domain(lower)),
        Some((name, domain)) if !name.is_empty() && !domain.is_empty() => Ok(Sender::Address(lower)),
        _ => Err(Error::argument(format!("sender: {given:?} is neither an address nor a domain such as @contoso.com"))),
    }
}

fn hash(given: &str) -> Result<String> {
    if given.len() == 64 && given.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(given.to_lowercase());
    }
    Err(Error::argument("attachmentSha256: must have 64 hexadecimal digits"))
}

/// Whether a text is as a pattern with `*` and `?` says.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut of) = (0, 0);
    // Where to go on after the last star, should what follows it not fit.
    let mut again = None;
    while at < text.len() {
        match pattern.get(of) {
            Some('*') => {
                again = Some((at, of));
                of += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[at] => (at, of) = (at + 1, of + 1),
            _ => match again {
                Some((from, star)) => {
                    again = Some((from + 1, star));
                    (at, of) = (from + 1, star + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "it stands in the call")]
    fn criteria(given: MessageCriteria) -> Criteria {
        Criteria::read(&given).unwrap()
    }

    #[test]
    fn quotes_are_escaped_for_the_service() {
        let some = |text: &str| Some(text.to_owned());
        let given = MessageCriteria {
            internet_message_id: some("a'b@c"),
            sender: some("O'Brien@contoso.com"),
            subject: some("Don't"),
            received_after: some("2026-11-01"),
            ..MessageCriteria::default()
        };
        assert_eq!(
            criteria(given).filter().unwrap(),
            "receivedDateTime ge 2026-11-01T00:00:00Z and internetMessageId eq '<a''b@c>' and \
             from/emailAddress/address eq 'o''brien@contoso.com' and contains(subject,'Don''t')"
        );
        let search = MessageCriteria {
            search: some(r#"subject:"a b""#),
            sender: some("@x.example"),
            ..MessageCriteria::default()
        };
        assert_eq!(criteria(search.clone()).search().unwrap(), r#""subject:\"a b\"""#);
        assert_eq!(criteria(search).filter(), None);
    }

    #[test]
    fn a_message_is_looked_at_again() {
        let message = json!({"subject": "RE: Invoice 7", "receivedDateTime": "2026-11-02T00:00:00Z", "hasAttachments": false,
            "internetMessageId": "<A@b>", "from": {"emailAddress": {"address": "Eve@Mail.Evil.example"}}});
        let message = message.as_object().unwrap();
        let takes = |given: MessageCriteria| criteria(given).takes(message);
        let some = |text: &str| Some(text.to_owned());
        let all = MessageCriteria {
            internet_message_id: some("<a@B>"),
            sender: some("eve@mail.evil.example"),
            subject: some("invoice"),
            received_after: some("2026-11-02"),
            received_before: some("2026-11-02T00:00:01Z"),
            ..MessageCriteria::default()
        };
        assert!(takes(all.clone()));
        for wrong in [
            MessageCriteria { internet_message_id: some("a@c"), ..all.clone() },
            MessageCriteria { sender: some("@evil.example"), ..all.clone() },
            MessageCriteria { subject: some("invoices"), ..all.clone() },
            MessageCriteria { received_after: some("2026-11-02T00:00:00.5Z"), ..all.clone() },
            MessageCriteria { received_after: None, received_before: some("2026-11-02"), ..all.clone() },
            MessageCriteria { attachment_name: some("*"), ..all.clone() },
        ] {
            assert!(!takes(wrong.clone()), "{wrong:?}");
        }
        assert!(takes(MessageCriteria { sender: some("@MAIL.evil.example"), ..all }));
        for given in ["x", "@", "a@", "@a@b"] {
            let given = MessageCriteria { sender: some(given), ..MessageCriteria::default() };
            assert!(Criteria::read(&given).is_err(), "{given:?}");
        }
    }

    #[test]
    fn names_are_compared_with_patterns() {
        for (name, pattern, is) in [
            ("invoice.iso", "*.iso", true),
            ("invoice.iso.txt", "*.iso", false),
            ("a.b.c", "a*b*c", true),
            ("abc", "a?c", true),
            ("ac", "a?c", false),
            ("aaab", "*a?b", true),
            ("", "*", true),
            ("x", "", false),
        ] {
            assert_eq!(is_like(name, pattern), is, "{name} {pattern}");
        }
    }
}
