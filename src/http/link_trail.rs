//! Pages whose links come to no end: they lead round in a circle, or from one empty page to the next.

/// Most pages in a row without an element: more than a tenant of a million mailboxes gives for a filter that fits none.
const MOST_EMPTY_PAGES: u32 = 2000;

/// Notices when links lead back to a page that was read before, with a memory of one link however many pages there
/// are: the link that is kept is replaced after 1, 2, 4, ... further ones, so that sooner or later it is of the circle
/// and the circle no longer than the time it is kept (Brent, "An improved Monte Carlo factorization algorithm").
#[derive(Clone, Debug)]
pub(super) struct LinkTrail {
    kept: Option<Box<str>>,
    since: u64,
    until: u64,
    empty_pages: u32,
}

impl Default for LinkTrail {
    fn default() -> Self {
        Self { kept: None, since: 0, until: 1, empty_pages: 0 }
    }
}

impl LinkTrail {
    /// Takes the link to the next page and how many elements the page has that holds it; says why it is not to be
    /// followed, where that is so.
    #[must_use]
    pub(super) fn refuses(&mut self, link: &str, elements: usize) -> Option<String> {
        self.empty_pages = if elements == 0 { self.empty_pages + 1 } else { 0 };
        if self.leads_back(link) {
            return Some("leads back to a page that was read before".to_owned());
        }
        (self.empty_pages >= MOST_EMPTY_PAGES).then(|| format!("follows {MOST_EMPTY_PAGES} pages without an element"))
    }

    /// Takes the link to the next page; whether it is known to lead back. Of a circle of `n` pages after `m` others
    /// that is found out within `2 * max(m, n) + n` links.
    fn leads_back(&mut self, link: &str) -> bool {
        if self.kept.as_deref() == Some(link) {
            return true;
        }
        self.since += 1;
        if self.since >= self.until {
            self.kept = Some(link.into());
            self.since = 0;
            self.until = self.until.saturating_mul(2);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many links a circle of `round` pages behind `before` others is noticed.
    fn noticed(before: usize, round: usize) -> usize {
        let mut trail = LinkTrail::default();
        let link = |number: usize| if number < before { number } else { before + (number - before) % round };
        let most = 2 * before.max(round) + round + 2;
        (0..most).position(|number| trail.leads_back(&link(number).to_string())).unwrap_or(usize::MAX)
    }

    #[test]
    fn every_circle_is_noticed_soon() {
        for before in 0..40 {
            for round in 1..40 {
                let after = noticed(before, round);
                assert!(after >= before + round && after < usize::MAX, "{before} {round}: {after}");
            }
        }
        assert_eq!(noticed(0, 1), 1);
    }

    #[test]
    fn links_that_go_on_are_followed() {
        let mut trail = LinkTrail::default();
        assert!((0..10_000).all(|number| !trail.leads_back(&format!("https://graph.microsoft.com/x?$skip={number}"))));
    }

    #[test]
    fn empty_pages_are_followed_for_a_while_only() {
        let mut trail = LinkTrail::default();
        let mut refusals = |pages: std::ops::Range<u32>, elements| {
            pages.filter_map(|number| trail.refuses(&number.to_string(), elements)).collect::<Vec<_>>()
        };
        assert_eq!(refusals(0..MOST_EMPTY_PAGES - 1, 0), [] as [String; 0]);
        // One element, and the count begins anew.
        assert_eq!(refusals(10_000..10_001, 1), [] as [String; 0]);
        let refused = refusals(20_000..20_000 + MOST_EMPTY_PAGES, 0);
        assert_eq!(refused, ["follows 2000 pages without an element"]);
    }
}
