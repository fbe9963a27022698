//! How much work a file asks for before its password can be tried.
//!
//! The number of rounds is written in the file, by whoever made it: a file of 2 KiB can ask for 2^31 of them
//! and hold a thread for an hour. What can be seen without a password is added up and bounded here; layers
//! inside an encrypted part cannot be seen, and can only have been made by someone who knows the password.

use zeroize::Zeroizing;

use super::ber::{DEEPEST, Element, Elements};
use super::fault::unreadable;
use crate::error::{Error, Result, Status};

/// Windows and OpenSSL write 2,000 to 10,000 rounds, careful people 600,000.
const MOST_ROUNDS: u64 = 10_000_000;

/// The rounds that opening a file takes.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// Those of the MAC, which tells whether a password is the right one.
    mac: u64,
    /// All of them, with those of the MAC.
    all: u64,
}

impl Work {
    /// What a PFX or an encrypted PKCS#8 key asks for.
    ///
    /// # Errors
    ///
    /// `KdfTooExpensive` where one try costs too much already.
    pub(super) fn of(der: &[u8]) -> Result<Self> {
        let mac = mac_rounds(der);
        let mut walk = Walk { rounds: mac, to_copy: der.len().saturating_mul(8) };
        walk.add_all(Elements(der), DEEPEST)?;
        let work = Self { mac, all: walk.rounds };
        check_rounds(work.all)?;
        Ok(work)
    }

    pub(super) fn rounds(self) -> u64 {
        self.all
    }

    /// Whether one more try stays within what a file may cost, after `failed` others. Where there is a MAC, a wrong
    /// password costs no more than that.
    pub(super) fn affords_another(self, failed: u64) -> bool {
        let each = if self.mac > 0 { self.mac } else { self.all };
        self.all.saturating_add(each.saturating_mul(failed)) <= MOST_ROUNDS
    }
}

/// Refuses what asks for too many rounds in all.
pub(super) fn check_rounds(rounds: u64) -> Result<()> {
    if rounds > MOST_ROUNDS {
        return Err(Error::new(
            Status::KdfTooExpensive,
            format!("it asks for {rounds} key derivation rounds, and at most {MOST_ROUNDS} are allowed"),
        )
        .hint("export the certificate again with an ordinary number of rounds, for example 10000"));
    }
    Ok(())
}

/// Whether this is `PFX ::= SEQUENCE { version INTEGER (3), ... }` (RFC 7292, 4).
pub(super) fn is_pfx(der: &[u8]) -> bool {
    let version = pfx(der).and_then(|mut pfx| pfx.next()).and_then(Element::integer);
    version == Some(3)
}

/// Whether the PFX has a MAC, by which a wrong password is told from a broken file.
pub(super) fn has_mac(der: &[u8]) -> bool {
    pfx(der).is_some_and(|pfx| pfx.count() > 2)
}

/// `MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }` is the third
/// of a PFX and the one place where the rounds do not stand in an AlgorithmIdentifier.
fn mac_rounds(der: &[u8]) -> u64 {
    let mac = pfx(der).and_then(|mut pfx| pfx.nth(2)).and_then(Element::sequence);
    mac.and_then(|mut mac| mac.nth(2)).and_then(Element::integer).unwrap_or(0)
}

/// How long a key the MAC of a PFX is made with, where that is PBMAC1 (RFC 9579): `PBMAC1-params ::= SEQUENCE {
/// keyDerivationFunc AlgorithmIdentifier, messageAuthScheme AlgorithmIdentifier }`.
pub(super) fn pbmac1_key_length(der: &[u8]) -> Option<u64> {
    let mut digest_info = pfx(der)?.nth(2)?.sequence()?.next()?.sequence()?;
    let mut algorithm = digest_info.next()?.sequence()?;
    // 1.2.840.113549.1.5.14
    let is_pbmac1 = algorithm.next()?.object_identifier()? == [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 14];
    let mut kdf = algorithm.next()?.sequence()?.next()?.sequence()?;
    // PBKDF2-params: salt, iterationCount, keyLength.
    is_pbmac1.then(|| kdf.nth(1)?.sequence()?.filter_map(Element::integer).nth(1))?
}

fn pfx(der: &[u8]) -> Option<Elements<'_>> {
    Elements(der).next().and_then(Element::sequence)
}

