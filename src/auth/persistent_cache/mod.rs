//! Tokens that outlive the process: one encrypted file of the user, whose key lies in the credential store of the
//! system. Without such a store there is no file: nothing is ever written in plain.
//!
//! The cache in memory stands in front of it. A file that cannot be read (another key, damaged, changed) counts as
//! empty and is replaced with the next token; what fails once the cache is open is a warning and stops no run.

mod clearing;
mod credential_store;
mod folder;
mod records;
mod sealed;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

pub use clearing::Cleared;
pub use credential_store::{CredentialStore, SystemStore};

use self::folder::WriteLock;
use self::records::Records;
use self::sealed::CacheKey;
use super::cache::TokenKey;
use super::token::AccessToken;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::files::{self, WholeFile};
use crate::secret::Secret;

const FILE: &str = "tokens.bin";
const LOCK: &str = "tokens.lock";

/// Room for the tokens of thousands of apps.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A store may ask its user to unlock it; one that asks nobody in particular would wait for ever.
const STORE_TIMEOUT: Duration = Duration::from_secs(60);

/// Tokens of a user that outlive the process.
#[derive(Debug)]
pub struct PersistentCache {
    /// By default the user's own.
    folder: Option<PathBuf>,
    store: Arc<dyn CredentialStore>,
    opened: tokio::sync::Mutex<Option<Arc<OpenCache>>>,
}

