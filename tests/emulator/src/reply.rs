//! Replies, before they become HTTP.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};

/// The body of a reply: whole, or one that breaks off.
pub type Body = BoxBody<Bytes, std::io::Error>;

/// A reply before it becomes HTTP.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Breaks the body off in its middle.
    pub truncated: bool,
}

impl Reply {
    /// A JSON reply.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string().into_bytes(), truncated: false }
    }

    /// An error of Graph; the ids are put in when it is sent.
    #[must_use]
    pub fn graph_error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": message, "innerError": {}}}))
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As HTTP.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let mut headers = HeaderMap::new();
        if !self.body.is_empty() {
            headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
        }
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(*name, value);
            }
        }
        let body = if self.truncated {
            let half = Bytes::copy_from_slice(&self.body[..self.body.len() / 2]);
            let broken = std::io::Error::other("the emulator breaks this body off");
            let frames = futures_util::stream::iter([Ok(Frame::data(half)), Err(broken)]);
            BodyExt::boxed(StreamBody::new(frames))
        } else {
            Full::from(self.body).map_err(|never| match never {}).boxed()
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = headers;
        response
    }
}

/// A date as the services write it in JSON.
#[must_use]
pub fn iso_date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |time| time.to_string())
}

/// A date as HTTP writes it.
#[must_use]
pub fn http_date(seconds: i64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds.max(0).unsigned_abs());
    httpdate::fmt_http_date(time)
}
