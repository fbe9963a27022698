//! The connections to one host, and one request over one of them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use parking_lot::Mutex;
use tokio::sync::mpsc::Sender;

use super::connector::Connector;
use super::failure::transport_failure;
use super::message::{HttpReply, HttpRequest};
use super::tls_failure::CertificateFault;
use crate::certificate::Certificate;
use crate::error::{Error, Result, Status};

/// HTTP/2 servers allow 100 streams on a connection by default; some room is left for those that are ending.
const REQUESTS_PER_CONNECTION: usize = 85;

/// Far more than any reply that is read here; bounds what a broken or hostile peer can cost.
const LONGEST_BODY: usize = 32 * 1024 * 1024;

/// The connections to one host: as many as the requests in flight need, each warmed by its first request.
pub(super) struct Pool {
    host: String,
    connector: Arc<Connector>,
    connections: Mutex<Vec<Arc<Connection>>>,
    /// What was last seen of the host's certificate, and how often one looked.
    shown: tokio::sync::Mutex<Option<Certificate>>,
    looks: AtomicU64,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("host", &self.host).finish_non_exhaustive()
    }
}

/// One connection (over HTTP/1.1: one client with as many as it needs).
struct Connection {
    client: reqwest::Client,
    in_flight: AtomicUsize,
    /// Until a first request has come back, others wait for it: with ALPN the client cannot know that one
    /// connection will serve them all, and would open one for each.
    warm: AtomicBool,
    /// Counts connections given up, so that the failure of an old one does not mark a new one as cold.
    generation: AtomicU64,
    warming: tokio::sync::Mutex<()>,
}

/// Counts a request on a connection for as long as it lives.
struct InFlightGuard(Arc<Connection>);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A reply that has begun.
struct Opened {
    response: reqwest::Response,
    place: Place,
}

/// Where a request is under way.
struct Place {
    in_flight: InFlightGuard,
    generation: u64,
}

impl Place {
    /// What became of the request says something of its connection.
    fn note(&self, reply: &Result<HttpReply>) {
        if reply.as_ref().is_err_and(|error| error.status() == Status::Connection) {
            self.in_flight.0.mark_cold(self.generation);
        }
    }
}

impl Pool {
    pub(super) fn new(host: String, connector: Arc<Connector>) -> Self {
        Self {
            host,
            connector,
            connections: Mutex::default(),
            shown: tokio::sync::Mutex::default(),
            looks: AtomicU64::new(0),
        }
    }

    pub(super) async fn send(
        &self,
        request: HttpRequest,
        timeout: Duration,
        client_request_id: &str,
    ) -> Result<HttpReply> {
        let opened = self.open(request, Some(timeout)).await?;
        let reply = read(opened.response, &self.host, client_request_id).await;
        opened.place.note(&reply);
        reply
    }

    /// The same of a reply of any length: the body of a good one goes to `pieces` as it comes and not into the reply.
    /// `timeout` is how long nothing may come.
    pub(super) async fn fetch(
        &self,
        request: HttpRequest,
        timeout: Duration,
        client_request_id: &str,
        pieces: &Sender<Bytes>,
    ) -> Result<HttpReply> {
        let late = || {
            let detail = format!("{} gave nothing for {} seconds", self.host, timeout.as_secs());
            Error::new(Status::Timeout, detail).retryable(true)
        };
        let opened = tokio::time::timeout(timeout, self.open(request, None)).await.map_err(|_| late())??;
        let mut response = opened.response;
        let status = response.status();
        if !status.is_success() {
            let read = tokio::time::timeout(timeout, read(response, &self.host, client_request_id)).await;
            let reply = read.unwrap_or_else(|_| Err(late()));
            opened.place.note(&reply);
            return reply;
        }
        let headers = std::mem::take(response.headers_mut());
        loop {
            let chunk = tokio::time::timeout(timeout, response.chunk()).await.map_err(|_| late())?;
            match chunk.map_err(|failure| broke_off(failure, &self.host, status)) {
                Ok(None) => break,
                // Whoever takes them says himself why he ended.
                Ok(Some(chunk)) => pieces.send(chunk).await.map_err(|_| Error::cancelled())?,
                Err(error) => {
                    let failed = Err(error);
                    opened.place.note(&failed);
                    return failed;
                }
            }
        }
        Ok(HttpReply { status, headers, body: Bytes::new(), client_request_id: client_request_id.to_owned() })
    }

    /// Sends a request, and gives the reply before its body has come. `timeout` is for all of it.
    async fn open(&self, request: HttpRequest, timeout: Option<Duration>) -> Result<Opened> {
        self.connector.ready().await?;
        let port = request.url.port_or_known_default().unwrap_or(443);
        let in_flight = self.acquire()?;
        let connection = &in_flight.0;
        let generation = connection.generation.load(Ordering::Acquire);
        let sent = if connection.warm.load(Ordering::Acquire) {
            connection.execute(request, timeout).await
        } else {
            let warming = connection.warming.lock().await;
            // Warm by now; or the warming failed while this one waited: then all go at once, or each would
            // wait for the failures of all before it.
            if connection.warm.load(Ordering::Acquire) || connection.generation.load(Ordering::Acquire) != generation {
                drop(warming);
                connection.execute(request, timeout).await
            } else {
                let sent = connection.execute(request, timeout).await;
                if sent.is_ok() {
                    connection.warm.store(true, Ordering::Release);
                }
                sent
            }
        };
        match sent {
            Ok(response) => Ok(Opened { response, place: Place { in_flight, generation } }),
            Err(failure) => {
                // What is rare here would else be a part of what each request moves about.
                let error = Box::pin(self.explain(failure, port)).await;
                if error.status() == Status::Connection {
                    connection.mark_cold(generation);
                }
                Err(error)
            }
        }
    }

