//! Photos of contacts: files that a list names, files that are named by keys, and the photos of people in a group.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use super::super::plan_photos::PlanPhotos;
use super::super::state_plan::LateState;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::facet::synced_contacts::{Photo, WANTED_KEY, WANTED_PHOTO};
use crate::facet::{Item, State};
use crate::files::{file_error, folder, look, read_at_most};
use crate::graph::call::GraphClient;
use crate::graph::user_photos;
use crate::http::RetryPolicy;
use crate::plan::{MOST_PHOTO_BYTES, check_photo};

const READING: &str = "reading the photo";

/// How the files of a folder end that are photos; the others are pictures that nobody shall take for none.
const ENDINGS: [&str; 2] = ["jpg", "jpeg"];
const OTHER_PICTURES: [&str; 6] = ["png", "gif", "bmp", "webp", "heic", "tif"];

/// Photos of people that are read at a time.
const AT_A_TIME: usize = 8;

/// Where the files of contacts' photos are.
#[derive(Debug)]
pub(super) struct PhotoFiles(Vec<(Photo, PathBuf)>);

impl PhotoFiles {
    /// Looks at the photo of each contact, and puts what is known of it in the place of its file's name: those that the
    /// list names in its column, else those of the folder that have the names of keys. Blocks.
    ///
    /// # Errors
    ///
    /// `File` and `InvalidArgument`, with the number of the row.
    pub(super) fn read(
        contacts: &mut [Item],
        list: Option<&Path>,
        photo_folder: Option<&Path>,
        photos: &PlanPhotos,
    ) -> Result<Option<Self>> {
        let has_column = contacts.iter().any(|contact| contact.contains_key(WANTED_PHOTO));
        let by_key = match photo_folder.filter(|_| !has_column) {
            Some(folder) => Some(ByKey::list(folder)?),
            None if has_column => None,
            None => return Ok(None),
        };
        let base = photo_folder.or_else(|| list.map(folder));
        let mut files = Vec::new();
        let mut known: HashMap<PathBuf, Photo> = HashMap::new();
        for (number, contact) in contacts.iter_mut().enumerate() {
            let of_row = |error: Error| {
                let action = format!("reading row {} of the list of", number + 1);
                Error::new(error.status(), error.to_string()).action(action).target("contacts")
            };
            let file = match &by_key {
                Some(by_key) => by_key.file(key(contact)).map_err(of_row)?,
                None => named_file(contact, base).map_err(of_row)?,
            };
            let Some(file) = file else {
                if by_key.is_some() {
                    contact.insert(WANTED_PHOTO.to_owned(), Value::Null);
                }
                continue;
            };
            let photo = match known.get(&file) {
                Some(photo) => photo.clone(),
                None => {
                    let photo = photos.named(&bytes_of(&file).map_err(of_row)?);
                    files.push((photo.clone(), file.clone()));
                    known.insert(file, photo.clone());
                    photo
                }
            };
            contact.insert(WANTED_PHOTO.to_owned(), photo.to_value());
        }
        let has_none = by_key.is_some() && files.is_empty() && !contacts.is_empty();
        if let Some(folder) = photo_folder.filter(|_| has_none) {
            let detail = format!("photoFolder: no file in {} has the name of a key and ends in .jpg", folder.display());
            return Err(Error::argument(detail)
                .hint("files are named by the keys of contacts: E1.jpg; without any, all photos would go"));
        }
        Ok(Some(Self(files)))
    }

    fn save(&self, photos: &PlanPhotos) -> Result<()> {
        for (photo, file) in &self.0 {
            let bytes = bytes_of(file)?;
            if photos.named(&bytes) != *photo {
                return Err(Error::argument("the photo was changed while it was read")
                    .action(READING)
                    .target(file.display().to_string()));
            }
            photos.save(photo, &bytes)?;
        }
        Ok(())
    }
}

/// A state that is known from the start, of contacts whose photos go beside the plan before it is made.
#[derive(Debug)]
pub(super) struct WithPhotos {
    pub(super) state: Arc<State>,
    pub(super) files: Arc<PhotoFiles>,
    pub(super) photos: Arc<PlanPhotos>,
}

impl LateState for WithPhotos {
    fn state<'a>(
        &'a self,
        _: &'a GraphClient,
        _: &'a RetryPolicy,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<Arc<State>>> {
        Box::pin(async move {
            let (files, photos) = (Arc::clone(&self.files), Arc::clone(&self.photos));
            let saved = tokio::task::spawn_blocking(move || files.save(&photos)).await;
            saved.unwrap_or_else(|_| Err(Error::internal("saving the photos panicked")))?;
            Ok(Arc::clone(&self.state))
        })
    }
}