/// A walk through everything that can be read.
struct Walk {
    rounds: u64,
    /// How much may still be copied to put octet strings together: pieces of pieces would cost a copy a level.
    to_copy: usize,
}

impl Walk {
    /// Adds the rounds of every AlgorithmIdentifier, wherever it stands: an octet string may hold more of the
    /// structure, or ciphertext, which then reads as nothing.
    fn add_all(&mut self, elements: Elements<'_>, depth: u8) -> Result<()> {
        let depth = deeper(depth)?;
        for element in elements {
            if let Some(rounds) = element.sequence().and_then(algorithm_rounds) {
                self.rounds = self.rounds.saturating_add(rounds);
            }
            if element.is_octet_string() && element.is_constructed() {
                let mut whole = Zeroizing::new(Vec::new());
                self.put_together(element, depth, &mut whole)?;
                self.add_all(Elements(&whole), depth)?;
            } else if element.is_octet_string() || element.is_constructed() {
                self.add_all(element.elements(), depth)?;
            }
        }
        Ok(())
    }

    fn put_together(&mut self, element: Element<'_>, depth: u8, whole: &mut Vec<u8>) -> Result<()> {
        let depth = deeper(depth)?;
        for piece in element.elements().filter(|piece| piece.is_octet_string()) {
            if piece.is_constructed() {
                self.put_together(piece, depth, whole)?;
            } else {
                self.to_copy = self.to_copy.checked_sub(piece.content.len()).ok_or_else(too_deep)?;
                whole.extend_from_slice(piece.content);
            }
        }
        Ok(())
    }
}

fn deeper(depth: u8) -> Result<u8> {
    depth.checked_sub(1).ok_or_else(too_deep)
}

fn too_deep() -> Error {
    unreadable("it is nested too deeply")
}

