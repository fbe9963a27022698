//! What every function returns where it does not fail. The numbers of failures are those of [`crate::Status`], from
//! which `cargo xtask header` writes the header's `EXRUN_ERROR_*`.

/// Done.
pub const EXRUN_OK: i32 = 0;
/// Not ready within the time given; call again.
pub const EXRUN_PENDING: i32 = 1;
/// No more rows.
pub const EXRUN_END: i32 = 2;
/// Answer `exrun_signature_request`, then call again.
pub const EXRUN_NEEDS_SIGNATURE: i32 = 3;

/// What a call that did not fail has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Pending,
    End,
    NeedsSignature,
}

impl State {
    pub(super) fn code(self) -> i32 {
        match self {
            State::Ok => EXRUN_OK,
            State::Pending => EXRUN_PENDING,
            State::End => EXRUN_END,
            State::NeedsSignature => EXRUN_NEEDS_SIGNATURE,
        }
    }
}
