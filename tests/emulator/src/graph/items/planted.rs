//! Messages that a test puts into a mailbox, and what a test sees of those that are there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::ids::system_folder;
use super::message_parts::{Attachment, Content};
use super::{FIRST_CREATED, Items, Kind};
use crate::graph::item_kinds::FOLDERS;
use crate::reply::iso_date;
use crate::service::Service;

impl Items {
    /// Puts a message into a mailbox; gives its id.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn plant(&self, service: &Service, index: u64, message: &Value, attachments: &Value) -> Result<String, String> {
        if index >= service.population.count {
            return Err(format!("there is no mailbox {index}"));
        }
        let given = message.as_object().ok_or("message: is no object")?;
        let attachments: Vec<Attachment> = match attachments {
            Value::Null => Vec::new(),
            Value::Array(all) => all.iter().enumerate().map(attachment).collect::<Result<_, _>>()?,
            _ => return Err("attachments: is no list".into()),
        };
        let mut all = self.0.lock();
        let changes = all.entry(index).or_default();
        let nth = FIRST_CREATED + changes.created.len() as u64;
        let mut item = Kind::Message.seeded(&service.population, index, 0);
        let id = Kind::Message.id(index, nth);
        let now = iso_date(service.now());
        item.insert("id".into(), id.as_str().into());
        item.insert("@odata.etag".into(), format!("W/\"CQAAABYAAAA{nth:04x}\"").into());
        item.insert("changeKey".into(), format!("CQAAABYAAAA{nth:04x}").into());
        item.insert("receivedDateTime".into(), now.as_str().into());
        item.insert("sentDateTime".into(), now.into());
        item.insert("internetMessageId".into(), format!("<{index}.{nth}@planted.example>").into());
        // By what Graph says of it: an inline attachment is none.
        let is_shown = |one: &Attachment| one.members.get("isInline") != Some(&Value::Bool(true));
        item.insert("hasAttachments".into(), attachments.iter().any(is_shown).into());
        item.extend(given.clone());
        if let Some(Value::String(folder)) = item.get_mut("parentFolderId") {
            let known = FOLDERS.iter().position(|(name, _)| name == folder);
            let known = known.map(|nth| Kind::Folder.id(index, nth as u64)).or_else(|| system_folder(index, folder));
            *folder = known.unwrap_or_else(|| std::mem::take(folder));
        }
        changes.attachments.insert(changes.ids.immutable(&id), attachments);
        changes.note(Kind::Message, &id, None);
        changes.created.push((Kind::Message, id.clone(), item));
        Ok(id)
    }

    /// The messages of a mailbox in a folder with a well-known name; with `None` all but those that were deleted and can
    /// be recovered.
    #[must_use]
    pub fn messages(&self, service: &Service, index: u64, folder: Option<&str>) -> Vec<Value> {
        let seeded = service.config.messages.unwrap_or_else(|| Kind::Message.number(&service.population, index));
        let mut all = self.0.lock();
        let changes = all.entry(index).or_default();
        let created: Vec<Map<String, Value>> = changes
            .created
            .iter()
            .filter(|(kind, ..)| *kind == Kind::Message)
            .map(|(_, _, item)| item.clone())
            .collect();
        let seeded = (0..seeded).map(|nth| Kind::Message.seeded(&service.population, index, nth));
        let deletions = system_folder(index, "recoverableitemsdeletions");
        let of_name = |name: &str| {
            let known = FOLDERS.iter().position(|(known, _)| *known == name);
            known.map(|nth| Kind::Folder.id(index, nth as u64)).or_else(|| system_folder(index, name))
        };
        let wanted = folder.map(of_name);
        let is_wanted = |item: &Map<String, Value>| {
            let own = item.get("parentFolderId").and_then(Value::as_str);
            wanted.as_ref().map_or(own != deletions.as_deref(), |wanted| own == wanted.as_deref())
        };
        let there = created.into_iter().chain(seeded).filter_map(|item| changes.applied(item)).filter(is_wanted);
        there.map(Value::Object).collect()
    }
}

fn attachment((number, given): (usize, &Value)) -> Result<Attachment, String> {
    let mut members = given.as_object().cloned().ok_or("attachments: an element is no object")?;
    members.entry("@odata.type").or_insert_with(|| "#microsoft.graph.fileAttachment".into());
    let is_reference = members["@odata.type"] == "#microsoft.graph.referenceAttachment";
    let content = match (members.shift_remove("contentBytes"), members.get("size").and_then(Value::as_u64)) {
        _ if is_reference => Content::Reference,
        (Some(Value::String(text)), _) => {
            Content::Bytes(STANDARD.decode(text).map_err(|cause| format!("attachments: {cause}"))?)
        }
        (_, Some(size)) => Content::Size(usize::try_from(size).map_err(|cause| cause.to_string())?),
        _ => return Err("attachments: contentBytes or size is missing".into()),
    };
    let size = match &content {
        Content::Bytes(bytes) => bytes.len(),
        Content::Size(size) => *size,
        Content::Reference => 0,
    };
    members.insert("size".into(), size.into());
    members.insert("id".into(), format!("AAMkATT{number:08x}=").into());
    members.entry("contentType").or_insert_with(|| "application/octet-stream".into());
    members.entry("isInline").or_insert_with(|| false.into());
    members.entry("name").or_insert_with(|| format!("file{number}.bin").into());
    Ok(Attachment { members, content })
}