    /// Why a request got no reply.
    async fn explain(&self, failure: reqwest::Error, port: u16) -> Error {
        let Ok(server) = url::Url::parse(&format!("https://{}:{port}/", self.host)) else {
            return transport_failure(failure, &self.host, None);
        };
        let proxy = self.connector.proxy_for(&server);
        match CertificateFault::of(&failure) {
            None => transport_failure(failure, &self.host, proxy.as_deref()),
            Some(fault) if fault.is_of_proxy() => fault.error(proxy.as_deref().unwrap_or(&self.host), None),
            Some(fault) => fault.error(&self.host, self.certificate(server).await.as_ref()),
        }
    }

    /// The certificate that the host shows. Those who ask while another looks get what that one sees: a run may fail
    /// many requests at once.
    async fn certificate(&self, server: url::Url) -> Option<Certificate> {
        let looks = self.looks.load(Ordering::Acquire);
        let mut shown = self.shown.lock().await;
        if self.looks.load(Ordering::Acquire) == looks {
            *shown = self.connector.certificate_of(server).await;
            self.looks.fetch_add(1, Ordering::Release);
        }
        shown.clone()
    }

    /// A place on the connection with the fewest requests, or on a new one when all are full.
    fn acquire(&self) -> Result<InFlightGuard> {
        let mut connections = self.connections.lock();
        let emptiest = connections.iter().min_by_key(|connection| connection.in_flight.load(Ordering::Relaxed));
        let connection = match emptiest {
            Some(connection) if connection.in_flight.load(Ordering::Relaxed) < REQUESTS_PER_CONNECTION => {
                Arc::clone(connection)
            }
            _ => {
                let connection = Arc::new(Connection {
                    client: self.connector.build_client()?,
                    in_flight: AtomicUsize::new(0),
                    warm: AtomicBool::new(false),
                    generation: AtomicU64::new(0),
                    warming: tokio::sync::Mutex::new(()),
                });
                connections.push(Arc::clone(&connection));
                connection
            }
        };
        connection.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(InFlightGuard(connection))
    }
}

impl Connection {
    async fn execute(&self, request: HttpRequest, timeout: Option<Duration>) -> reqwest::Result<reqwest::Response> {
        let mut outgoing = reqwest::Request::new(request.method, request.url);
        *outgoing.headers_mut() = request.headers;
        *outgoing.timeout_mut() = timeout;
        *outgoing.body_mut() = request.body.map(reqwest::Body::from);
        self.client.execute(outgoing).await
    }

    /// The connection of that generation broke: let one request open the next one.
    fn mark_cold(&self, generation: u64) {
        let next = generation.wrapping_add(1);
        if self.generation.compare_exchange(generation, next, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            self.warm.store(false, Ordering::Release);
        }
    }
}

async fn read(mut response: reqwest::Response, host: &str, client_request_id: &str) -> Result<HttpReply> {
    // A write was carried out, whatever its reply.
    let too_long = || {
        Error::new(Status::ResponseInvalid, format!("{host} answered more than {LONGEST_BODY} bytes")).maybe_done(true)
    };
    if response.content_length().is_some_and(|length| length > LONGEST_BODY as u64) {
        return Err(too_long());
    }
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Bytes::new();
    let mut gathered = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|failure| broke_off(failure, host, status))? {
        if body.len() + gathered.len() + chunk.len() > LONGEST_BODY {
            return Err(too_long());
        }
        // Most bodies are one chunk, which then is not copied.
        if body.is_empty() && gathered.is_empty() {
            body = chunk;
        } else {
            if gathered.is_empty() {
                gathered.extend_from_slice(&std::mem::take(&mut body));
            }
            gathered.extend_from_slice(&chunk);
        }
    }
    if !gathered.is_empty() {
        body = gathered.freeze();
    }
    let body = without_mark(body, &headers);
    Ok(HttpReply { status, headers, body, client_request_id: client_request_id.to_owned() })
}

/// JSON without the byte order mark in front that section 8.1 of RFC 8259 lets a reader skip; anything else as it is.
fn without_mark(mut body: Bytes, headers: &HeaderMap) -> Bytes {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    if !body.starts_with(MARK) {
        return body;
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("json")) {
        body.advance(MARK.len());
    }
    body
}

/// A body that ends early is a broken connection, however the HTTP library calls it.
fn broke_off(failure: reqwest::Error, host: &str, status: StatusCode) -> Error {
    if failure.is_timeout() {
        return transport_failure(failure, host, None);
    }
    let detail = format!("{host} answered {}, and the reply broke off", status.as_u16());
    Error::new(Status::Connection, detail).retryable(true).maybe_done(true)
}
