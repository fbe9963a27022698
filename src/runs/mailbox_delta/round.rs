//! How far the reading of a mailbox's changes is: what was read stays read.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::state::{MailboxState, Place};
use crate::error::{Error, Result, Status};
use crate::facet::Step;
use crate::facet::delta::{Anew, ChangeOf, Delta, Found, Scope, Way, is_expired, is_gone};
use crate::graph::json;
use crate::graph::page::CollectionPage;
use crate::http::{HttpReply, Pager};

/// The most changes of a mailbox that one run takes: the others come with the next.
const MOST_CHANGES: usize = 200_000;

/// How often a list may be begun anew in one run.
const MOST_RESTARTS: usize = 2;

/// What is read, one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Task {
    /// A list on the way to the folder.
    Way(Step),
    /// Which folders there are.
    Folders,
    /// What changed in a folder.
    Place(Option<String>),
}

/// A request: relative to the mailbox, or the link that the service gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Path(String),
    Link(String),
}

/// The reading of one mailbox.
#[derive(Debug)]
pub(super) struct Round {
    before: Option<MailboxState>,
    /// As it will be, once the caller has the rows.
    state: MailboxState,
    open: VecDeque<Task>,
    /// Of the list that is being read.
    pager: Pager,
    elements: Vec<Map<String, Value>>,
    restarts: usize,
    /// Gives no rows of lists of which nothing was known: only their links are wanted.
    is_quiet: bool,
    found: Vec<Found>,
    most: usize,
    is_cut_short: bool,
    has_read: bool,
    has_advanced: bool,
}

impl Round {
    /// `starts_now`: of a mailbox that was never read only the links are wanted.
    pub(super) fn new(delta: &Delta, before: Option<MailboxState>, starts_now: bool) -> Self {
        let is_quiet = starts_now && before.is_none();
        let mut state = before.clone().unwrap_or_default();
        let open = match delta.scope() {
            Scope::One { id, shown } => {
                if state.place(id.as_deref()).is_none() {
                    state.places = vec![Place { id: id.clone(), name: shown, ..Place::default() }];
                }
                Task::Place(id)
            }
            Scope::Path(path) => match state.places.first() {
                Some(place) => Task::Place(place.id.clone()),
                None => Task::Way(delta.way(&path)),
            },
            Scope::All => Task::Folders,
        };
        Self {
            before,
            state,
            open: VecDeque::from([open]),
            pager: Pager::default(),
            elements: Vec::new(),
            restarts: 0,
            is_quiet,
            found: Vec::new(),
            most: MOST_CHANGES,
            is_cut_short: false,
            has_read: false,
            has_advanced: false,
        }
    }

    /// The request that comes next; `None` where all was read.
    pub(super) fn next(&self, delta: &Delta) -> Option<Next> {
        let task = self.open.front()?;
        if let Some(link) = self.pager.next() {
            return Some(Next::Link(link.to_owned()));
        }
        let link = |link: &Option<String>, path: String| link.clone().map_or(Next::Path(path), Next::Link);
        Some(match task {
            Task::Way(step) => Next::Path(step.path.clone()),
            Task::Folders => link(&self.state.folders, delta.folders().to_owned()),
            Task::Place(id) => match self.state.place(id.as_deref()) {
                Some(place) => link(&place.link, delta.initial(id.as_deref())),
                None => Next::Path(delta.initial(id.as_deref())),
            },
        })
    }

    /// Whether something of the mailbox was read.
    pub(super) fn has_begun(&self) -> bool {
        self.has_read
    }

    /// Whether the next request is the first of its list.
    pub(super) fn is_first_page(&self) -> bool {
        self.pager.next().is_none()
    }

    /// Whether a further page or list was reached since this was last asked.
    pub(super) fn has_advanced(&mut self) -> bool {
        std::mem::take(&mut self.has_advanced)
    }

    pub(super) fn found(&self) -> &[Found] {
        &self.found
    }

    /// What the file is to have of the mailbox then, where that is not what it has.
    pub(super) fn receipt(&self) -> Option<String> {
        let changed = self.before.as_ref() != Some(&self.state) && self.has_read;
        changed.then(|| serde_json::to_string(&self.state).ok()).flatten()
    }

