//! The connections to one host, and one request over one of them.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use jiff::Timestamp;
use zeroize::Zeroize as _;

use super::failure::transport_failure;
use super::request_log::LoggedRequest;
use super::retry_after::parse_retry_after;
use super::tls_failure::CertificateFault;
use super::transport::Transport;
use crate::certificate::Certificate;
use crate::context::Context;
use crate::error::{Error, Result, Status};

/// HTTP/2 servers allow 100 streams on a connection by default; some room is left for those that are ending.
const REQUESTS_PER_CONNECTION: usize = 85;

/// Far more than any reply that is read here; bounds what a broken or hostile peer can cost.
const LONGEST_BODY: usize = 32 * 1024 * 1024;

/// Longest URL, as `http::Uri` takes it; the services take less.
const LONGEST_URL: usize = u16::MAX as usize - 1;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: url::Url,
    /// Headers; `client-request-id` and `user-agent` are added.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
}

impl HttpRequest {
    /// A GET without headers.
    #[must_use]
    pub fn get(url: url::Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None }
    }
}

/// One reply, whatever its status.
#[derive(Clone, Debug)]
pub struct HttpReply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
    /// The id that was sent with the request.
    pub client_request_id: String,
}

impl HttpReply {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Wipes the body, which held a secret, as far as this reply is the only one that has its memory.
    pub fn wipe(self) {
        if let Ok(mut body) = self.body.try_into_mut() {
            body.zeroize();
        }
    }

    /// The service's id of the request: Graph says `request-id`, Entra and Azure `x-ms-request-id`.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        self.header("request-id").or_else(|| self.header("x-ms-request-id")).map(str::to_owned)
    }

    /// How long the service asks to wait.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        parse_retry_after(self.header("retry-after")?, now)
    }
}

/// Sends requests of one client: its user agent, its longest time for a request, and its counters.
#[derive(Clone, Debug)]
pub struct HttpSender {
    transport: Arc<Transport>,
    user_agent: HeaderValue,
    timeout: Duration,
}

impl HttpSender {
    /// A sender over `transport`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a user agent that cannot be a header's value.
    pub fn new(transport: Arc<Transport>, user_agent: Option<&str>, timeout: Duration) -> Result<Self> {
        let own = concat!("exrun/", env!("CARGO_PKG_VERSION"));
        let user_agent = user_agent.map_or_else(|| own.to_owned(), |first| format!("{first} {own}"));
        let user_agent = HeaderValue::from_str(&user_agent)
            .map_err(|_| Error::argument("userAgent: holds characters that a header cannot carry"))?;
        Ok(Self { transport, user_agent, timeout })
    }

    /// Tells apart ways of connecting: senders of the same one share their connections.
    #[must_use]
    pub fn transport_id(&self) -> usize {
        Arc::as_ptr(&self.transport).addr()
    }

    /// Begins what a first request needs and takes time, for a caller who has other work before it. Only inside a
    /// runtime.
    pub fn prepare(&self) {
        self.transport.prepare();
    }

    /// Sends one request once, and logs it where `context` has a log. A reply of any status is `Ok`.
    ///
    /// # Errors
    ///
    /// `Connection`, `Timeout`, `Tls`, `Proxy`, or `ResponseInvalid` for a body that is too long.
    pub async fn send(&self, mut request: HttpRequest, context: &Context) -> Result<HttpReply> {
        let client_request_id = uuid::Uuid::new_v4().to_string();
        if let Ok(value) = HeaderValue::from_str(&client_request_id) {
            request.headers.insert(CLIENT_REQUEST_ID, value);
        }
        request.headers.insert(http::header::USER_AGENT, self.user_agent.clone());
        check_length(&request.url)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let logged = LoggedRequest::begin(&request, &client_request_id, &context.events);
        let sent = self.transport.pool(&host).send(request, self.timeout, &client_request_id).await;
        if let Some(logged) = logged {
            logged.end(&sent);
        }
        sent.map_err(|error| error.client_request_id(Some(client_request_id)))
    }
}

/// Refuses what no request can carry: it comes from a path, a name or a filter of the caller's.
fn check_length(url: &url::Url) -> Result<()> {
    let length = url.as_str().len();
    if length <= LONGEST_URL {
        return Ok(());
    }
    Err(Error::argument(format!("the URL of the request has {length} bytes; it can have {LONGEST_URL} at most"))
        .hint("look for a name, a path or a filter that is much too long"))
}

