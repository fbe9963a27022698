//! The request of a plan's line: relative to its mailbox, and nothing beyond it.

use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body_file;
use crate::error::{Error, Result};
use crate::facet::{BodyFile, FacetRequest, NEW_ID, WITHIN_ID};
use crate::graph::request::{self, Request};
use crate::graph::{path, path_guard};

/// What of a mailbox a plan may be about, by the first segment of paths. What else a user has is none of a mailbox:
/// his account, his groups, his ways to sign in.
const PARTS: [&str; 13] = [
    "calendar",
    "calendargroups",
    "calendars",
    "calendarview",
    "contactfolders",
    "contacts",
    "events",
    "inferenceclassification",
    "mailboxsettings",
    "mailfolders",
    "messages",
    "outlook",
    "photo",
];

/// Actions that reach people beyond the mailbox: no plan takes them back, and none is known to have been carried out.
const SENDING: [&str; 9] =
    ["accept", "cancel", "decline", "forward", "reply", "replyall", "send", "sendmail", "tentativelyaccept"];

/// A request as a plan has it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PlannedRequest {
    /// POST, PATCH, PUT or DELETE.
    pub method: String,
    /// Relative to the mailbox.
    pub path: String,
    /// Further headers, whose values are texts.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
    /// The body, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The file whose bytes are sent in the place of a body: a photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_file: Option<BodyFile>,
}

impl PlannedRequest {
    /// One without headers.
    #[must_use]
    pub fn new(method: &Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self { method: method.to_string(), path: path.into(), headers: Map::new(), body, body_file: None }
    }

    /// That of a facet, as far as it is a request that a plan may have.
    #[must_use]
    pub(super) fn of_facet(request: &FacetRequest) -> Self {
        let FacetRequest { method, path, body, body_file } = request.clone();
        Self { method, path, headers: Map::new(), body, body_file }
    }

    /// With ids in the places of what is known later, for whoever checks it.
    pub(super) fn with_ids(&self) -> Self {
        let path = self.path.replace(NEW_ID, "AAMk").replace(WITHIN_ID, "AAMk");
        Self { path, ..self.clone() }
    }

    /// # Errors
    ///
    /// `InvalidArgument` that names the member: another method, a path that leads beyond the mailbox or takes hold of
    /// more than one thing in it, a header that is for the library to set.
    pub(super) fn check(&self) -> Result<()> {
        self.of_mailbox("kim@contoso.com", None).map(drop)
    }

    /// That of one mailbox, without the bytes of its file; `etag` is what must still be there.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub fn of_mailbox(&self, mailbox: &str, etag: Option<&str>) -> Result<Request> {
        let method = request::method(&self.method)?;
        if method == Method::GET {
            return Err(Error::argument("method: a GET changes nothing, and a plan is of changes"));
        }
        check_path(&self.path)?;
        path_guard::check_of_mailbox(&method, &self.path)?;
        self.check_file(&method)?;
        let mut given = Vec::with_capacity(self.headers.len() + 1);
        for (name, value) in &self.headers {
            let value =
                value.as_str().ok_or_else(|| Error::argument(format!("headers: the value of {name} is no text")))?;
            given.push((name.as_str(), value));
        }
        let is_given = |wanted: &str| given.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if let Some(etag) = etag.filter(|_| !is_given("if-match")) {
            given.push(("If-Match", etag));
        }
        if self.body_file.is_some() {
            given.push(("Content-Type", body_file::CONTENT_TYPE));
        }
        let headers = request::headers(given)?;
        request::check_has_body(&method, self.body.as_ref())?;
        Request::new(&method, path::of_mailbox(mailbox, &self.path)?, headers, self.body.clone(), false)
    }

    fn check_file(&self, method: &Method) -> Result<()> {
        let Some(file) = &self.body_file else { return Ok(()) };
        body_file::check(method, &self.path, file)?;
        if self.body.is_some() {
            return Err(Error::argument("bodyFile: does not go with body"));
        }
        if self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
            return Err(Error::argument("headers: Content-Type does not go with bodyFile, which is image/jpeg"));
        }
        Ok(())
    }

    /// Refuses what is sent after this request, unless it notes in the thing itself that its photo was put.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn check_then(&self, then: &Self) -> Result<()> {
        let is_noted = self.body_file.is_some()
            && then.method.eq_ignore_ascii_case("PATCH")
            && then.body_file.is_none()
            && self.path == format!("{}/{}", then.path, body_file::PHOTO);
        if is_noted {
            return Ok(());
        }
        Err(Error::argument("then: is a PATCH of the thing whose photo the request puts, and nothing else"))
    }

    /// What its headers prefer: what is read before it is to be in the same terms, ids above all.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what no header can carry.
    pub fn preference(&self) -> Result<HeaderMap> {
        let prefer = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("prefer"));
        request::headers(prefer.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))))
    }

    /// Without the headers that ask for what was there before.
    pub(super) fn unconditional(&self) -> Self {
        let is_condition =
            |name: &str| ["if-match", "if-none-match"].iter().any(|known| name.eq_ignore_ascii_case(known));
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| !is_condition(name))
            .map(|(name, value)| (name.clone(), value.clone()));
        Self { headers: headers.collect(), ..self.clone() }
    }
}

