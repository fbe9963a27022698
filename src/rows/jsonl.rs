//! JSON Lines: an object a row.

use serde::ser::{SerializeMap, Serializer};

use super::row::{Row, all_fields};

/// A line a row, with an `error` member where the mailbox failed.
pub(super) fn encode(include_error: bool, rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.cells().len() * 40).sum());
    for row in rows.iter().filter(|row| row.is_shown()) {
        let mut json = serde_json::Serializer::new(&mut out);
        // Writing texts and numbers to memory cannot fail.
        let _ = write_row(&mut json, include_error, row);
        out.push(b'\n');
    }
    out
}

fn write_row<S: Serializer>(json: S, include_error: bool, row: &Row) -> Result<S::Ok, S::Error> {
    let mut object = json.serialize_map(None)?;
    for (name, field) in all_fields(row, include_error) {
        object.serialize_entry(name, &field)?;
    }
    if let Some(error) = row.error() {
        object.serialize_entry("error", &error.to_json())?;
    }
    object.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Status};
    use crate::rows::{ColumnSet, MailboxRows, RowMaker};

    #[test]
    fn a_line_a_row_with_the_error_beside_it() {
        let columns = ColumnSet::parse(&["MailboxName", "Locale", "WorkingHoursTimeZoneBias"]).unwrap();
        let body = br#"{"language":{"locale":"a\n\"b\u0000"},"workingHours":{"timeZone":{"bias":-60}}}"#;
        let error = Error::new(Status::Throttled, "still throttled").request_id(Some("r-1".into()));
        let kim = MailboxRows::of(Some("kim"), columns.extract(Some("kim"), body).unwrap());
        let lee = MailboxRows::failed(Some("lee"), error.clone());
        let maker = RowMaker::of_columns(&columns);
        let rows = [maker.of(0, kim), maker.of(1, lee)].concat();
        let encoded = |include_error| String::from_utf8(encode(include_error, &rows)).unwrap();
        let json = error.to_json();
        assert_eq!(
            encoded(false),
            format!(
                "{}\n{{\"MailboxName\":\"lee\",\"Locale\":null,\"WorkingHoursTimeZoneBias\":null,\"error\":{json}}}\n",
                r#"{"MailboxName":"kim","Locale":"a\n\"b\u0000","WorkingHoursTimeZoneBias":-60}"#
            )
        );
        let with_columns = encoded(true);
        assert!(with_columns.contains(r#""ErrorCode":null,"ErrorMessage":null,"RequestId":null}"#), "{with_columns}");
        assert!(
            with_columns.contains(
                r#""ErrorCode":"Throttled","ErrorMessage":"still throttled (request id r-1)","RequestId":"r-1","error":{"#
            ),
            "{with_columns}"
        );
    }
}
