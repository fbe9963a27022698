//! Trying things without a tenant: `EXRUN_CONNECT_TO` and `EXRUN_CA_FILE`.

use super::ClientOptions;
use crate::error::Result;
use crate::http::transport::{TransportOptions, options_of_environment};

/// What the options say, and where they say nothing, the environment.
pub(super) fn transport_options(options: &ClientOptions) -> Result<TransportOptions> {
    let mut transport = options_of_environment()?;
    transport.connect_to = options.connect_to.or(transport.connect_to);
    transport.ca_file = options.ca_file.clone().or(transport.ca_file);
    transport.proxy.clone_from(&options.proxy);
    Ok(transport)
}
