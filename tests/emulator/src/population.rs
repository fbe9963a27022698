//! The tenant's mailboxes: made from their index, never stored.

use serde_json::{Value, json};

const FIRST: [&str; 12] =
    ["anna", "bela", "carlos", "dmitri", "elena", "farid", "grace", "hiro", "ines", "jan", "kofi", "lena"];
const LAST: [&str; 10] =
    ["kowalski", "smith", "garcia", "ivanov", "rossi", "haddad", "hopper", "tanaka", "silva", "novak"];

/// Locale and the name that Graph shows for it.
const LANGUAGES: [(&str, &str); 10] = [
    ("en-US", "English (United States)"),
    ("de-DE", "German (Germany)"),
    ("fr-FR", "French (France)"),
    ("ja-JP", "Japanese (Japan)"),
    ("pl-PL", "Polish (Poland)"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("es-ES", "Spanish (Spain)"),
    ("nb-NO", "Norwegian Bokmål (Norway)"),
    ("zh-CN", "Chinese (Simplified, China)"),
    ("cs-CZ", "Czech (Czechia)"),
];
const TIME_ZONES: [&str; 10] = [
    "Pacific Standard Time",
    "W. Europe Standard Time",
    "Romance Standard Time",
    "Tokyo Standard Time",
    "Central European Standard Time",
    "E. South America Standard Time",
    "UTC",
    "Eastern Standard Time",
    "China Standard Time",
    "Central Europe Standard Time",
];

/// Why a mailbox answers with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// 404 MailboxNotEnabledForRESTAPI.
    NotEnabled,
    /// 404 ErrorItemNotFound.
    ItemNotFound,
    /// 403 ErrorAccessDenied by an application access policy.
    BlockedByPolicy,
}

/// All mailboxes of the tenant: a function of their number, the seed and the share that is broken.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    /// How many.
    pub count: u64,
    /// What everything else follows from.
    pub seed: u64,
    /// How many of a hundred answer with an error.
    pub broken_percent: f64,
}

impl Population {
    /// The user principal name of a mailbox.
    #[must_use]
    pub fn upn(&self, index: u64) -> String {
        let first = FIRST[pick(self.mix(index, 1), FIRST.len())];
        let last = LAST[pick(self.mix(index, 2), LAST.len())];
        match index % 100 {
            7 | 57 => format!("mary.o'brien.{index:06}@contoso.com"),
            23 => format!("jürgen.müller.{index:06}@contoso.com"),
            41 => format!("{first}.{last}.{index:06}_fabrikam.com#EXT#@contoso.onmicrosoft.com"),
            77 => format!("sales+{first}.{index:06}@contoso.com"),
            _ => format!("{first}.{last}.{index:06}@contoso.com"),
        }
    }

    /// The directory's id of a mailbox.
    #[must_use]
    pub fn id(&self, index: u64) -> String {
        format!("{:08x}-5eed-4000-8000-{index:012x}", self.seed & 0xffff_ffff)
    }