    /// What stands against these rows being all changes.
    pub(super) fn doubt(&self) -> Option<Error> {
        self.is_cut_short.then(|| {
            let detail = format!("the mailbox has more than {} changes: what one run takes of one mailbox", self.most);
            Error::new(Status::ResponseInvalid, detail).hint("run again: it goes on after these")
        })
    }

    /// Takes a reply to the request that came next; `is_own` says whether a link leads to the service itself.
    pub(super) fn take(&mut self, delta: &Delta, reply: &HttpReply, is_own: impl Fn(&str) -> bool) -> Result<()> {
        let page: CollectionPage<Map<String, Value>> = json::from_slice(&reply.body).map_err(|cause| {
            let detail = format!("the service's reply is not a page of changes: {cause}");
            Error::new(Status::ResponseInvalid, detail).request_id(reply.request_id()).retryable(true)
        })?;
        self.pager.take(page.next_link.as_deref(), page.value.len(), &is_own)?;
        self.has_read = true;
        self.has_advanced = true;
        let Some(task) = self.open.front().cloned() else { return Ok(()) };
        let is_dropped = self.is_quiet && matches!(task, Task::Place(_));
        if !is_dropped {
            self.elements.extend(page.value);
        }
        if let Some(link) = self.pager.next() {
            if matches!(task, Task::Place(_)) && self.found.len() + self.elements.len() >= self.most {
                let link = link.to_owned();
                self.is_cut_short = true;
                self.end_place(&task, Some(link), true);
                self.open.clear();
            }
            return Ok(());
        }
        let link = page.delta_link.filter(|link| !link.is_empty());
        match &task {
            Task::Way(step) => self.end_way(delta, &step.clone()),
            Task::Folders => {
                self.state.folders = Some(own_link(link, &is_own)?);
                self.end_folders(delta);
            }
            Task::Place(_) => {
                let link = own_link(link, &is_own)?;
                self.end_place(&task, Some(link), false);
            }
        }
        Ok(())
    }

    /// Takes the failure of the request that came next: a link that has expired, and a folder that is gone, are none.
    pub(super) fn fail(&mut self, delta: &Delta, error: Error) -> Result<()> {
        let Some(task) = self.open.front().cloned() else { return Err(error) };
        if is_expired(&error) && self.is_of_link(&task) && self.restarts < MOST_RESTARTS {
            self.begin_anew(&task);
            return Ok(());
        }
        match &task {
            Task::Place(Some(id)) if is_gone(&error) && delta.scope() != Scope::All && !self.is_of_link(&task) => {
                // A folder that is named by its id may be of another mailbox.
                let is_found = matches!(delta.scope(), Scope::Path(_)) && self.has_read;
                if !is_found {
                    return Err(error);
                }
                self.state.remove(Some(id));
                self.end_task();
            }
            Task::Place(Some(id)) if is_gone(&error) => self.lose(delta, &id.clone()),
            Task::Way(_) if is_gone(&error) && self.has_read => self.end_task(),
            _ => return Err(error),
        }
        Ok(())
    }

    fn is_of_link(&self, task: &Task) -> bool {
        let is_known = match task {
            Task::Way(_) => false,
            Task::Folders => self.state.folders.is_some(),
            Task::Place(id) => self.state.place(id.as_deref()).is_some_and(|place| place.link.is_some()),
        };
        is_known || self.pager.next().is_some()
    }

    fn begin_anew(&mut self, task: &Task) {
        self.restarts += 1;
        self.elements.clear();
        self.pager = Pager::default();
        match task {
            Task::Folders => self.state.folders = None,
            Task::Place(id) => {
                if let Some(place) = self.state.place_mut(id.as_deref())
                    && place.link.take().is_some()
                {
                    place.reading = Some(Anew::Expired);
                }
            }
            Task::Way(_) => {}
        }
    }

