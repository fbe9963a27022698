//! Query options of OData, and the pages of a collection.
//!
//! Source: Microsoft Graph "Use query parameters to customize responses", "Paging Microsoft Graph data in your
//! app", "Advanced query capabilities on Microsoft Entra ID objects".

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Asked;
use crate::reply::Reply;
use crate::service::Service;

/// The query options of a request.
#[derive(Debug, Default)]
pub struct Query {
    /// `$select`.
    pub select: Option<Vec<String>>,
    /// `$top`.
    pub top: Option<String>,
    /// `$filter`.
    pub filter: Option<String>,
    /// `$count=true`.
    pub count: bool,
    /// `$skip`.
    pub skip: Option<String>,
    /// `$skiptoken`.
    pub skip_token: Option<String>,
    /// `$orderby`.
    pub order_by: Option<String>,
    /// `$search`.
    pub search: Option<String>,
    /// `$expand`.
    pub expand: Option<String>,
    /// `$search` or `$expand`, which most collections do not have here.
    pub unsupported: Option<&'static str>,
    /// `includeHiddenFolders=true`, which is an option of "List mailFolders" and of "List childFolders".
    pub include_hidden: bool,
    /// Whether `ConsistencyLevel: eventual` came with it.
    pub is_eventual: bool,
}

impl Query {
    /// Reads the options of a request.
    ///
    /// # Errors
    ///
    /// The 400 of an option that is unknown or comes twice.
    pub fn read(asked: &Asked<'_>) -> Result<Self, Reply> {
        let mut query =
            Self { is_eventual: asked.consistency_level.eq_ignore_ascii_case("eventual"), ..Self::default() };
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(asked.query.as_bytes()) {
            // Options of no system are ignored, as OData has it.
            if !name.starts_with('$') {
                query.include_hidden |= name.eq_ignore_ascii_case("includeHiddenFolders") && value == "true";
                continue;
            }
            if seen.contains(&name) {
                return Err(bad(&format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            let text = value.into_owned();
            match name.as_ref() {
                "$select" => query.select = Some(text.split(',').map(|one| one.trim().to_owned()).collect()),
                "$top" => query.top = Some(text),
                "$filter" => query.filter = Some(text),
                "$count" => query.count = text.eq_ignore_ascii_case("true"),
                "$skip" => query.skip = Some(text),
                "$skiptoken" => query.skip_token = Some(text),
                "$orderby" => query.order_by = Some(text),
                "$search" => {
                    query.unsupported = Some("$search");
                    query.search = Some(text);
                }
                "$expand" => {
                    query.unsupported = Some("$expand");
                    query.expand = Some(text);
                }
                "$format" => {}
                _ => return Err(bad(&format!("The query parameter '{name}' is not supported."))),
            }
            seen.push(name);
        }
        Ok(query)
    }

    /// Whether advanced filters are allowed: `ConsistencyLevel: eventual` and `$count=true`.
    #[must_use]
    pub fn is_advanced(&self) -> bool {
        self.is_eventual && self.count
    }

    /// The page's size: 100, or what `$top` says from 1 to 999.
    ///
    /// # Errors
    ///
    /// The directory's 400 for any other size.
    pub fn page_size(&self) -> Result<usize, Reply> {
        let Some(top) = &self.top else { return Ok(100) };
        top.parse().ok().filter(|size| (1..=999).contains(size)).ok_or_else(|| {
            unsupported(&format!("Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive."))
        })
    }
}

/// The directory's error of a query that it does not do.
#[must_use]
pub fn unsupported(message: &str) -> Reply {
    Reply::graph_error(400, "Request_UnsupportedQuery", message)
}

/// The error of a query that is wrong.
#[must_use]
pub fn bad(message: &str) -> Reply {
    Reply::graph_error(400, "BadRequest", message)
}

/// Where a page of the directory begins.
///
/// # Errors
///
/// The 400 of a page token that has expired, belongs to another query or is none.
pub fn page_start(service: &Service, asked: &Asked<'_>, query: &Query) -> Result<u64, Reply> {
    let Some(token) = &query.skip_token else { return Ok(0) };
    let parsed = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| {
        let numbers: Vec<u64> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        <[u64; 4]>::try_from(numbers).ok()
    });
    let Some([place, generation, issued, _]) = parsed.filter(|[.., of]| *of == digest(asked)) else {
        return Err(Reply::graph_error(400, "Request_BadRequest", "The page token is not valid for this query."));
    };
    let is_old = service
        .config
        .page_token_lifetime
        .is_some_and(|lifetime| service.now() >= i64::try_from(issued).unwrap_or(0).saturating_add(lifetime));
    if is_old || generation != service.page_generation() {
        return Err(Reply::graph_error(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        ));
    }
    Ok(place)
}

/// The link to the page that begins at a place.
#[must_use]
pub fn next_link(service: &Service, asked: &Asked<'_>, place: u64) -> String {
    let issued = service.now().max(0);
    let token = URL_SAFE_NO_PAD.encode(format!("{place}.{}.{issued}.{}", service.page_generation(), digest(asked)));
    link_with(asked, "$skiptoken", &token)
}

/// A request's URL with another value of one of its options.
#[must_use]
pub fn link_with(asked: &Asked<'_>, option: &str, value: &str) -> String {
    let mut link = format!("https://{}{}?", asked.host, asked.path);
    for part in without(asked.query, option) {
        link.push_str(part);
        link.push('&');
    }
    link + option + "=" + value
}

/// The parts of a query but for one option.
fn without<'a>(query: &'a str, option: &str) -> impl Iterator<Item = &'a str> {
    let escaped = option.replace('$', "%24");
    query.split('&').filter(move |part| {
        let name = part.split('=').next().unwrap_or_default();
        !part.is_empty() && name != option && !name.eq_ignore_ascii_case(&escaped)
    })
}

/// A number that tells queries apart, whatever page of theirs is asked for (FNV-1a).
fn digest(asked: &Asked<'_>) -> u64 {
    let parts = std::iter::once(asked.path).chain(without(asked.query, "$skiptoken"));
    parts
        .flat_map(str::bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The members of an entity that are selected, else those of its default.
///
/// # Errors
///
/// The 400 of a name that the type does not have.
pub fn selected(
    select: Option<&[String]>,
    default: &[&str],
    type_name: &str,
    member: impl Fn(&str) -> Option<Value>,
) -> Result<Map<String, Value>, Reply> {
    let mut all = Map::new();
    let mut add = |name: &str| match member(name) {
        Some(value) => {
            all.insert(name.to_owned(), value);
            Ok(())
        }
        None => Err(bad(&format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
        ))),
    };
    match select {
        Some(names) => names.iter().try_for_each(|name| add(name))?,
        None => default.iter().try_for_each(|name| add(name))?,
    }
    Ok(all)
}
