//! Comparing reports that were written before.

use super::json::Members;
use super::run_request::read_out_file;
use super::stream::{Stream, open};
use crate::error::Result;
use crate::rows::Format;
use crate::rows::compare::{CompareRequest, compare};

const MEMBERS: &[&str] =
    &["old", "new", "key", "ignore", "includeError", "format", "header", "outFile", "outFormat", "defuseFormulas"];

/// Starts to compare two reports, CSV or JSON Lines as ExRun, `Export-Csv` or Excel wrote them, or journals of
/// reports: a row for each property that differs.
///
/// Request: `{"old":path, "new":path, "key"?, "ignore":[columns], "includeError":false,
/// "format":"jsonl"|"csv"|"clixml", "header":true, "outFile"?, "outFormat"?, "defuseFormulas":false}`. Read rows
/// with exrun_stream_next; such a stream takes no input and needs no client.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
///         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_report_compare(request: *const u8, len: i64, stream: *mut i64, error: *mut i64) -> i32 {
    let make = |text: &str| {
        let comparison = compare(read_request(text)?)?;
        Ok(Stream::without_client(comparison.rows, comparison.signal))
    };
    // SAFETY: premises 1 and 2 of the module.
    unsafe { open((request, len), (stream, error), make) }
}

fn read_request(text: &str) -> Result<CompareRequest> {
    let mut members = Members::parse(text, MEMBERS)?;
    let formats = [("jsonl", Format::JsonLines), ("csv", Format::Csv), ("clixml", Format::Clixml)];
    let path = |members: &mut Members, name: &str| members.path(name)?.ok_or_else(|| members.fault(name, "is missing"));
    Ok(CompareRequest {
        old: path(&mut members, "old")?,
        new: path(&mut members, "new")?,
        key: members.filled_text("key")?,
        ignore: members.texts("ignore")?.unwrap_or_default(),
        include_error: members.flag("includeError")?.unwrap_or(false),
        format: members.choice("format", &formats)?.unwrap_or(Format::JsonLines),
        no_header: !members.flag("header")?.unwrap_or(true),
        out_file: read_out_file(&mut members)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{FileFormat, OutFile};

    #[test]
    fn every_member_is_read() {
        let request = read_request(
            r#"{"old":"a.csv","new":"b.jsonl","key":"Id","ignore":["DateFormat"],"includeError":true,"format":"clixml",
            "header":false,"outFile":"c.txt","outFormat":"csv","defuseFormulas":true}"#,
        )
        .unwrap();
        assert_eq!((request.old.to_str(), request.new.to_str()), (Some("a.csv"), Some("b.jsonl")));
        assert_eq!((request.key.as_deref(), &request.ignore[..]), (Some("Id"), &["DateFormat".to_owned()][..]));
        assert!(request.include_error && request.no_header && request.format == Format::Clixml);
        let file = OutFile { path: "c.txt".into(), format: Some(FileFormat::Csv), defuse_formulas: true };
        assert_eq!(request.out_file, Some(file));
    }

    #[test]
    fn both_reports_must_be_named() {
        for text in ["", r#"{"old":"a.csv"}"#, r#"{"new":"a.csv"}"#] {
            let error = read_request(text).unwrap_err().to_string();
            assert!(error.ends_with("is missing"), "{error}");
        }
    }
}
