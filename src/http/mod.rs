//! Connections, one request at a time, and when to try again. Knows nothing of what is asked.

pub mod challenge;
pub mod json;
pub mod message;
pub mod pager;
pub mod patience;
pub mod redact;
pub mod retrier;
pub mod retry;
pub mod retry_after;
pub mod sender;
pub mod service_error;
pub mod test_endpoint;
pub mod transport;

mod connector;
mod failure;
mod link_trail;
mod peer;
mod pool;
mod proxy;
mod request_id;
mod request_log;
mod secret_header;
mod tls_failure;

pub use crate::clock::{Clock, SystemClock};
pub use challenge::AuthChallenge;
pub use message::{HttpReply, HttpRequest};
pub use pager::Pager;
pub use patience::Patience;
pub use request_log::log_part;
pub use retrier::Retrier;
pub use retry::{Backoff, RetryPolicy, Unauthorized};
pub use secret_header::secret_header;
pub use sender::HttpSender;
pub use service_error::ServiceError;
pub use transport::Transport;
