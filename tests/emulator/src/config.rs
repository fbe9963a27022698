//! What an emulator is started with.

use std::path::PathBuf;

use crate::faults::FaultScript;
use crate::people::DeviceCodes;
use crate::vault::VaultConfig;

/// The tenant of the post.
pub const DEFAULT_TENANT: &str = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4";

/// The application's roles where none are named: all that the emulator knows a use for.
pub const DEFAULT_ROLES: [&str; 12] = [
    "MailboxSettings.Read",
    "MailboxSettings.ReadWrite",
    "User.Read.All",
    "GroupMember.Read.All",
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.ReadWrite",
    "Contacts.ReadWrite",
    "Domain.Read.All",
    "Place.Read.All",
    "ProfilePhoto.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
];

/// What an emulator is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The tenant's GUID. Its domains are contoso.com and contoso.onmicrosoft.com.
    pub tenant: String,
    /// Further tenants that know the application, by their domain: the domain, and the GUID.
    pub partners: Vec<(String, String)>,
    /// How many mailboxes there are.
    pub mailboxes: u64,
    /// How many messages each mailbox holds; none: from 3 to 32.
    pub messages: Option<u64>,
    /// How many users without a mailbox the directory has, as a percentage of the mailboxes.
    pub directory_extra_percent: f64,
    /// Life of a page token (of a nextLink of the directory) in seconds; none: it lives.
    pub page_token_lifetime: Option<i64>,
    /// How many of a hundred answer with an error.
    pub broken_percent: f64,
    /// How many of a hundred are throttled at their first request, with each form of Retry-After in turn.
    pub throttle_percent: f64,
    /// The shortest Retry-After that throttling asks for, in seconds; a date has whole seconds.
    pub throttle_seconds: f64,
    /// Requests of the app in a window, which is 10 seconds long unless `window_seconds` says otherwise.
    pub requests_per_10s: u64,
    /// Seconds over which requests of the app are counted; at least one.
    pub window_seconds: i64,
    /// Requests of the app to one mailbox in 10 minutes.
    pub mailbox_requests_per_10min: u64,
    /// Requests that Graph answers at a time: more are throttled, and replies take longer near it.
    pub service_concurrency: Option<u32>,
    /// Says with each reply how much of the limits is left.
    pub announce_limits: bool,
    /// What everything else follows from.
    pub seed: u64,
    /// The port on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// Added to each reply of Graph.
    pub latency_ms: u64,
    /// Life of a token in seconds.
    pub token_lifetime: i64,
    /// `refresh_in` of v2 replies.
    pub refresh_in: Option<i64>,
    /// The application's manifest.
    pub manifest: Option<PathBuf>,
    /// The application's secret, where it has one.
    pub client_secret: Option<String>,
    /// Whether people may sign in without a secret of the application.
    pub public_client: bool,
    /// How device codes behave.
    pub device_codes: DeviceCodes,
    /// Whether the person declines in the browser.
    pub decline_browser: bool,
    /// The application's roles.
    pub roles: Vec<String>,
    /// What the vaults hold and allow.
    pub vault: VaultConfig,
    /// The fault script.
    pub faults: FaultScript,
    /// Refuses assertions of PS256 with this number.
    pub refuse_ps256_with: Option<i64>,
    /// Where to write each request to Graph, as a line of JSON.
    pub requests_file: Option<PathBuf>,
    /// Where to write the CA's certificate; by default a temporary file.
    pub ca_file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tenant: DEFAULT_TENANT.to_owned(),
            partners: Vec::new(),
            mailboxes: 1000,
            messages: None,
            directory_extra_percent: 0.0,
            page_token_lifetime: None,
            broken_percent: 1.0,
            throttle_percent: 0.0,
            throttle_seconds: 0.05,
            requests_per_10s: 130_000,
            window_seconds: 10,
            mailbox_requests_per_10min: 10_000,
            service_concurrency: None,
            announce_limits: false,
            seed: 1,
            port: 0,
            latency_ms: 0,
            token_lifetime: 3599,
            refresh_in: None,
            manifest: None,
            client_secret: None,
            public_client: true,
            device_codes: DeviceCodes::default(),
            decline_browser: false,
            vault: VaultConfig::default(),
            roles: DEFAULT_ROLES.map(str::to_owned).into(),
            faults: FaultScript::default(),
            refuse_ps256_with: None,
            requests_file: None,
            ca_file: None,
        }
    }
}
