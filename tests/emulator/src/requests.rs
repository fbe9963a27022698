//! Every request to Graph that came, in a file: for those who judge what was asked.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::graph::Asked;

/// The file, where there is one.
#[derive(Debug, Default)]
pub struct Requests(Option<Mutex<File>>);

impl Requests {
    /// Writes them to this file, which is made anew.
    ///
    /// # Errors
    ///
    /// Where it cannot be made.
    pub fn new(path: Option<&Path>) -> Result<Self, String> {
        let made = |path: &Path| File::create(path).map_err(|cause| format!("making {}: {cause}", path.display()));
        Ok(Self(path.map(made).transpose()?.map(Mutex::new)))
    }

    /// Takes note of one, single or part of a batch: a line of JSON.
    pub fn came(&self, asked: &Asked<'_>) {
        let Some(file) = &self.0 else { return };
        let body = match serde_json::from_slice::<Value>(asked.body) {
            Ok(body) => body,
            Err(_) if asked.body.is_empty() => Value::Null,
            Err(_) => json!({"bytes": asked.body.len()}),
        };
        let line = json!({
            "method": asked.method, "path": asked.path, "query": asked.query, "contentType": asked.content_type,
            "consistencyLevel": asked.consistency_level, "ifMatch": asked.if_match, "prefer": asked.prefer, "body": body,
        });
        // Whole at once: whoever reads it while requests come finds lines. What is lacking the judge misses.
        let _ = file.lock().write_all(format!("{line}\n").as_bytes());
    }
}
