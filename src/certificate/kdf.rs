//! How much work a file asks for before its password can be tried.
//!
//! The number of rounds is written in the file, by whoever made it: a file of 2 KiB can ask for 2^31 of them
//! and hold a thread for an hour. What can be seen without a password is added up and bounded here; layers
//! inside an encrypted part cannot be seen, and can only have been made by someone who knows the password.

use zeroize::Zeroizing;

use super::ber::{DEEPEST, Element, Elements};
use super::unreadable;
use crate::error::{Error, Result, Status};

/// Windows and OpenSSL write 2,000 to 10,000 rounds, careful people 600,000.
const MOST_ROUNDS: u64 = 10_000_000;

/// Refuses a PFX or an encrypted PKCS#8 key that asks for too many rounds in all.
pub(super) fn check(der: &[u8]) -> Result<()> {
    let mut rounds = mac_rounds(der);
    add_rounds(Elements(der), DEEPEST, &mut rounds)?;
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

fn pfx(der: &[u8]) -> Option<Elements<'_>> {
    Elements(der).next().and_then(Element::sequence)
}

/// Adds the rounds of every AlgorithmIdentifier, wherever it stands: an octet string may hold more of the
/// structure, or ciphertext, which then reads as nothing.
fn add_rounds(elements: Elements<'_>, depth: u8, rounds: &mut u64) -> Result<()> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(unreadable("it is nested too deeply"));
    };
    for element in elements {
        if let Some(cost) = element.sequence().and_then(algorithm_rounds) {
            *rounds = rounds.saturating_add(cost);
        }
        if element.is_octet_string() {
            let content = octets(element, depth)?;
            add_rounds(Elements(&content), depth, rounds)?;
        } else if element.is_constructed() {
            add_rounds(element.elements(), depth, rounds)?;
        }
    }
    Ok(())
}

/// What an octet string holds, its pieces put together.
fn octets(element: Element<'_>, depth: u8) -> Result<Zeroizing<Vec<u8>>> {
    if !element.is_constructed() {
        return Ok(Zeroizing::new(element.content.to_vec()));
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(unreadable("it is nested too deeply"));
    };
    let mut whole = Zeroizing::new(Vec::with_capacity(element.content.len()));
    for piece in element.elements().filter(|piece| piece.is_octet_string()) {
        whole.extend_from_slice(&octets(piece, depth)?);
    }
    Ok(whole)
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
