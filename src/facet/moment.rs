//! Points in time as people write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::{Error, Result};

/// A day, which begins at midnight of UTC, or a moment.
///
/// # Errors
///
/// `InvalidArgument` that names the member.
pub(super) fn moment(name: &str, given: &str) -> Result<Timestamp> {
    let text = given.trim();
    let of_day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let found = if text.len() == 10 { of_day() } else { text.parse().ok() };
    found.ok_or_else(|| {
        Error::argument(format!("{name}: {given:?} is neither a day (2026-11-30) nor a moment (2026-11-30T08:00:00Z)"))
    })
}
