//! Where results go: places that the caller gave, empty until success.

use std::ptr::null_mut;

use super::given::{GIVEN, Given};
use crate::error::{Error, Result, Status};

/// A place for a number. It is set to 0 when this is made, whatever the call does after that.
pub(in crate::ffi) struct Out<T> {
    place: *mut T,
    name: &'static str,
}

impl<T: Default> Out<T> {
    /// # Safety
    ///
    /// `place` is null, or writable for a `T` for as long as this value lives (alignment is not needed).
    pub(in crate::ffi) unsafe fn new(place: *mut T, name: &'static str) -> Self {
        let out = Self { place, name };
        out.write(T::default());
        out
    }

    /// For functions that have no such output.
    pub(in crate::ffi) fn none() -> Self {
        Self { place: null_mut(), name: "" }
    }

    pub(in crate::ffi) fn is_given(&self) -> bool {
        !self.place.is_null()
    }

    /// Refuses null: for outputs that the caller must give, before any work is done.
    pub(in crate::ffi) fn required(self) -> Result<Self> {
        if self.is_given() { Ok(self) } else { Err(null_output(self.name)) }
    }

    pub(in crate::ffi) fn set(self, value: T) {
        self.write(value);
    }

    fn write(&self, value: T) {
        if self.is_given() {
            // SAFETY: `place` is not null, and writable by the premise of `new`.
            unsafe { self.place.write_unaligned(value) };
        }
    }
}

/// Places for bytes: set to null and 0 when this is made.
pub(in crate::ffi) struct OutBytes {
    data: *mut *mut u8,
    len: Out<i64>,
}

impl OutBytes {
    /// # Safety
    ///
    /// As for [`Out::new`], for both places.
    pub(in crate::ffi) unsafe fn new(data: *mut *mut u8, len: *mut i64) -> Self {
        // SAFETY: the premise of this function.
        let out = Self { data, len: unsafe { Out::new(len, "len") } };
        out.write(null_mut());
        out
    }

    /// Refuses null places, before any work is done.
    pub(in crate::ffi) fn required(self) -> Result<Self> {
        if self.data.is_null() {
            return Err(null_output("data"));
        }
        Ok(Self { data: self.data, len: self.len.required()? })
    }

    /// Hands the bytes to the caller, who gives them back with `exrun_bytes_free`.
    pub(in crate::ffi) fn set(self, bytes: impl Into<Given>) -> Result<()> {
        let (data, len) = GIVEN.give(bytes.into())?;
        self.write(data);
        self.len.set(len);
        Ok(())
    }

    fn write(&self, value: *mut u8) {
        if !self.data.is_null() {
            // SAFETY: `data` is not null, and writable by the premise of `new`.
            unsafe { self.data.write_unaligned(value) };
        }
    }
}

fn null_output(name: &str) -> Error {
    Error::new(Status::NullPointer, format!("the output {name} is null"))
}
