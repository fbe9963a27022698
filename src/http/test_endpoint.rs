//! Trying things without a tenant: `EXRUN_CONNECT_TO`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::Context;
use crate::event::Event;

static WARNED: AtomicBool = AtomicBool::new(false);

/// Says once in a process that requests do not go where their URLs say.
pub fn warn_once(context: &Context, address: Option<SocketAddr>) {
    let Some(address) = address else { return };
    if !WARNED.swap(true, Ordering::Relaxed) {
        context.events.emit(
            Event::Warning,
            &format!("every request of this process goes to {address}, for trying things without a tenant"),
            [("connectTo", address.to_string().into())],
        );
    }
}
