//! The members that every request of a run may hold, read in one place.

use super::client::{concurrency, retry_time, tries};
use super::json::Members;
use crate::client::{Limits, RunRequest, SourceRequest};
use crate::error::Result;
use crate::rows::{FileFormat, Format, OutFile, ReportRequest};
use crate::runner::{Batching, Order};

/// Longest pause that may be asked for: a day.
const DAY_MS: u64 = 86_400_000;

/// The names of the members, and room for those of one kind of run.
macro_rules! run_members {
    ($($own:literal),* $(,)?) => {
        &[
            "format", "order", "includeError", "header", "maxConcurrency", "maxTries", "maxRetryMs", "idlePauseMs",
            "source", "shard", "journal", "retryFailed", "retryUnknown", "stopAfterErrors", "batch", "outFile",
            "outFormat", "defuseFormulas", "logFile", "maximum", $($own),*
        ]
    };
}
pub(super) use run_members;

const SOURCE_MEMBERS: &[&str] = &["all", "filter", "top", "includeWithoutMailbox", "group"];

/// Reads them. Members of one kind of run are read by its own function.
///
/// # Errors
///
/// `InvalidArgument` that names the member.
pub(super) fn read_run(members: &mut Members) -> Result<RunRequest> {
    let journal = members.path("journal")?;
    let has_journal = journal.is_some();
    Ok(RunRequest {
        report: read_report(members)?,
        limits: read_limits(members)?,
        source: read_source(members)?,
        shard: members.filled_text("shard")?.map(|text| text.parse()).transpose()?,
        journal,
        retry_failed: flag_of_journal(members, "retryFailed", has_journal)?,
        retry_unknown: flag_of_journal(members, "retryUnknown", has_journal)?,
        stop_after_errors: members.integer("stopAfterErrors", 1..=i64::MAX)?.map(i64::unsigned_abs),
        maximum: members.integer("maximum", 1..=i64::MAX)?.map(i64::unsigned_abs),
        batching: members
            .choice("batch", &[("auto", Batching::Auto), ("never", Batching::Never), ("always", Batching::Always)])?
            .unwrap_or_default(),
        out_file: read_out_file(members)?,
        log_file: members.path("logFile")?,
    })
}

fn read_report(members: &mut Members) -> Result<ReportRequest> {
    let formats = [("jsonl", Format::JsonLines), ("csv", Format::Csv), ("clixml", Format::Clixml)];
    Ok(ReportRequest {
        format: members.choice("format", &formats)?.unwrap_or(Format::JsonLines),
        columns: Vec::new(),
        include_error: members.flag("includeError")?.unwrap_or(false),
        no_header: !members.flag("header")?.unwrap_or(true),
    })
}

fn read_limits(members: &mut Members) -> Result<Limits> {
    let orders = [("input", Order::Input), ("completion", Order::Completion)];
    Ok(Limits {
        order: members.choice("order", &orders)?.unwrap_or_default(),
        max_concurrency: concurrency(members)?,
        max_tries: tries(members)?,
        max_retry: retry_time(members)?,
        idle_pause: members.milliseconds("idlePauseMs", 0..=DAY_MS)?.filter(|pause| !pause.is_zero()),
    })
}

/// A flag about a journal, which must then be there: without one it would do nothing.
fn flag_of_journal(members: &mut Members, name: &str, has_journal: bool) -> Result<bool> {
    let flag = members.flag(name)?.unwrap_or(false);
    if flag && !has_journal { Err(members.fault(name, "needs journal")) } else { Ok(flag) }
}

/// The member of input objects by which a journal knows lines, of runs whose lines say what is done.
pub(super) fn read_key(members: &mut Members, run: &RunRequest) -> Result<Option<String>> {
    match members.filled_text("key")? {
        Some(_) if run.journal.is_none() => Err(members.fault("key", "needs journal")),
        Some(_) if run.source.is_some() => {
            Err(members.fault("key", "goes with lines that are pushed, not with source"))
        }
        key => Ok(key),
    }
}

