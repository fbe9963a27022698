//! The ways to a token, one file a flow. Each is an [`super::issuer::Issuer`], or what one is made of.

pub mod app;
mod authorization_code;
mod browser;
pub mod client_credentials;
mod device_code;
mod loopback;
pub mod managed_identity;
pub mod person;
mod refresh_token;
