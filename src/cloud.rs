//! The clouds' hosts as data.
//!
//! Source: Microsoft Entra "National clouds and authentication endpoints", Microsoft Graph "National cloud
//! deployments", Azure Key Vault "Authentication, requests, and responses"; other names of login hosts: Azure Identity's
//! authority constants, and the `aliases` of Entra's instance discovery.

use std::borrow::Cow;

/// The hosts of one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cloud {
    /// Host of the token endpoint, for example `login.microsoftonline.com`.
    pub login_host: Cow<'static, str>,
    /// Host of Microsoft Graph, for example `graph.microsoft.com`.
    pub graph_host: Cow<'static, str>,
    /// What a vault's host ends in, for example `vault.azure.net`.
    pub vault_suffix: Cow<'static, str>,
}

/// Whether the text is a host, perhaps with a port: no URL, no path, no user.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let is_of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(is_of_a_host)
}

/// Login hosts that are another name of a cloud's own.
const LOGIN_ALIASES: [(&str, &str); 6] = [
    ("login.windows.net", "login.microsoftonline.com"),
    ("login.microsoft.com", "login.microsoftonline.com"),
    ("sts.windows.net", "login.microsoftonline.com"),
    ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    ("login.usgovcloudapi.net", "login.microsoftonline.us"),
    ("login-us.microsoftonline.com", "login.microsoftonline.us"),
];

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

    /// Whether tokens of `login_host` are those of this cloud: it is the cloud's own, or another name of it.
    #[must_use]
    pub fn issues_at(&self, login_host: &str) -> bool {
        fn usual(host: &str) -> &str {
            LOGIN_ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(host)).map_or(host, |(_, usual)| *usual)
        }
        usual(login_host).eq_ignore_ascii_case(usual(&self.login_host))
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
