//! Forgetting: the file of a user's tokens, and the key that opened it.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::credential_store::CredentialStore;
use super::folder::WriteLock;
use super::open_cache::{FILE, LOCK, OpenCache};
use super::place::PersistentCache;
use crate::auth::cache::memory;
use crate::context::Context;
use crate::error::Result;
use crate::event::Event;
use crate::files;

/// What was there to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// Where the tokens of the user lie.
    pub file: PathBuf,
    /// Whether there was such a file.
    pub removed: bool,
}

impl PersistentCache {
    /// Removes the tokens that were kept, and their key from the credential store. A client that has a token in
    /// memory goes on with it and keeps no later one; what another process keeps that runs already, nobody can read.
    /// A store that does not answer is a warning: without the file its key opens nothing.
    ///
    /// # Errors
    ///
    /// `File` where the file cannot be removed; `TokenCacheUnavailable` where the user has no home folder.
    pub async fn clear(&self, context: &Context) -> Result<Cleared> {
        let mut opened = self.opened.lock().await;
        let (folder, open) = (self.folder()?, opened.take());
        let file = folder.join(FILE);
        memory::forget(&file);
        let removing = file.clone();
        let work = tokio::task::spawn_blocking(move || remove(&folder, open));
        let removed = work.await.map_err(|_| crate::Error::internal("clearing the token cache panicked"))?;
        let removed = removed.map_err(|error| files::file_error("clearing the token cache", &removing, &error))?;
        // A key without a file opens nothing: the store is not asked for the sake of it.
        if removed {
            let store: Arc<dyn CredentialStore> = Arc::clone(&self.store);
            let answered = self.ask_store(move || Ok(store.remove())).await;
            if let Err(cause) = answered.unwrap_or_else(|error| Err(error.to_string())) {
                let name = self.store.name();
                let message = format!("the key of the tokens that were removed stays in {name}: {cause}");
                context.events.emit(Event::Warning, &message, []);
            }
        }
        Ok(Cleared { file, removed })
    }
}

/// Whoever writes at the same time has the lock first, or finds that there is nothing to write to.
fn remove(folder: &std::path::Path, open: Option<Arc<OpenCache>>) -> io::Result<bool> {
    let file = folder.join(FILE);
    let _lock = if folder.is_dir() { Some(WriteLock::take(&folder.join(LOCK))?) } else { None };
    if let Some(open) = open {
        open.cleared.store(true, Ordering::Release);
    }
    match fs::remove_file(&file) {
        Ok(()) => {
            // What was forgotten must not come back with a power cut; where that fails there is no better way.
            let _ = files::sync_folder(&file);
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
