//! How connections are made: TLS, CA certificates, proxy, and where to connect to in a trial.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use native_tls::TlsConnector;
use once_cell::sync::OnceCell;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::pool::Pool;
use crate::error::{Error, Result, Status};
use crate::files::{describe, read_at_most};
use crate::openssl_init::openssl_init;
use crate::secret::Secret;

const CONNECT_WITHIN: Duration = Duration::from_secs(20);
/// This machine and the link it is on answer at once or not at all.
const CONNECT_DIRECTLY_WITHIN: Duration = Duration::from_secs(3);
/// How long an idle connection is kept; the services close theirs after about two minutes.
const IDLE_FOR: Duration = Duration::from_secs(90);
/// A connection that no longer answers is found by a ping, and not by the request's timeout.
const PING_EVERY: Duration = Duration::from_secs(30);
/// All public CAs together are a quarter of a megabyte.
const LONGEST_CA_FILE: u64 = 16 * 1024 * 1024;

/// What makes two clients share their connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TransportOptions {
    /// An explicit proxy; by default that of the environment or the system.
    pub proxy: Option<String>,
    /// A file of further CA certificates (PEM).
    pub ca_file: Option<PathBuf>,
    /// Connects here, whatever the URL says (loopback only).
    pub connect_to: Option<SocketAddr>,
    /// Never through a proxy, whatever the environment says: for what is on this machine or its link.
    pub direct: bool,
    /// A fingerprint of the proxy's password, never the password itself.
    proxy_password_id: Option<[u8; 32]>,
}

impl TransportOptions {
    /// To this machine and its link: no proxy, no CA, no trial.
    #[must_use]
    pub fn directly() -> Self {
        Self { direct: true, ..Self::default() }
    }
}

/// Connections of one way of connecting, shared process-wide.
#[derive(Debug)]
pub struct Transport {
    options: TransportOptions,
    proxy_password: Option<Secret>,
    tls: Arc<OnceCell<TlsConnector>>,
    pools: Mutex<HashMap<String, Arc<Pool>>>,
}

static TRANSPORTS: OnceLock<Mutex<HashMap<TransportOptions, Arc<Transport>>>> = OnceLock::new();

/// TLS settings by their CA file: what else transports differ in is no part of them.
type TlsSettings = HashMap<Option<PathBuf>, Arc<OnceCell<TlsConnector>>>;

static TLS: OnceLock<Mutex<TlsSettings>> = OnceLock::new();

impl Transport {
    /// The process's transport of these options; no file is read and no connection made yet.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a `connect_to` that is not loopback.
    pub fn shared(mut options: TransportOptions, proxy_password: Option<&Secret>) -> Result<Arc<Transport>> {
        if let Some(address) = options.connect_to
            && !address.ip().is_loopback()
        {
            return Err(Error::argument(format!("EXRUN_CONNECT_TO may only name a loopback address, not {address}")));
        }
        openssl_init();
        options.proxy_password_id = proxy_password.map(|password| openssl::sha::sha256(password.bytes()));
        let mut transports = TRANSPORTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let transport = transports.entry(options.clone()).or_insert_with(|| {
            let mut tls = TLS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
            let tls = Arc::clone(tls.entry(options.ca_file.clone()).or_default());
            Arc::new(Transport { options, proxy_password: proxy_password.cloned(), tls, pools: Mutex::default() })
        });
        Ok(Arc::clone(transport))
    }

