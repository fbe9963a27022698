//! Paths of any length.

use std::borrow::Cow;
use std::path::Path;

/// A path that is not bound to the 260 characters of Windows, for what takes it as it is: SQLite, and the system's own
/// functions. The standard library does so by itself.
#[must_use]
pub fn long(path: &Path) -> Cow<'_, Path> {
    if !cfg!(windows) || path.as_os_str().is_empty() {
        return path.into();
    }
    match std::path::absolute(path) {
        Ok(absolute) => absolute.to_str().map(verbatim).map_or(path.into(), |long| Cow::Owned(long.into())),
        Err(_) => path.into(),
    }
}

/// The form in which Windows takes an absolute path as it is, and of up to 32,767 characters.
fn verbatim(absolute: &str) -> String {
    let absolute = absolute.replace('/', r"\");
    if absolute.starts_with(r"\\?\") || absolute.starts_with(r"\\.\") {
        return absolute;
    }
    match absolute.strip_prefix(r"\\") {
        Some(share) => format!(r"\\?\UNC\{share}"),
        None => format!(r"\\?\{absolute}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_and_shares_have_their_long_form() {
        assert_eq!(verbatim(r"C:\Reports\run.db"), r"\\?\C:\Reports\run.db");
        assert_eq!(verbatim("C:/Reports/run.db"), r"\\?\C:\Reports\run.db");
        assert_eq!(verbatim(r"\\server\share\run.db"), r"\\?\UNC\server\share\run.db");
        for already in [r"\\?\C:\run.db", r"\\?\UNC\server\share\run.db", r"\\.\NUL"] {
            assert_eq!(verbatim(already), already);
        }
        let path = Path::new("run.db");
        assert_eq!(&*long(path) == path, !cfg!(windows));
        assert_eq!(&*long(Path::new("")), Path::new(""));
    }
}
