//! Names of properties as PowerShell can hold them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The names as an object of the engine can have them: an empty one becomes `_`, and of those equal but for
/// case the later gets `_2`, `_3` and so on: properties are found without case, and the later would replace the
/// earlier or fail the document.
pub(in crate::rows) fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Cow<'n, str>> {
    let mut taken = HashSet::new();
    // The first number to be tried for a name: counting from 2 each time would take for ever where thousands are equal.
    let mut numbers: HashMap<String, u64> = HashMap::new();
    names
        .map(|name| {
            let name = if name.is_empty() { "_" } else { name };
            let folded = fold(name);
            if taken.insert(folded.clone()) {
                return Cow::Borrowed(name);
            }
            let number = numbers.entry(folded).or_insert(2);
            loop {
                let candidate = format!("{name}_{number}");
                *number += 1;
                if taken.insert(fold(&candidate)) {
                    return Cow::Owned(candidate);
                }
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

    #[test]
    fn many_names_of_one_spelling_cost_no_more_than_as_many_others() {
        const MANY: usize = 200_000;
        let names: Vec<&str> = (0..MANY).map(|number| if number % 2 == 0 { "Name" } else { "NAME" }).collect();
        let unique = unique(names.into_iter());
        assert_eq!((unique[0].as_ref(), unique[1].as_ref(), unique[2].as_ref()), ("Name", "NAME_2", "Name_3"));
        assert_eq!(unique[MANY - 1], format!("NAME_{MANY}"));
    }
}
