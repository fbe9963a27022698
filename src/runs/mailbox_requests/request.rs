//! What a run of requests is asked for.

use std::path::PathBuf;

use serde_json::Value;

use super::super::request::RunRequest;
use super::base::PathBase;
use super::verification::Verify;
use crate::graph::api_version::ApiVersion;

/// Request of a run that sends the same request for each mailbox; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MailboxRequests {
    /// What every run has.
    pub run: RunRequest,
    /// GET, POST, PATCH, PUT or DELETE.
    pub method: String,
    /// Relative to the mailbox: `messages?$top=5`; `{Name}` stands for a member of the input object. `None`: every
    /// input object brings its own.
    pub path: Option<String>,
    /// What it is relative to, where that is not the mailbox.
    pub path_base: PathBase,
    /// The API's version.
    pub version: ApiVersion,
    /// The body, whose texts may hold `{Name}` too.
    pub body: Option<Value>,
    /// How to find out whether a POST was carried out whose outcome is not known.
    pub verify: Option<Verify>,
    /// The members that rows have; none: those that the reply has.
    pub select: Vec<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The member of input objects by which a journal knows a line, in the place of its request.
    pub key: Option<String>,
    /// A row for a mailbox whose collection is empty.
    pub include_empty: bool,
    /// Several requests, in their order, in the place of one.
    pub steps: Vec<RequestStep>,
    /// The folder that answers go to, each as a file.
    pub out_folder: Option<PathBuf>,
    /// Lets null, and blank text that comes of a mailbox's own values, be sent.
    pub allow_null: bool,
    /// Lets a write be about a mailbox's user, a folder that every mailbox has, or a whole collection.
    pub allow_whole_mailbox: bool,
}

/// A step as it is asked for; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct RequestStep {
    /// What later steps and rows call it.
    pub name: String,
    /// GET, POST, PATCH, PUT or DELETE; GET where it is empty.
    pub method: String,
    /// Relative to the mailbox, with `{Name}` and `{step.member}`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// Headers beside those of the run.
    pub headers: Vec<(String, String)>,
    /// How to find out whether a POST was carried out.
    pub verify: Option<Verify>,
    /// Done only where this value is there.
    pub when: Option<String>,
    /// Done only where this value is not there.
    pub unless: Option<String>,
    /// Done for each element of this list.
    pub for_each: Option<String>,
}
