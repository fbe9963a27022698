//! The proxy that the system's settings name where no variable does.

use super::bypass::Bypass;
use super::way::Proxying;
use crate::error::Result;

/// The system's proxy; `named` goes past it as well.
#[cfg(windows)]
pub(super) fn proxying(named: &Bypass) -> Result<Proxying> {
    let Ok(settings) =
        windows_registry::CURRENT_USER.open(r"Software\Microsoft\Windows\CurrentVersion\Internet Settings")
    else {
        return Ok(Proxying::Directly);
    };
    if settings.get_u32("ProxyEnable").unwrap_or(0) == 0 {
        return Ok(Proxying::Directly);
    }
    let exceptions = settings.get_string("ProxyOverride").unwrap_or_default();
    of_internet_options(&settings.get_string("ProxyServer").unwrap_or_default(), &exceptions, named)
}

/// The library that sends requests asks macOS.
#[cfg(target_os = "macos")]
pub(super) fn proxying(_: &Bypass) -> Result<Proxying> {
    Ok(Proxying::System)
}

/// Elsewhere the variables are the system's settings.
#[cfg(not(any(windows, target_os = "macos")))]
pub(super) fn proxying(_: &Bypass) -> Result<Proxying> {
    Ok(Proxying::Directly)
}

/// What the values `ProxyServer` and `ProxyOverride` of Internet Options say.
#[cfg(any(windows, test))]
fn of_internet_options(server: &str, exceptions: &str, named: &Bypass) -> Result<Proxying> {
    use super::server::ProxyServer;
    use crate::error::Error;

    // Where only other protocols have a proxy, https has none: there is no fault in it.
    let of_others = server.contains('=')
        && !["https=", "socks="].iter().any(|protocol| server.to_ascii_lowercase().contains(protocol));
    if of_others {
        return Ok(Proxying::Directly);
    }
    let server = ProxyServer::parse(server).map_err(|reason| {
        Error::argument(format!("the proxy of Windows' Internet Options cannot be used: it {reason}"))
            .hint("mend it in the system's settings, or set HTTPS_PROXY")
    })?;
    Ok(server.map_or(Proxying::Directly, |server| Proxying::Through(server, named.and(&Bypass::parse(exceptions)))))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn for_graph(server: &str, exceptions: &str) -> Option<String> {
        let named = Bypass::parse("vault.contoso.com");
        let proxying = of_internet_options(server, exceptions, &named).unwrap();
        assert_eq!(proxying.shown_for(&Url::parse("https://vault.contoso.com").unwrap()), None);
        proxying.shown_for(&Url::parse("https://graph.microsoft.com/v1.0").unwrap())
    }

    #[test]
    fn internet_options_name_a_proxy_for_all_or_for_each_protocol() {
        assert_eq!(for_graph("proxy:8080", "").as_deref(), Some("http://proxy:8080"));
        assert_eq!(for_graph("http://proxy:8080", "<local>;10.*").as_deref(), Some("http://proxy:8080"));
        assert_eq!(for_graph("http=a:1;https=b:2;ftp=c:3", "").as_deref(), Some("http://b:2"));
        assert_eq!(for_graph("http=a:1;socks=s:4", "").as_deref(), Some("socks4://s:4"));
        assert_eq!(for_graph("http=a:1", ""), None);
        assert_eq!(for_graph("", ""), None);
        assert_eq!(for_graph("proxy:8080", "*.microsoft.com"), None);
        let error = of_internet_options("https=proxy:x", "", &Bypass::default()).unwrap_err().to_string();
        assert!(error.contains("Internet Options") && error.contains("port"), "{error}");
    }
}