/// Gives contacts, who are known by the ids of users, the photos of these; `saves`: beside the plan too.
///
/// # Errors
///
/// What the service said, with the permission that is needed; `File`.
pub(super) async fn of_users(
    contacts: &mut [Item],
    photos: &Arc<PlanPhotos>,
    saves: bool,
    graph: &GraphClient,
    retry: &RetryPolicy,
    context: &Context,
) -> Result<()> {
    let ids: Vec<String> = contacts.iter().map(|contact| key(contact).to_owned()).collect();
    let read = ids.into_iter().map(|id| async move {
        let bytes = user_photos::photo(graph, &id, retry, context).await?;
        kept(bytes, photos, saves).await
    });
    let all: Vec<Option<Value>> = stream::iter(read).buffered(AT_A_TIME).try_collect().await?;
    let left_out = all.iter().filter(|photo| photo.is_none()).count();
    for (contact, photo) in contacts.iter_mut().zip(all) {
        // One that cannot be written stays as it is.
        contact.extend(photo.map(|photo| (WANTED_PHOTO.to_owned(), photo)));
    }
    if left_out > 0 {
        let message = format!(
            "{left_out} photos of members are no JPEG of at most 4 MB, which contacts take: what these contacts have stays"
        );
        context.events.emit(Event::Warning, &message, []);
    }
    Ok(())
}

/// What a contact says of a photo that was read: null where there is none, nothing of one that contacts do not take.
async fn kept(bytes: Option<Bytes>, photos: &Arc<PlanPhotos>, saves: bool) -> Result<Option<Value>> {
    let Some(bytes) = bytes else { return Ok(Some(Value::Null)) };
    if check_photo(&bytes).is_err() {
        return Ok(None);
    }
    let photos = Arc::clone(photos);
    let kept = move || {
        let photo = photos.named(&bytes);
        if saves {
            photos.save(&photo, &bytes)?;
        }
        Ok(Some(photo.to_value()))
    };
    tokio::task::spawn_blocking(kept).await.unwrap_or_else(|_| Err(Error::internal("saving a photo panicked")))
}

fn key(contact: &Item) -> &str {
    contact.get(WANTED_KEY).and_then(Value::as_str).unwrap_or_default()
}

/// The file that a contact's row names.
fn named_file(contact: &Item, base: Option<&Path>) -> Result<Option<PathBuf>> {
    let Some(given) = contact.get(WANTED_PHOTO).and_then(Value::as_str) else { return Ok(None) };
    let path = Path::new(given);
    match base {
        Some(base) => Ok(Some(base.join(path))),
        None if path.is_absolute() => Ok(Some(path.to_owned())),
        None => {
            Err(Error::argument(format!("photo: {given:?} is relative, and the list is in no file that it is beside"))
                .hint("give whole paths, or the folder that they begin in: photoFolder (-PhotoFolder)"))
        }
    }
}

/// The bytes of a photo that the service takes.
fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    let owned = file.to_owned();
    let read = look(move || read_at_most(&owned, MOST_PHOTO_BYTES)).and_then(std::convert::identity);
    let bytes = read.map_err(|error| file_error(READING, file, &error))?;
    check_photo(&bytes).map_err(|error| error.action(READING).target(file.display().to_string()))?;
    Ok(bytes)
}

/// The pictures of a folder, by their names without ending.
struct ByKey(HashMap<String, PathBuf>);

impl ByKey {
    fn list(folder: &Path) -> Result<Self> {
        let owned = folder.to_owned();
        let listed = look(move || -> io::Result<Vec<PathBuf>> {
            fs::read_dir(&owned)?.map(|entry| entry.map(|entry| entry.path())).collect()
        });
        let mut files = listed
            .and_then(std::convert::identity)
            .map_err(|error| file_error("listing the photos in", folder, &error))?;
        // Of two endings the first, whatever the order of the folder.
        files.sort();
        let mut by_name: HashMap<String, PathBuf> = HashMap::new();
        for file in files {
            let Some(name) = file.file_stem().and_then(|name| name.to_str()).map(str::to_lowercase) else { continue };
            match by_name.get(&name) {
                Some(known) if is_photo(known) || !is_photo(&file) => {}
                _ if is_photo(&file) || has_ending(&file, &OTHER_PICTURES) => drop(by_name.insert(name, file)),
                _ => {}
            }
        }
        Ok(Self(by_name))
    }

    fn file(&self, key: &str) -> Result<Option<PathBuf>> {
        match self.0.get(&key.to_lowercase()) {
            Some(file) if !is_photo(file) => {
                let detail = format!("{} is no JPEG, and JPEG is what the service takes for photos", file.display());
                Err(Error::argument(detail).hint("save the photo as .jpg with a program for pictures"))
            }
            file => Ok(file.cloned()),
        }
    }
}

fn is_photo(file: &Path) -> bool {
    has_ending(file, &ENDINGS)
}

fn has_ending(file: &Path, endings: &[&str]) -> bool {
    let own = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    endings.iter().any(|ending| ending.eq_ignore_ascii_case(own))
}
