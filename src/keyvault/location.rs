//! Where a vault is, and where in it something is.

use std::fmt;

use url::Url;

use crate::error::{Error, Result};
use crate::pasted;

/// The base of a vault: `https://contoso.vault.azure.net`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VaultLocation {
    base: Url,
}

/// Something in a vault, by name and perhaps by version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemLocation {
    /// The vault.
    pub vault: VaultLocation,
    /// The name: letters, digits and `-`.
    pub name: String,
    /// The version, where not the latest is meant.
    pub version: Option<String>,
}

impl VaultLocation {
    /// Reads a vault's URL; a bare host is one, too. Plain HTTP is refused, and so is anything behind the host.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub fn parse(given: &str) -> Result<Self> {
        let url = parse_url(given)?;
        if !matches!(url.path(), "" | "/") {
            return Err(unusable(given, "it has a path"));
        }
        Self::of(&url)
    }

    fn of(url: &Url) -> Result<Self> {
        let mut base = url.clone();
        base.set_path("/");
        base.set_query(None);
        base.set_fragment(None);
        Ok(Self { base })
    }

    /// Host and port: what a challenge is remembered for.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.base.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// The host in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// A URL of the vault. The segments hold nothing that would have to be escaped.
    #[must_use]
    pub(super) fn url(&self, segments: &[&str], api_version: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&segments.join("/"));
        url.query_pairs_mut().append_pair("api-version", api_version);
        url
    }

    /// Whether a URL that the vault gave is one of the vault.
    #[must_use]
    pub(super) fn holds(&self, url: &Url) -> bool {
        url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none()
    }
}

impl fmt::Display for VaultLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

impl ItemLocation {
    /// Something by vault, name and version.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what can be neither name nor version.
    pub fn new(vault: VaultLocation, name: &str, version: Option<&str>) -> Result<Self> {
        check("name", name, 127)?;
        let version = version.map(pasted::unwrapped).filter(|version| !version.is_empty());
        version.map_or(Ok(()), |version| check("version", version, 64))?;
        Ok(Self { vault, name: name.to_owned(), version: version.map(str::to_owned) })
    }

    /// Reads a URL such as `https://contoso.vault.azure.net/certificates/app`, with or without a version.
    /// `collections` are those that may stand there; gives which one does.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub fn parse<'a>(given: &str, collections: &[&'a str]) -> Result<(Self, &'a str)> {
        let url = parse_url(given)?;
        let segments: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
        let segments: Vec<&str> = segments.into_iter().filter(|segment| !segment.is_empty()).collect();
        let expected =
            || unusable(given, &format!("it must end in /{}/name or /{}/name/version", collections[0], collections[0]));
        let (collection, name, version) = match segments[..] {
            [collection, name] => (collection, name, None),
            [collection, name, version] => (collection, name, Some(version)),
            _ => return Err(expected()),
        };
        let collection =
            collections.iter().find(|known| known.eq_ignore_ascii_case(collection)).ok_or_else(expected)?;
        Ok((Self::new(VaultLocation::of(&url)?, name, version)?, collection))
    }

    /// The path's segments in a collection.
    pub(super) fn segments<'a>(&'a self, collection: &'a str) -> Vec<&'a str> {
        [Some(collection), Some(&*self.name), self.version.as_deref()].into_iter().flatten().collect()
    }
}

impl fmt::Display for ItemLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(version) = &self.version {
            write!(f, "/{version}")?;
        }
        write!(f, " of {}", self.vault)
    }
}

fn parse_url(given: &str) -> Result<Url> {
    let given = pasted::unwrapped(given);
    let with_scheme = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let url = Url::parse(&with_scheme).map_err(|_| unusable(given, "it is not a URL"))?;
    if url.scheme() != "https" {
        return Err(unusable(given, "a vault is reached by https only"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("https://...", "it holds a user or password"));
    }
    match url.host() {
        Some(url::Host::Domain(host)) if host.contains('.') => Ok(url),
        _ => Err(unusable(given, "it names no vault's host")),
    }
}

fn unusable(given: &str, why: &str) -> Error {
    Error::argument(format!(
        "the vault must be a URL such as https://contoso.vault.azure.net, and {given:?} is not: {why}"
    ))
}

fn check(what: &str, text: &str, most: usize) -> Result<()> {
    let plausible =
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plausible {
        return Ok(());
    }
    Err(Error::argument(format!("the {what} in the vault must be letters, digits and -, not {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vaults_are_named_by_url_or_host() {
        for given in
            ["https://Contoso.vault.azure.net", "https://contoso.vault.azure.net/", " contoso.vault.azure.net "]
        {
            assert_eq!(VaultLocation::parse(given).unwrap().to_string(), "https://contoso.vault.azure.net");
        }
        for given in [
            "",
            "contoso",
            "http://contoso.vault.azure.net",
            "https://u:p@contoso.vault.azure.net",
            "https://contoso.vault.azure.net/secrets",
            "https://127.0.0.1/",
            "ftp://contoso.vault.azure.net",
        ] {
            assert!(VaultLocation::parse(given).is_err(), "{given}");
        }
    }

    #[test]
    fn items_are_named_by_url() {
        let parse = |given: &str| ItemLocation::parse(given, &["certificates", "secrets"]);
        let (item, collection) = parse("https://contoso.vault.azure.net/certificates/app/0123abcd?x=1").unwrap();
        assert_eq!(
            (item.name.as_str(), item.version.as_deref(), collection),
            ("app", Some("0123abcd"), "certificates")
        );
        assert_eq!(item.to_string(), "app/0123abcd of https://contoso.vault.azure.net");
        assert_eq!(parse("contoso.vault.azure.net/secrets/app/").unwrap().1, "secrets");
        for given in [
            "https://contoso.vault.azure.net/",
            "contoso.vault.azure.net/keys/app",
            "contoso.vault.azure.net/secrets/a%2Fb",
        ] {
            assert!(parse(given).is_err(), "{given}");
        }
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let vault = || VaultLocation::parse("contoso.vault.azure.net").unwrap();
        for name in ["", "a/b", "..", "a?b", "a b", "ä", "a_b"] {
            assert!(ItemLocation::new(vault(), name, None).is_err(), "{name}");
        }
        assert!(ItemLocation::new(vault(), "a", Some("../x")).is_err());
        assert_eq!(ItemLocation::new(vault(), "a", Some(" ")).unwrap().version, None);
    }
}
