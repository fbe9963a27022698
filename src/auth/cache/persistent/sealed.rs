//! The sealed form of the file: AES-256-GCM under a key of the credential store.
//!
//! Layout: 8 bytes of magic with the version, 16 of the key's id, 12 of nonce, 16 of tag, then the ciphertext.
//! Magic and id are the associated data (NIST SP 800-38D).

use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};
use crate::hex;
use crate::secret::Secret;

const MAGIC: &[u8; 8] = b"ExRunTC\x01";
const ID: usize = 16;
const NONCE: usize = 12;
const TAG: usize = 16;
const HEADER: usize = MAGIC.len() + ID;
const KEY: usize = 32;

/// The key of the store, and what is derived from it: one use, one key.
#[derive(Debug)]
pub(super) struct CacheKey {
    encryption: Secret,
    fingerprints: Secret,
    id: [u8; ID],
}

/// A key for the store.
pub(super) fn new_key() -> Result<Secret> {
    let mut key = vec![0; KEY];
    getrandom::fill(&mut key).map_err(|error| internal(&error))?;
    Ok(Secret::new(key))
}

impl CacheKey {
    /// The key that the store has; `None` where that is none of ours.
    pub(super) fn new(key: &Secret) -> Result<Option<Self>> {
        if key.bytes().len() != KEY {
            return Ok(None);
        }
        let derive = |purpose: &[u8]| hmac(key, purpose).map(Secret::new).map_err(|error| internal(&error));
        let mut id = [0; ID];
        id.copy_from_slice(&derive(b"ExRun token cache: id")?.bytes()[..ID]);
        Ok(Some(Self {
            encryption: derive(b"ExRun token cache: encryption")?,
            fingerprints: derive(b"ExRun token cache: fingerprints")?,
            id,
        }))
    }

    /// Tells secrets apart, the same in every process that has the key.
    pub(super) fn digest(&self, secret: &Secret) -> Result<String> {
        let digest = hmac(&self.fingerprints, secret.bytes()).map_err(|error| internal(&error))?;
        Ok(hex::lower(&digest))
    }

    /// The sealed form, under a nonce of its own.
    pub(super) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| internal(&error))?;
        self.encrypt(&nonce, plain).map_err(|error| internal(&error))
    }

    fn encrypt(&self, nonce: &[u8], plain: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut sealed = MAGIC.to_vec();
        sealed.extend_from_slice(&self.id);
        let mut context = CipherCtx::new()?;
        context.encrypt_init(Some(Cipher::aes_256_gcm()), Some(self.encryption.bytes()), Some(nonce))?;
        context.cipher_update(&sealed, None)?;
        let mut cipher = Vec::with_capacity(plain.len());
        context.cipher_update_vec(plain, &mut cipher)?;
        context.cipher_final_vec(&mut cipher)?;
        let mut tag = [0; TAG];
        context.tag(&mut tag)?;
        sealed.extend_from_slice(nonce);
        sealed.extend_from_slice(&tag);
        sealed.extend_from_slice(&cipher);
        Ok(sealed)
    }

    /// What was sealed, or why it cannot be had.
    pub(super) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, &'static str> {
        if sealed.len() < HEADER + NONCE + TAG || !sealed.starts_with(MAGIC) {
            return Err("it is not a token cache of this version");
        }
        let (header, rest) = sealed.split_at(HEADER);
        if header[MAGIC.len()..] != self.id {
            return Err("it was written with another key than that of the credential store");
        }
        let (nonce, rest) = rest.split_at(NONCE);
        let (tag, cipher) = rest.split_at(TAG);
        self.decrypt(header, nonce, tag, cipher).map_err(|_| "it is damaged, or was changed by someone else")
    }

    fn decrypt(
        &self,
        header: &[u8],
        nonce: &[u8],
        tag: &[u8],
        cipher: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut context = CipherCtx::new()?;
        context.decrypt_init(Some(Cipher::aes_256_gcm()), Some(self.encryption.bytes()), Some(nonce))?;
        context.set_tag(tag)?;
        context.cipher_update(header, None)?;
        // Of its final length, so that nothing is moved and left behind; wiped where the tag is wrong too.
        let mut plain = Zeroizing::new(vec![0; cipher.len() + TAG]);
        let written = context.cipher_update(cipher, Some(&mut plain))?;
        let rest = context.cipher_final(&mut plain[written..])?;
        plain.truncate(written + rest);
        Ok(plain)
    }
}

fn hmac(key: &Secret, data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new(MessageDigest::sha256(), &*PKey::hmac(key.bytes())?)?.sign_oneshot_to_vec(data)
}

fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::new(Status::Internal, error.to_string()).action("sealing the token cache")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> CacheKey {
        CacheKey::new(&Secret::new(vec![byte; KEY])).unwrap().unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        for plain in [&b""[..], b"marked secret", &[7; 100_000]] {
            let sealed = key(1).seal(plain).unwrap();
            assert_eq!(sealed.len(), HEADER + NONCE + TAG + plain.len());
            assert_eq!(&**key(1).open(&sealed).unwrap(), plain);
            assert!(key(2).open(&sealed).unwrap_err().contains("another key"));
        }
    }

    #[test]
    fn each_seal_has_a_nonce_of_its_own() {
        let (one, other) = (key(1).seal(b"the same").unwrap(), key(1).seal(b"the same").unwrap());
        assert_ne!(one[HEADER..HEADER + NONCE], other[HEADER..HEADER + NONCE]);
        assert_ne!(one[HEADER + NONCE..], other[HEADER + NONCE..]);
    }

    #[test]
    fn a_change_of_any_byte_is_noticed_and_so_is_a_missing_one() {
        let sealed = key(1).seal(b"marked secret").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key(1).open(&changed).is_err(), "byte {place}");
            assert!(key(1).open(&sealed[..place]).is_err(), "{place} bytes");
        }
        // Another key's id, put there by who knows both files, does not help either.
        let mut foreign = key(2).seal(b"marked secret").unwrap();
        foreign[..HEADER].copy_from_slice(&sealed[..HEADER]);
        assert!(key(1).open(&foreign).unwrap_err().contains("damaged"));
    }

    #[test]
    fn a_key_of_another_length_is_none_and_digests_depend_on_the_key() {
        assert!(CacheKey::new(&Secret::new(vec![1; 31])).unwrap().is_none());
        let secret = Secret::new(b"hunter2".to_vec());
        assert_eq!(key(1).digest(&secret).unwrap(), key(1).digest(&secret).unwrap());
        assert_ne!(key(1).digest(&secret).unwrap(), key(2).digest(&secret).unwrap());
    }
}
