//! Authority, credential, client assertion, token, cache.

pub mod app;
pub mod assertion;
pub mod authority;
mod authorization_code;
mod browser;
pub mod cache;
pub mod claims;
pub mod client_credentials;
pub mod credential;
mod device_code;
pub mod environment;
mod federated_token;
pub mod form;
pub mod hint;
pub mod jwt_reader;
mod loopback;
pub mod managed_identity;
pub mod openid_configuration;
pub mod person;
pub mod proof;
mod refresh_token;
pub mod resource;
pub mod signer;
pub mod token;
pub mod token_endpoint;
pub mod token_source;
pub mod tries;
