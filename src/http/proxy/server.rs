//! One proxy's address, as people write it.

use std::hash::{Hash, Hasher};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::Secret;

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::http) struct ProxyServer {
    scheme: &'static str,
    host: String,
    port: u16,
    user: Option<String>,
    password: Option<ProxyPassword>,
}

/// A password that can be compared, and is shown nowhere.
#[derive(Clone, Debug)]
struct ProxyPassword {
    secret: Secret,
    id: [u8; 32],
}

impl ProxyPassword {
    fn new(secret: Secret) -> Self {
        let id = openssl::sha::sha256(secret.bytes());
        Self { secret, id }
    }
}

impl PartialEq for ProxyPassword {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ProxyPassword {}

impl Hash for ProxyPassword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// What a part of an address may be followed by.
type Parsed<T> = Result<T, &'static str>;

impl ProxyServer {
    /// Reads an address: `[scheme://][user[:password]@]host[:port][/]`, or one for each protocol as Windows writes
    /// them (`http=a:1;https=b:2`). `Ok(None)` for one that is blank. The reason of a refusal repeats nothing of it.
    pub(super) fn parse(text: &str) -> Parsed<Option<Self>> {
        let text = unquoted(text);
        if text.is_empty() {
            return Ok(None);
        }
        if !is_per_protocol(text) {
            return Self::parse_one(text, "http").map(Some);
        }
        let entry = |protocol: &str| entries(text).find(|(name, _)| name.eq_ignore_ascii_case(protocol));
        match (entry("https"), entry("socks")) {
            (Some((_, address)), _) => Self::parse_one(address, "http").map(Some),
            (None, Some((_, address))) => Self::parse_one(address, "socks4").map(Some),
            (None, None) => Err("names no proxy for https"),
        }
    }

    fn parse_one(text: &str, default_scheme: &'static str) -> Parsed<Self> {
        let (scheme, rest) = match text.split_once("://") {
            None => (default_scheme, text),
            Some((scheme, rest)) => (known_scheme(scheme)?, rest),
        };
        // Passwords hold anything and are often not encoded, host and port hold no @: the last one ends the password.
        let (user, password, place) = match rest.rsplit_once('@') {
            None => (None, None, rest),
            Some((person, place)) => {
                let (user, password) = match person.split_once(':') {
                    None => (person, None),
                    Some((user, password)) => (user, Some(password)),
                };
                (Some(user), password, place)
            }
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.contains(['/', '?', '#']) {
            return Err("goes on after the port (a script for automatic configuration is not supported)");
        }
        let (host, port) = host_and_port(place)?;
        let server = Self {
            scheme,
            host,
            port: port.unwrap_or_else(|| default_port(scheme)),
            user: user.filter(|user| !user.is_empty()).map(decoded),
            password: None,
        };
        match password {
            None => Ok(server),
            Some(password) => server.with_password(Secret::new(decoded(password).into_bytes())),
        }
    }

    pub(super) fn with_password(mut self, password: Secret) -> Parsed<Self> {
        if self.scheme.starts_with("socks4") {
            return Err("holds a password, which a SOCKS 4 proxy does not take");
        }
        self.password = Some(ProxyPassword::new(password));
        Ok(self)
    }

    pub(super) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Its address without user and password.
    pub(super) fn shown(&self) -> String {
        // What tells who looks names up says nothing to a person.
        let scheme = if self.scheme == "socks5h" { "socks5" } else { self.scheme };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// The URL as the HTTP library takes it: all of user and password that could end them early is encoded.
    pub(super) fn url(&self) -> Result<Url> {
        let mut text = Zeroizing::new(format!("{}://", self.scheme));
        if self.user.is_some() || self.password.is_some() {
            text.extend(utf8_percent_encode(self.user.as_deref().unwrap_or_default(), NON_ALPHANUMERIC));
            if let Some(password) = &self.password {
                text.push(':');
                text.extend(utf8_percent_encode(password.secret.text().unwrap_or_default(), NON_ALPHANUMERIC));
            }
            text.push('@');
        }
        text.push_str(&format!("{}:{}", self.host, self.port));
        Url::parse(&text)
            .map_err(|cause| Error::internal(format!("the address of the proxy {}: {cause}", self.shown())))
    }
}

/// Without blanks around it, and without a pair of quotes: what `set "X=..."` and `export X="..."` leave when they are
/// not read by a shell.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).trim()
}

fn is_per_protocol(text: &str) -> bool {
    ["http=", "https=", "ftp=", "socks="]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

fn entries(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(|letter: char| letter == ';' || letter.is_whitespace()).filter_map(|entry| entry.split_once('='))
}

fn known_scheme(scheme: &str) -> Parsed<&'static str> {
    let known = [
        ("http", "http"),
        ("https", "https"),
        ("socks4", "socks4"),
        ("socks4a", "socks4a"),
        // The proxy looks names up, as .NET has it: behind a SOCKS proxy this machine often cannot.
        ("socks5", "socks5h"),
        ("socks5h", "socks5h"),
    ];
    known
        .iter()
        .find(|(name, _)| scheme.eq_ignore_ascii_case(name))
        .map(|(_, meant)| *meant)
        .ok_or("begins with another scheme than http, https, socks4, socks4a, socks5 or socks5h")
}

fn default_port(scheme: &str) -> u16 {
    match scheme {
        "http" => 80,
        "https" => 443,
        _ => 1080,
    }
}

fn host_and_port(place: &str) -> Parsed<(String, Option<u16>)> {
    let after_host = place.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match place[after_host..].rfind(':') {
        None => (place, None),
        Some(at) => (&place[..after_host + at], Some(&place[after_host + at + 1..])),
    };
    if host.is_empty() {
        return Err("names no host");
    }
    let no_host = "names a host that is none";
    let host = Host::parse(host).map_err(|_| no_host)?.to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._[]:".contains(letter);
    if !host.chars().all(is_plain) {
        return Err(no_host);
    }
    Ok((host, port.map(port_of).transpose()?))
}

fn port_of(text: &str) -> Parsed<u16> {
    let is_number = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|port| is_number && *port > 0).ok_or("has a port that is not a number from 1 to 65535")
}

/// Percent-decoded, where that gives text; many passwords are not encoded, and hold a % of their own.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}
