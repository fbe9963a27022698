//! The names of time zones that mailbox settings take.

use std::collections::HashSet;
use std::sync::LazyLock;

const LIST: &str = include_str!("../../data/time-zones.txt");

static NAMES: LazyLock<HashSet<String>> =
    LazyLock::new(|| LIST.lines().filter(|line| !line.starts_with('#')).map(str::to_ascii_lowercase).collect());

/// Whether a name is one of Windows' or of IANA's.
#[must_use]
pub fn is_known(name: &str) -> bool {
    NAMES.contains(&name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn both_kinds_of_names_are_known() {
        for name in [
            "W. Europe Standard Time",
            "utc",
            "Europe/Berlin",
            "Pacific Standard Time",
            "E. South America Standard Time",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in ["", "Berlin", "# Names of time zones", "W. Europe"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
