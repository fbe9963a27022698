//! The first line of a plan: of which tenant it is, and where it comes from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counts::Counts;
use crate::error::{Error, Result};

/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// In which order the lines of a mailbox are done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PlanOrder {
    /// As they stand.
    #[default]
    FirstFirst,
    /// From the last to the first, as a way back goes.
    LastFirst,
}

/// The first line of a plan.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PlanHeader {
    /// The format, by which the file is known to be a plan.
    #[serde(rename = "exrunPlan")]
    pub format: u32,
    /// The id of the tenant that it is of.
    pub tenant: String,
    /// The app that it was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// By what it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The version of ExRun that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// In which order its lines are done.
    #[serde(default, skip_serializing_if = "is_first_first")]
    pub order: PlanOrder,
    /// How many lines it had when it was made: some may have been taken out since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_first_first(order: &PlanOrder) -> bool {
    *order == PlanOrder::FirstFirst
}

impl PlanHeader {
    /// That of a plan which is made now.
    #[must_use]
    pub fn new(tenant: &str, app: Option<&str>, by: &str, now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            tenant: tenant.to_lowercase(),
            app: app.map(str::to_owned),
            made: Some(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            by: Some(by.to_owned()),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            order: PlanOrder::FirstFirst,
            counts: None,
        }
    }

    /// Reads a first line.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what is none, or is of a later version.
    pub(super) fn read(line: &Value) -> Result<Self> {
        let format = line.get("exrunPlan");
        let Some(format) = format else {
            return Err(Error::argument("it is not the first line of a plan: it has no member exrunPlan")
                .hint("a plan keeps its first line, whatever lines are taken out of it"));
        };
        if format.as_u64() != Some(FORMAT.into()) {
            return Err(Error::argument(format!(
                "the plan has format {format}, and this version of ExRun reads format {FORMAT}"
            )));
        }
        let header = Self::deserialize(line).map_err(|fault| Error::argument(fault.to_string()))?;
        if header.tenant.trim().is_empty() {
            return Err(Error::argument("tenant: is blank"));
        }
        Ok(header)
    }

    /// As a line, without its end.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Texts and numbers to memory: nothing of it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