    /// A folder that was known is gone.
    fn lose(&mut self, delta: &Delta, id: &str) {
        if let Some(place) = self.state.place(Some(id))
            && (place.link.is_some() || place.reading.is_some())
        {
            self.found.push(Found {
                change: ChangeOf::FolderRemoved,
                anew: None,
                folder: self.state.shown(place),
                folder_id: Some(id.to_owned()),
                item: Map::new(),
            });
        }
        self.state.remove(Some(id));
        self.end_task();
        if let Scope::Path(path) = delta.scope() {
            // Another one of that path may have taken its place.
            self.open.push_back(Task::Way(delta.way(&path)));
        }
    }

    fn end_task(&mut self) {
        self.open.pop_front();
        self.pager = Pager::default();
        self.elements.clear();
        self.restarts = 0;
        self.has_advanced = true;
    }

    fn end_way(&mut self, delta: &Delta, step: &Step) {
        let Scope::Path(path) = delta.scope() else { return self.end_task() };
        let elements = std::mem::take(&mut self.elements);
        self.end_task();
        for element in &elements {
            match delta.follow(&path, step, element) {
                Way::Found(id) => {
                    let place = Place { id: Some(id.clone()), name: Some(path.clone()), ..Place::default() };
                    self.state.places = vec![place];
                    self.open.push_back(Task::Place(Some(id)));
                }
                Way::Further(step) => self.open.push_back(Task::Way(step)),
                Way::None => {}
            }
        }
    }

