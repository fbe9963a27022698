//! Lists: of a collection, and of an object's versions, page by page to their end.

use http::Method;
use serde_json::Value;
use url::Url;

use super::api::{Call, VaultApi};
use super::item::check_usable;
use super::location::{ItemLocation, VaultLocation};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Pager, Patience};

/// What a vault holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// Secrets, those of certificates among them.
    Secrets,
    /// Certificates.
    Certificates,
    /// Keys, those of certificates among them.
    Keys,
}

impl Collection {
    /// As it stands in a URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Collection::Secrets => "secrets",
            Collection::Certificates => "certificates",
            Collection::Keys => "keys",
        }
    }
}

/// What is to be listed.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// Of which vault.
    pub vault: VaultLocation,
    /// What.
    pub collection: Collection,
    /// The versions of this object, in place of the objects.
    pub versions_of: Option<String>,
    /// What is deleted and can be recovered, in place of what is there.
    pub deleted: bool,
}

/// One page.
pub type Page = Vec<Value>;

/// Reads a list page by page.
#[derive(Debug)]
pub struct PageReader {
    api: VaultApi,
    vault: VaultLocation,
    target: String,
    next: Option<Url>,
    pager: Pager,
    patience: Patience,
}

impl PageReader {
    /// A reader before its first page.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub fn new(api: VaultApi, request: &ListRequest) -> Result<Self> {
        let collection = request.collection.name();
        let url = match (&request.versions_of, request.deleted) {
            (Some(_), true) => {
                return Err(Error::argument("what is deleted has no list of versions"));
            }
            (Some(name), false) => {
                let item = ItemLocation::new(request.vault.clone(), name, None)?;
                let mut segments = item.segments(collection);
                segments.push("versions");
                request.vault.url(&segments, &api.api_version)
            }
            (None, true) => request.vault.url(&[&format!("deleted{collection}")], &api.api_version),
            (None, false) => request.vault.url(&[collection], &api.api_version),
        };
        let target = match &request.versions_of {
            Some(name) => format!("{name} of {}", request.vault),
            None => request.vault.to_string(),
        };
        Ok(Self {
            api,
            vault: request.vault.clone(),
            target: format!("{collection} of {target}"),
            next: Some(url),
            pager: Pager::default(),
            patience: Patience::Full,
        })
    }

    /// The next page; `None` after the last. A page may be empty and still have a next one.
    ///
    /// # Errors
    ///
    /// What the vault, the token endpoint or the network said; `ResponseInvalid` for a list that leads elsewhere.
    pub async fn next(&mut self, context: &Context) -> Result<Option<Page>> {
        let Some(url) = self.next.clone() else { return Ok(None) };
        let in_context = |error: Error| error.action("listing the").target(self.target.as_str());
        let call = Call { method: Method::GET, url, body: None };
        let mut members = self.api.call(&self.vault, call, self.patience, context).await.map_err(in_context)?;
        let invalid = |what: &str| in_context(Error::new(Status::ResponseInvalid, format!("the vault's page {what}")));
        let Some(Value::Array(items)) = members.get_mut("value").map(Value::take) else {
            return Err(invalid("holds no list"));
        };
        let link = match members.get("nextLink") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) => Some(link.as_str()),
            Some(_) => return Err(invalid("names a next page that is not a URL")),
        };
        let is_own = |link: &str| Url::parse(link).is_ok_and(|link| self.vault.holds(&link));
        self.pager.take(link, items.len(), is_own).map_err(in_context)?;
        // That it is a URL was looked at with whose it is.
        self.next = self.pager.next().and_then(|link| Url::parse(link).ok());
        Ok(Some(items))
    }
}

/// More versions than a certificate has within its life.
const MOST_PAGES: usize = 8;

impl VaultApi {
    /// The version before that one which may be used now; `None` where there is none, or where the item is pinned
    /// to a version.
    ///
    /// # Errors
    ///
    /// What the vault, the token endpoint or the network said.
    pub(super) async fn version_before(
        &self,
        collection: Collection,
        item: &ItemLocation,
        newest: &str,
        context: &Context,
    ) -> Result<Option<ItemLocation>> {
        if item.version.is_some() {
            return Ok(None);
        }
        let versions_of = Some(item.name.clone());
        let request = ListRequest { vault: item.vault.clone(), collection, versions_of, deleted: false };
        let mut pages = PageReader { patience: Patience::Short, ..PageReader::new(self.clone(), &request)? };
        let mut best: Option<(i64, ItemLocation)> = None;
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next(context).await? else { break };
            for version in page.iter().filter_map(Value::as_object) {
                let Some(id) = VaultApi::version(version, "id", item).filter(|id| id != newest) else { continue };
                let found = ItemLocation::new(item.vault.clone(), &item.name, Some(&id))?;
                let created = version.get("attributes").and_then(|attributes| attributes.get("created")?.as_i64());
                let usable = check_usable(version, "version", &found, self.clock.now()).is_ok();
                if usable && best.as_ref().is_none_or(|(time, _)| created.unwrap_or_default() > *time) {
                    best = Some((created.unwrap_or_default(), found));
                }
            }
        }
        Ok(best.map(|(_, item)| item))
    }
}
