//! Workload identity federation: a file with a token of another identity provider stands in for a certificate.
//!
//! Source: Microsoft Entra "Workload identity federation"; Azure Workload Identity's `AZURE_FEDERATED_TOKEN_FILE`.

use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};
use crate::files::{describe, read_at_most};
use crate::pasted;
use crate::secret::Secret;

/// Far more than any token: a wrong path must not cost memory.
const LONGEST_FILE: u64 = 1024 * 1024;

/// Reads the file, each time anew, because the token in it is replaced about every hour.
///
/// # Errors
///
/// `File` where it cannot be read, or holds no token.
pub(super) async fn read(path: &Path) -> Result<Secret> {
    let owned = path.to_owned();
    let said = |error: Error| error.action("reading the federated token").target(path.display().to_string());
    let read = tokio::task::spawn_blocking(move || read_at_most(&owned, LONGEST_FILE));
    let bytes = read.await.map_err(|_| Error::internal("reading the federated token's file panicked"))?;
    let bytes = Zeroizing::new(bytes.map_err(|cause| said(Error::new(Status::File, describe(&cause))))?);
    let token = pasted::token(std::str::from_utf8(&bytes).unwrap_or_default());
    // RFC 7523, 2.2: the assertion is a JSON Web Token. A file that holds anything else is not sent anywhere.
    let is_plausible = token.starts_with("eyJ") && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plausible {
        return Err(said(Error::new(Status::File, "the file holds no token")));
    }
    Ok(Secret::new(token.as_bytes().to_vec()))
}
