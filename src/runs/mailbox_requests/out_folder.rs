//! Answers as files of a folder, one for each request.

use std::io::{BufReader, Seek as _};
use std::path::{Path, PathBuf};

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::super::saving::content::{Fetched, Saved, fetch};
use super::super::saving::kind::{ANY, ending};
use super::super::saving::names::{hash, of_mailbox, safe};
use super::verification::is_missing;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::files::{create_private_folder, file_error, long, look};
use crate::graph::call::GraphClient;
use crate::graph::request::{Request, is_json};
use crate::rows::MailboxRows;

/// The members of a row, after the mailbox's name.
pub(super) const ROW_MEMBERS: [&str; 4] = ["File", "Bytes", "Sha256", "ContentType"];

/// The most bytes of what a file is called by, beside the hash of its path.
const LONGEST_WORD: usize = 40;

/// Where the answers of a run go.
#[derive(Debug)]
pub(super) struct OutFolder {
    path: PathBuf,
    /// Whether each mailbox has one request, and so one file, which is called by it.
    is_one_each: bool,
}

/// What a request gave.
pub(super) enum Filed {
    File(Map<String, Value>),
    /// There is nothing of what was asked for.
    Nothing,
}

impl OutFolder {
    /// The folder, made where it is not there; `path` is the run's own.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) fn open(folder: &Path, path: Option<&str>) -> Result<Self> {
        let made = folder.to_owned();
        look(move || create_private_folder(&made))
            .unwrap_or_else(Err)
            .map_err(|error| file_error("making the folder", folder, &error))?;
        Ok(Self { path: folder.to_owned(), is_one_each: path.is_some_and(|path| !path.contains('{')) })
    }

    /// Saves what a request gives; `path` is that of the line, by which its file is called.
    ///
    /// # Errors
    ///
    /// As [`fetch`]; `ResponseInvalid` for a page of a collection that goes on.
    pub(super) async fn save(
        &self,
        request: &Request,
        (mailbox, path): (&str, &str),
        graph: &GraphClient,
        context: &Context,
    ) -> Result<Filed, AttemptError> {
        let name = self.name(mailbox, path);
        // Until its type is known; without an ending it could be the folder of another run.
        let staged = self.path.join(format!("{name}.{ANY}"));
        let fetched = match fetch(graph, request.path(), request.headers(), staged, context).await {
            Ok(fetched) if fetched.reply.status == http::StatusCode::NO_CONTENT => return Ok(Filed::Nothing),
            Ok(fetched) => fetched,
            Err(failure) => return Err(failure),
        };
        let kind = content_type(&fetched.reply.headers);
        let fetched = check_is_whole(fetched).await?;
        let file = format!("{name}.{}", ending(kind.as_deref(), path));
        let Saved { bytes, sha256 } = fetched.place(Some(self.path.join(&file))).await?;
        let values: [Value; 4] = [file.into(), bytes.into(), sha256.into(), kind.into()];
        Ok(Filed::File(ROW_MEMBERS.into_iter().map(str::to_owned).zip(values).collect()))
    }

    /// Of a file, without its ending: no two requests have the same.
    fn name(&self, mailbox: &str, path: &str) -> String {
        let mailbox = of_mailbox(mailbox);
        if self.is_one_each { mailbox } else { format!("{mailbox}/{} {}", word_of(path), hash(path)) }
    }

    /// Whether a file that an earlier run has saved is gone, or is not as long as it was.
    pub(super) fn has_lost(&self, rows: &MailboxRows) -> bool {
        rows.objects.iter().cloned().map(Map::from).any(|row| {
            let Some(file) = row.get("File").and_then(Value::as_str) else { return false };
            let there = long(&self.path.join(file)).metadata().ok().filter(std::fs::Metadata::is_file);
            there.map(|there| there.len()) != row.get("Bytes").and_then(Value::as_u64)
        })
    }
}

/// The last word of a path that says what is asked for, and is no id.
fn word_of(path: &str) -> String {
    let before_query = path.split('?').next().unwrap_or_default();
    let words = before_query.rsplit('/').filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic));
    let word = words.into_iter().next().map(|word| percent_decode_str(word).decode_utf8_lossy().into_owned());
    safe(word.as_deref().unwrap_or("answer"), LONGEST_WORD)
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned)
}

/// What the service has nothing of, where it has the mailbox.
pub(super) fn is_not_there(error: &Error) -> bool {
    let is_image = error.service_code().is_some_and(|code| code.eq_ignore_ascii_case("ImageNotFound"));
    is_missing(error) || (error.http_status_code() == Some(404) && is_image)
}

/// The members of a JSON document that say whether there is more.
#[derive(Deserialize)]
struct Page {
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<IgnoredAny>,
}

/// Refuses a page of a collection that goes on: its file would seem to be all of it.
async fn check_is_whole(fetched: Fetched) -> Result<Fetched, AttemptError> {
    if !fetched.reply.headers.get(http::header::CONTENT_TYPE).is_some_and(is_json) {
        return Ok(fetched);
    }
    let read = |mut file: &std::fs::File| {
        file.rewind()?;
        // What is no object, or no JSON at all, is a file as any other.
        Ok(serde_json::from_reader::<_, Page>(BufReader::new(file)).is_ok_and(|page| page.next_link.is_some()))
    };
    match fetched.look(read).await? {
        (fetched, false) => Ok(fetched),
        (_, true) => Err(Error::new(Status::ResponseInvalid, "the answer is one page of a collection that goes on")
            .hint("leave outFolder (-OutFolder) out: the elements of a collection are rows, to its end")
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_by_their_mailbox_and_what_was_asked_for() {
        let folder = |is_one_each| OutFolder { path: PathBuf::new(), is_one_each };
        assert_eq!(folder(true).name("Kim@contoso.com", "photo/$value"), "kim@contoso.com");
        let name = |path: &str| folder(false).name("kim@contoso.com", path);
        assert_eq!(name("messages/AA1/$value"), format!("kim@contoso.com/messages {}", hash("messages/AA1/$value")));
        assert!(name("messages/A1/attachments/B2/$value?x=1").starts_with("kim@contoso.com/attachments "));
        assert!(name("con").starts_with("kim@contoso.com/_con "));
        assert!(name("%2e%2e/$value").starts_with("kim@contoso.com/answer "));
        assert_ne!(name("messages/AA1/$value"), name("messages/aa1/$value"));
    }
}
