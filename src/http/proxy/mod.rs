//! Through which proxy requests go, and which go past it.
//!
//! The variables are read here and not by the HTTP library: that leaves out what it cannot understand, and then
//! connects directly. A proxy that somebody set and that is not used is a fault, and is said.

mod bypass;
mod server;
mod system;
mod way;

use std::ffi::OsString;

use url::Url;

use self::bypass::Bypass;
use self::server::ProxyServer;
pub(super) use self::way::Proxying;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Where a proxy for `https` is looked for, the first that is not blank: the order of .NET and curl. All requests
/// that may go through a proxy are `https`, so `HTTP_PROXY` is not among them.
const SERVER_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const BYPASS_VARIABLES: [&str; 2] = ["no_proxy", "NO_PROXY"];

impl Proxying {
    /// The proxy that the caller named. It may name a user, but no password: that comes as a secret of its own.
    pub(super) fn given(address: &str, password: Option<&Secret>) -> Result<Self> {
        let fault = |reason: &str| {
            Error::argument(format!("proxy: {reason}")).hint("give a URL such as http://proxy.contoso.com:3128")
        };
        let server = ProxyServer::parse(address).map_err(fault)?.ok_or_else(|| fault("is blank"))?;
        if server.has_password() {
            return Err(fault("holds a password"));
        }
        let server = match password {
            None => server,
            Some(password) if password.text().is_none() => {
                return Err(Error::argument("proxyPasswordSecret: is not UTF-8"));
            }
            Some(password) => server.with_password(password.clone()).map_err(fault)?,
        };
        Ok(Self::Through(server, Bypass::default()))
    }

    /// The proxy that the process's variables name, or else the system's.
    pub(super) fn of_environment() -> Result<Self> {
        match Self::of_variables(|name| std::env::var_os(name))? {
            Some(proxying) => Ok(proxying),
            None => system::proxying(&bypass_of(&|name| std::env::var_os(name))?),
        }
    }

    /// `None` where no variable names a proxy.
    fn of_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>> {
        for name in SERVER_VARIABLES {
            let Some(text) = text_of(name, &variable)? else { continue };
            let fault = |reason: &str| {
                // Without a word of its value: that may hold a password, whatever form it has.
                Error::argument(format!("the variable {name} cannot be used as a proxy: it {reason}"))
                    .hint("set it to a URL such as http://user:password@proxy.contoso.com:3128, or remove it")
            };
            if let Some(server) = ProxyServer::parse(&text).map_err(fault)? {
                return Ok(Some(Self::Through(server, bypass_of(&variable)?)));
            }
        }
        Ok(None)
    }

    /// The proxy for a URL; `None`: directly.
    fn server_for(&self, url: &Url) -> Option<&ProxyServer> {
        match self {
            Self::Through(server, bypass) if !bypass.contains(url) => Some(server),
            _ => None,
        }
    }

    /// Where the proxy for a URL is, without user and password.
    pub(super) fn shown_for(&self, url: &Url) -> Option<String> {
        self.server_for(url).map(ProxyServer::shown)
    }

    /// Has a client of the HTTP library go this way.
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        let (server, bypass) = match self {
            Self::Directly => return Ok(builder.no_proxy()),
            Self::Through(server, bypass) => (server, bypass.clone()),
            #[cfg(target_os = "macos")]
            Self::System => return Ok(builder),
        };
        let url = server.url()?;
        Ok(builder.proxy(reqwest::Proxy::custom(move |to| (!bypass.contains(to)).then(|| url.clone()))))
    }
}

fn bypass_of(variable: &impl Fn(&str) -> Option<OsString>) -> Result<Bypass> {
    for name in BYPASS_VARIABLES {
        if let Some(text) = text_of(name, variable)? {
            return Ok(Bypass::parse(&text));
        }
    }
    Ok(Bypass::default())
}

