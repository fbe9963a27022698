//! Names of properties as PowerShell can hold them.

use std::borrow::Cow;
use std::collections::HashSet;

/// The names as an object of the engine can have them: an empty one becomes `_`, and of those equal but for
/// case the later gets `_2`, `_3` and so on: properties are found without case, and the later would replace the
/// earlier or fail the document.
pub(in crate::report) fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Cow<'n, str>> {
    let mut taken = HashSet::new();
    names
        .map(|name| {
            let name = if name.is_empty() { "_" } else { name };
            if taken.insert(fold(name)) {
                return Cow::Borrowed(name);
            }
            let mut number = 2_u64;
            loop {
                let candidate = format!("{name}_{number}");
                if taken.insert(fold(&candidate)) {
                    return Cow::Owned(candidate);
                }
                number += 1;
            }
        })
        .collect()
}

/// Equal for all names that .NET's `OrdinalIgnoreCase` finds equal, and for a few more (`ß` and `ss`): those
/// get a number that they would not have needed, which loses nothing.
fn fold(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_uppercase().to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_unless_the_engine_would_take_them_for_another() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["a", "b", " "], &["a", "b", " "]),
            (&["", "_", "_2"], &["_", "__2", "_2"]),
            (&["a", "A", "A_2", "a"], &["a", "A_2", "A_2_2", "a_3"]),
            (&["\u{212a}", "k", "ü", "Ü"], &["\u{212a}", "k_2", "ü", "Ü_2"]),
        ];
        for (names, expected) in cases {
            assert_eq!(unique(names.iter().copied()), expected);
        }
    }
}
