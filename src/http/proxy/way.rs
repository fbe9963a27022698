//! The ways on which requests leave this machine.

use super::bypass::Bypass;
use super::server::ProxyServer;

/// How requests leave this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::http) enum Proxying {
    /// Straight to where they go.
    #[default]
    Directly,
    /// Through a proxy, but for what goes past it.
    Through(ProxyServer, Bypass),
    /// As the HTTP library reads the system's settings.
    #[cfg(target_os = "macos")]
    System,
}
