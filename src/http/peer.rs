//! The certificate that a server shows, whatever is wrong with it.
//!
//! The TLS libraries say that a certificate was refused, and not which. So it is looked at on a connection of its
//! own, made in the same way and through the same proxy, that trusts anyone and carries nothing: it ends when the
//! handshake is done.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::Connection;
use native_tls::TlsConnector;
use parking_lot::Mutex;
use reqwest::tls::TlsInfo;
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use crate::certificate::Certificate;

/// The handshake before went this far as well; one that hangs now is no reason to keep the message waiting.
const LOOK_WITHIN: Duration = Duration::from_secs(10);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What is seen of a certificate: its DER.
type Seen = Arc<Mutex<Option<Vec<u8>>>>;

/// The certificate of a server that `ways` lead to; `None` where it cannot be seen.
pub(super) async fn certificate_of(ways: reqwest::ClientBuilder, server: Url) -> Option<Certificate> {
    let trusting = TlsConnector::builder()
        .min_protocol_version(Some(native_tls::Protocol::Tlsv12))
        .danger_accept_invalid_certs(true)
        .danger_accept_invalid_hostnames(true)
        .build()
        .ok()?;
    let seen = Seen::default();
    let client = ways
        .tls_backend_preconfigured(trusting)
        .tls_info(true)
        .connector_layer(LookLayer(Arc::clone(&seen)))
        .timeout(LOOK_WITHIN)
        .build()
        .ok()?;
    // Fails in every case: a connection that was made is not handed on.
    let _ = client.get(server).send().await;
    let der = seen.lock().take()?;
    Certificate::from_der(&der).ok()
}

#[derive(Clone)]
struct LookLayer(Seen);

impl<S> Layer<S> for LookLayer {
    type Service = Look<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Look { inner, seen: Arc::clone(&self.0) }
    }
}

/// Makes connections, and gives none away.
#[derive(Clone)]
struct Look<S> {
    inner: S,
    seen: Seen,
}

/// A connection was made and closed again.
#[derive(Debug)]
struct Looked;

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate was looked at")
    }
}

impl std::error::Error for Looked {}

impl<S, To> Service<To> for Look<S>
where
    S: Service<To, Error = BoxError>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, to: To) -> Self::Future {
        let connecting = self.inner.call(to);
        let seen = Arc::clone(&self.seen);
        Box::pin(async move {
            let mut extras = http::Extensions::new();
            connecting.await?.connected().get_extras(&mut extras);
            if let Some(der) = extras.get::<TlsInfo>().and_then(TlsInfo::peer_certificate) {
                *seen.lock() = Some(der.to_vec());
            }
            Err(Looked.into())
        })
    }
}
