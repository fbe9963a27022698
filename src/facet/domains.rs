//! The domains that are the tenant's own.
//!
//! Source: Microsoft Graph "List domains" (application permission Domain.Read.All), "domain resource type".

use http::HeaderMap;
use serde::Deserialize;

use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::http::{Pager, Patience, RetryPolicy};

#[derive(Deserialize)]
struct Domain {
    id: String,
    #[serde(default, rename = "isVerified")]
    is_verified: bool,
}

/// Domains that count as the tenant's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Domains(Vec<String>);

impl Domains {
    /// Those that somebody names, with or without an `@` before them.
    pub(super) fn named(names: &[String]) -> Self {
        let clean = |name: &String| name.trim().trim_start_matches('@').trim_end_matches('.').to_lowercase();
        Self(names.iter().map(clean).filter(|name| !name.is_empty()).collect())
    }

    /// Reads those that the tenant has proved to own.
    ///
    /// # Errors
    ///
    /// What the service said, with the permission that is needed and what does without it.
    pub(super) async fn read(graph: &GraphClient, retry: &RetryPolicy, context: &Context) -> Result<Self> {
        let in_context = |error: Error| {
            let error = error.action("listing the verified domains of").target("the tenant");
            if error.status() == Status::AccessDenied {
                return error.hint(
                    "the app needs the application permission Domain.Read.All, with admin consent; without it name the \
                     tenant's domains yourself: internalDomains (-InternalDomain)",
                );
            }
            error
        };
        let mut domains = Vec::new();
        let mut pager = Pager::default();
        let mut path = "domains?$select=id,isVerified".to_owned();
        let headers = HeaderMap::new();
        loop {
            let page = || graph.page::<Domain>(&path, &headers, context);
            let page = graph.retrier(*retry).run(Patience::Full, context, page).await;
            let page = page.map_err(|failure| in_context(failure.into_error()))?;
            let elements = page.value.len();
            domains.extend(
                page.value.into_iter().filter(|domain| domain.is_verified).map(|domain| domain.id.to_lowercase()),
            );
            pager.take(page.next_link.as_deref(), elements, |link| graph.holds(link)).map_err(in_context)?;
            match pager.next() {
                Some(link) => path = link.to_owned(),
                None => break,
            }
        }
        if domains.is_empty() {
            let error =
                Error::new(Status::ResponseInvalid, "the service gave no verified domain, and every tenant has one");
            return Err(in_context(error));
        }
        Ok(Self(domains))
    }

    /// Whether an address lies outside of them; `None` for what is no address of SMTP, such as the name of an object of
    /// the directory.
    pub(super) fn is_outside(&self, address: &str) -> Option<bool> {
        let (_, domain) = address.trim().rsplit_once('@').filter(|(_, domain)| !domain.contains('='))?;
        let domain = domain.trim_end_matches(['.', '>']).to_lowercase();
        (!domain.is_empty()).then(|| !self.0.contains(&domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_outside_where_its_domain_is_none_of_the_tenants() {
        let domains = Domains::named(&["Contoso.com".into(), "@contoso.onmicrosoft.com".into(), " ".into()]);
        for (address, outside) in [
            ("kim@contoso.com", Some(false)),
            ("Kim@CONTOSO.com ", Some(false)),
            ("kim@sub.contoso.com", Some(true)),
            ("kim@contoso.com.evil.example", Some(true)),
            ("\"kim@contoso.com\"@evil.example", Some(true)),
            ("kim@contoso.onmicrosoft.com.", Some(false)),
            ("/o=ExchangeLabs/ou=x/cn=Recipients/cn=kim", None),
            ("kim", None),
            ("kim@", None),
        ] {
            assert_eq!(domains.is_outside(address), outside, "{address}");
        }
    }
}