/// The cache with the key at hand.
#[derive(Debug)]
pub(super) struct OpenCache {
    folder: PathBuf,
    key: CacheKey,
    /// Cleared meanwhile: whoever still holds it keeps nothing any more.
    cleared: AtomicBool,
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
    pub(super) async fn open(&self) -> Result<Arc<OpenCache>> {
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

    fn folder(&self) -> Result<PathBuf> {
        let folder = self.folder.clone().or_else(folder::of_user);
        folder.ok_or_else(|| unavailable("the user has no home folder"))
    }

    /// Work with the store, which may ask its user first.
    async fn ask_store<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
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

impl OpenCache {
    fn new(folder: PathBuf, key: CacheKey) -> Self {
        Self { folder, key, cleared: AtomicBool::new(false) }
    }

    /// The file.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Tells secrets apart, the same in every process of the user.
    pub(super) fn digest(&self, secret: &Secret) -> Result<String> {
        self.key.digest(secret)
    }

    /// The access token of that key, where there is one that lives.
    pub(super) async fn access_token(
        self: &Arc<Self>,
        key: &TokenKey,
        now: Timestamp,
        context: &Context,
    ) -> Option<AccessToken> {
        self.read(context).await.access_token(key, now)
    }

    /// The refresh token of that key.
    pub(super) async fn refresh_token(self: &Arc<Self>, key: &TokenKey, context: &Context) -> Option<Secret> {
        self.read(context).await.refresh_token(key)
    }

    /// Keeps an access token beside those of others.
    pub(super) async fn keep_access_token(
        self: &Arc<Self>,
        key: &TokenKey,
        token: &Arc<AccessToken>,
        now: Timestamp,
        context: &Context,
    ) {
        let (key, token) = (key.clone(), Arc::clone(token));
        self.change(now, context, move |records| records.keep_access_token(&key, &token)).await;
    }

    /// Keeps a refresh token beside those of others.
    pub(super) async fn keep_refresh_token(
        self: &Arc<Self>,
        key: &TokenKey,
        token: &Secret,
        now: Timestamp,
        context: &Context,
    ) {
        let (key, token) = (key.clone(), token.clone());
        self.change(now, context, move |records| records.keep_refresh_token(&key, &token, now)).await;
    }

    async fn read(self: &Arc<Self>, context: &Context) -> Records {
        if self.cleared.load(Ordering::Acquire) {
            return Records::default();
        }
        let (cache, context) = (Arc::clone(self), context.clone());
        let work = tokio::task::spawn_blocking(move || cache.records(&context));
        work.await.unwrap_or_default()
    }

    /// Whoever wrote last is read again under the lock, so that nothing of theirs is lost.
    async fn change(
        self: &Arc<Self>,
        now: Timestamp,
        context: &Context,
        change: impl FnOnce(&mut Records) + Send + 'static,
    ) {
        if self.cleared.load(Ordering::Acquire) {
            return;
        }
        let (cache, context) = (Arc::clone(self), context.clone());
        let work = tokio::task::spawn_blocking(move || {
            if let Err(error) = cache.write(now, &context, change) {
                let message = format!("the token was not kept for later processes: {error}");
                context.events.emit(Event::Warning, &message, []);
            }
        });
        // It says itself what went wrong.
        let _ = work.await;
    }

    fn write(&self, now: Timestamp, context: &Context, change: impl FnOnce(&mut Records)) -> Result<()> {
        let path = self.path();
        let failed = |error: io::Error| files::file_error("locking the token cache", &self.folder, &error);
        folder::create(&self.folder).map_err(failed)?;
        let _lock = WriteLock::take(&self.folder.join(LOCK)).map_err(failed)?;
        // Who clears it has the lock, too.
        if self.cleared.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut records = self.records(context);
        records.prune(now);
        change(&mut records);
        let mut file = WholeFile::create(&path)?;
        file.write(&self.key.seal(&records.to_json()?)?)?;
        file.finish_or_discard()
    }

    /// What the file holds. One that cannot be used is as good as none.
    fn records(&self, context: &Context) -> Records {
        let path = self.path();
        self.try_records(&path).unwrap_or_else(|reason| {
            let message = format!("the token cache {} is not used and will be replaced: {reason}", path.display());
            context.events.emit(Event::Warning, &message, []);
            Records::default()
        })
    }

    fn try_records(&self, path: &Path) -> Result<Records, String> {
        let sealed = match files::read_at_most(path, LARGEST) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Records::default()),
            Err(error) => return Err(files::describe(&error)),
        };
        let plain = self.key.open(&sealed)?;
        // What the reader says may quote what it read.
        Records::from_json(&plain).map_err(|_| "it does not hold what this version writes".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;

    /// A store in memory, which may refuse.
    #[derive(Debug, Default)]
    struct TestStore {
        key: Mutex<Option<Secret>>,
        refuses: bool,
    }

    impl CredentialStore for TestStore {
        fn name(&self) -> &str {
            "the store of a test"
        }

        fn read(&self) -> Result<Option<Secret>, String> {
            if self.refuses { Err("it is locked".to_owned()) } else { Ok(self.key.lock().unwrap().clone()) }
        }

        fn write(&self, key: &Secret) -> Result<(), String> {
            *self.key.lock().unwrap() = Some(key.clone());
            Ok(())
        }

        fn remove(&self) -> Result<(), String> {
            if self.refuses {
                return Err("it is locked".to_owned());
            }
            self.key.lock().unwrap().take();
            Ok(())
        }
    }

    pub(super) fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    pub(super) fn key(resource: &str) -> TokenKey {
        TokenKey {
            token_url: "https://login.microsoftonline.com/t/oauth2/v2.0/token".into(),
            client_id: "c".into(),
            resource: resource.into(),
            credential: "secret 00".into(),
            claims: None,
        }
    }

    pub(super) fn token(text: &str) -> Arc<AccessToken> {
        let serde_json::Value::Object(members) = json!({"expires_in": 3600, "access_token": text}) else {
            unreachable!()
        };
        Arc::new(AccessToken::from_reply(members, "r", now()).unwrap())
    }

    #[tokio::test]
    async fn a_store_that_refuses_leaves_no_trace() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("exrun");
        let cache = PersistentCache::new(folder.clone(), Arc::new(TestStore { refuses: true, ..TestStore::default() }));
        let error = cache.open().await.unwrap_err();
        assert_eq!(error.status(), Status::TokenCacheUnavailable);
        let said = error.to_string();
        assert!(said.contains("the store of a test does not answer: it is locked; no token was written"), "{said}");
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_is_said() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, "").unwrap();
        let error = PersistentCache::new(file.join("exrun"), Arc::<TestStore>::default()).open().await.unwrap_err();
        assert_eq!(error.status(), Status::TokenCacheUnavailable);
    }