/// The rounds that `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters }` asks for.
fn algorithm_rounds(mut algorithm: Elements<'_>) -> Option<u64> {
    let oid = algorithm.next()?.object_identifier()?;
    let parameters = algorithm.next()?.sequence()?;
    let mut integers = parameters.filter_map(Element::integer);
    match oid {
        // 1.2.840.113549.1.12.1.*: the PBE schemes of PKCS#12 (RFC 7292, C): salt, iterations.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, _]
        // 1.2.840.113549.1.5.{1,3,4,6,10,11}: PBES1 (RFC 8018, A.3), the same parameters; 12: PBKDF2 (A.2):
        // salt, iterationCount, and then a key length, which is why the first integer is the one.
        | [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 1 | 3 | 4 | 6 | 10 | 11 | 12] => integers.next(),
        // 1.3.6.1.4.1.11591.4.11: scrypt (RFC 7914, 7): salt, N, r, p. Work grows with their product.
        [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b] => {
            Some(integers.take(3).fold(1, u64::saturating_mul))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ber::BEGUN;
    use super::*;

    /// One element with a length of up to 65,535.
    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&[tag, 0x82, high, low], &content[..]].concat()
    }

    fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        [&[tag, 0x80], &parts.concat()[..], &[0, 0]].concat()
    }

    fn integer(value: u64) -> Vec<u8> {
        element(2, &[&[0], &value.to_be_bytes()])
    }

    const PBKDF2: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 12];
    const PBE_3DES: &[u8] = &[0x06, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 3];
    const SCRYPT: &[u8] = &[0x06, 9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];
    const SALT: &[u8] = &[4, 2, 1, 2];

    fn algorithm(oid: &[u8], numbers: &[u64]) -> Vec<u8> {
        let numbers: Vec<u8> = numbers.iter().flat_map(|number| integer(*number)).collect();
        element(0x30, &[oid, &element(0x30, &[SALT, &numbers])])
    }

    /// A PFX around what its octet string holds.
    fn pfx(content: &[u8], mac_rounds: u64) -> Vec<u8> {
        let mac = element(0x30, &[&element(0x30, &[]), SALT, &integer(mac_rounds)]);
        element(0x30, &[&integer(3), &element(0x30, &[&element(0xa0, &[&element(4, &[content])])]), &mac])
    }

    fn check(der: &[u8]) -> Result<()> {
        Work::of(der).map(drop)
    }

    #[track_caller]
    fn refused(der: &[u8], rounds: u64) {
        let error = check(der).expect_err("too many rounds");
        assert_eq!(error.status(), Status::KdfTooExpensive);
        assert!(error.to_string().contains(&format!("asks for {rounds} key")), "{error}");
    }

    #[test]
    fn ten_million_rounds_are_allowed_and_one_more_is_not() {
        for oid in [PBKDF2, PBE_3DES] {
            assert!(check(&algorithm(oid, &[MOST_ROUNDS, 32])).is_ok());
            refused(&algorithm(oid, &[MOST_ROUNDS + 1, 32]), MOST_ROUNDS + 1);
        }
        assert!(check(&pfx(&[], MOST_ROUNDS)).is_ok());
        refused(&pfx(&[], MOST_ROUNDS + 1), MOST_ROUNDS + 1);
    }

    #[test]
    fn the_rounds_of_all_parts_are_added() {
        let bags = [algorithm(PBE_3DES, &[4_000_000]), algorithm(PBKDF2, &[4_000_000])].concat();
        assert!(check(&pfx(&bags, 2_000_000)).is_ok());
        refused(&pfx(&bags, 2_000_001), 10_000_001);
    }

    #[test]
    fn all_tries_together_stay_within_the_bound() {
        let work = |mac: u64, rest: u64| Work::of(&pfx(&algorithm(PBE_3DES, &[rest]), mac)).expect("allowed");
        assert!(work(2048, 2048).affords_another(3));
        // One try costs 10 million: no guess is made after it.
        assert!(work(MOST_ROUNDS / 2, MOST_ROUNDS / 2).affords_another(0));
        assert!(!work(MOST_ROUNDS / 2, MOST_ROUNDS / 2).affords_another(1));
        // With a cheap MAC a wrong password costs little, without a MAC all of it.
        assert!(work(1, MOST_ROUNDS - 3).affords_another(2) && !work(1, MOST_ROUNDS - 3).affords_another(3));
        let no_mac = Work::of(&algorithm(PBKDF2, &[MOST_ROUNDS / 3])).expect("allowed");
        assert!(no_mac.affords_another(2) && !no_mac.affords_another(3));
    }

    #[test]
    fn scrypt_is_counted_by_its_work() {
        assert!(check(&algorithm(SCRYPT, &[16_384, 8, 1])).is_ok());
        refused(&algorithm(SCRYPT, &[16_384, 8, 100]), 13_107_200);
        refused(&algorithm(SCRYPT, &[1 << 40, 1 << 40, 1]), u64::MAX);
    }

    #[test]
    fn no_encoding_hides_the_rounds() {
        let hidden = algorithm(PBKDF2, &[20_000_000]);
        let (left, right) = hidden.split_at(7);
        let pieces = [element(4, &[left]), indefinite(0x24, &[&element(4, &[right])])].concat();
        refused(&indefinite(0x30, &[&indefinite(0xa0, &[&indefinite(0x24, &[&pieces])])]), 20_000_000);
        refused(&element(0x30, &[&element(4, &[&element(4, &[&hidden, b"and more"])])]), 20_000_000);
        // A tag number of more than one octet, and a length with leading zeros.
        refused(&[&[0xbf, 0x81, 0x01, 0x86, 0, 0, 0, 0, 0, 255], &hidden[..], &[0; 400]].concat(), 20_000_000);
    }

    #[test]
    fn numbers_beyond_measure_are_refused() {
        for number in [&[0x80][..], &[0xff, 0xff], &[1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            let parameters = element(0x30, &[SALT, &element(2, &[number])]);
            refused(&element(0x30, &[PBKDF2, &parameters]), u64::MAX);
        }
    }

    #[test]
    fn what_is_no_der_costs_little() {
        let nested = |tag: u8| (0..200).fold(Vec::new(), |inner, _| element(tag, &[&inner]));
        for tag in [0x30, 4, 0x24] {
            assert_eq!(check(&nested(tag)).expect_err("too deep").status(), Status::CertificateUnreadable);
        }
        let patterns = [&[0x30, 0x80][..], &[0x24, 0x80], &[4, 0], &[0x1f, 0xff], &[0x30, 0x84, 0, 0x3f, 0xff, 0xf0]];
        for pattern in patterns {
            // Refused or without rounds is all the same: what counts is that no byte is looked at over and over.
            let begun = BEGUN.get();
            let input = pattern.repeat((1 << 22) / pattern.len());
            let _ = check(&input);
            let begun = BEGUN.get() - begun;
            assert!(begun <= input.len() * usize::from(DEEPEST), "{begun} elements of {pattern:x?}");
        }
    }
}
