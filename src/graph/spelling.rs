//! Which spellings of a name are one mailbox: for whoever tells mailboxes apart, and never for what is asked of the
//! service, which gets each name as it was given.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// What Exchange puts before an address to say of what kind it is: `SMTP:` before the main one, `smtp:` before others.
const ADDRESS_KIND: &str = "smtp:";

/// The one spelling that stands for all those of a mailbox.
///
/// - The case of letters says nothing. Each letter is folded by itself, so that a name keeps its number of letters: ß
///   is not ss, and the Turkish İ and ı are letters of their own, apart from i.
/// - Text that Unicode calls canonically equivalent is the same text (form NFC): é as one character or as e with an
///   accent, K and the Kelvin sign. What merely looks alike (full-width letters, ligatures) is another name.
/// - `SMTP:` before an address, and blanks around it, are no part of it.
#[must_use]
pub fn folded(name: &str) -> String {
    let mut name = name.trim();
    while let Some(address) = without_kind(name) {
        name = address.trim();
    }
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let composed = normalized(name);
    let folded: String = composed.chars().map(fold).collect();
    normalized(&folded).into_owned()
}

/// Whether a name says with its address of what kind that is. The service is asked for the whole of it: its answer is
/// none about the address alone.
#[must_use]
pub fn names_kind(name: &str) -> bool {
    without_kind(name.trim()).is_some()
}

fn without_kind(name: &str) -> Option<&str> {
    let (kind, address) = name.split_at_checked(ADDRESS_KIND.len())?;
    (kind.eq_ignore_ascii_case(ADDRESS_KIND) && address.contains('@')).then_some(address)
}

fn normalized(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// A letter without its case, as Unicode's simple case folding has it. By way of the capital, which both forms of the
/// small sigma share.
fn fold(letter: char) -> char {
    if matches!(letter, 'İ' | 'ı') {
        return letter;
    }
    let capital = only(letter.to_uppercase()).unwrap_or(letter);
    only(capital.to_lowercase()).unwrap_or(capital)
}

/// The letter of an iterator that has no other.
fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn these_are_one_mailbox() {
        for (one, other) in [
            ("Kim@Contoso.com", "kim@contoso.COM"),
            (" kim@contoso.com ", "kim@contoso.com"),
            ("SMTP:kim@contoso.com", "kim@contoso.com"),
            ("smtp:Kim@contoso.com", " Smtp: kim@contoso.com"),
            // é as one character, and as e with an accent.
            ("jos\u{e9}@contoso.com", "JOSE\u{301}@contoso.com"),
            // The Kelvin and the Ångström sign, whose canonical form is the letter.
            ("\u{212a}im@contoso.com", "kim@contoso.com"),
            ("\u{212b}sa@contoso.com", "\u{e5}sa@contoso.com"),
            ("ΟΔΟΣ@contoso.com", "οδος@contoso.com"),
            ("οδοσ@contoso.com", "οδος@contoso.com"),
            ("STRA\u{1e9e}E@contoso.com", "straße@contoso.com"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn these_are_two() {
        for (one, other) in [
            ("straße@contoso.com", "strasse@contoso.com"),
            ("İnci@contoso.com", "inci@contoso.com"),
            ("ınci@contoso.com", "inci@contoso.com"),
            ("jose@contoso.com", "josé@contoso.com"),
            ("\u{ff4b}im@contoso.com", "kim@contoso.com"),
            ("\u{fb01}n@contoso.com", "fin@contoso.com"),
            ("кim@contoso.com", "kim@contoso.com"),
            ("x500:kim@contoso.com", "kim@contoso.com"),
            ("smtp:kim", "kim"),
            ("kim+a@contoso.com", "kim@contoso.com"),
        ] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn a_kind_is_said_before_an_address_only() {
        assert!(names_kind("SMTP:kim@contoso.com") && names_kind(" smtp:k@c"));
        assert!(!names_kind("smtp:") && !names_kind("smt") && !names_kind("smtp:kim") && !names_kind("ſmtp:k@c"));
    }

    proptest! {
        #[test]
        fn a_folded_name_stays_as_it_is(name in "\\PC*") {
            let once = folded(&name);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn equivalent_texts_are_one(name in "\\PC*") {
            let decomposed = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&name).into_owned();
            prop_assert_eq!(folded(&decomposed), folded(&name));
            prop_assert_eq!(folded(&normalized(&name)), folded(&name));
        }

        #[test]
        fn the_case_of_ascii_says_nothing(name in "[ -~]*") {
            prop_assert_eq!(folded(&name.to_ascii_uppercase()), folded(&name.to_ascii_lowercase()));
        }
    }
}
