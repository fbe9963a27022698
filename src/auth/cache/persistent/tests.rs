//! The persistent cache as a whole.

use std::fs;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::json;

use super::open_cache::{FILE, LOCK};
use super::*;
use crate::auth::cache::key::TokenKey;
use crate::auth::token::AccessToken;
use crate::context::Context;
use crate::error::Status;
use crate::secret::Secret;

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
        if self.refuses { Err("it is locked".to_owned()) } else { Ok(self.key.lock().clone()) }
    }

    fn write(&self, key: &Secret) -> Result<(), String> {
        *self.key.lock() = Some(key.clone());
        Ok(())
    }

    fn remove(&self) -> Result<(), String> {
        if self.refuses {
            return Err("it is locked".to_owned());
        }
        self.key.lock().take();
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
    let serde_json::Value::Object(members) = json!({"expires_in": 3600, "access_token": text}) else { unreachable!() };
    Arc::new(AccessToken::from_reply(members, "r", now()).unwrap())
}

#[tokio::test]
async fn a_store_that_refuses_leaves_no_trace() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("exrun");
    let cache = PersistentCache::new(folder.clone(), Arc::new(TestStore { refuses: true, ..TestStore::default() }));
    let error = cache.open().await.unwrap_err();
    assert_eq!(error.status(), Status::TokenCacheUnavailable);
    let message = error.to_string();
    assert!(message.contains("the store of a test does not answer: it is locked; no token was written"), "{message}");
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
    assert_eq!(store.key.lock().as_ref().unwrap().bytes().len(), 32);
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
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
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
    let first_key = store.key.lock().clone().unwrap();
    let file = folder.path().join(FILE);
    assert_eq!(cache.clear(&context).await.unwrap(), Cleared { file: file.clone(), removed: true });
    assert!(!file.exists() && store.key.lock().is_none());
    // Who had it open keeps nothing any more; who opens it now has a key of its own.
    before.keep_access_token(&key("r"), &token("late"), now(), &context).await;
    assert!(!file.exists());
    let after = cache.open().await.unwrap();
    after.keep_access_token(&key("r"), &token("new"), now(), &context).await;
    assert!(before.access_token(&key("r"), now(), &context).await.is_none());
    assert!(after.refresh_token(&key("r"), &context).await.is_none());
    assert_ne!(store.key.lock().clone().unwrap().bytes(), first_key.bytes());
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
