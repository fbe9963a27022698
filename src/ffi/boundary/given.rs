//! Bytes that are given out: remembered until they come back.

use std::collections::HashMap;
use std::sync::LazyLock;

use parking_lot::{Mutex, MutexGuard};
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};

/// The process's given bytes.
pub(in crate::ffi) static GIVEN: LazyLock<Ledger> = LazyLock::new(Ledger::default);

/// Bytes on their way to the caller.
pub(in crate::ffi) enum Given {
    Plain(Vec<u8>),
    /// Wiped when they come back.
    Secret(Zeroizing<Vec<u8>>),
}

impl From<Vec<u8>> for Given {
    fn from(bytes: Vec<u8>) -> Self {
        Given::Plain(bytes)
    }
}

impl From<String> for Given {
    fn from(text: String) -> Self {
        Given::Plain(text.into_bytes())
    }
}

impl From<Zeroizing<Vec<u8>>> for Given {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Given::Secret(bytes)
    }
}

/// Who holds what. The ledger keeps the vectors themselves, so that no memory is ever made from a pointer that
/// a caller hands in: a foreign pointer is a key that is not there.
#[derive(Default)]
pub(in crate::ffi) struct Ledger(Mutex<HashMap<usize, Given>>);

impl Ledger {
    /// Remembers the bytes and gives their address and length. Empty bytes have an address of their own too:
    /// success always means a pointer that is not null and has to be freed.
    pub(in crate::ffi) fn give(&self, mut bytes: Given) -> Result<(*mut u8, i64)> {
        let vec = match &mut bytes {
            Given::Plain(vec) => vec,
            Given::Secret(vec) => &mut **vec,
        };
        // Only where empty: reserving may move the bytes, and leave a copy of a secret behind.
        if vec.capacity() == 0 {
            vec.reserve_exact(1);
        }
        let data = vec.as_mut_ptr();
        let len = i64::try_from(vec.len()).map_err(|_| Error::internal("more bytes than an int64 can count"))?;
        self.lock().insert(data.addr(), bytes);
        Ok((data, len))
    }

    pub(in crate::ffi) fn take_back(&self, data: *mut u8) -> Result<()> {
        // Out of the lock: wiping and freeing large bytes takes its time.
        let bytes = self.lock().remove(&data.addr());
        bytes.map(drop).ok_or_else(|| {
            Error::new(Status::ForeignBytes, "these bytes are not from this library, or were given back before")
        })
    }

    pub(in crate::ffi) fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Given>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_once() {
        let ledger = Ledger::default();
        let (data, len) = ledger.give(String::from("abc").into()).unwrap();
        assert_eq!((len, ledger.count()), (3, 1));
        ledger.take_back(data).unwrap();
        assert_eq!(ledger.take_back(data).unwrap_err().status(), Status::ForeignBytes);
    }

    #[test]
    fn empty_bytes_have_an_address_of_their_own() {
        let ledger = Ledger::default();
        let (first, len) = ledger.give(Vec::new().into()).unwrap();
        let (second, _) = ledger.give(Zeroizing::new(Vec::new()).into()).unwrap();
        assert_eq!(len, 0);
        assert!(!first.is_null() && first != second);
        ledger.take_back(first).unwrap();
        ledger.take_back(second).unwrap();
        assert_eq!(ledger.count(), 0);
    }

    #[test]
    fn a_pointer_into_given_bytes_is_foreign() {
        let ledger = Ledger::default();
        let (data, _) = ledger.give(String::from("abc").into()).unwrap();
        assert_eq!(ledger.take_back(data.wrapping_add(1)).unwrap_err().status(), Status::ForeignBytes);
    }
}
