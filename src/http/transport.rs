//! The connections of the process, by how they are made and to which host they go.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::connector::Connector;
use super::pool::Pool;
use super::proxy::Proxying;
use crate::error::{Error, Result};
use crate::openssl_init::openssl_init;
use crate::secret::Secret;

pub use super::connector::{TransportOptions, options_of_environment};

/// Connections of one way of connecting, shared process-wide.
#[derive(Debug)]
pub struct Transport {
    connector: Arc<Connector>,
    pools: Mutex<HashMap<String, Arc<Pool>>>,
}

/// Transports by what they differ in.
type Transports = HashMap<(TransportOptions, Proxying), Arc<Transport>>;

static TRANSPORTS: OnceLock<Mutex<Transports>> = OnceLock::new();

impl Transport {
    /// The process's transport of these options; no file is read and no connection made yet.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a `connect_to` that is not loopback, and for a proxy that cannot be understood, whether
    /// the options name it or a variable.
    pub fn shared(options: TransportOptions, proxy_password: Option<&Secret>) -> Result<Arc<Transport>> {
        if let Some(address) = options.connect_to
            && !address.ip().is_loopback()
        {
            return Err(Error::argument(format!("EXRUN_CONNECT_TO may only name a loopback address, not {address}")));
        }
        openssl_init();
        let proxying = match &options.proxy {
            _ if options.direct || options.connect_to.is_some() => Proxying::Directly,
            Some(proxy) => Proxying::given(proxy, proxy_password)?,
            None => Proxying::of_environment()?,
        };
        let mut transports = TRANSPORTS.get_or_init(Mutex::default).lock();
        let transport = transports.entry((options.clone(), proxying.clone())).or_insert_with(|| {
            let connector = Arc::new(Connector::new(options, proxying));
            Arc::new(Transport { connector, pools: Mutex::default() })
        });
        Ok(Arc::clone(transport))
    }

    /// The connections to one host.
    #[must_use]
    pub(super) fn pool(&self, host: &str) -> Arc<Pool> {
        let mut pools = self.pools.lock();
        if let Some(pool) = pools.get(host) {
            return Arc::clone(pool);
        }
        let pool = Arc::new(Pool::new(host.to_owned(), Arc::clone(&self.connector)));
        pools.insert(host.to_owned(), Arc::clone(&pool));
        pool
    }

    /// Begins to make the TLS settings on a thread that may block, and does not wait for them. What stands against
    /// them is for the first request to say.
    pub(super) fn prepare(&self) {
        self.connector.prepare();
    }
}