/// The connections to one host: as many as the requests in flight need, each warmed by its first request.
pub struct Pool {
    host: String,
    transport: Arc<Transport>,
    lanes: Mutex<Vec<Arc<Lane>>>,
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
struct Lane {
    client: reqwest::Client,
    in_flight: AtomicUsize,
    /// Until a first request has come back, others wait for it: with ALPN the client cannot know that one
    /// connection will serve them all, and would open one for each.
    warm: AtomicBool,
    /// Counts connections given up, so that the failure of an old one does not chill a new one.
    generation: AtomicU64,
    warming: tokio::sync::Mutex<()>,
}

/// Counts a request of a lane for as long as it lives.
struct Riding(Arc<Lane>);

impl Drop for Riding {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    pub(super) fn new(host: String, transport: Arc<Transport>) -> Self {
        Self {
            host,
            transport,
            lanes: Mutex::default(),
            shown: tokio::sync::Mutex::default(),
            looks: AtomicU64::new(0),
        }
    }

    async fn send(&self, request: HttpRequest, timeout: Duration, client_request_id: &str) -> Result<HttpReply> {
        self.transport.ready().await?;
        let port = request.url.port_or_known_default().unwrap_or(443);
        let riding = self.board()?;
        let lane = &riding.0;
        let generation = lane.generation.load(Ordering::Acquire);
        let sent = if lane.warm.load(Ordering::Acquire) {
            lane.execute(request, timeout).await
        } else {
            let warming = lane.warming.lock().await;
            // Warm by now; or the warming failed while this one waited: then all go at once, or each would
            // wait for the failures of all before it.
            if lane.warm.load(Ordering::Acquire) || lane.generation.load(Ordering::Acquire) != generation {
                drop(warming);
                lane.execute(request, timeout).await
            } else {
                let sent = lane.execute(request, timeout).await;
                if sent.is_ok() {
                    lane.warm.store(true, Ordering::Release);
                }
                sent
            }
        };
        let reply = match sent {
            Ok(response) => read(response, &self.host, client_request_id).await,
            Err(failure) => Err(self.explain(failure, port).await),
        };
        if reply.as_ref().is_err_and(|error| error.status() == Status::Connection) {
            lane.chill(generation);
        }
        reply
    }

    /// Why a request got no reply.
    async fn explain(&self, failure: reqwest::Error, port: u16) -> Error {
        let Ok(server) = url::Url::parse(&format!("https://{}:{port}/", self.host)) else {
            return transport_failure(failure, &self.host, None);
        };
        let proxy = self.transport.proxy_for(&server);
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
            *shown = self.transport.certificate_of(server).await;
            self.looks.fetch_add(1, Ordering::Release);
        }
        shown.clone()
    }

    /// A place on the lane with the fewest requests, or on a new one when all are full.
    fn board(&self) -> Result<Riding> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let emptiest = lanes.iter().min_by_key(|lane| lane.in_flight.load(Ordering::Relaxed));
        let lane = match emptiest {
            Some(lane) if lane.in_flight.load(Ordering::Relaxed) < REQUESTS_PER_CONNECTION => Arc::clone(lane),
            _ => {
                let lane = Arc::new(Lane {
                    client: self.transport.build_client()?,
                    in_flight: AtomicUsize::new(0),
                    warm: AtomicBool::new(false),
                    generation: AtomicU64::new(0),
                    warming: tokio::sync::Mutex::new(()),
                });
                lanes.push(Arc::clone(&lane));
                lane
            }
        };
        lane.in_flight.fetch_add(1, Ordering::Relaxed);
        Ok(Riding(lane))
    }
}

impl Lane {
    async fn execute(&self, request: HttpRequest, timeout: Duration) -> reqwest::Result<reqwest::Response> {
        let mut outgoing = reqwest::Request::new(request.method, request.url);
        *outgoing.headers_mut() = request.headers;
        *outgoing.timeout_mut() = Some(timeout);
        *outgoing.body_mut() = request.body.map(reqwest::Body::from);
        self.client.execute(outgoing).await
    }

    /// The connection of that generation broke: let one request open the next one.
    fn chill(&self, generation: u64) {
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
    Ok(HttpReply { status, headers, body, client_request_id: client_request_id.to_owned() })
}

/// A body that ends early is a broken connection, however the HTTP library calls it.
fn broke_off(failure: reqwest::Error, host: &str, status: StatusCode) -> Error {
    if failure.is_timeout() {
        return transport_failure(failure, host, None);
    }
    let detail = format!("{host} answered {}, and the reply broke off", status.as_u16());
    Error::new(Status::Connection, detail).retryable(true).maybe_done(true)
}
