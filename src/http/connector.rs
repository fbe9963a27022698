//! How connections are made: TLS, CA certificates, proxy, and which test endpoint stands for all.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use native_tls::TlsConnector;
use once_cell::sync::OnceCell;
use parking_lot::Mutex;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::peer;
use super::proxy::Proxying;
use crate::certificate::{self, Certificate};
use crate::error::{Error, Result, Status};
use crate::files::{describe, read_at_most};

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
    /// A file of further CA certificates (PEM or DER).
    pub ca_file: Option<PathBuf>,
    /// Connects here, whatever the URL says (loopback only).
    pub connect_to: Option<SocketAddr>,
    /// Never through a proxy, whatever the environment says: for what is on this machine or its link.
    pub direct: bool,
}

impl TransportOptions {
    /// To this machine and its link: no proxy, no CA, no test endpoint.
    #[must_use]
    pub fn directly() -> Self {
        Self { direct: true, ..Self::default() }
    }
}

/// TLS settings by their CA file: what else transports differ in is no part of them.
type TlsSettings = HashMap<Option<PathBuf>, Arc<OnceCell<TlsConnector>>>;

static TLS: OnceLock<Mutex<TlsSettings>> = OnceLock::new();

/// Makes connections in one way.
#[derive(Debug)]
pub(super) struct Connector {
    options: TransportOptions,
    proxying: Proxying,
    tls: Arc<OnceCell<TlsConnector>>,
}

impl Connector {
    /// No file is read and no connection made yet. Those with one CA file share their TLS settings.
    pub(super) fn new(options: TransportOptions, proxying: Proxying) -> Self {
        let mut settings = TLS.get_or_init(Mutex::default).lock();
        let tls = Arc::clone(settings.entry(options.ca_file.clone()).or_default());
        Self { options, proxying, tls }
    }

    /// As [`super::transport::Transport::prepare`].
    pub(super) fn prepare(self: &Arc<Self>) {
        if self.tls.get().is_none() {
            let connector = Arc::clone(self);
            drop(tokio::task::spawn_blocking(move || connector.tls().map(drop)));
        }
    }

    /// Waits for the TLS settings, without holding up what else its thread has to do.
    pub(super) async fn ready(self: &Arc<Self>) -> Result<()> {
        if self.tls.get().is_some() {
            return Ok(());
        }
        let connector = Arc::clone(self);
        let made = tokio::task::spawn_blocking(move || connector.tls().map(drop)).await;
        made.map_err(|_| Error::internal("preparing TLS panicked"))?
    }

    /// A client with connections of its own; over HTTP/2 that is one connection.
    pub(super) fn build_client(&self) -> Result<reqwest::Client> {
        let builder = self
            .ways()?
            .tls_backend_preconfigured(self.tls()?.clone())
            .pool_idle_timeout(IDLE_FOR)
            .http2_keep_alive_interval(PING_EVERY)
            .http2_keep_alive_timeout(PING_EVERY)
            // Compression pays on a WAN and costs 39 % of the CPU on loopback.
            .gzip(self.options.connect_to.is_none());
        builder.build().map_err(|cause| Error::internal(format!("making an HTTP client: {cause}")))
    }

    /// How connections are made, but for TLS.
    fn ways(&self) -> Result<reqwest::ClientBuilder> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // None at all, or each request would be copied for a second try that never comes.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .referer(false)
            .connect_timeout(if self.options.direct { CONNECT_DIRECTLY_WITHIN } else { CONNECT_WITHIN })
            .tcp_nodelay(true);
        let builder = self.proxying.apply(builder)?;
        Ok(match self.options.connect_to {
            Some(address) => builder.dns_resolver(Arc::new(Fixed(address))),
            None => builder,
        })
    }

    /// Where the proxy for a URL is, without user and password.
    pub(super) fn proxy_for(&self, url: &url::Url) -> Option<String> {
        self.proxying.shown_for(url)
    }

    /// The certificate that a server shows, for the message about why it is not trusted. It is looked at on a
    /// connection of its own, which is closed without a byte of HTTP.
    pub(super) async fn certificate_of(&self, server: url::Url) -> Option<Certificate> {
        peer::certificate_of(self.ways().ok()?, server).await
    }

    /// The TLS settings, made once in a process: reading the system's CA certificates takes milliseconds.
    fn tls(&self) -> Result<&TlsConnector> {
        self.tls.get_or_try_init(|| {
            let mut builder = TlsConnector::builder();
            builder.min_protocol_version(Some(native_tls::Protocol::Tlsv12)).request_alpns(&["h2", "http/1.1"]);
            for authority in
                self.options.ca_file.iter().map(|file| authorities(file)).collect::<Result<Vec<_>>>()?.concat()
            {
                builder.add_root_certificate(authority);
            }
            builder.build().map_err(|cause| Error::new(Status::Tls, format!("preparing TLS: {cause}")))
        })
    }
}

/// The CA certificates of a file.
fn authorities(file: &Path) -> Result<Vec<native_tls::Certificate>> {
    let unreadable = |error: Error| error.action("reading the CA file").target(file.display().to_string());
    let fault = |cause: String| unreadable(Error::new(Status::File, cause));
    let bytes = read_at_most(file, LONGEST_CA_FILE).map_err(|cause| fault(describe(&cause)))?;
    let read = certificate::authorities(&bytes).map_err(unreadable)?;
    read.iter().map(|der| native_tls::Certificate::from_der(der).map_err(|cause| fault(cause.to_string()))).collect()
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
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let connect_to = set("EXRUN_CONNECT_TO")
        .map(|address| {
            let address = address.to_string_lossy();
            address.trim().parse::<SocketAddr>().map_err(|_| {
                Error::argument(format!(
                    "EXRUN_CONNECT_TO must be a loopback address with a port such as 127.0.0.1:8443, not {address:?}"
                ))
            })
        })
        .transpose()?;
    Ok(TransportOptions { connect_to, ca_file: set("EXRUN_CA_FILE").map(PathBuf::from), ..Default::default() })
}