    /// The mailbox that a user principal name or id means, compared without case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u64> {
        let index = if uuid::Uuid::try_parse(name).is_ok() {
            u64::from_str_radix(name.get(24..)?, 16).ok().filter(|index| self.id(*index).eq_ignore_ascii_case(name))
        } else {
            number_in(name).filter(|index| self.upn(*index).to_lowercase() == name.to_lowercase())
        }?;
        (index < self.count).then_some(index)
    }

    /// Why the mailbox answers with an error, where it does.
    #[must_use]
    pub fn broken(&self, index: u64) -> Option<Broken> {
        let drawn = pick(self.mix(index, 3), 1_000_000);
        #[expect(clippy::cast_precision_loss, reason = "below a million")]
        let is_broken = (drawn as f64) < self.broken_percent * 10_000.0;
        is_broken.then_some(match drawn % 4 {
            0 | 1 => Broken::NotEnabled,
            2 => Broken::ItemNotFound,
            _ => Broken::BlockedByPolicy,
        })
    }

    /// The mailbox's settings as Graph's v1.0 gives them.
    #[must_use]
    pub fn settings(&self, index: u64) -> Value {
        let (locale, language) = LANGUAGES[pick(self.mix(index, 4), LANGUAGES.len())];
        let time_zone = TIME_ZONES[pick(self.mix(index, 5), TIME_ZONES.len())];
        let status = match pick(self.mix(index, 6), 10) {
            0 => "alwaysEnabled",
            1 | 2 => "scheduled",
            _ => "disabled",
        };
        let message = reply_message(status, index);
        json!({
            "archiveFolder": format!("AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZiLTU1OGY5OTZhYmY4OAAuAAAAAAAiQ8W967B7TKBjgx9rVEURAQ{index:012x}AAA="),
            "timeZone": time_zone,
            "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            "dateFormat": "yyyy-MM-dd",
            "timeFormat": "HH:mm",
            "userPurpose": if index % 50 == 49 { "shared" } else { "user" },
            "automaticRepliesSetting": {
                "status": status,
                "externalAudience": if status == "disabled" { "none" } else { "all" },
                "internalReplyMessage": message,
                "externalReplyMessage": message,
                "scheduledStartDateTime": {"dateTime": "2026-11-23T08:00:00.0000000", "timeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"},
            },
            "language": {"locale": locale, "displayName": language},
            "workingHours": {
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "startTime": "08:00:00.0000000",
                "endTime": "17:00:00.0000000",
                "timeZone": {"name": time_zone},
            },
        })
    }

    /// A number that follows from seed, index and what it is for (SplitMix64).
    #[must_use]
    pub fn mix(&self, index: u64, purpose: u64) -> u64 {
        let mut z = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index.wrapping_add(purpose << 40);
        z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The name that Graph shows for a locale.
#[must_use]
pub fn language_name(locale: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(locale)).map(|(_, name)| *name)
}

/// A number below `most`.
fn pick(number: u64, most: usize) -> usize {
    usize::try_from(number % most as u64).unwrap_or(0)
}

/// The first run of at least six digits after a dot.
fn number_in(name: &str) -> Option<u64> {
    name.split('.').find_map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        (digits >= 6).then(|| part[..digits].parse().ok())?
    })
}

/// HTML as Outlook writes it: what makes a real body about 3 KB.
fn reply_message(status: &str, index: u64) -> String {
    if status == "disabled" && !index.is_multiple_of(3) {
        return String::new();
    }
    let style = "font-family:Calibri,Arial,Helvetica,sans-serif; font-size:12pt; color:rgb(0,0,0)";
    let line = format!(
        "<div style=\"{style}\">Thank you for your message. I am out of the office — back on 1 December.</div>\r\n"
    );
    format!(
        "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n</head>\r\n<body>\r\n{}</body>\r\n</html>\r\n",
        line.repeat(4)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const POPULATION: Population = Population { count: 5000, seed: 1, broken_percent: 1.0 };

    #[test]
    fn every_name_and_id_leads_back() {
        for index in 0..POPULATION.count {
            assert_eq!(POPULATION.find(&POPULATION.upn(index).to_uppercase()), Some(index));
            assert_eq!(POPULATION.find(&POPULATION.id(index)), Some(index));
        }
        assert_eq!(POPULATION.find("nobody@contoso.com"), None);
        assert_eq!(POPULATION.find(&POPULATION.upn(5000)), None);
    }

    #[test]
    fn about_the_share_asked_for_is_broken() {
        let broken = (0..POPULATION.count).filter(|index| POPULATION.broken(*index).is_some()).count();
        assert!((25..=75).contains(&broken), "{broken}");
        let none = Population { broken_percent: 0.0, ..POPULATION };
        assert!((0..none.count).all(|index| none.broken(index).is_none()));
    }

    #[test]
    fn settings_vary() {
        let all: std::collections::HashSet<String> =
            (0..1000).map(|index| POPULATION.settings(index)["timeZone"].to_string()).collect();
        assert_eq!(all.len(), TIME_ZONES.len());
    }
}
