//! The events of a period.
//!
//! Source: Microsoft Graph "List calendarView": both ends are needed, 10 events a page where `$top` says nothing.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value};

use super::{Request, opened};
use crate::graph::authorization::outlook_role;
use crate::graph::item_kinds::Kind;
use crate::graph::query::{Query, bad, link_with};
use crate::graph::{no_such_method, seeds};
use crate::reply::Reply;

impl Request<'_> {
    /// The events that have a part in the period.
    pub(super) fn calendar_view(&self) -> Result<Reply, Reply> {
        outlook_role(self.roles, Kind::Event.readers())?;
        opened(self.service, self.named.index)?;
        if self.asked.method != "GET" {
            return Err(no_such_method());
        }
        let query = Query::read(self.asked)?;
        let (start, end) = (self.bound("startDateTime")?, self.bound("endDateTime")?);
        let top: usize = query.top.as_deref().map_or(Ok(10), str::parse).map_err(|_| bad("Invalid value for $top."))?;
        let skip: usize =
            query.skip.as_deref().map_or(Ok(0), str::parse).map_err(|_| bad("Invalid value for $skip."))?;
        let events = self.events_between(start, end);
        let page = events.iter().skip(skip).take(top.clamp(1, 1000));
        let page: Vec<Value> =
            page.map(|event| self.show(Kind::Event, event, &query).map(Value::Object)).collect::<Result<_, _>>()?;
        let next = skip.saturating_add(page.len());
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(Kind::Event, ""));
        body.insert("value".into(), page.into());
        if next < events.len() {
            body.insert("@odata.nextLink".into(), link_with(self.asked, "$skip", &next.to_string()).into());
        }
        Ok(Reply::json(200, &Value::Object(body)))
    }

    /// The events that have a part in a period, by their beginnings.
    pub(super) fn events_between(&self, start: Timestamp, end: Timestamp) -> Vec<Map<String, Value>> {
        let mut events: Vec<Map<String, Value>> = self.all(Kind::Event);
        if seeds::is_room(self.named.index) {
            for day in days(start, end) {
                let meetings = seeds::meetings(&self.service.population, self.named.index, day);
                events.extend(meetings.into_iter().filter_map(|meeting| meeting.as_object().cloned()));
            }
        }
        events.retain(|event| {
            let time = |name: &str| moment(event.get(name)?.get("dateTime")?.as_str()?);
            time("start").zip(time("end")).is_some_and(|(from, to)| from < end && to > start)
        });
        let begins = |event: &Map<String, Value>| event.get("start").map(|start| start["dateTime"].to_string());
        events.sort_by_key(begins);
        events
    }

    pub(super) fn bound(&self, wanted: &str) -> Result<Timestamp, Reply> {
        let given = url::form_urlencoded::parse(self.asked.query.as_bytes())
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        given.and_then(|(_, text)| moment(&text)).ok_or_else(|| {
            Reply::graph_error(
                400,
                "ErrorInvalidParameter",
                "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.",
            )
        })
    }
}

pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let zoneless = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    text.parse().ok().or_else(zoneless)
}

/// The days of a period.
fn days(start: Timestamp, end: Timestamp) -> impl Iterator<Item = Date> {
    let date = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let last = date(end);
    date(start).series(1.day()).take_while(move |day| *day <= last)
}
