//! A person's sign-in as the caller asks for it.

use super::description::{Describe, Digest};
use crate::error::Result;
use crate::secret::Secret;

/// How a person signs in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// On any device, with a code that is shown (RFC 8628).
    DeviceCode,
    /// In a browser on this machine (RFC 8252).
    Browser(BrowserOptions),
    /// With a refresh token from an earlier sign-in.
    RefreshToken(Secret),
}

/// How to sign in with a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserOptions {
    /// The loopback port that the browser comes back to; by default a free one.
    pub port: Option<u16>,
    /// Whether to open the browser; the URL is said in any case.
    pub open: bool,
    /// Whose account to suggest.
    pub login_hint: Option<String>,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self { port: None, open: true, login_hint: None }
    }
}

impl Describe for SignIn {
    fn name(&self) -> &'static str {
        "a person"
    }

    /// Whom a later process means that signs in the same way.
    fn identity(&self, digest: Digest<'_>) -> Result<String> {
        Ok(match self {
            SignIn::Browser(BrowserOptions { login_hint: Some(hint), .. }) => format!("person {}", hint.to_lowercase()),
            SignIn::DeviceCode | SignIn::Browser(_) => "person".to_owned(),
            SignIn::RefreshToken(token) => format!("refresh token {}", digest(token)?),
        })
    }
}
