//! Who issues tokens: a login host and a tenant.

use url::Url;

use crate::cloud::Cloud;
use crate::error::{Error, Result};
use crate::pasted;

/// Which token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TokenVersion {
    /// `/oauth2/token` with `resource`.
    V1,
    /// `/oauth2/v2.0/token` with `scope`.
    #[default]
    V2,
}

/// A login host and a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authority {
    base: Url,
}

impl Authority {
    /// The authority of `tenant`, a GUID or one of the tenant's domains.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what can be neither.
    pub fn new(cloud: &Cloud, tenant: &str) -> Result<Self> {
        let tenant = pasted::unwrapped(tenant);
        let plausible = !tenant.is_empty()
            && tenant.len() <= 253
            && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
            && !tenant.starts_with('.');
        if !plausible {
            return Err(Error::argument(format!(
                "the tenant must be a GUID or a domain such as contoso.onmicrosoft.com, not {tenant:?}"
            )));
        }
        Url::parse(&format!("https://{}/{}/", cloud.login_host, tenant.to_ascii_lowercase()))
            .map(|base| Self { base })
            .map_err(|_| Error::argument(format!("cloud: {:?} is not a host name", cloud.login_host)))
    }

    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self, version: TokenVersion) -> Url {
        self.join(match version {
            TokenVersion::V1 => "oauth2/token",
            TokenVersion::V2 => "oauth2/v2.0/token",
        })
    }

    /// Where a device code is asked for (RFC 8628, 3.1).
    #[must_use]
    pub fn device_code_url(&self) -> Url {
        self.join("oauth2/v2.0/devicecode")
    }

    /// Where a person signs in with a browser (RFC 6749, 3.1).
    #[must_use]
    pub fn authorize_url(&self) -> Url {
        self.join("oauth2/v2.0/authorize")
    }

    /// The OpenID configuration (OpenID Connect Discovery 1.0, 4).
    #[must_use]
    pub fn openid_configuration_url(&self) -> Url {
        self.join("v2.0/.well-known/openid-configuration")
    }

    /// The tenant as given, in lower case.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.base.path().trim_matches('/')
    }

    fn join(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_the_endpoints() {
        let authority = Authority::new(&Cloud::PUBLIC, "Contoso.onmicrosoft.com").unwrap();
        assert_eq!(
            authority.token_url(TokenVersion::V2).as_str(),
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"
        );
        assert_eq!(
            authority.token_url(TokenVersion::V1).as_str(),
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token"
        );
        assert_eq!(authority.tenant(), "contoso.onmicrosoft.com");
    }

    #[test]
    fn refuses_what_would_change_the_url() {
        for tenant in ["", "  ", "a/b", "a?b", "..", "a#b", "a b", "ä.de", "a@b"] {
            assert!(Authority::new(&Cloud::PUBLIC, tenant).is_err(), "{tenant}");
        }
    }
}
