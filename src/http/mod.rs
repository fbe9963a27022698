//! Connections, one request at a time, and when to try again. Knows nothing of what is asked.

pub mod challenge;
pub mod link_trail;
pub mod patience;
pub mod pool;
pub mod redact;
pub mod retrier;
pub mod retry;
pub mod retry_after;
pub mod transport;

mod failure;
mod peer;
mod proxy;
mod request_log;
mod secret_header;
mod tls_failure;

pub use crate::clock::{Clock, SystemClock};
pub use challenge::AuthChallenge;
pub use link_trail::LinkTrail;
pub use patience::Patience;
pub use pool::{HttpReply, HttpRequest, HttpSender};
pub use request_log::log_part;
pub use retrier::{Retrier, Tries};
pub use retry::{Backoff, RetryPolicy, Unauthorized};
pub use secret_header::secret_header;
pub use transport::Transport;
