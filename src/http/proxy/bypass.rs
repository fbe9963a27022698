//! What goes past the proxy: `NO_PROXY`, and the exceptions of Windows' Internet Options.

use std::net::IpAddr;

use url::{Host, Url};

/// The hosts that are asked directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::http) struct Bypass(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    hosts: Hosts,
    /// Only this port of them.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Hosts {
    /// Names without a dot (`<local>`).
    Local,
    /// A name and all below it.
    Domain(String),
    /// A pattern with `*` for any text.
    Pattern(String),
    /// Addresses that begin with so many bits of this one.
    Network(IpAddr, u8),
}

impl Bypass {
    /// Reads a list of `contoso.com`, `.contoso.com` (each with all below it), `*.contoso.com`, `10.1.2.3`,
    /// `10.0.0.0/8`, `192.168.*`, `<local>` and `*`, each with a port or without. Entries are set apart by commas,
    /// semicolons or blanks. One that can name no host matches none: that host is asked through the proxy.
    pub(super) fn parse(text: &str) -> Self {
        let is_between = |letter: char| matches!(letter, ',' | ';' | '"' | '\'') || letter.is_whitespace();
        Self(text.split(is_between).filter(|entry| !entry.is_empty()).map(Entry::parse).collect())
    }

    /// The exceptions of both.
    #[cfg(any(windows, test))]
    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    pub(super) fn contains(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let port = url.port_or_known_default();
        self.0.iter().any(|entry| (entry.port.is_none() || entry.port == port) && entry.hosts.contain(&host))
    }
}

impl Entry {
    fn parse(text: &str) -> Self {
        let text = text.to_lowercase();
        // Somebody's URL for a host.
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest.trim_end_matches('/'));
        if let Some(hosts) = Hosts::addresses(text) {
            return Self { hosts, port: None };
        }
        let (host, port) = match text.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
            Some((host, Ok(port))) => (host, Some(port)),
            _ => (text, None),
        };
        Self { hosts: Hosts::parse(host), port }
    }
}

impl Hosts {
    fn parse(text: &str) -> Self {
        if let Some(hosts) = Self::addresses(text) {
            return hosts;
        }
        if text == "<local>" {
            return Self::Local;
        }
        let text = text.trim_end_matches('.');
        if text.contains('*') {
            return Self::Pattern(text.to_owned());
        }
        let name = text.trim_start_matches('.');
        Self::Domain(Host::parse(name).map_or_else(|_| name.to_owned(), |host| host.to_string()))
    }

    /// One address, in brackets or not, or a network of them.
    fn addresses(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        };
        let bare = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
        let address: IpAddr = bare.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        bits.is_none_or(|bits| bits <= all).then(|| Self::Network(address, bits.unwrap_or(all)))
    }

    fn contain(&self, host: &Host<&str>) -> bool {
        let address = match host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        };
        let name = address.map_or_else(|| host.to_string(), |address| address.to_string());
        let name = name.trim_end_matches('.');
        match self {
            Self::Local => address.is_none() && !name.contains('.'),
            Self::Domain(domain) => {
                let above = name.strip_suffix(domain.as_str());
                !domain.is_empty() && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
            Self::Pattern(pattern) => fits(name, pattern),
            Self::Network(network, bits) => address.is_some_and(|address| is_within(address, *network, *bits)),
        }
    }
}

/// Whether the pattern describes the whole name.
fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| name.strip_prefix(start)) else { return false };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(end)
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let unlike = match (address, network) {
        (IpAddr::V4(left), IpAddr::V4(right)) => (left.to_bits() ^ right.to_bits()).leading_zeros(),
        (IpAddr::V6(left), IpAddr::V6(right)) => (left.to_bits() ^ right.to_bits()).leading_zeros(),
        _ => return false,
    };
    unlike >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(list: &str, host: &str) -> bool {
        Bypass::parse(list).contains(&Url::parse(&format!("https://{host}/x")).unwrap())
    }

    #[test]
    fn names_and_all_below_them_go_past() {
        for list in [
            "login.contoso.com",
            "LOGIN.Contoso.COM",
            "contoso.com",
            ".contoso.com",
            "*.contoso.com",
            "*contoso.com",
            "login.*",
            "*",
            "a.example, contoso.com",
            "localhost;.contoso.com",
            "localhost .contoso.com",
            "\"contoso.com\"",
            "contoso.com.",
            "login.contoso.com:443",
            ".contoso.com:443",
            "*.contoso.com:443",
            "https://login.contoso.com/",
        ] {
            assert!(past(list, "login.contoso.com"), "{list}");
        }
        for list in [
            "",
            " , ;",
            "toso.com",
            "oso.com",
            "ogin.contoso.com",
            "x.login.contoso.com",
            "login.contoso.com:8443",
            "*.login.contoso.com",
            "contoso",
            "<local>",
            "http",
            ".",
            "10.0.0.0/8",
            "10.0.0.0/99",
        ] {
            assert!(!past(list, "login.contoso.com"), "{list}");
        }
        assert!(past("contoso.com", "contoso.com") && past(".contoso.com", "contoso.com"));
        assert!(!past("*.contoso.com", "contoso.com"));
        assert!(past("<local>", "proxied") && past("contoso.com:8443", "contoso.com:8443"));
    }

    #[test]
    fn addresses_go_past_by_network() {
        for (list, host) in [
            ("10.0.0.0/8", "10.1.2.3"),
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3:443", "10.1.2.3"),
            ("10.*", "10.1.2.3"),
            ("192.168.*.*", "192.168.4.5"),
            ("0.0.0.0/0", "10.1.2.3"),
            ("::1", "[::1]"),
            ("[::1]:443", "[::1]"),
            ("fd00::/8", "[fd12::1]"),
        ] {
            assert!(past(list, host), "{list} {host}");
        }
        for (list, host) in [
            ("10.0.0.0/8", "11.1.2.3"),
            ("10.1.2.3/32", "10.1.2.4"),
            ("10.1.2.3:80", "10.1.2.3"),
            ("::1", "[::2]"),
            ("::/0", "10.1.2.3"),
            ("10.1.2", "10.1.2.3"),
            ("<local>", "10.1.2.3"),
            ("<local>", "[::1]"),
        ] {
            assert!(!past(list, host), "{list} {host}");
        }
    }
}
