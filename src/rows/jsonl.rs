//! JSON Lines: an object a row.

use serde::ser::{SerializeMap, Serializer};

use super::row::{EncodableRow, Field, Names, all_fields};

/// A line a row, with an `error` member where the mailbox failed.
pub(super) fn encode<R: EncodableRow>(names: Names<'_>, include_error: bool, rows: &[R]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * names.len() * 40);
    for row in rows.iter().filter(|row| row.is_shown()) {
        let mut json = serde_json::Serializer::new(&mut out);
        // Writing texts and numbers to memory cannot fail.
        let _ = write_row(&mut json, names, include_error, row);
        out.push(b'\n');
    }
    out
}

fn write_row<S: Serializer, R: EncodableRow>(
    json: S,
    names: Names<'_>,
    include_error: bool,
    row: &R,
) -> Result<S::Ok, S::Error> {
    let mut object = json.serialize_map(None)?;
    for (name, field) in all_fields(row, names, include_error) {
        match field {
            Field::Null => object.serialize_entry(name, &())?,
            Field::Text(text) => object.serialize_entry(name, &text)?,
            Field::Int(integer) => object.serialize_entry(name, &integer)?,
            Field::Bool(yes) => object.serialize_entry(name, &yes)?,
            Field::Json(value) => object.serialize_entry(name, value)?,
        }
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
    use crate::rows::{ColumnSet, ReportRow};

    #[test]
    fn a_line_a_row_with_the_error_beside_it() {
        let columns = ColumnSet::parse(&["MailboxName", "Locale", "WorkingHoursTimeZoneBias"]).unwrap();
        let names: Vec<_> = columns.names().collect();
        let body = br#"{"language":{"locale":"a\n\"b\u0000"},"workingHours":{"timeZone":{"bias":-60}}}"#;
        let error = Error::new(Status::Throttled, "still throttled").request_id(Some("r-1".into()));
        let rows: Vec<_> = columns
            .extract(Some("kim"), body)
            .map(|row| ReportRow { position: 0, row, error: None })
            .into_iter()
            .chain([ReportRow { position: 1, row: columns.null_row(Some("lee")), error: Some(error.clone()) }])
            .collect();
        let encoded = |include_error| String::from_utf8(encode(&names, include_error, &rows)).unwrap();
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
