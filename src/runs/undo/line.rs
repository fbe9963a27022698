//! A line of an undo file.

use serde_json::json;

use super::super::input::{ALLOW_NULL_MEMBER, SETTINGS_MEMBER, TENANT_MEMBER};
use crate::graph::mailbox_settings::{Origin, SettingsPatch};

/// What an undo file says of a mailbox.
pub(super) fn line_of(name: &str, before: &SettingsPatch, tenant: Option<&str>) -> String {
    let settings = before.to_json();
    // What nobody had set is to be restored as such: the line says that it is meant.
    let mut line = json!({"MailboxName": name});
    if SettingsPatch::parse(&settings, Origin::LINE).is_err() {
        line[ALLOW_NULL_MEMBER] = true.into();
    }
    line[SETTINGS_MEMBER] = settings;
    if let Some(tenant) = tenant {
        line[TENANT_MEMBER] = tenant.into();
    }
    format!("{line}\n")
}
