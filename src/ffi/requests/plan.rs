//! Requests about plans.

use std::path::PathBuf;

use serde::Deserialize;

use super::With;
use super::run::Run;
use super::values::{FilePath, Text};
use crate::client::{self, RunRequest};
use crate::error::Result;

/// Of `exrun_plan_apply`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct PlanApply {
    /// The file of the plan.
    plan: FilePath,
    /// Reads and compares, and sends nothing; rows say what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Takes a line for each change before it is sent: a plan that takes it back.
    undo_plan: Option<FilePath>,
    /// Takes a line for each line of the plan that is done or fails, chained by hashes.
    audit_file: Option<FilePath>,
}

impl Run<PlanApply> {
    pub(in crate::ffi) fn request(self) -> Result<(RunRequest, client::PlanApply)> {
        let With(own, run) = self;
        let apply = client::PlanApply {
            plan: own.plan.into(),
            dry_run: own.dry_run,
            undo_plan: own.undo_plan.map(Into::into),
            audit_file: own.audit_file.map(Into::into),
        };
        Ok((run.request()?, apply))
    }
}

/// Of `exrun_audit_verify`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct AuditVerify {
    /// The audit file.
    audit_file: FilePath,
    /// The `head` of an earlier look, kept elsewhere.
    head: Option<Text>,
}

impl AuditVerify {
    pub(in crate::ffi) fn request(self) -> (PathBuf, Option<String>) {
        (self.audit_file.into(), self.head.map(Into::into))
    }
}
