//! The clouds' hosts as data.
//!
//! Source: Microsoft Entra "National clouds and authentication endpoints", Microsoft Graph "National cloud
//! deployments", Azure Key Vault "Authentication, requests, and responses".

use std::borrow::Cow;

/// The hosts of one cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Host of the token endpoint, for example `login.microsoftonline.com`.
    pub login_host: Cow<'static, str>,
    /// Host of Microsoft Graph, for example `graph.microsoft.com`.
    pub graph_host: Cow<'static, str>,
    /// What a vault's host ends in, for example `vault.azure.net`.
    pub vault_suffix: Cow<'static, str>,
}

impl Cloud {
    /// The worldwide cloud.
    pub const PUBLIC: Cloud = Cloud::fixed("login.microsoftonline.com", "graph.microsoft.com", "vault.azure.net");
    /// US Government L4 (GCC High).
    pub const US_GOV: Cloud = Cloud::fixed("login.microsoftonline.us", "graph.microsoft.us", "vault.usgovcloudapi.net");
    /// US Government L5 (Department of Defense).
    pub const US_GOV_DOD: Cloud =
        Cloud::fixed("login.microsoftonline.us", "dod-graph.microsoft.us", "vault.usgovcloudapi.net");
    /// China, operated by 21Vianet.
    pub const CHINA: Cloud =
        Cloud::fixed("login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "vault.azure.cn");

    /// The names that [`Cloud::named`] knows.
    pub const NAMES: [&'static str; 4] = ["public", "usGov", "usGovDod", "china"];

    const fn fixed(login: &'static str, graph: &'static str, vault: &'static str) -> Cloud {
        Cloud { login_host: Cow::Borrowed(login), graph_host: Cow::Borrowed(graph), vault_suffix: Cow::Borrowed(vault) }
    }

    /// The cloud of that name, without regard to case.
    #[must_use]
    pub fn named(name: &str) -> Option<Cloud> {
        match name.to_ascii_lowercase().as_str() {
            "public" => Some(Cloud::PUBLIC),
            "usgov" => Some(Cloud::US_GOV),
            "usgovdod" => Some(Cloud::US_GOV_DOD),
            "china" => Some(Cloud::CHINA),
            _ => None,
        }
    }

    /// Graph's resource URL, for example `https://graph.microsoft.com`.
    #[must_use]
    pub fn graph_resource(&self) -> String {
        format!("https://{}", self.graph_host)
    }
}

impl Default for Cloud {
    fn default() -> Self {
        Cloud::PUBLIC
    }
}
