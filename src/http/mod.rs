//! Connections, one request at a time, and when to try again. Knows nothing of what is asked.

pub mod clock;
pub mod link_trail;
pub mod patience;
pub mod pool;
pub mod redact;
pub mod retry;
pub mod retry_after;
pub mod test_endpoint;
pub mod transport;

mod failure;
mod peer;
mod proxy;
mod request_log;
mod tls_failure;

pub use clock::{Clock, SystemClock};
pub use link_trail::LinkTrail;
pub use patience::Patience;
pub use pool::{HttpReply, HttpRequest, HttpSender};
pub use request_log::log_part;
pub use retry::RetryPolicy;
pub use transport::Transport;
