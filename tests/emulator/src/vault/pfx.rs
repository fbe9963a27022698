//! A PFX as Key Vault writes it (RFC 7292): the key encrypted with 3DES, and both the key and the MAC under the
//! password that is no bytes at all, not under that of an empty text. Somebody may have put one with a password into
//! a vault, too.

use cbc::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use ring::{digest, hmac};

const ROUNDS: u32 = 2000;
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
const PBE_SHA1_3DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03];
const SHROUDED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02];
const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03];
const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15];

/// What a key derived for (RFC 7292, B.3).
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// A PFX of a certificate (DER), and of its key (PKCS#8) unless that must stay in the vault.
#[must_use]
pub(super) fn pfx(certificate: &[u8], key: Option<&[u8]>, password: Option<&str>) -> Vec<u8> {
    let password = password.map(bmp_string).unwrap_or_default();
    let id = sha1(certificate);
    let mut safes = data(&sequence(&[&certificate_bag(certificate, &id)]));
    if let Some(key) = key {
        safes.extend(data(&sequence(&[&key_bag(key, &id, &password)])));
    }
    let safes = sequence(&[&safes]);
    let salt = &sha1(&safes)[..8];
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &derive(&password, salt, Purpose::Mac, 20)),
        &safes,
    );
    let mac = sequence(&[&sequence(&[&oid(SHA1), &null()]), &octets(mac.as_ref())]);
    let mac = sequence(&[&mac, &octets(salt), &integer(ROUNDS)]);
    sequence(&[&integer(3), &data(&safes), &mac])
}

fn certificate_bag(certificate: &[u8], id: &[u8]) -> Vec<u8> {
    let value = sequence(&[&oid(X509_CERTIFICATE), &explicit(&octets(certificate))]);
    sequence(&[&oid(CERTIFICATE_BAG), &explicit(&value), &local_key_id(id)])
}

fn key_bag(key: &[u8], id: &[u8], password: &[u8]) -> Vec<u8> {
    let salt = &sha1(key)[..8];
    let (secret, iv) = (derive(password, salt, Purpose::Key, 24), derive(password, salt, Purpose::Iv, 8));
    // Key and IV are as long as the cipher wants them.
    let encrypted = cbc::Encryptor::<des::TdesEde3>::new_from_slices(&secret, &iv)
        .map(|cipher| cipher.encrypt_padded_vec_mut::<Pkcs7>(key))
        .unwrap_or_default();
    let algorithm = sequence(&[&oid(PBE_SHA1_3DES), &sequence(&[&octets(salt), &integer(ROUNDS)])]);
    let value = sequence(&[&algorithm, &octets(&encrypted)]);
    sequence(&[&oid(SHROUDED_KEY_BAG), &explicit(&value), &local_key_id(id)])
}

fn local_key_id(id: &[u8]) -> Vec<u8> {
    element(0x31, &sequence(&[&oid(LOCAL_KEY_ID), &element(0x31, &octets(id))]))
}

/// RFC 7292, B.1: UTF-16 in big endian with a terminator.
fn bmp_string(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect()
}

/// The key derivation of RFC 7292, B.2, with SHA-1.
fn derive(password: &[u8], salt: &[u8], purpose: Purpose, length: usize) -> Vec<u8> {
    const BLOCK: usize = 64;
    let filled =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(BLOCK * bytes.len().div_ceil(BLOCK)).collect() };
    let mut input = [filled(salt), filled(password)].concat();
    let mut output = Vec::new();
    while output.len() < length {
        let mut block = [&[purpose as u8; BLOCK][..], &input].concat();
        for _ in 0..ROUNDS {
            block = sha1(&block);
        }
        output.extend_from_slice(&block);
        let addend: Vec<u8> = block.iter().copied().cycle().take(BLOCK).collect();
        for chunk in input.chunks_mut(BLOCK) {
            let mut carry = 1;
            for (byte, add) in chunk.iter_mut().zip(&addend).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                *byte = sum.to_be_bytes()[1];
                carry = sum >> 8;
            }
        }
    }
    output.truncate(length);
    output
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = vec![tag];
    match digits {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | long.len().to_be_bytes()[7]);
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

fn data(content: &[u8]) -> Vec<u8> {
    sequence(&[&oid(DATA), &explicit(&octets(content))])
}

fn explicit(content: &[u8]) -> Vec<u8> {
    element(0xa0, content)
}

fn octets(content: &[u8]) -> Vec<u8> {
    element(0x04, content)
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    element(0x06, bytes)
}

fn null() -> Vec<u8> {
    element(0x05, &[])
}

fn integer(value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count().min(3)..];
    let sign: &[u8] = if digits.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(0x02, &[sign, digits].concat())
}
