//! The whole service: what its parts share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::application::Application;
use crate::config::Config;
use crate::counters::Counters;
use crate::directory::Directory;
use crate::faults::Faults;
use crate::graph::items::Items;
use crate::graph::throttle::Limits;
use crate::people::SignIns;
use crate::population::Population;
use crate::requests::Requests;
use crate::tokens::Tokens;
use crate::vault::Vaults;
use crate::writes::Writes;

/// What the parts of the service share.
#[derive(Debug)]
pub struct Service {
    /// What it was started with.
    pub config: Config,
    /// The mailboxes.
    pub population: Population,
    /// The application.
    pub application: Application,
    /// The tokens.
    pub tokens: Tokens,
    /// The people who sign in.
    pub sign_ins: SignIns,
    /// The vaults.
    pub vaults: Vaults,
    /// The fault script.
    pub faults: Faults,
    /// The counters.
    pub counters: Counters,
    /// Where the requests that came are written to.
    pub requests: Requests,
    /// The writes that came.
    pub writes: Writes,
    /// The `jti`s of assertions that were used.
    pub used_jti: Mutex<HashMap<String, i64>>,
    /// How much of the limits is used.
    pub limits: Limits,
    /// What PATCH has written, by mailbox: merged over what the population says.
    pub written: Mutex<HashMap<u64, serde_json::Value>>,
    /// What was done to the mailboxes' content.
    pub items: Items,
    clock_offset: AtomicI64,
    drawn: AtomicU64,
    page_generation: AtomicU64,
}

impl Service {
    /// A service of this configuration.
    ///
    /// # Errors
    ///
    /// Where the key that is part of this crate cannot be read, or the file of the requests cannot be made.
    pub fn new(config: Config) -> Result<Self, String> {
        let population =
            Population { count: config.mailboxes, seed: config.seed, broken_percent: config.broken_percent };
        let faults = Faults::default();
        faults.replace(config.faults.clone());
        Ok(Self {
            population,
            application: Application::new(config.manifest.clone()),
            tokens: Tokens::new()?,
            sign_ins: SignIns::default(),
            vaults: Vaults::new(config.vault.clone()),
            faults,
            counters: Counters::default(),
            requests: Requests::new(config.requests_file.as_deref())?,
            writes: Writes::default(),
            used_jti: Mutex::default(),
            limits: Limits::default(),
            written: Mutex::default(),
            items: Items::default(),
            clock_offset: AtomicI64::new(0),
            drawn: AtomicU64::new(0),
            page_generation: AtomicU64::new(0),
            config,
        })
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> Directory {
        Directory { population: self.population, extra_percent: self.config.directory_extra_percent }
    }

    /// Now, in seconds since the epoch, by this service's clock.
    #[must_use]
    pub fn now(&self) -> i64 {
        jiff::Timestamp::now().as_second() + self.clock_offset.load(Ordering::Relaxed)
    }

    /// The next number that follows from the seed, by what it is for.
    #[must_use]
    pub fn draw(&self, purpose: u64) -> u64 {
        self.population.mix(self.drawn.fetch_add(1, Ordering::Relaxed), purpose)
    }

    /// The generation that page tokens are of; those of an earlier one have expired.
    #[must_use]
    pub fn page_generation(&self) -> u64 {
        self.page_generation.load(Ordering::Relaxed)
    }

    /// Makes every page token that was issued so far one that has expired.
    pub fn expire_page_tokens(&self) {
        self.page_generation.fetch_add(1, Ordering::Relaxed);
    }

    /// Moves this service's clock.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.clock_offset.store(seconds, Ordering::Relaxed);
    }

    /// Whether a name means this tenant.
    #[must_use]
    pub fn is_tenant(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.config.tenant)
            || name.eq_ignore_ascii_case("contoso.com")
            || name.eq_ignore_ascii_case("contoso.onmicrosoft.com")
            || self.vaults.tenant().is_some_and(|tenant| name.eq_ignore_ascii_case(&tenant))
            || self.partner(name).is_some()
    }

    /// The id of the tenant that a name means: this one, a partner, or the one that the vaults were moved to.
    #[must_use]
    pub fn tenant_id(&self, name: &str) -> String {
        let other = self.vaults.tenant().filter(|tenant| name.eq_ignore_ascii_case(tenant));
        other.or_else(|| self.partner(name)).unwrap_or_else(|| self.config.tenant.clone())
    }

    fn partner(&self, name: &str) -> Option<String> {
        let named =
            |known: &&(String, String)| name.eq_ignore_ascii_case(&known.0) || name.eq_ignore_ascii_case(&known.1);
        self.config.partners.iter().find(named).map(|(_, id)| id.clone())
    }
}
