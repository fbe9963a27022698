//! Clients: one app in one tenant.

use super::boundary::{Kind, Out, Registry, guard, input};
use super::requests;
use super::status::State;
use crate::client::Client;

/// The clients that callers hold.
pub(super) static CLIENTS: Registry<Client> = Registry::new(Kind::Client);

/// Makes a client: one app in one tenant. Only the options are read: files and network are touched by the
/// first piece of work.
///
/// docs/abi.md describes the options. Work that was started keeps its client alive: the handle may be freed
/// while it runs, except where the caller signs, because signature requests are answered through the handle.
///
/// @param options JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param client receives the handle; free it with exrun_client_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8,
///         EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT; EXRUN_ERROR_INVALID_HANDLE for a secret that
///         the options name; EXRUN_ERROR_CREDENTIAL_MISSING where the environment was to name the app and does not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_client_new(options: *const u8, len: i64, client: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (client, error) = unsafe { (Out::new(client, "client"), Out::new(error, "error")) };
    guard(error, || {
        let client = client.required()?;
        // SAFETY: premise 1 of the module.
        let text = unsafe { input::text(options, len, "options") }?;
        let options: requests::client::ClientOptions = requests::read(text)?;
        client.set(CLIENTS.insert(Client::new(options.options()?)?)?);
        Ok(State::Ok)
    })
}

/// Frees a client. Work that was started with it goes on.
///
/// @param client handle of a client
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_client_free(client: i64) -> i32 {
    guard(Out::none(), || {
        CLIENTS.take(client)?;
        Ok(State::Ok)
    })
}
