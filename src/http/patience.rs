//! How long whoever asks would wait.

/// How long a request may go on trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as the service's guidance says.
    Full,
    /// A few tries: someone waits for just this, and wants to hear soon that it cannot be had.
    Short,
    /// One try: what is asked for can be done without for now.
    OneTry,
}
