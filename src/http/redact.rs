//! What of a request may be shown in diagnostics: only what is on these lists.

use http::HeaderMap;
use url::Url;

/// Headers whose values say nothing secret and help a support case.
const SHOWN_HEADERS: &[&str] = &[
    "client-request-id",
    "content-length",
    "content-type",
    "date",
    "request-id",
    "retry-after",
    "x-ms-ags-diagnostic",
    "x-ms-request-id",
    "x-ms-resource-unit",
];

/// Query parameters whose values are OData options and nothing else.
const SHOWN_PARAMETERS: &[&str] = &["$count", "$expand", "$filter", "$orderby", "$select", "$top", "api-version"];

/// The URL with every query value that is not on the list replaced.
#[must_use]
pub fn url(url: &Url) -> String {
    let mut shown = url.clone();
    // A URL with a host always takes these; the parts are dropped, not shown.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if url.query().is_some() {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                let known = SHOWN_PARAMETERS.contains(&name.as_ref());
                (name.into_owned(), if known { value.into_owned() } else { "...".to_owned() })
            })
            .collect();
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.into()
}

/// The headers that may be shown.
#[must_use]
pub fn headers(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    SHOWN_HEADERS.iter().filter_map(|&name| Some((name, headers.get(name)?.to_str().ok()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_only_what_is_listed() {
        let shown = url(&Url::parse("https://u:p@graph.microsoft.com/v1.0/users?$top=5&token=abc#frag").unwrap());
        assert_eq!(shown, "https://graph.microsoft.com/v1.0/users?%24top=5&token=...");

        let mut all = HeaderMap::new();
        all.insert("authorization", "Bearer secret".parse().unwrap());
        all.insert("request-id", "1".parse().unwrap());
        assert_eq!(headers(&all), [("request-id", "1".to_owned())]);
    }
}