pub(super) fn read_source(members: &mut Members) -> Result<Option<SourceRequest>> {
    let Some(mut source) = members.object("source", SOURCE_MEMBERS)? else { return Ok(None) };
    let all = source.flag("all")?.unwrap_or(false);
    let group = source.filled_text("group")?;
    let all_only = ["filter", "top", "includeWithoutMailbox"].into_iter().find(|name| source.has(name));
    match (all, group) {
        (true, None) => Ok(Some(SourceRequest::All {
            filter: source.filled_text("filter")?,
            top: source.integer("top", 1..=i64::MAX)?.map(i64::unsigned_abs),
            include_without_mailbox: source.flag("includeWithoutMailbox")?.unwrap_or(false),
        })),
        (false, Some(group)) => match all_only {
            None => Ok(Some(SourceRequest::Group(group))),
            Some(name) => Err(source.fault(name, "goes with all, not with group")),
        },
        _ => Err(members.fault("source", "must hold either \"all\":true or a group")),
    }
}

/// The file that rows go to.
pub(super) fn read_out_file(members: &mut Members) -> Result<Option<OutFile>> {
    let formats = [("csv", FileFormat::Csv), ("jsonl", FileFormat::JsonLines), ("html", FileFormat::Html)];
    let format = members.choice("outFormat", &formats)?;
    let defuse_formulas = members.flag("defuseFormulas")?.unwrap_or(false);
    match members.path("outFile")? {
        Some(path) => Ok(Some(OutFile { path, format, defuse_formulas })),
        None if format.is_some() => Err(members.fault("outFormat", "needs outFile")),
        None if defuse_formulas => Err(members.fault("defuseFormulas", "needs outFile")),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Result<RunRequest> {
        read_run(&mut Members::parse(text, run_members!())?)
    }

    #[test]
    fn nothing_is_a_run_of_pushed_mailboxes_as_json_lines() {
        let request = read("").unwrap();
        assert_eq!((request.report.format, request.limits.order), (Format::JsonLines, Order::Input));
        assert!(!request.report.include_error && !request.report.no_header);
        assert!(request.source.is_none() && request.journal.is_none() && request.out_file.is_none());
        assert_eq!((request.batching, request.stop_after_errors), (Batching::Auto, None));
    }

    #[test]
    fn every_member_is_read() {
        let request = read(
            r#"{"format":"csv","order":"completion","includeError":true,"header":false,"maxConcurrency":4,"maxTries":2,
            "maxRetryMs":1000,"idlePauseMs":2000,"source":{"all":true,"filter":"accountEnabled eq true","top":7,
            "includeWithoutMailbox":true},"shard":"3/8","journal":"run.db","retryFailed":true,"retryUnknown":true,
            "stopAfterErrors":9,"batch":"never","outFile":"rows.csv","outFormat":"csv","defuseFormulas":true,
            "logFile":"run.log","maximum":1000}"#,
        )
        .unwrap();
        let (report, limits) = (&request.report, &request.limits);
        assert_eq!((report.format, limits.order), (Format::Csv, Order::Completion));
        assert!(report.include_error && report.no_header);
        assert_eq!((limits.max_concurrency, limits.max_tries), (Some(4), Some(2)));
        assert_eq!(limits.max_retry, Some(Duration::from_secs(1)));
        assert_eq!(limits.idle_pause, Some(Duration::from_secs(2)));
        let all = SourceRequest::All {
            filter: Some("accountEnabled eq true".into()),
            top: Some(7),
            include_without_mailbox: true,
        };
        assert_eq!(request.source, Some(all));
        assert_eq!(request.shard.unwrap().to_string(), "3/8");
        assert_eq!(request.journal.unwrap().to_str(), Some("run.db"));
        assert!(request.retry_failed && request.retry_unknown);
        assert_eq!(request.maximum, Some(1000));
        assert_eq!((request.stop_after_errors, request.batching), (Some(9), Batching::Never));
        let file = request.out_file.unwrap();
        assert_eq!(
            (file.path.to_str(), file.format, file.defuse_formulas),
            (Some("rows.csv"), Some(FileFormat::Csv), true)
        );
        assert_eq!(request.log_file.unwrap().to_str(), Some("run.log"));
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        for (text, wanted) in [
            (r#"{"retryFailed":true}"#, "retryFailed needs journal"),
            (r#"{"outFormat":"csv"}"#, "outFormat needs outFile"),
            (r#"{"source":{}}"#, "source must hold either"),
            (r#"{"source":{"all":true,"group":"x"}}"#, "source must hold either"),
            (r#"{"source":{"group":"x","top":1}}"#, "source.top goes with all"),
            (r#"{"source":{"everyone":true}}"#, "source.everyone is unknown"),
            (r#"{"shard":"9/8"}"#, "such as 3/8"),
            (r#"{"format":"json"}"#, "format must be one of jsonl, csv, clixml"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
