//! The parts of `mailboxSettings` that have a URL of their own.

use crate::error::{Error, Result};
use crate::graph::identity;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $name:literal),+ $(,)?) => {
        /// A part that can be asked for alone: `/users/{id}/mailboxSettings/{part}` (Microsoft Graph, "Get user
        /// mailbox settings").
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SettingsPart {
            $($(#[$doc])* $part),+
        }

        impl SettingsPart {
            /// Every part.
            pub const ALL: &'static [SettingsPart] = &[$(SettingsPart::$part),+];

            /// Its name as Graph spells it, which is its segment of the URL.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(SettingsPart::$part => $name),+
                }
            }
        }
    };
}

parts! {
    /// The time zone of the mailbox: text.
    TimeZone = "timeZone",
    /// The automatic replies: an object.
    AutomaticRepliesSetting = "automaticRepliesSetting",
    /// The language: an object.
    Language = "language",
    /// The working hours: an object.
    WorkingHours = "workingHours",
    /// What the mailbox is for: an enum.
    UserPurpose = "userPurpose",
    /// The date format: text.
    DateFormat = "dateFormat",
    /// The time format: text.
    TimeFormat = "timeFormat",
    /// The id of the archive folder: text.
    ArchiveFolder = "archiveFolder",
    /// Who gets the meeting messages: an enum.
    DelegateMeetingMessageDeliveryOptions = "delegateMeetingMessageDeliveryOptions",
}

impl SettingsPart {
    /// The part of that name, in whatever case.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that lists the known names.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|part| part.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|part| part.name()).collect();
            Error::argument(format!("part: '{name}' is not one of {}", known.join(", ")))
        })
    }
}

/// The path of a mailbox's settings, or of one part of them, below the API's version.
///
/// # Errors
///
/// `InvalidArgument` for a name that can be no segment of a URL.
pub fn settings_path(mailbox: &str, part: Option<SettingsPart>) -> Result<String> {
    let user = identity::user_path(mailbox)?;
    Ok(match part {
        Some(part) => format!("{user}/mailboxSettings/{}", part.name()),
        None => format!("{user}/mailboxSettings"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        for part in SettingsPart::ALL {
            assert_eq!(SettingsPart::parse(part.name()).ok(), Some(*part));
            assert_eq!(SettingsPart::parse(&part.name().to_uppercase()).ok(), Some(*part));
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let message = SettingsPart::parse("colour").unwrap_err().to_string();
        assert!(message.contains("'colour'") && message.contains("timeZone, automaticRepliesSetting"), "{message}");
    }
}