    /// The connections to one host.
    #[must_use]
    pub fn pool(self: &Arc<Self>, host: &str) -> Arc<Pool> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            pools.entry(host.to_owned()).or_insert_with(|| Arc::new(Pool::new(host.to_owned(), Arc::clone(self)))),
        )
    }

    /// Begins to make the TLS settings on a thread that may block, and does not wait for them. What stands against
    /// them is for the first request to say.
    pub(super) fn prepare(self: &Arc<Self>) {
        if self.tls.get().is_none() {
            let transport = Arc::clone(self);
            drop(tokio::task::spawn_blocking(move || transport.tls().map(drop)));
        }
    }

    /// Waits for the TLS settings, without holding up what else its thread has to do.
    pub(super) async fn ready(self: &Arc<Self>) -> Result<()> {
        if self.tls.get().is_some() {
            return Ok(());
        }
        let transport = Arc::clone(self);
        let made = tokio::task::spawn_blocking(move || transport.tls().map(drop)).await;
        made.map_err(|_| Error::internal("preparing TLS panicked"))?
    }

    /// A client with connections of its own; over HTTP/2 that is one connection.
    pub(super) fn build_client(&self) -> Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls()?.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(if self.options.direct { CONNECT_DIRECTLY_WITHIN } else { CONNECT_WITHIN })
            .pool_idle_timeout(IDLE_FOR)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(PING_EVERY)
            .http2_keep_alive_timeout(PING_EVERY)
            // Compression pays on a WAN and costs 39 % of the CPU on loopback.
            .gzip(self.options.connect_to.is_none());
        if let Some(address) = self.options.connect_to {
            builder = builder.no_proxy().dns_resolver(Arc::new(Fixed(address)));
        } else if self.options.direct {
            builder = builder.no_proxy();
        } else if let Some(proxy) = &self.options.proxy {
            builder = builder.proxy(self.proxy(proxy)?);
        }
        builder.build().map_err(|cause| Error::internal(format!("making an HTTP client: {cause}")))
    }

    fn proxy(&self, address: &str) -> Result<reqwest::Proxy> {
        let unusable = || Error::argument("proxy: must be a URL such as http://proxy.contoso.com:3128");
        let url = url::Url::parse(address).map_err(|_| unusable())?;
        let user = percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy().into_owned();
        let mut proxy = reqwest::Proxy::all(url).map_err(|_| unusable())?;
        if let Some(password) = &self.proxy_password {
            let password = password.text().ok_or_else(|| Error::argument("proxyPasswordSecret: is not UTF-8"))?;
            proxy = proxy.basic_auth(&user, password);
        }
        Ok(proxy)
    }

    /// The TLS settings, made once in a process: reading the system's CA certificates takes milliseconds.
    fn tls(&self) -> Result<&TlsConnector> {
        self.tls.get_or_try_init(|| {
            let mut builder = TlsConnector::builder();
            builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12)).request_alpns(&["h2", "http/1.1"]);
            if let Some(file) = &self.options.ca_file {
                let unreadable = |cause: String| {
                    Error::new(Status::File, cause).action("reading the CA file").target(file.display().to_string())
                };
                let pem = read_at_most(file, LONGEST_CA_FILE).map_err(|cause| unreadable(describe(&cause)))?;
                let certificates = openssl::x509::X509::stack_from_pem(&pem)
                    .ok()
                    .filter(|certificates| !certificates.is_empty())
                    .ok_or_else(|| unreadable("holds no PEM certificate".to_owned()))?;
                for certificate in certificates {
                    let der = certificate.to_der().map_err(|cause| unreadable(cause.to_string()))?;
                    let certificate =
                        native_tls::Certificate::from_der(&der).map_err(|cause| unreadable(cause.to_string()))?;
                    builder.add_root_certificate(certificate);
                }
            }
            builder.build().map_err(|cause| Error::new(Status::Tls, format!("preparing TLS: {cause}")))
        })
    }
}

/// Answers every name with one address; the port is part of it, so that URL, Host and SNI stay as they are.
#[derive(Debug)]
struct Fixed(SocketAddr);

impl Resolve for Fixed {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// What `EXRUN_CONNECT_TO` and `EXRUN_CA_FILE` say. The first use in a process is a warning: `warned` gets
/// its text.
///
/// # Errors
///
/// `InvalidArgument` for an `EXRUN_CONNECT_TO` that is no loopback address with a port.
pub fn options_of_environment() -> Result<TransportOptions> {
    let text = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let connect_to = text("EXRUN_CONNECT_TO")
        .map(|address| {
            address.parse::<SocketAddr>().map_err(|_| {
                Error::argument(format!(
                    "EXRUN_CONNECT_TO must be a loopback address with a port such as 127.0.0.1:8443, not {address:?}"
                ))
            })
        })
        .transpose()?;
    Ok(TransportOptions { connect_to, ca_file: text("EXRUN_CA_FILE").map(PathBuf::from), ..Default::default() })
}
