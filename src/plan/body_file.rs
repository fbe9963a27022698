//! Files whose bytes a plan's requests send: photos, and nothing else.
//!
//! A plan may come from somebody else, and must not have whoever does it send what lies on his disk: a file lies beside
//! the plan, is a JPEG of the size of photos, and has the SHA-256 that the plan says, which tells nobody anything that he
//! does not have.
//!
//! Source: Microsoft Graph "Update profilePhoto" (`Content-Type: image/jpeg`, at most 4 MB).

use std::path::{Path, PathBuf};

use http::Method;

use crate::error::{Error, Result};
use crate::facet::BodyFile;

/// The most bytes of a photo.
pub const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What photos are sent as.
pub(super) const CONTENT_TYPE: &str = "image/jpeg";

/// What each JPEG begins with: the start of the image, and of its first marker.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// What the path of a photo's bytes ends in.
pub(super) const PHOTO: &str = "photo/$value";

/// Refuses a photo that the service does not take.
///
/// # Errors
///
/// `InvalidArgument` that says why.
pub fn check_photo(bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::argument("the photo is larger than 4 MB, the most that the service takes"));
    }
    if !bytes.starts_with(&JPEG) {
        return Err(Error::argument("it is no JPEG, and JPEG is what the service takes for photos")
            .hint("save the photo as .jpg with a program for pictures; another name alone does not make it one"));
    }
    Ok(())
}

/// Refuses a file that no request of this method and path may send.
///
/// # Errors
///
/// `InvalidArgument` that names the member.
pub(super) fn check(method: &Method, path: &str, file: &BodyFile) -> Result<()> {
    if *method != Method::PUT || !is_of_photo(path) {
        return Err(Error::argument("bodyFile: is of a PUT of photo/$value alone"));
    }
    if !is_relative(&file.path) {
        return Err(Error::argument(format!("bodyFile.path: {:?} is no file beside the plan", file.path))
            .hint("it is relative to the folder of the plan, with / between names and without .."));
    }
    if file.sha256.len() != 64 || !file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::argument("bodyFile.sha256: must be the 64 hexadecimal digits of a SHA-256"));
    }
    Ok(())
}

fn is_of_photo(path: &str) -> bool {
    path == PHOTO || path.ends_with(&format!("/{PHOTO}"))
}

/// Whether a path stays beside the plan on every system: no drive, no share, no way up, no stream of a file.
fn is_relative(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.trim().is_empty()
            && name.trim_end_matches(['.', ' ']) == name
            && !name.contains(['\\', ':'])
            && !name.chars().any(char::is_control)
    };
    path.split('/').all(is_name)
}

/// Where a file lies, of a plan in this folder.
#[must_use]
pub fn place_of(folder: &Path, file: &BodyFile) -> PathBuf {
    file.path.split('/').fold(folder.to_owned(), |place, name| place.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_a_jpeg_that_is_not_too_large() {
        assert!(check_photo(&[0xff, 0xd8, 0xff, 0xe0]).is_ok());
        for wrong in [&b""[..], b"root:x:0:0", b"\x89PNG\r\n\x1a\n", &[0xff, 0xd8]] {
            assert!(check_photo(wrong).unwrap_err().to_string().contains("no JPEG"));
        }
        let mut large = vec![0xff, 0xd8, 0xff];
        large.resize(4 * 1024 * 1024 + 1, 0);
        assert!(check_photo(&large).unwrap_err().to_string().contains("4 MB"));
    }
}