    #[tokio::test]
    async fn a_key_of_the_wrong_length_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(TestStore { key: Mutex::new(Some(Secret::new(vec![1; 5]))), refuses: false });
        PersistentCache::new(folder.path().to_owned(), store.clone()).open().await.unwrap();
        assert_eq!(store.key.lock().unwrap().as_ref().unwrap().bytes().len(), 32);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn writers_at_once_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::<TestStore>::default();
        // As many caches as there would be processes, all of which may have to make the key.
        let write = |number: usize| {
            let cache = PersistentCache::new(folder.path().to_owned(), store.clone());
            tokio::spawn(async move {
                let open = cache.open().await.unwrap();
                let context = Context::default();
                let text = format!("token-{number}");
                open.keep_access_token(&key(&text), &token(&text), now(), &context).await;
                assert_eq!(context.events.drain(), "");
            })
        };
        for writer in (0..16).map(write).collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let open = PersistentCache::new(folder.path().to_owned(), store.clone()).open().await.unwrap();
        for number in 0..16 {
            let text = format!("token-{number}");
            let found = open.access_token(&key(&text), now(), &Context::default()).await.unwrap();
            assert_eq!(found.secret().bytes(), text.as_bytes());
        }
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [FILE, LOCK], "no temporary file stays");
    }

    #[tokio::test]
    async fn a_file_that_was_changed_is_a_warning_until_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PersistentCache::new(folder.path().to_owned(), Arc::<TestStore>::default());
        let (open, context) = (cache.open().await.unwrap(), Context::default());
        open.keep_access_token(&key("r"), &token("kept"), now(), &context).await;
        assert_eq!(context.events.drain(), "");
        let mut sealed = fs::read(open.path()).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        fs::write(open.path(), &sealed).unwrap();
        assert!(open.access_token(&key("r"), now(), &context).await.is_none());
        assert!(context.events.drain().contains("is not used and will be replaced: it is damaged"));
        open.keep_access_token(&key("r"), &token("new"), now(), &context).await;
        assert!(context.events.drain().contains("will be replaced"), "said again while it is replaced");
        assert_eq!(open.access_token(&key("r"), now(), &context).await.unwrap().secret().bytes(), b"new");
        assert_eq!(context.events.drain(), "");
    }

    #[tokio::test]
    async fn what_is_cleared_is_gone_with_its_key_and_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::<TestStore>::default();
        let cache = PersistentCache::new(folder.path().to_owned(), store.clone());
        let (before, context) = (cache.open().await.unwrap(), Context::default());
        before.keep_refresh_token(&key("r"), &Secret::new(b"kept".to_vec()), now(), &context).await;
        let first_key = store.key.lock().unwrap().clone().unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(cache.clear(&context).await.unwrap(), Cleared { file: file.clone(), removed: true });
        assert!(!file.exists() && store.key.lock().unwrap().is_none());
        // Who had it open keeps nothing any more; who opens it now has a key of its own.
        before.keep_access_token(&key("r"), &token("late"), now(), &context).await;
        assert!(!file.exists());
        let after = cache.open().await.unwrap();
        after.keep_access_token(&key("r"), &token("new"), now(), &context).await;
        assert!(before.access_token(&key("r"), now(), &context).await.is_none());
        assert!(after.refresh_token(&key("r"), &context).await.is_none());
        assert_ne!(store.key.lock().unwrap().clone().unwrap().bytes(), first_key.bytes());
        assert_eq!(context.events.drain(), "");
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_keeps_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = TestStore { refuses: true, ..TestStore::default() };
        let cache = PersistentCache::new(folder.path().to_owned(), Arc::new(store));
        let context = Context::default();
        assert!(!cache.clear(&context).await.unwrap().removed, "there was none");
        assert_eq!(context.events.drain(), "");
        fs::write(folder.path().join(FILE), "sealed").unwrap();
        assert!(cache.clear(&context).await.unwrap().removed);
        assert!(context.events.drain().contains("stays in the store of a test: it is locked"));
        let nowhere = PersistentCache::new(folder.path().join("nowhere"), Arc::<TestStore>::default());
        assert!(!nowhere.clear(&context).await.unwrap().removed);
        assert!(!folder.path().join("nowhere").exists());
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PersistentCache::new(folder.path().to_owned(), Arc::<TestStore>::default());
        let (open, context) = (cache.open().await.unwrap(), Context::default());
        fs::create_dir(open.path()).unwrap();
        open.keep_access_token(&key("r"), &token("t"), now(), &context).await;
        assert!(context.events.drain().contains("the token was not kept for later processes"));
    }
}
