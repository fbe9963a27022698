//! What a vault holds.

use super::json::Members;
use super::stream::start;
use crate::client::{Client, VaultListRequest};
use crate::error::Result;
use crate::keyvault::{Collection, ListRequest, VaultLocation};
use crate::rows::Format;

const MEMBERS: &[&str] = &["vault", "collection", "versionsOf", "deleted", "apiVersion", "format"];

/// Starts to list what a vault holds: a row for each object, page by page to the end of the list.
///
/// Request: `{"vault":"https://contoso.vault.azure.net", "collection":"secrets"|"certificates"|"keys",
/// "versionsOf":name?, "deleted":false, "apiVersion":"7.4", "format":"jsonl"|"clixml"}`. Rows are the vault's own
/// objects: `{"id", "contentType", "attributes", "tags" ...}`, of keys `kid` in place of `id`; never a value.
/// `versionsOf` lists the versions of one object, `deleted` what is deleted and can be recovered. The stream takes
/// no input: read rows with exrun_stream_next to EXRUN_END. Pages are asked for as rows are taken.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. exrun_stream_push of such a stream gives EXRUN_ERROR_INPUT_FINISHED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_list(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premises 1 and 2 of the module.
    unsafe { start(client, (request, len), (stream, error), read_request, Client::vault_list) }
}

fn read_request(text: &str) -> Result<VaultListRequest> {
    const COLLECTIONS: [(&str, Collection); 3] =
        [("secrets", Collection::Secrets), ("certificates", Collection::Certificates), ("keys", Collection::Keys)];
    let mut members = Members::parse(text, MEMBERS)?;
    let formats = [("jsonl", Format::JsonLines), ("clixml", Format::Clixml)];
    Ok(VaultListRequest {
        list: ListRequest {
            vault: VaultLocation::parse(&members.required_text("vault")?)?,
            collection: members.choice("collection", &COLLECTIONS)?.unwrap_or(Collection::Secrets),
            versions_of: members.filled_text("versionsOf")?,
            deleted: members.flag("deleted")?.unwrap_or(false),
        },
        format: members.choice("format", &formats)?.unwrap_or(Format::JsonLines),
        api_version: members.filled_text("apiVersion")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_as_json_lines_are_what_is_listed_by_default() {
        let request = read_request(r#"{"vault":"contoso.vault.azure.net"}"#).unwrap();
        assert_eq!((request.list.collection, request.format), (Collection::Secrets, Format::JsonLines));
        assert!(request.list.versions_of.is_none() && !request.list.deleted);
        assert!(read_request("{}").unwrap_err().to_string().contains("vault is missing"));
        let error = read_request(r#"{"vault":"contoso.vault.azure.net","format":"csv"}"#).unwrap_err().to_string();
        assert!(error.contains("format must be one of jsonl, clixml"), "{error}");
    }
}
