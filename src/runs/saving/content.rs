//! A content of any length, saved to a file that is there whole or not at all.

use std::fs::File;
use std::io;
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
use crate::http::HttpReply;

/// Pieces that wait for the disk.
const PIECES: usize = 16;

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::runs) struct Saved {
    pub(in crate::runs) bytes: u64,
    pub(in crate::runs) sha256: String,
}

struct Written {
    file: WholeFile,
    bytes: u64,
    hash: Sha256,
}

/// A content that is on the disk and not yet in its place. Dropped, it leaves no file.
pub(in crate::runs) struct Fetched {
    /// The reply without its body.
    pub(in crate::runs) reply: HttpReply,
    written: Written,
}

impl Fetched {
    /// Has a disk's thread read what came.
    ///
    /// # Errors
    ///
    /// `File`, which ends the run.
    pub(in crate::runs) async fn look<T: Send + 'static>(
        self,
        read: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> Result<(Self, T), AttemptError> {
        on_disk(move || {
            let mut fetched = self;
            let found = fetched.written.file.read_back(read)?;
            Ok((fetched, found))
        })
        .await
    }

    /// Puts it in its place, under another name of the same folder where one is given.
    ///
    /// # Errors
    ///
    /// `File`, which ends the run.
    pub(in crate::runs) async fn place(self, name: Option<PathBuf>) -> Result<Saved, AttemptError> {
        let Written { file, bytes, hash } = self.written;
        on_disk(move || match name {
            Some(name) => file.renamed(&long(&name))?.finish_or_discard(),
            None => file.finish_or_discard(),
        })
        .await?;
        Ok(Saved { bytes, sha256: hex::lower(&hash.finish()) })
    }
}

/// Saves what a request gives to `target`, whose folder is made where it is not there. What breaks off leaves no file.
///
/// # Errors
///
/// As [`GraphClient::fetch`]; what is wrong with the disk ends the run.
pub(in crate::runs) async fn save(
    graph: &GraphClient,
    path: &str,
    headers: &HeaderMap,
    target: PathBuf,
    context: &Context,
) -> Result<Saved, AttemptError> {
    fetch(graph, path, headers, target, context).await?.place(None).await
}

/// As [`save`], but it is not in its place yet.
///
/// # Errors
///
/// As [`save`].
pub(in crate::runs) async fn fetch(
    graph: &GraphClient,
    path: &str,
    headers: &HeaderMap,
    target: PathBuf,
    context: &Context,
) -> Result<Fetched, AttemptError> {
    let (pieces, taken) = mpsc::channel::<Bytes>(PIECES);
    let writing = tokio::task::spawn_blocking(move || write(&target, taken));
    let fetched = graph.fetch(path, headers, &pieces, context).await;
    drop(pieces);
    let written = writing.await.map_err(|_| panicked())?.map_err(AttemptError::Run)?;
    let reply = fetched?;
    let announced = reply.header("content-length").and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length != written.bytes) {
        let detail = format!("the service announced other bytes than the {} that came", written.bytes);
        return Err(Error::new(Status::ResponseInvalid, detail).retryable(true).into());
    }
    Ok(Fetched { reply, written })
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T, AttemptError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| panicked())?.map_err(AttemptError::Run)
}

fn panicked() -> AttemptError {
    AttemptError::Run(Error::internal("saving a file panicked"))
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
