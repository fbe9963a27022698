//! Lists, at most 25 a page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::Place;
use super::store::{Object, derived};
use super::{refuse, wire};
use crate::reply::Reply;

/// Most items a page, and the usual number.
const PAGE: usize = 25;

/// The objects of a collection: those that are named, then `derived_count` secrets made from their index.
pub(super) fn objects(
    place: &Place<'_>,
    plain: &str,
    is_deleted: bool,
    objects: &[Object],
    derived_count: u64,
) -> Reply {
    let named: Vec<&Object> = objects.iter().filter(|object| object.is_in(plain)).collect();
    let derived_count = usize::try_from(derived_count).unwrap_or(usize::MAX - named.len());
    let path = if is_deleted { format!("deleted{plain}") } else { plain.to_owned() };
    let item = |at: usize| match named.get(at) {
        // Objects of the other kind leave a gap: a page may be shorter than the next, and even empty.
        Some(object) => (object.deleted == is_deleted).then(|| wire::item(place, plain, object, None, is_deleted)),
        None if is_deleted => None,
        None => {
            let index = u64::try_from(at - named.len()).unwrap_or_default();
            Some(wire::item(place, plain, &derived(index), None, false))
        }
    };
    page(place, &path, named.len() + derived_count, item)
}

/// The versions of an object, the newest first.
pub(super) fn versions(place: &Place<'_>, plain: &str, object: &Object) -> Reply {
    let count = object.versions.len();
    let item = |at: usize| {
        object.versions.get(count - 1 - at).map(|version| wire::item(place, plain, object, Some(version), false))
    };
    page(place, &format!("{plain}/{}/versions", object.name), count, item)
}

fn page(place: &Place<'_>, path: &str, count: usize, item: impl Fn(usize) -> Option<Value>) -> Reply {
    let size = match place.parameter("maxresults").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(size)) if (1..=PAGE).contains(&size) => size,
        Some(_) => return refuse(400, "BadParameter", "maxresults must be between 1 and 25.", None),
    };
    let start = match place.parameter("$skiptoken") {
        None => 0,
        Some(token) => match skip(token) {
            Some(start) if start < count => start,
            _ => return refuse(400, "BadParameter", "The skip token is invalid.", None),
        },
    };
    let end = count.min(start + size);
    let items: Vec<Value> = (start..end).filter_map(item).collect();
    let next = (end < count).then(|| {
        let token = URL_SAFE_NO_PAD.encode(format!("2!{end}!"));
        format!("{}/{path}?api-version={}&$skiptoken={token}&maxresults={size}", place.base, place.api_version)
    });
    Reply::json(200, &json!({"value": items, "nextLink": next}))
}

fn skip(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("2!")?.strip_suffix('!')?.parse().ok()
}
