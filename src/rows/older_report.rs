//! Records of settings reports as versions before this one made them: `{"cells": [...], "error": ...}`, in the order of
//! the report's columns. A run goes on with a journal of such, and it can be compared.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::mailbox_column::MAILBOX_NAME;
use super::mailbox_rows::MailboxRows;
use crate::error::Error;

/// How each of them begins, and none of today's.
const BEGINNING: &[u8] = br#"{"cells":"#;

/// What such a record says of a mailbox whose report has these columns.
pub(super) fn read<'c>(record: &[u8], columns: impl Iterator<Item = &'c str>) -> Option<MailboxRows> {
    if !record.starts_with(BEGINNING) {
        return None;
    }
    let mut record: Map<String, Value> = serde_json::from_slice(record).ok()?;
    let Value::Array(cells) = record.shift_remove("cells")? else { return None };
    let mut settings: Map<String, Value> = columns.map(str::to_owned).zip(cells).collect();
    let name = settings.shift_remove(MAILBOX_NAME);
    let mailbox = name.as_ref().and_then(Value::as_str);
    Some(match record.get("error")? {
        Value::Null => MailboxRows::of(mailbox, Fields::from(settings)),
        error => {
            let error = Error::from_json(error)?;
            MailboxRows::failed(mailbox.or(error.target_name()).map(str::to_owned).as_deref(), error)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;
    use crate::rows::ColumnSet;

    #[test]
    fn a_report_goes_on_with_what_an_earlier_version_recorded() {
        let columns = ColumnSet::parse(&["TimeZone", "MailboxName", "WorkingHoursTimeZoneBias"]).unwrap();
        let given = columns.recall(br#"{"cells":["UTC","kim",-60],"error":null}"#).unwrap();
        assert_eq!(
            given.record(),
            br#"{"mailbox":"kim","objects":[{"TimeZone":"UTC","WorkingHoursTimeZoneBias":-60}],"error":null}"#
        );
        let error = Error::new(Status::NotFound, "gone").target("lee").to_json();
        let failed = |cells: &str| format!(r#"{{"cells":{cells},"error":{error}}}"#);
        let given = columns.recall(failed(r#"[null,"lee",null]"#).as_bytes()).unwrap();
        assert_eq!((given.mailbox.as_deref(), given.objects.len()), (Some("lee"), 0));
        assert_eq!(given.error.unwrap().to_json(), error);
        let nameless = ColumnSet::parse(&["TimeZone"]).unwrap();
        assert_eq!(nameless.recall(failed("[null]").as_bytes()).unwrap().mailbox.as_deref(), Some("lee"));
        for record in [r#"{"cells":5,"error":null}"#, r#"{"cells":[]}"#, r#"{"cells":["#] {
            assert_eq!(columns.recall(record.as_bytes()).unwrap_err().status(), Status::Journal, "{record}");
        }
    }
}