/// A variable that is set and not blank: an empty one does not hide the next.
fn text_of(name: &str, variable: &impl Fn(&str) -> Option<OsString>) -> Result<Option<String>> {
    let Some(value) = variable(name) else { return Ok(None) };
    let text = value
        .into_string()
        .map_err(|_| Error::argument(format!("the variable {name} is not text")).hint("set it again, or remove it"))?;
    Ok((!text.trim().is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    const LOGIN: &str = "https://login.microsoftonline.com/t/oauth2/v2.0/token";

    fn of(variables: &[(&str, &str)]) -> Result<Option<Proxying>> {
        Proxying::of_variables(|name| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        })
    }

    /// The URL that the HTTP library is given for a request to the login host.
    fn url_of(variables: &[(&str, &str)]) -> Option<String> {
        let proxying = of(variables).unwrap_or_else(|error| panic!("{variables:?}: {error}"))?;
        let to = Url::parse(LOGIN).unwrap();
        proxying.server_for(&to).map(|server| server.url().unwrap().into())
    }

    #[track_caller]
    fn refused(value: &str) -> String {
        for name in SERVER_VARIABLES {
            let error = of(&[(name, value)]).expect_err(value);
            assert_eq!(error.status(), Status::InvalidArgument, "{error}");
            assert!(error.to_string().contains(name), "{error}");
        }
        of(&[("HTTPS_PROXY", value)]).expect_err(value).to_string()
    }

    #[test]
    fn what_people_write_is_understood() {
        for (value, url) in [
            ("http://proxy.contoso.com:3128", "http://proxy.contoso.com:3128/"),
            ("proxy.contoso.com:3128", "http://proxy.contoso.com:3128/"),
            ("http://proxy", "http://proxy/"),
            (" http://proxy:3128/ \r\n", "http://proxy:3128/"),
            ("\"http://proxy:3128\"", "http://proxy:3128/"),
            ("'proxy:3128'", "http://proxy:3128/"),
            ("HTTP://Proxy:3128", "http://proxy:3128/"),
            ("https://proxy:3128", "https://proxy:3128/"),
            ("http://[::1]:3128", "http://[::1]:3128/"),
            ("[::1]:3128", "http://[::1]:3128/"),
            // Names and passwords, as they are and encoded; the last @ is the one.
            ("http://CONTOSO\\kim:pw@host:3128", "http://CONTOSO%5Ckim:pw@host:3128/"),
            ("http://kim:p#w@host:3128", "http://kim:p%23w@host:3128/"),
            ("http://kim:p w@host:3128", "http://kim:p%20w@host:3128/"),
            ("http://kim:p^|?/w@host:3128", "http://kim:p%5E%7C%3F%2Fw@host:3128/"),
            ("http://kim:p@w:1@host:3128", "http://kim:p%40w%3A1@host:3128/"),
            ("http://kim%40contoso.com:p%23w@host:3128", "http://kim%40contoso%2Ecom:p%23w@host:3128/"),
            ("http://kim:50%@host:3128", "http://kim:50%25@host:3128/"),
            ("http://kim:Gr\u{fc}\u{df}e@host:3128", "http://kim:Gr%C3%BC%C3%9Fe@host:3128/"),
            ("kim:pw@host:3128", "http://kim:pw@host:3128/"),
            ("http://kim@host:3128", "http://kim@host:3128/"),
            // As Windows writes a proxy for each protocol.
            ("http=a:1;https=b:2", "http://b:2/"),
            ("http=a:1 https=http://b:2", "http://b:2/"),
            ("ftp=f:3;HTTPS=b:2;", "http://b:2/"),
            ("socks=s:1080", "socks4://s:1080"),
            // The proxy looks the name up, as .NET has it: behind one this machine often cannot.
            ("socks5://host:1080", "socks5h://host:1080"),
            ("socks5h://kim:p#w@host", "socks5h://kim:p%23w@host:1080"),
            ("socks4a://host", "socks4a://host:1080"),
        ] {
            assert_eq!(url_of(&[("HTTPS_PROXY", value)]).as_deref(), Some(url), "{value}");
        }
    }

    #[test]
    fn what_is_not_understood_names_the_variable_and_not_the_password() {
        for value in [
            "http://",
            "http://kim:marked@",
            "http://kim:marked@:3128",
            "http://kim:marked@host:port",
            "http://kim:marked@host:0",
            "http://kim:marked@host:99999",
            "http://kim:marked@host:",
            "http://kim:marked@ho st:3128",
            "http://kim:marked@host\\x:3128",
            "http://kim:marked@host:3128/proxy.pac",
            "http://kim:marked@host:3128?x",
            "http://kim:marked@[::1:3128",
            "http:\\\\kim:marked@host,other:3128",
            "ftp://kim:marked@host:3128",
            "socks://kim:marked@host:1080",
            "socks4://kim:marked@host:1080",
            "http=kim:marked@a:1",
            "http=a:1;https=",
            "https=kim:marked@b:x",
            "a:1;b:2",
            "a:1,b:2",
            "DIRECT",
            "PROXY a:1",
        ] {
            // A bare word could be a host.
            if value == "DIRECT" {
                assert_eq!(url_of(&[("HTTPS_PROXY", value)]).as_deref(), Some("http://direct/"));
                continue;
            }
            let message = refused(value);
            assert!(!message.contains("marked") && !message.contains("kim"), "{message}");
        }
    }

    #[test]
    fn the_first_variable_that_is_not_blank_counts() {
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "  ")]).unwrap(), None);
        // What is for http is not asked about https.
        assert_eq!(of(&[("HTTP_PROXY", "http://a:1"), ("http_proxy", "http://a:1")]).unwrap(), None);
        let low_and_up = [("HTTPS_PROXY", "http://up:1"), ("https_proxy", "http://low:1")];
        assert_eq!(url_of(&low_and_up).as_deref(), Some("http://low:1/"));
        assert_eq!(url_of(&[("https_proxy", ""), ("HTTPS_PROXY", "http://up:1")]).as_deref(), Some("http://up:1/"));
        assert_eq!(url_of(&[("HTTPS_PROXY", ""), ("https_proxy", "http://low:1")]).as_deref(), Some("http://low:1/"));
        assert_eq!(url_of(&[("HTTPS_PROXY", "\"\""), ("all_proxy", "a:1")]).as_deref(), Some("http://a:1/"));
        assert_eq!(url_of(&[("NO_PROXY", ""), ("no_proxy", ".microsoftonline.com"), ("HTTPS_PROXY", "a:1")]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_said() {
        use std::os::unix::ffi::OsStringExt as _;
        let error = Proxying::of_variables(|name| {
            (name == "HTTPS_PROXY").then(|| OsString::from_vec(b"http://kim:marked\xff@a:1".to_vec()))
        })
        .unwrap_err();
        assert!(error.to_string().contains("HTTPS_PROXY") && !error.to_string().contains("marked"), "{error}");
    }

    #[test]
    fn a_proxy_of_the_caller_holds_no_password() {
        let secret = Secret::new(b"p#w".to_vec());
        for (address, url) in
            [("http://user@proxy:3128", "http://user:p%23w@proxy:3128/"), ("proxy:3128", "http://:p%23w@proxy:3128/")]
        {
            let Proxying::Through(server, _) = Proxying::given(address, Some(&secret)).unwrap() else { panic!() };
            assert_eq!(server.url().unwrap().as_str(), url);
            assert!(!format!("{server:?}").contains("p#w"));
        }
        for address in ["http://user:marked#x@proxy:3128", "http://:marked@proxy", " ", "http://proxy:x"] {
            let error = Proxying::given(address, None).unwrap_err().to_string();
            assert!(error.starts_with("proxy: ") && !error.contains("marked"), "{error}");
        }
    }

    #[test]
    fn proxies_with_other_passwords_are_other_proxies() {
        let with = |value: &str| of(&[("HTTPS_PROXY", value)]).unwrap();
        assert_eq!(with("http://kim:a@h:1"), with("kim:a@h:1"));
        assert_ne!(with("http://kim:a@h:1"), with("http://kim:b@h:1"));
        assert_ne!(with("http://kim:a@h:1"), with("http://kim@h:1"));
    }
}
