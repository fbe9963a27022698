//! Authority, credential, client assertion, token, cache.

pub mod app;
pub mod assertion;
pub mod authority;
pub mod cache;
pub mod certificate_store;
pub mod client_credentials;
pub mod credential;
mod federated_token;
pub mod form;
pub mod hint;
pub mod jwt_reader;
pub mod openid_configuration;
pub mod proof;
pub mod resource;
pub mod signer;
pub mod token;
pub mod token_endpoint;
pub mod token_source;
pub mod tries;
