//! Contacts brought into one folder of many mailboxes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::super::plan_photos::PlanPhotos;
use super::super::request::RunRequest;
use super::super::setup::RunSetup;
use super::super::state_plan::{Comparison, Known, LateState, compare_with};
use super::file;
use super::photos::{self, PhotoFiles, WithPhotos};
use super::remarks::{check_some, said_of};
use crate::context::Context;
use crate::error::Result;
use crate::event::Event;
use crate::facet::synced_contacts::{SyncedContacts, WANTED_PHOTO};
use crate::facet::{Facet, Item, Mode, Scope, State, lists};
use crate::graph::call::GraphClient;
use crate::graph::group_people::people;
use crate::http::RetryPolicy;
use crate::rows::RowStream;

/// What a plan says that it was made by.
const PLANNED_BY: &str = "exrun_contact_sync_plan";

const TITLE: &str = "Contacts that differ from the list";

/// Where contacts come from.
#[derive(Clone, Debug)]
pub enum ContactSource {
    /// Objects, with the names of Graph, of Outlook's export or of the directory.
    List(Value),
    /// A CSV file, or JSON Lines.
    File(PathBuf),
    /// The people in a group, by its object id, mail address or display name.
    Group(String),
}

/// Request to compare a folder of many mailboxes with a list of contacts; docs/abi.md describes each member.
#[derive(Clone, Debug)]
pub struct ContactSync {
    /// What every run has.
    pub run: RunRequest,
    /// The contacts.
    pub contacts: ContactSource,
    /// The folder, by its path.
    pub folder: String,
    /// The column of the key.
    pub key_column: Option<String>,
    /// The folder of the contacts' photos, where a list has them.
    pub photo_folder: Option<PathBuf>,
    /// The photos of the people in the group are written too.
    pub photos: bool,
    /// Contacts of the folder that no list has put there go too.
    pub remove_others: bool,
    /// A list of nothing is meant.
    pub allow_empty: bool,
    /// A row for a mailbox that is as the list.
    pub include_empty: bool,
    /// A file that takes what would be done, as a plan.
    pub plan_file: Option<PathBuf>,
}

/// Starts the comparison. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member or the row of the list; `File` for the list and the plan.
pub fn contact_sync(setup: &RunSetup, request: &ContactSync) -> Result<Arc<dyn RowStream>> {
    let facet = SyncedContacts::new(&request.folder, request.remove_others)?;
    let photos = Arc::new(PlanPhotos::beside(request.plan_file.as_deref().unwrap_or(Path::new("plan.jsonl"))));
    let (list, list_file) = match &request.contacts {
        ContactSource::Group(group) => {
            let facet: Arc<dyn Facet> = Arc::new(facet.with_photos(request.photos));
            let list = if request.photos { json!({"group": group, "photos": true}) } else { json!({"group": group}) };
            let body = named(request, &list);
            let late = OfGroup {
                group: group.clone(),
                facet: Arc::clone(&facet),
                allow_empty: request.allow_empty,
                photos: request.photos.then(|| (Arc::clone(&photos), request.plan_file.is_some())),
            };
            return compare_with(setup, comparison(request, &body, facet, None, photos), Arc::new(late));
        }
        ContactSource::List(list) => (list.clone(), None),
        ContactSource::File(path) => (file::rows(path)?, Some(&**path)),
    };
    let mut read = lists::contacts(&list, request.key_column.as_deref())?;
    check_some("contacts", read.contacts.len(), request.allow_empty)?;
    let files = PhotoFiles::read(&mut read.contacts, list_file, request.photo_folder.as_deref(), &photos)?;
    let facet: Arc<dyn Facet> = Arc::new(facet.with_photos(files.is_some()));
    let remark = said_of(&read.left_out);
    let hashes: Vec<Value> = read.contacts.iter().filter_map(|contact| contact.get(WANTED_PHOTO)).cloned().collect();
    let body = named(request, &list);
    let body = if files.is_some() { json!([body, hashes]) } else { body };
    let state = State::of(Arc::clone(&facet), read.contacts, Mode::Exact, Some(Scope::All))?;
    let late: Arc<dyn LateState> = match files.filter(|_| request.plan_file.is_some()) {
        Some(files) => {
            let (state, files) = (Arc::new(state), Arc::new(files));
            Arc::new(WithPhotos { state, files, photos: Arc::clone(&photos) })
        }
        None => Known::new(state),
    };
    compare_with(setup, comparison(request, &body, facet, remark, photos), late)
}

/// What a journal tells comparisons apart by.
fn named(request: &ContactSync, list: &Value) -> Value {
    json!({"folder": request.folder, "contacts": list, "keyColumn": request.key_column,
        "removeOthers": request.remove_others})
}

fn comparison<'r>(
    request: &'r ContactSync,
    fingerprint: &'r Value,
    facet: Arc<dyn Facet>,
    remark: Option<String>,
    photos: Arc<PlanPhotos>,
) -> Comparison<'r> {
    Comparison {
        run: &request.run,
        planned_by: PLANNED_BY,
        title: TITLE,
        fingerprint,
        include_empty: request.include_empty,
        plan_file: request.plan_file.as_deref(),
        readings: vec![facet],
        remark,
        photos: Some(photos),
    }
}

/// The people in a group, listed once, before the first mailbox.
#[derive(Debug)]
struct OfGroup {
    group: String,
    facet: Arc<dyn Facet>,
    allow_empty: bool,
    /// Where their photos are named, and whether they are saved there.
    photos: Option<(Arc<PlanPhotos>, bool)>,
}

impl LateState for OfGroup {
    fn state<'a>(
        &'a self,
        graph: &'a GraphClient,
        retry: &'a RetryPolicy,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Arc<State>>> {
        Box::pin(async move {
            let (people, without) = people(graph, &self.group, retry, context).await?;
            if without > 0 {
                let message = format!("{without} members of the group have no mail address, and become no contacts");
                context.events.emit(Event::Warning, &message, []);
            }
            check_some("fromGroup", people.len(), self.allow_empty)?;
            let mut items: Vec<Item> = people.iter().map(contact).collect();
            if let Some((photos, saves)) = &self.photos {
                photos::of_users(&mut items, photos, *saves, graph, retry, context).await?;
            }
            State::of(Arc::clone(&self.facet), items, Mode::Exact, Some(Scope::All)).map(Arc::new)
        })
    }
}

/// Somebody as a contact, known by the id of the directory.
fn contact(person: &Map<String, Value>) -> Item {
    let member = |name: &str| person.get(name).cloned().unwrap_or_default();
    let same = [
        "displayName",
        "givenName",
        "surname",
        "companyName",
        "department",
        "jobTitle",
        "officeLocation",
        "mobilePhone",
    ];
    let mut contact: Item = same.iter().map(|name| ((*name).to_owned(), member(name))).collect();
    let phones: Vec<Value> = member("businessPhones").as_array().cloned().unwrap_or_default();
    contact.insert("businessPhones".to_owned(), phones.into_iter().take(2).collect());
    let name = person.get("displayName").filter(|name| name.is_string()).cloned().unwrap_or_else(|| member("mail"));
    contact.insert("emailAddresses".to_owned(), json!([{"address": member("mail"), "name": name}]));
    contact.insert(
        "businessAddress".to_owned(),
        json!({"street": member("streetAddress"), "city": member("city"), "state": member("state"),
            "postalCode": member("postalCode"), "countryOrRegion": member("country")}),
    );
    contact.insert("key".to_owned(), member("id"));
    contact
}
