//! CLIXML.
use super::{ColumnSet, ReportRow};
use serde_json::Value;
/// T.
#[derive(Debug)]
pub struct RowTags {}
impl RowTags {
    pub(super) fn new(_: &ColumnSet, _: bool) -> Self {
        Self {}
    }
}
/// A document.
#[must_use]
pub fn document(_value: &Value) -> Vec<u8> {
    Vec::new()
}
pub(super) fn encode_rows(_: &RowTags, _: &[ReportRow]) -> Vec<u8> {
    Vec::new()
}
