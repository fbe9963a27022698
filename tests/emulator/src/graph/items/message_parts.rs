//! What belongs to a message: its attachments, and the message as MIME.
//!
//! Source: Microsoft Graph "List attachments" (contentBytes are in it unless they are not selected), "Get attachment"
//! (`$value`: of a file its bytes, of an item its MIME content, of a reference 405), "Get MIME content of a message".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Request, empty, not_found, opened};
use crate::graph::authorization::outlook_role;
use crate::graph::item_kinds::Kind;
use crate::graph::query::{Query, bad, selected};
use crate::graph::{no_such_method, no_such_segment};
use crate::reply::Reply;

/// An attachment of a message.
#[derive(Clone, Debug)]
pub(super) struct Attachment {
    /// Its members but for the content.
    pub(super) members: Map<String, Value>,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    /// So many bytes, made when they are asked for.
    Size(usize),
    /// It lies elsewhere.
    Reference,
}

impl Content {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Size(size) => (0..*size).map(|at| b"0123456789abcdef"[at % 16]).collect(),
            Self::Reference => Vec::new(),
        }
    }
}

impl Attachment {
    fn kind(&self) -> &str {
        self.members.get("@odata.type").and_then(Value::as_str).unwrap_or_default()
    }

    fn shown(&self, query: &Query) -> Result<Map<String, Value>, Reply> {
        let mut all = self.members.clone();
        if self.kind() == "#microsoft.graph.fileAttachment" && query.select.is_none() {
            all.insert("contentBytes".into(), STANDARD.encode(self.content.bytes()).into());
        }
        let Some(names) = &query.select else { return Ok(all) };
        let mut shown = Map::new();
        for name in ["@odata.type", "id"] {
            shown.extend(all.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        shown.append(&mut selected(Some(names), &[], "attachment", |name| all.get(name).cloned())?);
        Ok(shown)
    }
}

impl Request<'_> {
    /// Answers `messages/{id}/$value` and what is below `messages/{id}/attachments`.
    pub(super) fn part_of_message(&self, id: &str, part: &str, rest: &[&str]) -> Result<Reply, Reply> {
        outlook_role(self.roles, Kind::Message.readers())?;
        opened(self.service, self.named.index)?;
        if self.asked.method != "GET" {
            return Err(no_such_method());
        }
        let id = self.current_id(id);
        let message = self.find(Kind::Message, &id)?;
        let attachments = self.with_changes(|changes| {
            let key = changes.ids.immutable(&id);
            changes.attachments.get(&key).cloned().unwrap_or_default()
        });
        if part == "$value" {
            return match rest {
                [] => Ok(content(mime(&message, &attachments), "text/plain")),
                [first, ..] => Err(no_such_segment(first)),
            };
        }
        let query = Query::read(self.asked)?;
        if let Some(option) = query.unsupported.or(query.filter.as_deref().map(|_| "$filter")) {
            return Err(bad(&format!("The query option '{option}' is not supported here.")));
        }
        let find = |id: &str| attachments.iter().find(|one| one.members["id"] == id).ok_or_else(not_found);
        match rest {
            [] => {
                let all: Result<Vec<Value>, Reply> =
                    attachments.iter().map(|one| one.shown(&query).map(Value::Object)).collect();
                Ok(Reply::json(
                    200,
                    &json!({"@odata.context": self.context(Kind::Message, "/attachments"), "value": all?}),
                ))
            }
            [id] => Ok(Reply::json(200, &Value::Object(find(id)?.shown(&query)?))),
            [id, "$value"] => {
                let one = find(id)?;
                match one.kind() {
                    "#microsoft.graph.referenceAttachment" => Err(no_such_method()),
                    "#microsoft.graph.itemAttachment" => Ok(content(one.content.bytes(), "text/plain")),
                    _ => {
                        let kind = one.members.get("contentType").and_then(Value::as_str);
                        Ok(content(one.content.bytes(), kind.unwrap_or("application/octet-stream")))
                    }
                }
            }
            [.., last] => Err(no_such_segment(last)),
        }
    }
}

fn content(bytes: Vec<u8>, kind: &str) -> Reply {
    Reply { body: bytes, ..empty(200) }.header("content-type", kind)
}

/// A message as it would be sent.
fn mime(message: &Map<String, Value>, attachments: &[Attachment]) -> Vec<u8> {
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let from = message.get("from").map(|from| from["emailAddress"]["address"].to_string()).unwrap_or_default();
    let head = format!(
        "From: {}\r\nSubject: {}\r\nMessage-ID: {}\r\nDate: {}\r\nMIME-Version: 1.0\r\n",
        from.trim_matches('"'),
        text("subject").replace(['\r', '\n'], " "),
        text("internetMessageId"),
        text("sentDateTime")
    );
    let body = message.get("body").map(|body| body["content"].as_str().unwrap_or_default().to_owned());
    let mut whole = head.into_bytes();
    whole.extend_from_slice(
        b"Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/html\r\n\r\n",
    );
    whole.extend_from_slice(body.unwrap_or_default().as_bytes());
    for one in attachments.iter().filter(|one| !matches!(one.content, Content::Reference)) {
        let name = one.members["name"].as_str().unwrap_or_default();
        let head = format!(
            "\r\n--part\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        );
        whole.extend_from_slice(head.as_bytes());
        whole.extend_from_slice(STANDARD.encode(one.content.bytes()).as_bytes());
    }
    whole.extend_from_slice(b"\r\n--part--\r\n");
    whole
}
