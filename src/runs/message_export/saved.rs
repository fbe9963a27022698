//! A content of any length, saved to a file that is there whole or not at all.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::HeaderMap;
use openssl::sha::Sha256;
use tokio::sync::mpsc;

use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::files::{WholeFile, create_private_folder, file_error, long};
use crate::graph::call::GraphClient;
use crate::hex;

/// Pieces that wait for the disk.
const PIECES: usize = 16;

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

struct Written {
    file: WholeFile,
    bytes: u64,
    hash: Sha256,
}

/// Saves what a request gives to `target`, whose folder is made where it is not there. What breaks off leaves no file.
///
/// # Errors
///
/// As [`GraphClient::fetch`]; what is wrong with the disk ends the run.
pub(super) async fn save(
    graph: &GraphClient,
    path: &str,
    headers: &HeaderMap,
    target: PathBuf,
    context: &Context,
) -> Result<Saved, AttemptError> {
    let (pieces, taken) = mpsc::channel::<Bytes>(PIECES);
    let writing = tokio::task::spawn_blocking(move || write(&target, taken));
    let fetched = graph.fetch(path, headers, &pieces, context).await;
    drop(pieces);
    let panicked = || AttemptError::Run(Error::internal("saving a file panicked"));
    let written = writing.await.map_err(|_| panicked())?.map_err(AttemptError::Run)?;
    let reply = fetched?;
    let announced = reply.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length != written.bytes) {
        let detail = format!("the service announced other bytes than the {} that came", written.bytes);
        return Err(Error::new(Status::ResponseInvalid, detail).retryable(true).into());
    }
    let Written { file, bytes, hash } = written;
    let finished = tokio::task::spawn_blocking(move || file.finish_or_discard());
    finished.await.map_err(|_| panicked())?.map_err(AttemptError::Run)?;
    Ok(Saved { bytes, sha256: hex::lower(&hash.finish()) })
}

fn write(target: &Path, mut pieces: mpsc::Receiver<Bytes>) -> Result<Written> {
    let target = long(target);
    let folder = target.parent().unwrap_or(Path::new("."));
    create_private_folder(folder).map_err(|error| file_error("making the folder", folder, &error))?;
    let mut written = Written { file: WholeFile::create(&target)?, bytes: 0, hash: Sha256::new() };
    while let Some(piece) = pieces.blocking_recv() {
        written.file.write(&piece)?;
        written.hash.update(&piece);
        written.bytes += piece.len() as u64;
    }
    Ok(written)
}
