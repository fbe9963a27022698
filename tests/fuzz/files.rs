//! Files and texts: certificates, tokens, challenges, reports, journals.

use std::fs;
use std::path::PathBuf;

use exrun::auth::jwt_reader;
use exrun::http::challenge::AuthChallenge;
use exrun::rows::Format;
use exrun::rows::Next;
use exrun::rows::compare::{CompareRequest, compare};
use exrun::secret::Secret;
use exrun::store::{JournalOptions, Key, Recorded, Recording, Store, WorkHash, merge};
use exrun::{Status, certificate};

use super::mutation::{Inputs, fuzz};

#[test]
fn certificates() {
    let password = Secret::new(b"secret".to_vec());
    fuzz("certificates", 1500, Inputs::of("certificate"), |input| {
        for result in [
            certificate::read(input, Some(&password), "fuzz").map(drop),
            certificate::inspect(input, None, "fuzz").map(drop),
            certificate::authorities(input).map(drop),
        ] {
            assert!(result.is_ok() || result.is_err_and(|error| error.status() != Status::Internal));
        }
    });
}

#[test]
fn tokens() {
    fuzz("tokens", 20_000, Inputs::of("fuzz/jwt"), |input| {
        if let Err(error) = jwt_reader::read(input) {
            assert_ne!(error.status(), Status::Internal, "{error}");
        }
    });
}

#[test]
fn challenges() {
    fuzz("challenges", 50_000, Inputs::of("fuzz/challenge"), |input| {
        let text = String::from_utf8_lossy(input);
        for challenge in AuthChallenge::of_field(&text) {
            // What is looked up is found in what was given.
            let _ = (challenge.is("Bearer"), challenge.get("claims"), challenge.has_parameters());
        }
    });
}

#[test]
fn reports() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    fs::write(&old, "MailboxName,TimeZone\r\nkim@contoso.com,UTC\r\n").unwrap();
    fuzz("reports", 1500, Inputs::of("fuzz/report"), |input| {
        fs::write(&new, input).unwrap();
        for (old, new) in [(&old, &new), (&new, &old)] {
            let request = CompareRequest {
                old: old.clone(),
                new: new.clone(),
                format: Format::JsonLines,
                ..CompareRequest::default()
            };
            let ended = compare(request).and_then(|comparison| {
                loop {
                    let seen = comparison.signal.epoch();
                    match comparison.rows.next_batch(0)? {
                        Next::End => return Ok(()),
                        Next::Batch { data, .. } => assert!(
                            serde_json::Deserializer::from_slice(&data)
                                .into_iter::<serde_json::Value>()
                                .all(|row| row.is_ok())
                        ),
                        Next::Pending => {
                            let soon = std::time::Instant::now() + std::time::Duration::from_secs(1);
                            comparison.signal.wait(seen, soon);
                        }
                    }
                }
            });
            assert!(ended.is_ok() || ended.is_err_and(|error| error.status() != Status::Internal));
        }
    });
}

fn options(path: PathBuf) -> JournalOptions {
    JournalOptions { path, fingerprint: serde_json::Map::new(), retry_failed: false, retry_unknown: false }
}

/// A journal is a database: it is read, merged and resumed, and what was recorded is never altered.
#[test]
fn journals() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.db");
    let runtime = exrun::runtime::runtime().unwrap();
    runtime.block_on(async {
        let store = Store::open(Some(options(made.clone()))).await.unwrap();
        let row = |number: u8| Recording {
            key: Key { mailbox: [number; 16], work: WorkHash::OF_RUN, occurrence: 0 },
            failed: number.is_multiple_of(3),
            record: vec![number; 100],
        };
        store.record((0..60).map(row).collect()).await.unwrap();
        store.close().await;
    });
    let seeds = vec![fs::read(&made).unwrap()];
    let (tried, merged) = (folder.path().join("tried.db"), folder.path().join("merged.db"));
    fuzz("journals", 400, Inputs::with(seeds), |input| {
        for file in fs::read_dir(folder.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        fs::write(&tried, input).unwrap();
        let read = Recorded::open(&tried).and_then(|mut recorded| {
            let mut rows = 0;
            // Each row has pages of its own.
            while rows <= input.len() {
                match recorded.next(256)?.len() {
                    0 => return Ok(rows),
                    more => rows += more,
                }
            }
            panic!("it never ends");
        });
        assert!(read.is_ok() || read.is_err_and(|error| error.status() != Status::Internal));
        assert!(fs::read(&tried).unwrap() == input, "to read it changed it");
        let result = merge(std::slice::from_ref(&tried), &merged);
        assert!(result.is_ok() || result.is_err_and(|error| error.status() != Status::Internal));
        let opened = runtime.block_on(async {
            let store = Store::open(Some(options(tried.clone()))).await?;
            store.close().await;
            Ok::<_, exrun::Error>(())
        });
        assert!(opened.is_ok() || opened.is_err_and(|error| error.status() != Status::Internal));
    });
}
