//! A collection that a service gives page by page, each with the link to the next.

use super::link_trail::LinkTrail;
use crate::error::{Error, Result, Status};

/// Where such a collection goes on.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    next: Option<String>,
    trail: LinkTrail,
}

impl Pager {
    /// The link to the page that comes next; `None` before the first page was read and after the last.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Takes the link that a page of so many `elements` holds, where it does; an empty one is none. A token must not
    /// follow a link to another host: `is_own` says whether one leads to the service itself.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` for a link that leads elsewhere, back, or on and on without an element.
    pub fn take(&mut self, link: Option<&str>, elements: usize, is_own: impl FnOnce(&str) -> bool) -> Result<()> {
        self.next = None;
        let Some(link) = link.filter(|link| !link.is_empty()) else { return Ok(()) };
        let wrong = |what: &str| Error::new(Status::ResponseInvalid, format!("the link to the next page {what}"));
        if !is_own(link) {
            return Err(wrong("leads away from the service").hint("nothing was sent there"));
        }
        if let Some(why) = self.trail.refuses(link, elements) {
            return Err(wrong(&why));
        }
        self.next = Some(link.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_go_on_are_followed() {
        let mut pager = Pager::default();
        assert_eq!(pager.next(), None);
        pager.take(Some("https://a/2"), 1, |_| true).unwrap();
        assert_eq!(pager.next(), Some("https://a/2"));
        let error = pager.take(Some("https://b/3"), 1, |link| link.starts_with("https://a/")).unwrap_err();
        assert!(error.to_string().contains("leads away from the service"), "{error}");
        assert_eq!(pager.next(), None);
        for last in [None, Some("")] {
            pager.take(last, 0, |_| false).unwrap();
            assert_eq!(pager.next(), None);
        }
        let circle = (0..9).find_map(|_| pager.take(Some("https://a/2"), 1, |_| true).err()).unwrap();
        assert!(circle.to_string().contains("leads back"), "{circle}");
    }
}
