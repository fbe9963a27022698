//! Pages whose links lead round in a circle.

/// Notices when links lead back to a page that was read before, with a memory of one link however many pages there
/// are: the link that is kept is replaced after 1, 2, 4, ... further ones, so that sooner or later it is of the circle
/// and the circle no longer than the time it is kept (Brent, "An improved Monte Carlo factorization algorithm").
#[derive(Clone, Debug)]
pub struct LinkTrail {
    kept: Option<Box<str>>,
    since: u64,
    until: u64,
}

impl Default for LinkTrail {
    fn default() -> Self {
        Self { kept: None, since: 0, until: 1 }
    }
}

impl LinkTrail {
    /// Takes the link to the next page; whether it is known to lead back. Of a circle of `n` pages after `m` others
    /// that is found out within `2 * max(m, n) + n` links.
    #[must_use]
    pub fn leads_back(&mut self, link: &str) -> bool {
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
}
