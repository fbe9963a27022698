//! Trying things without a tenant: `EXRUN_CONNECT_TO` and `EXRUN_CA_FILE`.

use std::sync::atomic::{AtomicBool, Ordering};

use super::ClientOptions;
use crate::context::Context;
use crate::error::Result;
use crate::event::Event;
use crate::http::transport::{TransportOptions, options_of_environment};

static WARNED: AtomicBool = AtomicBool::new(false);

/// What the options say, and where they say nothing, the environment.
pub(super) fn transport_options(options: &ClientOptions) -> Result<TransportOptions> {
    let mut transport = options_of_environment()?;
    transport.connect_to = options.connect_to.or(transport.connect_to);
    transport.ca_file = options.ca_file.clone().or(transport.ca_file);
    transport.proxy.clone_from(&options.proxy);
    Ok(transport)
}

/// Says once in a process that requests do not go where their URLs say.
pub(super) fn warn_once(context: &Context, options: &ClientOptions) {
    let Ok(Some(address)) = transport_options(options).map(|transport| transport.connect_to) else { return };
    if !WARNED.swap(true, Ordering::Relaxed) {
        context.events.emit(
            Event::Warning,
            &format!("every request of this process goes to {address}, for trying things without a tenant"),
            [("connectTo", address.to_string().into())],
        );
    }
}
