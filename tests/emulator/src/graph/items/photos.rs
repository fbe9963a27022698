//! The photos of a user and of contacts.
//!
//! Source: Microsoft Graph "Get profilePhoto", "Update profilePhoto" (`image/jpeg`, at most 4 MB): of a contact with
//! Contacts.Read and Contacts.ReadWrite. "profilePhoto resource type": that of a contact cannot be deleted.

use std::sync::Arc;

use serde_json::json;

use super::{Items, Request, empty};
use crate::graph::authorization::outlook_role;
use crate::graph::item_kinds::Kind;
use crate::graph::{no_such_method, no_such_segment, opened};
use crate::reply::Reply;

/// The most bytes of a photo ("Update profilePhoto").
const MOST: usize = 4 * 1024 * 1024;

impl Request<'_> {
    /// The user's own.
    pub(super) fn photo(&self) -> Result<Reply, Reply> {
        match self.asked.method {
            "GET" => {
                outlook_role(self.roles, &["User.Read.All", "User.ReadWrite.All", "ProfilePhoto.Read.All"])?;
                opened(self.service, self.named.index)?;
                shown(self.with_changes(|changes| changes.photo.clone()))
            }
            // "Delete profilePhoto": of users and groups.
            "DELETE" => {
                outlook_role(self.roles, &["User.ReadWrite.All", "ProfilePhoto.ReadWrite.All"])?;
                opened(self.service, self.named.index)?;
                self.with_changes(|changes| changes.photo = None);
                Ok(empty(204))
            }
            "PUT" | "PATCH" => {
                outlook_role(self.roles, &["User.ReadWrite.All", "ProfilePhoto.ReadWrite.All"])?;
                opened(self.service, self.named.index)?;
                let photo = self.written_photo()?;
                self.with_changes(|changes| changes.photo = Some(photo));
                Ok(empty(200))
            }
            _ => Err(no_such_method()),
        }
    }

    /// That of a contact.
    pub(super) fn contact_photo(&self, id: &str, part: &[&str]) -> Result<Reply, Reply> {
        match part {
            ["$value"] => {}
            [] => return self.contact_photo_facts(id),
            _ => return Err(no_such_segment(part.last().copied().unwrap_or_default())),
        }
        self.authorize(Kind::Contact)?;
        let contact = self.find(Kind::Contact, id)?;
        match self.asked.method {
            "GET" => shown(self.with_changes(|changes| changes.contact_photos.get(id).cloned())),
            "PUT" | "PATCH" => {
                self.matches(Kind::Contact, &contact)?;
                let photo = self.written_photo()?;
                // It is a part of the contact, whose version is another one then.
                let mut members = serde_json::Map::new();
                self.renew(Kind::Contact, id, &mut members);
                self.with_changes(|changes| {
                    changes.changed.entry(id.to_owned()).or_default().append(&mut members);
                    changes.contact_photos.insert(id.to_owned(), photo);
                });
                Ok(empty(200))
            }
            _ => Err(no_such_method()),
        }
    }

    /// What is said of the photo of a contact, without its bytes.
    fn contact_photo_facts(&self, id: &str) -> Result<Reply, Reply> {
        self.authorize(Kind::Contact)?;
        self.find(Kind::Contact, id)?;
        if self.asked.method != "GET" {
            return Err(no_such_method());
        }
        let photo = self.with_changes(|changes| changes.contact_photos.get(id).cloned()).ok_or_else(none)?;
        let etag = format!("W/\"{:x}\"", photo.len());
        Ok(Reply::json(
            200,
            &json!({"@odata.mediaContentType": "image/jpeg", "@odata.mediaEtag": etag, "id": "default",
            "width": 1, "height": 1}),
        ))
    }

    fn written_photo(&self) -> Result<Arc<[u8]>, Reply> {
        let is_jpeg = self.asked.body.starts_with(&[0xff, 0xd8, 0xff]);
        if self.asked.content_type != "image/jpeg" || !is_jpeg {
            return Err(Reply::graph_error(400, "ErrorInvalidImage", "The photo is no JPEG."));
        }
        if self.asked.body.len() > MOST {
            return Err(Reply::graph_error(400, "ErrorImageTooLarge", "The photo is larger than 4 MB."));
        }
        Ok(self.service.items.kept(self.asked.body))
    }
}

impl Items {
    /// The same bytes once, however many mailboxes have them.
    fn kept(&self, bytes: &[u8]) -> Arc<[u8]> {
        let mut all = self.1.lock();
        if let Some(known) = all.get(bytes) {
            return Arc::clone(known);
        }
        let own: Arc<[u8]> = bytes.into();
        all.insert(Arc::clone(&own));
        own
    }
}

fn shown(photo: Option<Arc<[u8]>>) -> Result<Reply, Reply> {
    let body = photo.ok_or_else(none)?.to_vec();
    Ok(Reply { body, ..empty(200) }.header("content-type", "image/jpeg"))
}

fn none() -> Reply {
    Reply::graph_error(404, "ImageNotFound", "Exception of type 'ImageNotFoundException' was thrown.")
}