/// Refuses a path that does not stay within what a mailbox holds.
///
/// # Errors
///
/// `InvalidArgument`.
pub(super) fn check_path(given: &str) -> Result<()> {
    path::check(given)?;
    let before_query = given.split(['?', '#']).next().unwrap_or_default();
    let mut segments = before_query.split('/');
    let first = segments.next().unwrap_or_default();
    let name = first.split('(').next().unwrap_or_default();
    if !PARTS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Error::argument(format!("path: {given:?} is of nothing that a mailbox holds"))
            .hint("paths are relative to the mailbox, such as mailboxSettings or messages/{id}"));
    }
    let last = percent_decode_str(segments.next_back().unwrap_or_default()).decode_utf8_lossy();
    let action = last.split('(').next().unwrap_or_default();
    let action = action.rsplit('.').next().unwrap_or_default();
    if SENDING.contains(&action.to_ascii_lowercase().as_str()) {
        return Err(Error::argument(format!("path: {given:?} sends something, and a plan only changes mailboxes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(value: &Value) -> Result<()> {
        let request: PlannedRequest = serde_json::from_value(value.clone()).unwrap();
        request.check()
    }

    #[test]
    fn a_file_is_of_a_photo_and_lies_beside_the_plan() {
        let sum = "0a".repeat(32);
        let with = |path: &str| json!({"method": "PUT", "path": "contacts/AAMk/photo/$value", "bodyFile": {"path": path, "sha256": sum}});
        assert!(request(&with("plan.photos/0a.jpg")).is_ok());
        for wrong in [
            "/etc/passwd",
            "../x.jpg",
            "a/../../x",
            "C:/x.jpg",
            "C:x",
            "a\\b",
            "\\\\server\\x",
            "",
            "a//b",
            ".",
            "x.jpg:stream",
            "a/ ",
            "nul\0",
        ] {
            let error = request(&with(wrong)).unwrap_err().to_string();
            assert!(error.contains("beside the plan"), "{wrong}: {error}");
        }
        for (name, value, part) in [
            ("method", json!("PATCH"), "PUT of photo"),
            ("path", json!("contacts/AAMk"), "PUT of photo"),
            ("path", json!("messages/AAMk/attachments/x/$value"), "PUT of photo"),
            ("body", json!({"@base64": "/9j/"}), "does not go with body"),
            ("headers", json!({"content-type": "text/plain"}), "Content-Type"),
            ("bodyFile", json!({"path": "x.jpg", "sha256": "12"}), "64 hexadecimal"),
        ] {
            let mut one = with("x.jpg");
            one[name] = value;
            let error = request(&one).unwrap_err().to_string();
            assert!(error.contains(part), "{one}: {error}");
        }
    }
}
