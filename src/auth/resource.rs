//! What a token is for.

use crate::cloud::Cloud;
use crate::error::{Error, Result};

/// Hosts of the retired Outlook REST endpoint: scripts still name them, and Graph serves what they ask. As a URL the
/// second is Exchange Online itself, whose PowerShell module takes a token for it.
const OUTLOOK_HOSTS: [&str; 3] = ["outlook.office.com", "https://outlook.office.com", "outlook.office365.com"];

/// The resource as a URL without a slash at the end: `None`, blank and the retired Outlook hosts mean Graph.
///
/// # Errors
///
/// `InvalidArgument` for what is neither a host, an `https` URL nor an application id URI.
pub fn resource(given: Option<&str>, cloud: &Cloud) -> Result<String> {
    let given = given.map_or("", str::trim);
    let given = given.strip_suffix("/.default").unwrap_or(given).trim_end_matches('/');
    if given.is_empty() || given == "https:" || OUTLOOK_HOSTS.contains(&given.to_ascii_lowercase().as_str()) {
        return Ok(cloud.graph_resource());
    }
    let plain = given.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
    if !plain || given.starts_with("http://") {
        return Err(Error::argument(format!(
            "the resource must be a host or a URL such as https://graph.microsoft.com, not {given:?}"
        )));
    }
    let has_scheme = given.contains("://");
    let is_guid = uuid::Uuid::try_parse(given).is_ok();
    Ok(if has_scheme || is_guid { given.to_owned() } else { format!("https://{given}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlook_and_nothing_mean_graph() {
        for given in [
            None,
            Some(""),
            Some(" "),
            Some("outlook.office.com"),
            Some("outlook.office365.com"),
            Some("https://outlook.office.com/"),
        ] {
            assert_eq!(resource(given, &Cloud::PUBLIC).unwrap(), "https://graph.microsoft.com");
        }
        assert_eq!(resource(None, &Cloud::US_GOV).unwrap(), "https://graph.microsoft.us");
    }

    #[test]
    fn hosts_urls_and_application_id_uris() {
        for (given, expected) in [
            ("vault.azure.net", "https://vault.azure.net"),
            ("https://graph.microsoft.com/", "https://graph.microsoft.com"),
            ("https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
            ("https://outlook.office365.com/.default", "https://outlook.office365.com"),
            ("api://1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4", "api://1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4"),
        ] {
            assert_eq!(resource(Some(given), &Cloud::PUBLIC).unwrap(), expected);
        }
        assert!(resource(Some("http://graph.microsoft.com"), &Cloud::PUBLIC).is_err());
        assert!(resource(Some("a b"), &Cloud::PUBLIC).is_err());
    }
}
