//! The persistent cache with its key at hand.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::folder::{self, WriteLock};
use super::records::Records;
use super::sealed::CacheKey;
use crate::auth::cache::key::TokenKey;
use crate::auth::token::AccessToken;
use crate::context::Context;
use crate::error::Result;
use crate::event::Event;
use crate::files::{self, WholeFile};
use crate::secret::Secret;

pub(super) const FILE: &str = "tokens.bin";
/// Room for the tokens of thousands of apps.
const LARGEST: u64 = 64 * 1024 * 1024;
pub(super) const LOCK: &str = "tokens.lock";

/// The cache with the key at hand.
#[derive(Debug)]
pub struct OpenCache {
    folder: PathBuf,
    key: CacheKey,
    /// Cleared meanwhile: whoever still holds it keeps nothing any more.
    pub(super) cleared: AtomicBool,
}

impl OpenCache {
    pub(super) fn new(folder: PathBuf, key: CacheKey) -> Self {
        Self { folder, key, cleared: AtomicBool::new(false) }
    }

    /// The file.
    pub(in crate::auth) fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Tells secrets apart, the same in every process of the user.
    pub(in crate::auth) fn digest(&self, secret: &Secret) -> Result<String> {
        self.key.digest(secret)
    }

    /// The access token of that key, where there is one that lives.
    pub(in crate::auth) async fn access_token(
        self: &Arc<Self>,
        key: &TokenKey,
        now: Timestamp,
        context: &Context,
    ) -> Option<AccessToken> {
        self.read(context).await.access_token(key, now)
    }

    /// The refresh token of that key.
    pub(in crate::auth) async fn refresh_token(self: &Arc<Self>, key: &TokenKey, context: &Context) -> Option<Secret> {
        self.read(context).await.refresh_token(key)
    }

    /// Keeps an access token beside those of others.
    pub(in crate::auth) async fn keep_access_token(
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
    pub(in crate::auth) async fn keep_refresh_token(
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