    /// All folders are known now; each is read then.
    fn end_folders(&mut self, delta: &Delta) {
        let is_whole = self.before.as_ref().is_none_or(|before| before.folders.is_none()) || self.restarts > 0;
        let elements = std::mem::take(&mut self.elements);
        self.end_task();
        let text = |element: &Map<String, Value>, name: &str| {
            element.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut there = Vec::new();
        let mut gone = Vec::new();
        for element in &elements {
            let id = text(element, "id");
            if element.contains_key("@removed") {
                gone.push(id);
                continue;
            }
            let new = Place::of_folder(&id, &text(element, "displayName"), &text(element, "parentFolderId"));
            match self.state.place_mut(Some(&id)) {
                // What did not change may be left out.
                Some(place) => {
                    place.name = element.get("displayName").and(new.name).or(place.name.take());
                    place.parent = element.get("parentFolderId").and(new.parent).or(place.parent.take());
                }
                None => self.state.places.push(new),
            }
            there.push(id);
        }
        if delta.has_default() && self.state.place(None).is_none() {
            self.state.places.insert(0, Place::default());
        }
        if is_whole {
            let ids = self.state.places.iter().filter_map(|place| place.id.clone());
            gone.extend(ids.filter(|id| !there.contains(id)));
        }
        for id in gone {
            // `lose` ends a task: this one, of which nothing is left.
            self.open.push_front(Task::Folders);
            self.lose(delta, &id);
        }
        self.open.extend(self.state.places.iter().map(|place| Task::Place(place.id.clone())));
    }

    /// A list was read to its end, or as far as one run goes.
    fn end_place(&mut self, task: &Task, link: Option<String>, is_cut_short: bool) {
        let Task::Place(id) = task else { return };
        let elements = std::mem::take(&mut self.elements);
        let Some(place) = self.state.place(id.as_deref()) else { return self.end_task() };
        let (known, shown, folder_id) = (place.clone(), self.state.shown(place), place.id.clone());
        let anew = known.reading.or_else(|| known.link.is_none().then_some(Anew::First));
        if known.link.is_none() && anew == Some(Anew::Expired) {
            self.found.push(Found {
                change: ChangeOf::Reset,
                anew,
                folder: shown.clone(),
                folder_id: folder_id.clone(),
                item: Map::new(),
            });
        }
        let rows = elements.into_iter().map(|item| Found::element(anew, shown.clone(), folder_id.clone(), item));
        self.found.extend(rows);
        if let Some(place) = self.state.place_mut(id.as_deref()) {
            place.link = link;
            place.reading = anew.filter(|_| is_cut_short);
        }
        self.end_task();
    }
}

/// The link that a round ends with.
fn own_link(link: Option<String>, is_own: impl Fn(&str) -> bool) -> Result<String> {
    let wrong = |what: &str| Error::new(Status::ResponseInvalid, what);
    match link {
        Some(link) if is_own(&link) => Ok(link),
        Some(_) => {
            Err(wrong("the link to the next changes leads away from the service").hint("nothing was sent there"))
        }
        None => Err(wrong("the service gave neither a link to a further page nor one to the next changes")),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;
    use crate::facet::delta::DeltaOptions;

    fn inbox() -> Delta {
        let options = DeltaOptions { of: "messages".into(), folder: Some("inbox".into()), ..DeltaOptions::default() };
        Delta::new(&options).unwrap()
    }

    fn take(round: &mut Round, ids: &[&str], link: (&str, &str)) {
        let value: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let body = json!({"value": value, link.0: link.1});
        let reply = HttpReply {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.to_string().into(),
            client_request_id: "c".into(),
        };
        round.take(&inbox(), &reply, |_| true).unwrap();
    }

    fn changes(round: &Round) -> Vec<ChangeOf> {
        round.found().iter().map(|found| found.change).collect()
    }

    fn after(round: &Round) -> Option<MailboxState> {
        serde_json::from_str(&round.receipt().unwrap()).unwrap()
    }

    fn expired() -> Error {
        Error::new(Status::Service, "gone").http_status(410)
    }

    #[test]
    fn what_is_more_than_one_run_takes_goes_on_with_the_next() {
        let mut round = Round { most: 3, ..Round::new(&inbox(), None, false) };
        take(&mut round, &["1", "2"], ("@odata.nextLink", "https://g/2"));
        assert!(round.next(&inbox()).is_some() && round.doubt().is_none());
        take(&mut round, &["3", "4"], ("@odata.nextLink", "https://g/3"));
        assert_eq!((round.next(&inbox()), round.found().len()), (None, 4));
        assert!(round.doubt().unwrap().to_string().contains("run again"));
        let mut round = Round::new(&inbox(), after(&round), false);
        assert_eq!(round.next(&inbox()), Some(Next::Link("https://g/3".into())));
        take(&mut round, &["5"], ("@odata.deltaLink", "https://g/4"));
        // It is still the first reading.
        assert_eq!((changes(&round), round.found()[0].anew), (vec![ChangeOf::Present], Some(Anew::First)));
        let mut round = Round::new(&inbox(), after(&round), false);
        take(&mut round, &["6"], ("@odata.deltaLink", "https://g/4"));
        assert_eq!((changes(&round), round.receipt()), (vec![ChangeOf::AddedOrChanged], None));
    }

    #[test]
    fn a_link_that_expires_on_the_way_begins_the_list_anew_without_rows_twice() {
        let mut round = Round::new(&inbox(), None, false);
        take(&mut round, &["1", "2"], ("@odata.nextLink", "https://g/2"));
        round.fail(&inbox(), expired()).unwrap();
        assert!(matches!(round.next(&inbox()), Some(Next::Path(_))));
        take(&mut round, &["1"], ("@odata.deltaLink", "https://g/4"));
        assert_eq!(changes(&round), [ChangeOf::Present]);
        let known = after(&round);
        // One that was known begins with what says so, even where it then fails.
        let mut round = Round::new(&inbox(), known, false);
        round.fail(&inbox(), expired()).unwrap();
        round.has_read = true;
        let mut round = Round::new(&inbox(), after(&round), false);
        take(&mut round, &[], ("@odata.deltaLink", "https://g/5"));
        assert_eq!((changes(&round), round.found()[0].anew), (vec![ChangeOf::Reset], Some(Anew::Expired)));
        // What expires again and again is an error.
        let mut round = Round::new(&inbox(), after(&round), false);
        round.fail(&inbox(), expired()).unwrap();
        for _ in 1..MOST_RESTARTS {
            take(&mut round, &["1"], ("@odata.nextLink", "https://g/2"));
            round.fail(&inbox(), expired()).unwrap();
        }
        take(&mut round, &["1"], ("@odata.nextLink", "https://g/2"));
        assert!(round.fail(&inbox(), expired()).is_err());
    }
}
