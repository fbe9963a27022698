//! Authority, credential, client assertion, token, cache.

pub mod authority;
pub mod cache;
pub mod claims;
pub mod credential;
pub mod flows;
pub mod form;
pub mod hint;
pub mod issuer;
pub mod jwt_reader;
pub mod openid_configuration;
pub mod proof;
pub mod request;
pub mod resource;
mod throttle;
pub mod token;
pub mod token_endpoint;
mod token_life;
pub mod token_source;
