//! The place of the persistent cache, and how it is opened.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::credential_store::{CredentialStore, SystemStore};
use super::folder::{self, WriteLock};
use super::open_cache::{LOCK, OpenCache};
use super::sealed::{self, CacheKey};
use crate::error::{Error, Result, Status};
use crate::files;

/// A store may ask its user to unlock it; one that asks nobody in particular would wait for ever.
const STORE_TIMEOUT: Duration = Duration::from_secs(60);

/// Tokens of a user that outlive the process.
#[derive(Debug)]
pub struct PersistentCache {
    /// By default the user's own.
    folder: Option<PathBuf>,
    pub(super) store: Arc<dyn CredentialStore>,
    pub(super) opened: tokio::sync::Mutex<Option<Arc<OpenCache>>>,
}

impl PersistentCache {
    /// The cache in a folder, with its key in a store of the caller's.
    #[must_use]
    pub fn new(folder: PathBuf, store: Arc<dyn CredentialStore>) -> Self {
        Self { folder: Some(folder), store, opened: tokio::sync::Mutex::default() }
    }

    /// The one cache of this process's user, with its key in the system's credential store.
    #[must_use]
    pub fn of_user() -> Arc<Self> {
        static OF_USER: OnceLock<Arc<PersistentCache>> = OnceLock::new();
        let make = || Self { folder: None, store: Arc::new(SystemStore), opened: tokio::sync::Mutex::default() };
        Arc::clone(OF_USER.get_or_init(|| Arc::new(make())))
    }

    /// Gets the key, or makes one where the store has none yet.
    ///
    /// # Errors
    ///
    /// `TokenCacheUnavailable`; a later call tries again.
    pub(in crate::auth) async fn open(&self) -> Result<Arc<OpenCache>> {
        let mut opened = self.opened.lock().await;
        if let Some(open) = &*opened {
            return Ok(Arc::clone(open));
        }
        let folder = self.folder()?;
        let store = Arc::clone(&self.store);
        let open = self.ask_store(move || open(folder, &*store).map(Arc::new)).await?;
        *opened = Some(Arc::clone(&open));
        Ok(open)
    }

    pub(super) fn folder(&self) -> Result<PathBuf> {
        let folder = self.folder.clone().or_else(folder::of_user);
        folder.ok_or_else(|| unavailable("the user has no home folder"))
    }

    /// Work with the store, which may ask its user first.
    pub(super) async fn ask_store<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match tokio::time::timeout(STORE_TIMEOUT, tokio::task::spawn_blocking(work)).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Error::new(Status::Internal, "opening the token cache panicked")),
            Err(_) => {
                let (name, seconds) = (self.store.name(), STORE_TIMEOUT.as_secs());
                Err(unavailable(&format!("{name} did not answer within {seconds} s; it may be locked"))
                    .hint("unlock it, or leave out the persistent token cache"))
            }
        }
    }
}

fn open(folder: PathBuf, store: &dyn CredentialStore) -> Result<OpenCache> {
    let failed = |cause: String| {
        unavailable(&format!("{} does not answer: {cause}", store.name())).hint(if cfg!(any(windows, target_os = "macos")) {
            "sign in as a user whose profile is loaded and whose store is unlocked, or leave out the persistent token cache"
        } else {
            "run it in a D-Bus session with a Secret Service (GNOME Keyring, KWallet), or leave out the persistent token cache"
        })
    };
    let read = || {
        let key = store.read().map_err(failed)?;
        key.as_ref().map(CacheKey::new).transpose().map(Option::flatten)
    };
    if let Some(key) = read()? {
        return Ok(OpenCache::new(folder, key));
    }
    // Two processes must not both make the first key.
    let no_folder = |error: io::Error| {
        unavailable(&format!("the folder {} cannot be used: {}", folder.display(), files::describe(&error)))
    };
    folder::create(&folder).map_err(no_folder)?;
    let _lock = WriteLock::take(&folder.join(LOCK)).map_err(no_folder)?;
    let key = match read()? {
        Some(key) => key,
        None => {
            store.write(&sealed::new_key()?).map_err(failed)?;
            read()?.ok_or_else(|| failed("it did not keep the key".to_owned()))?
        }
    };
    Ok(OpenCache::new(folder, key))
}

fn unavailable(what: &str) -> Error {
    Error::new(Status::TokenCacheUnavailable, format!("{what}; no token was written"))
        .action("opening the persistent token cache")
}
