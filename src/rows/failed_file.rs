//! The file of the mailboxes that failed: CSV whose first column names the mailbox, so that a run takes it as its
//! input, and whose others say why.

use std::path::{Path, PathBuf};

use csv::QuoteStyle;

use super::csv::writer;
use super::row::{ERROR_COLUMNS, error_texts};
use crate::error::{Error, Result};
use crate::files::{WholeFile, file_error, look};
use crate::runner::{Failed, FailureList};

/// The first names the mailbox as input may; the second has the name of the error, by which a run counts its failures.
const COLUMNS: [&str; 2] = ["MailboxName", "Cause"];

/// Such a file, begun.
#[derive(Debug)]
pub struct FailedFile {
    file: WholeFile,
}

impl FailedFile {
    /// Begins the file: where it cannot be made is known before anything is sent.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a path that does not end in `.csv`; `File`.
    pub fn begin(path: &Path) -> Result<Self> {
        check_ending(path)?;
        let owned: PathBuf = path.to_owned();
        let file = look(move || WholeFile::create(&owned))
            .unwrap_or_else(|error| Err(file_error("writing the file", path, &error)))?;
        let mut begun = Self { file };
        begun.file.write(&lines([COLUMNS.into_iter().chain(ERROR_COLUMNS)]))?;
        Ok(begun)
    }
}

impl FailureList for FailedFile {
    fn add(&mut self, failed: &[Failed]) -> Result<()> {
        let records = failed.iter().map(|Failed { mailbox, error }| {
            let own = [mailbox.clone().unwrap_or_default(), error.status().name().to_owned()];
            own.into_iter().chain(error_texts(error))
        });
        self.file.write(&lines(records))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.file.finish()
    }
}

/// Another ending would have a list of names, which is read line by line, or a table of a spreadsheet expected.
fn check_ending(path: &Path) -> Result<()> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        return Ok(());
    }
    Err(Error::argument(format!("failedFile: {} does not end in .csv", path.display()))
        .hint("it is a table of the mailboxes that failed, with the cause of each"))
}

/// Every field is quoted: the names and the service's words are anything, and readers change what stands without.
fn lines<R: IntoIterator<Item = impl AsRef<[u8]>>>(records: impl IntoIterator<Item = R>) -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    let mut writer = writer(&mut out, QuoteStyle::Always);
    for record in records {
        // Writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    drop(writer);
    out
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::Status;

    #[test]
    fn it_names_the_mailbox_as_input_does_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("failed.CSV");
        let mut file = Box::new(FailedFile::begin(&path).unwrap());
        let refused = Error::new(Status::NotFound, "a \"word\",\r\nand more")
            .service(Some("ErrorItemNotFound".into()), None)
            .request_id(Some("7".into()));
        let named = |mailbox: &str, error| Failed { mailbox: Some(mailbox.into()), error };
        let failed = [named(" #o'brien@contoso.com", refused), Failed { mailbox: None, error: Error::argument("x") }];
        file.add(&failed).unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "\"MailboxName\",\"Cause\",\"ErrorCode\",\"ErrorMessage\",\"RequestId\"\r\n\
             \" #o'brien@contoso.com\",\"NotFound\",\"ErrorItemNotFound\",\"a \"\"word\"\", and more (request id 7)\",\"7\"\r\n\
             \"\",\"InvalidArgument\",\"InvalidArgument\",\"x\",\"\"\r\n"
        );
    }

    #[test]
    fn another_ending_is_refused() {
        for name in ["failed.txt", "failed", "failed.xlsx"] {
            let error = FailedFile::begin(Path::new(name)).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.to_string().contains(".csv"), "{error}");
        }
    }
}
