//! How requests are read: each member, each default, each fault by its member's name.

mod client;
mod credential;
mod messages;

use std::fmt::Debug;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::super::secret::SECRETS;
use super::certificate::{CertificateCreate, CertificateRead, CertificateRegister, Source};
use super::journal::JournalMerge;
use super::mailboxes::{
    MailboxItemsReport, MailboxRequests, MailboxSettingsApply, MailboxSettingsReport, MailboxStatePlan,
};
use super::operation::{MailboxesCount, Operation, TenantIdGet};
use super::report::ReportCompare;
use super::run::{OutFileMembers, Run};
use super::sync::{ContactSyncPlan, EventSyncPlan};
use super::token::TokenDecode;
use super::values::{FilePath, SecretHandle, Text, Texts, Whole};
use super::vault::{OfItem, VaultKeyGet, VaultKeySign, VaultList};
use super::*;
use crate::certificate::CreateRequest;
use crate::client::{
    ContactSource, DoneWhen, EventOptions, RunRequest, SettingsWrite, SourceRequest, Verify, WriteMode,
};
use crate::error::Status;
use crate::keyvault::Collection;
use crate::rows::{FileFormat, Format, OutFile};
use crate::runner::{Batching, Order};
use crate::secret::Secret;

/// A request with a member of each kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Any {
    count: Option<Whole<u32, 1, 64>>,
    name: Option<Text>,
    path: Option<FilePath>,
    #[serde(default)]
    flag: bool,
    password_secret: Option<SecretHandle>,
    inner: Option<Inner>,
    list: Option<Vec<String>>,
    texts: Option<Texts>,
    free: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Inner {
    needed: Text,
    other: Option<bool>,
}

fn any(text: &str) -> Result<Any> {
    read(text)
}

fn argument(result: Result<impl Debug>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
    error.to_string()
}

/// Each text is refused as an argument, and the message has the part beside it.
fn refused<T: Debug>(read: impl Fn(&str) -> Result<T>, cases: &[(&str, &str)]) {
    for (text, part) in cases {
        let error = argument(read(text));
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn what_is_not_json_is_told_from_what_is_not_right() {
    for text in ["{", "nonsense", "{\"count\":}", "{} {}", &"[".repeat(1000), "\u{feff}\u{feff}{}"] {
        assert_eq!(any(text).unwrap_err().status(), Status::InvalidJson, "{text}");
    }
    for text in ["[]", "1", "null", "\"x\"", "{\"counts\":1}", "{\"count\":1,\"count\":2}"] {
        argument(any(text));
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused_at_every_depth() {
    refused(
        any,
        &[
            (r#"{"count":1,"count":1}"#, "the member count is there twice"),
            (r#"{"inner":{"needed":"a","needed":"a"}}"#, "the member needed is there twice"),
            (r#"{"free":{"a":[{"b":1,"b":2}]}}"#, "the member b is there twice"),
            (r#"{"texts":{"Prefer":"a","Prefer":"b"}}"#, "the member Prefer is there twice"),
        ],
    );
    let free = any(r#"{"free":{"Name":1,"name":2}}"#).unwrap().free.unwrap();
    assert_eq!(free, json!({"Name": 1, "name": 2}));
}

#[test]
fn an_unknown_member_is_named_with_what_was_meant() {
    refused(
        any,
        &[
            (r#"{"nmae":1}"#, "the member nmae is unknown; known are count, name, path, flag, passwordSecret, inner"),
            (r#"{"Name":1}"#, "the member Name is unknown; the name is name"),
            (r#"{"inner":{"x":1,"needed":"a"}}"#, "the member inner.x is unknown; known are needed, other"),
            (r#"{"inner":{"Other":1}}"#, "the member inner.Other is unknown; the name is other"),
        ],
    );
    // A null is no way around it.
    assert!(argument(any(r#"{"nmae":null}"#)).contains("nmae is unknown"));
}

#[test]
fn a_name_loses_what_was_copied_along_with_it() {
    let name = |text: &str| any(&json!({"name": text}).to_string()).map(|any| any.name.unwrap().0);
    assert_eq!(name("\u{200e} a b\u{200b}\r\n").unwrap(), "a b");
    assert!(argument(name("\u{200b} ")).contains("the member name must not be blank"));
    let path = any("{\"path\":\"\u{202a}C:\\\\x y \u{200e}\"}").unwrap().path.unwrap();
    assert_eq!(path.0, PathBuf::from("C:\\x y "));
}

#[test]
fn nothing_is_a_request_without_members_and_null_is_absent() {
    for text in ["", "{}", r#"{"name":null,"flag":null,"count":null,"inner":null,"list":null,"free":null}"#] {
        let any = any(text).unwrap();
        assert!(any.name.is_none() && !any.flag && any.count.is_none() && any.free.is_none(), "{text}");
        assert!(any.inner.is_none() && any.texts.is_none(), "{text}");
    }
    refused(any, &[(r#"{"inner":{"needed":null}}"#, "the member inner.needed is missing")]);
    let inner = any(r#"{"inner":{"needed":" a","other":null}}"#).unwrap().inner.unwrap();
    assert_eq!((inner.needed.0.as_str(), inner.other), ("a", None));
    // Within a value of the caller's a null is one.
    assert_eq!(any(r#"{"free":{"a":null}}"#).unwrap().free, Some(json!({"a": null})));
    assert!(argument(any(r#"{"texts":{"a":null}}"#)).contains("texts.a must be a string, not null"));
}

#[test]
fn numbers_are_whole_and_in_range() {
    let count = |text: &str| any(&format!("{{\"count\":{text}}}")).map(|any| any.count.unwrap().0);
    assert_eq!((count("64").unwrap(), count("6.0").unwrap(), count("1e1").unwrap()), (64, 6, 10));
    assert!(argument(count("65")).contains("the member count is 65; it must be 1 to 64"));
    for text in ["1.5", "\"1\"", "true", "[]"] {
        assert!(argument(count(text)).contains("count must be a whole number, not "), "{text}");
    }
    for text in ["9223372036854775808", "-9223372036854775808", "1e300"] {
        let error = argument(count(text));
        assert!(error.contains("; it must be 1 to 64") && error.len() < 100, "{error}");
    }
    assert!(argument(count("-1")).contains("count is -1"));
}

#[test]
fn numbers_keep_their_last_digit() {
    for number in ["94.95886283158103", "-0.1", "5e-324", "18446744073709551615", "1.0"] {
        let free = any(&format!("{{\"free\":{number}}}")).unwrap().free;
        assert_eq!(free.unwrap().to_string(), number);
    }
    // What services and tokens say is read by serde_json alone.
    assert_eq!(serde_json::from_str::<Value>("94.95886283158103").unwrap().to_string(), "94.95886283158103");
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let wrong = [
        r#"{"passwordSecret":"hunter2"}"#,
        r#"{"count":"hunter2"}"#,
        r#"{"flag":"hunter2"}"#,
        r#"{"inner":"hunter2"}"#,
        r#"{"inner":["hunter2"]}"#,
        r#"{"list":"hunter2"}"#,
        r#"{"texts":"hunter2"}"#,
    ];
    for text in wrong {
        let error = any(text).unwrap_err();
        let error = format!("{error} {error:?} {}", error.to_json());
        assert!(!error.contains("hunter2"), "{error}");
    }
    let error = argument(any(r#"{"passwordSecret":"x"}"#));
    assert!(error.contains("passwordSecret must be the handle of a secret, not a string"), "{error}");
    assert!(error.contains("exrun_secret_new"), "{error}");
    let error = argument(read::<Run<MailboxSettingsReport>>(r#"{"format":"hunter2"}"#));
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_handle_that_names_no_secret_names_its_member() {
    for handle in ["17", "17.0", "-1", "0"] {
        let error = any(&format!("{{\"passwordSecret\":{handle}}}")).unwrap_err();
        assert_eq!(error.status(), Status::InvalidHandle, "{handle}");
        assert!(error.to_string().contains("passwordSecret: "), "{error}");
    }
    let handle = SECRETS.insert(Secret::new(b"x".to_vec())).unwrap();
    let secret = any(&format!("{{\"passwordSecret\":{handle}.0}}")).unwrap().password_secret.unwrap();
    SECRETS.take(handle).unwrap();
    assert_eq!(secret.0.bytes(), b"x");
    let error = read::<TokenDecode>(r#"{"tokenSecret":17}"#).unwrap_err();
    assert!(error.to_string().contains("tokenSecret: 17 is not a handle"), "{error}");
}

#[test]
fn each_kind_of_value_is_told_from_others() {
    refused(
        any,
        &[
            (r#"{"path":"a\u0000b.csv"}"#, "path must not hold a NUL"),
            (r#"{"path":" "}"#, "path must not be blank"),
            (r#"{"name":1}"#, "name must be a string, not a number"),
            (r#"{"flag":1}"#, "flag must be true or false, not a number"),
            (r#"{"list":"x"}"#, "list must be a list, not a string"),
            (r#"{"list":["a",1.5]}"#, "list[1] must be a string, not a number with a fraction"),
            (r#"{"inner":[]}"#, "inner must be an object, not a list"),
            (r#"{"inner":{"needed":[]}}"#, "inner.needed must be a string, not a list"),
        ],
    );
    assert_eq!(any(r#"{"path":"a b.csv"}"#).unwrap().path.unwrap().0, PathBuf::from("a b.csv"));
    assert_eq!(any(r#"{"list":["a"]}"#).unwrap().list.unwrap(), ["a"]);
}

#[test]
fn members_that_requests_share_are_known_beside_their_own() {
    let error = argument(read::<Operation<TenantIdGet>>(r#"{"domian":"x"}"#));
    assert!(error.contains("domian is unknown; known are domain, format"), "{error}");
    let error = argument(read::<Operation<OfItem<VaultKeyGet>>>(r#"{"x":1}"#));
    assert!(error.contains("known are ignoreValidity, vault, name, version, url, apiVersion, format"), "{error}");
}

fn run(text: &str) -> Result<RunRequest> {
    read::<Run<MailboxSettingsReport>>(text)?.request()
}

#[test]
fn nothing_is_a_run_of_pushed_mailboxes_as_json_lines() {
    let request = run("").unwrap();
    assert_eq!((request.report.format, request.limits.order), (Format::JsonLines, Order::Input));
    assert!(!request.report.include_error && !request.report.no_header && request.report.columns.is_empty());
    assert!(request.source.is_none() && request.journal.is_none() && request.out_file.is_none());
    assert_eq!((request.batching, request.stop_after_errors), (Batching::Auto, None));
    assert_eq!(run(r#"{"idlePauseMs":0}"#).unwrap().limits.idle_pause, None);
}

#[test]
fn every_member_of_a_run_is_read() {
    let request = run(
        r#"{"format":"csv","order":"completion","includeError":true,"header":false,"maxConcurrency":4,"maxTries":2,
        "maxRetryMs":1000,"idlePauseMs":2000,"source":{"all":true,"filter":"accountEnabled eq true","top":7,
        "includeWithoutMailbox":true},"shard":"3/8","journal":"run.db","retryFailed":true,"retryUnknown":true,
        "stopAfterErrors":9,"batch":"never","outFile":"rows.csv","outFormat":"csv","defuseFormulas":true,"outFileByteOrderMark":true,
        "logFile":"run.log","maximum":1000,"columns":["TimeZone"]}"#,
    )
    .unwrap();
    let (report, limits) = (&request.report, request.limits);
    assert_eq!((report.format, limits.order), (Format::Csv, Order::Completion));
    assert!(report.include_error && report.no_header);
    assert_eq!(report.columns, ["TimeZone"]);
    assert_eq!((limits.max_concurrency, limits.max_tries), (Some(4), Some(2)));
    assert_eq!(limits.max_retry, Some(Duration::from_secs(1)));
    assert_eq!(limits.idle_pause, Some(Duration::from_secs(2)));
    let filter = Some("accountEnabled eq true".into());
    assert_eq!(request.source, Some(SourceRequest::All { filter, top: Some(7), include_without_mailbox: true }));
    assert_eq!(request.shard.unwrap().to_string(), "3/8");
    assert_eq!(request.journal.unwrap().to_str(), Some("run.db"));
    assert!(request.retry_failed && request.retry_unknown);
    assert_eq!(request.maximum, Some(1000));
    assert_eq!((request.stop_after_errors, request.batching), (Some(9), Batching::Never));
    let file = OutFile {
        path: "rows.csv".into(),
        format: Some(FileFormat::Csv),
        defuse_formulas: true,
        byte_order_mark: true,
    };
    assert_eq!(request.out_file, Some(file));
    assert_eq!(request.log_file.unwrap().to_str(), Some("run.log"));
}

#[test]
fn what_would_do_nothing_is_refused() {
    refused(
        run,
        &[
            (r#"{"retryFailed":true}"#, "retryFailed needs journal"),
            (r#"{"retryUnknown":true}"#, "retryUnknown needs journal"),
            (r#"{"outFormat":"csv"}"#, "outFormat needs outFile"),
            (r#"{"defuseFormulas":true}"#, "defuseFormulas needs outFile"),
            (r#"{"outFileByteOrderMark":true}"#, "outFileByteOrderMark needs outFile"),
            (r#"{"source":{}}"#, "source must hold either"),
            (r#"{"source":{"all":true,"group":"x"}}"#, "source must hold either"),
            (r#"{"source":{"group":"x","top":1}}"#, "source.top goes with all"),
            (r#"{"source":{"group":"x","includeWithoutMailbox":false}}"#, "source.includeWithoutMailbox goes with all"),
            (r#"{"source":{"everyone":true}}"#, "source.everyone is unknown"),
            (r#"{"shard":"9/8"}"#, "such as 3/8"),
            (r#"{"format":"json"}"#, "format must be one of jsonl, csv, clixml, block"),
        ],
    );
}

#[test]
fn every_member_of_requests_for_mailboxes_is_read() {
    let requests = |text: &str| read::<Run<MailboxRequests>>(text)?.request();
    let request = requests(
        r#"{"format":"clixml","method":"POST","path":"sendMail","body":{"a":[1]},"select":["id"],
        "headers":{"Prefer":"x"},"journal":"run.db","key":"Order","verify":{"path":"events/{Id}","done":"notFound"},
        "allowNull":true,"allowWholeMailbox":true}"#,
    )
    .unwrap();
    assert_eq!((request.method.as_str(), request.path.as_deref()), ("POST", Some("sendMail")));
    assert_eq!((request.body, request.select), (Some(json!({"a": [1]})), vec!["id".to_owned()]));
    assert_eq!(request.verify, Some(Verify { path: "events/{Id}".into(), done: DoneWhen::NotFound }));
    assert_eq!(request.headers, [("Prefer".to_owned(), "x".to_owned())]);
    assert_eq!(request.run.report.format, Format::Clixml);
    assert_eq!(request.key.as_deref(), Some("Order"));
    assert!(request.allow_null && request.allow_whole_mailbox);
    let request = requests(r#"{"method":"GET","path":"photo/$value","outFolder":"photos"}"#).unwrap();
    assert_eq!(request.out_folder.as_deref(), Some(std::path::Path::new("photos")));
    let request = requests(
        r#"{"steps":[{"name":"find","path":"messages"},{"name":"act","method":"POST","path":"x/{each.id}","body":{"a":1},
        "headers":{"Prefer":"x"},"verify":{"path":"x","done":"found"},"when":"{find.value}","unless":"{find.x}",
        "forEach":"{find.value}"}]}"#,
    )
    .unwrap();
    let [find, act] = request.steps.as_slice() else { panic!("{request:?}") };
    assert_eq!((find.name.as_str(), find.method.as_str(), find.path.as_str()), ("find", "", "messages"));
    assert_eq!((act.method.as_str(), act.body.clone()), ("POST", Some(json!({"a": 1}))));
    assert_eq!(act.headers, [("Prefer".to_owned(), "x".to_owned())]);
    assert_eq!(act.verify, Some(Verify { path: "x".into(), done: DoneWhen::Found }));
    let values = [&act.when, &act.unless, &act.for_each].map(Option::as_deref);
    assert_eq!(values, [Some("{find.value}"), Some("{find.x}"), Some("{find.value}")]);
    refused(
        requests,
        &[
            ("{}", "method is missing"),
            (r#"{"method":"GET","headers":{"a":1}}"#, "headers.a must be a string"),
            (r#"{"method":"GET","headers":[]}"#, "headers must be an object"),
            (r#"{"method":"POST","verify":"x"}"#, "verify must be an object"),
            (r#"{"method":"POST","verify":{"path":"x"}}"#, "verify.done is missing"),
            (r#"{"method":"POST","verify":{"done":"found"}}"#, "verify.path is missing"),
            (r#"{"method":"POST","verify":{"path":"x","done":"gone"}}"#, "verify.done must be one of found, notFound"),
            (r#"{"method":"GET","columns":[]}"#, "columns is unknown"),
            (r#"{"steps":[]}"#, "steps must not be empty"),
            (r#"{"steps":[{"name":"a"}]}"#, "path is missing"),
            (r#"{"steps":[{"name":"a","path":"x","columns":1}]}"#, "columns is unknown"),
            (r#"{"steps":{"name":"a"}}"#, "steps must be a list"),
            (r#"{"method":"POST","key":"Order"}"#, "key needs journal"),
            (
                r#"{"method":"POST","key":"a","journal":"x","source":{"all":true}}"#,
                "key goes with lines that are pushed",
            ),
            (r#"{"method":"POST","key":" ","journal":"x"}"#, "key must not be blank"),
        ],
    );
}

#[test]
fn every_member_of_a_comparison_with_a_state_is_read() {
    let of = |text: &str| read::<Run<MailboxStatePlan>>(text)?.request();
    let request = of(r#"{"state":{"settings":{}},"includeEmpty":true,"planFile":"p.jsonl","maximum":5}"#).unwrap();
    assert_eq!(request.state, serde_json::json!({"settings": {}}));
    assert!(request.include_empty && request.plan_file.is_some() && request.run.maximum == Some(5));
    assert!(of(r#"{"includeEmpty":true}"#).unwrap_err().to_string().contains("state"));
    assert!(of(r#"{"state":{"a":1,"a":2}}"#).is_err());
}

#[test]
fn every_member_of_a_list_that_is_brought_into_mailboxes_is_read() {
    let of = |text: &str| read::<Run<ContactSyncPlan>>(text)?.request();
    let request = of(r#"{"contacts":[{"mail":"a@x"}],"folder":"Company","keyColumn":"Id","removeOthers":true,
        "allowEmpty":true,"includeEmpty":true,"planFile":"p.jsonl","maximum":5}"#)
    .unwrap();
    assert!(matches!(&request.contacts, ContactSource::List(list) if list[0]["mail"] == "a@x"));
    assert_eq!((request.folder.as_str(), request.key_column.as_deref()), ("Company", Some("Id")));
    assert!(request.remove_others && request.allow_empty && request.include_empty && request.plan_file.is_some());
    for (text, part) in [
        (r#"{"folder":"x"}"#, "give one of contacts, contactsFile and fromGroup"),
        (r#"{"folder":"x","contactsFile":"a","fromGroup":"b"}"#, "give one of"),
        (r#"{"folder":"x","fromGroup":"b","keyColumn":"c"}"#, "keyColumn does not go with fromGroup"),
        (r#"{"contacts":[]}"#, "folder"),
    ] {
        assert!(of(text).unwrap_err().to_string().contains(part), "{text}");
    }
    let of = |text: &str| read::<Run<EventSyncPlan>>(text)?.request();
    let request = of(r#"{"icsFile":"h.ics","name":"Holidays","timeZone":"UTC","showAs":"free","reminderMinutes":5,
        "categories":["A"],"private":true,"until":"2027-12-31","allowEmpty":true,"includeEmpty":true,"planFile":"p"}"#)
    .unwrap();
    let options = EventOptions {
        time_zone: Some("UTC".into()),
        show_as: Some("free".into()),
        reminder_minutes: Some(5),
        categories: vec!["A".into()],
        is_private: true,
        until: Some("2027-12-31".into()),
        key_column: None,
    };
    assert_eq!((request.options, request.name.as_str()), (options, "Holidays"));
    assert!(request.allow_empty && request.include_empty && request.plan_file.is_some());
    for (text, part) in [
        (r#"{"name":"x"}"#, "give one of events, eventsFile and icsFile"),
        (r#"{"name":"x","icsFile":"a","keyColumn":"b"}"#, "keyColumn does not go with icsFile"),
        (r#"{"name":"x","eventsFile":"a","until":"2027-12-31"}"#, "until goes with icsFile alone"),
    ] {
        assert!(of(text).unwrap_err().to_string().contains(part), "{text}");
    }
}

#[test]
fn every_member_of_a_report_on_items_is_read() {
    let items = |text: &str| read::<Run<MailboxItemsReport>>(text)?.request();
    let request = items(
        r#"{"facet":"inboxRules","columns":["Name"],"includeEmpty":true,"forwardingOnly":true,"internalDomains":["a.b"],
        "allCalendars":true,"includeHidden":true,"sum":true,"oldestItem":true,"folder":"F","allFolders":true,
        "start":"2026-11-01","end":"2026-12-01","source":{"rooms":true}}"#,
    )
    .unwrap();
    let options = request.options;
    assert_eq!((request.facet.as_str(), request.columns), ("inboxRules", vec!["Name".to_owned()]));
    assert_eq!((options.internal_domains, options.folder.as_deref()), (vec!["a.b".to_owned()], Some("F")));
    assert_eq!((options.start.as_deref(), options.end.as_deref()), (Some("2026-11-01"), Some("2026-12-01")));
    assert!(request.include_empty && options.forwarding_only && options.all_calendars && options.include_hidden);
    assert!(options.sum && options.oldest_item && options.all_folders);
    assert_eq!(request.run.source, Some(SourceRequest::Rooms));
    refused(
        items,
        &[
            ("{}", "facet is missing"),
            (r#"{"facet":" "}"#, "facet must not be blank"),
            (r#"{"facet":"categories","path":"x"}"#, "path is unknown"),
            (r#"{"facet":"categories","folder":""}"#, "folder must not be blank"),
            (r#"{"facet":"categories","source":{"rooms":true,"top":1}}"#, "source.top goes with all"),
            (r#"{"facet":"categories","source":{"rooms":true,"group":"g"}}"#, "source must hold either"),
        ],
    );
}

#[test]
fn every_member_of_settings_to_be_written_is_read() {
    let apply =
        |text: &str| -> Result<(RunRequest, SettingsWrite)> { read::<Run<MailboxSettingsApply>>(text)?.request() };
    let (request, write) = apply(
        r#"{"settings":{"timeZone":"UTC"},"ifDifferent":true,"dryRun":true,"undoFile":"undo.jsonl","shard":"1/2",
        "journal":"run.db","key":"Order","allowNull":true}"#,
    )
    .unwrap();
    assert_eq!(request.shard.unwrap().to_string(), "1/2");
    assert_eq!(write.settings, Some(json!({"timeZone": "UTC"})));
    assert_eq!(write.mode, WriteMode { if_different: true, dry_run: true });
    assert!(write.allow_null);
    assert_eq!(write.undo_file.unwrap().to_str(), Some("undo.jsonl"));
    assert_eq!(write.key.as_deref(), Some("Order"));
    let (_, nothing) = apply("").unwrap();
    assert_eq!((nothing.settings, nothing.mode, nothing.undo_file), (None, WriteMode::default(), None));
    refused(apply, &[(r#"{"undofile":"x"}"#, "the name is undoFile")]);
}

#[test]
fn a_count_needs_a_source() {
    let count = |text: &str| read::<Operation<MailboxesCount>>(text)?.0.request();
    assert_eq!(count(r#"{"source":{"group":"g"}}"#).unwrap().0, SourceRequest::Group("g".into()));
    refused(count, &[("{}", "source is missing"), (r#"{"source":{}}"#, "source must hold either")]);
}

#[test]
fn every_member_of_a_comparison_is_read() {
    let compare = |text: &str| read::<With<ReportCompare, OutFileMembers>>(text)?.request();
    let request = compare(
        r#"{"old":"a.csv","new":"b.jsonl","key":"Id","ignore":["DateFormat"],"includeError":true,"format":"clixml",
        "header":false,"outFile":"c.txt","outFormat":"csv","defuseFormulas":true,"outFileByteOrderMark":true}"#,
    )
    .unwrap();
    assert_eq!((request.old.to_str(), request.new.to_str()), (Some("a.csv"), Some("b.jsonl")));
    assert_eq!((request.key.as_deref(), &request.ignore[..]), (Some("Id"), &["DateFormat".to_owned()][..]));
    assert!(request.include_error && request.no_header && request.format == Format::Clixml);
    let file =
        OutFile { path: "c.txt".into(), format: Some(FileFormat::Csv), defuse_formulas: true, byte_order_mark: true };
    assert_eq!(request.out_file, Some(file));
    for text in ["", r#"{"old":"a.csv"}"#, r#"{"new":"a.csv"}"#] {
        let error = argument(compare(text));
        assert!(error.ends_with("is missing"), "{error}");
    }
}

#[test]
fn journals_need_both_ends() {
    let merge = |text: &str| read::<JournalMerge>(text)?.request();
    refused(
        merge,
        &[
            (r#"{"journal":"all.db"}"#, "journals must name at least one"),
            (r#"{"journals":[],"journal":"all.db"}"#, "journals must name at least one"),
            (r#"{"journals":["a.db"," "],"journal":"all.db"}"#, "blank"),
            (r#"{"journals":["a\u0000.db"],"journal":"all.db"}"#, "journals must not hold a NUL"),
            (r#"{"journals":["a.db"]}"#, "journal is missing"),
        ],
    );
    let both = merge(r#"{"journals":["a.db","b.db"],"journal":"all.db"}"#).unwrap();
    assert_eq!(both, (vec!["a.db".into(), "b.db".into()], "all.db".into()));
}

#[test]
fn a_certificate_needs_a_subject_and_a_place() {
    let create = |text: &str| -> Result<CreateRequest> { read::<CertificateCreate>(text)?.request() };
    refused(
        create,
        &[
            (r#"{"pfxFile":"a.pfx"}"#, "subject is missing"),
            (r#"{"subject":"a"}"#, "pfxFile is missing"),
            (r#"{"subject":"a","pfxFile":"b","keyBits":1024}"#, "keyBits is 1024"),
            (r#"{"subject":"a","pfxFile":"b","keyBits":2049}"#, "keyBits is 2049; it must be 2048, 3072 or 4096"),
            (r#"{"subject":"a","pfxFile":"b","keyBits":8192}"#, "keyBits is 8192"),
        ],
    );
    let request = create(r#"{"subject":"a","pfxFile":"a.pfx"}"#).unwrap();
    assert_eq!((request.key_bits, request.valid_days, request.replace), (2048, 365, true));
    let request =
        create(r#"{"subject":"a","pfxFile":"a.pfx","keyFile":"a.json","keyBits":3072,"validDays":30,"replace":false}"#)
            .unwrap();
    assert_eq!(request.key_file, Some("a.json".into()));
    assert_eq!((request.key_bits, request.valid_days, request.replace), (3072, 30, false));
}

#[test]
fn one_certificate_is_looked_into() {
    let source = |text: &str| read::<CertificateRead>(text)?.request();
    refused(source, &[("{}", "exactly one of")]);
    assert!(matches!(source(r#"{"certificateFile":"a"}"#).unwrap().0, Source::File(_)));
}

#[test]
fn a_registration_names_its_faults() {
    let register = |text: &str| read::<CertificateRegister>(text)?.request();
    refused(
        register,
        &[
            (r#"{"certificate":"?"}"#, "certificate must be base64"),
            (r#"{"applicationObjectId":"a","applicationId":"b"}"#, "at most one of"),
            (r#"{"retire":"x"}"#, "retire must be a list"),
        ],
    );
}

#[test]
fn a_vaults_object_is_named_in_one_of_two_ways() {
    let item = |text: &str| {
        let With(_, item) = read::<OfItem<VaultKeyGet>>(text)?;
        item.request(&["secrets", "certificates"], false).map(|request| request.item)
    };
    let by_name = item(r#"{"vault":"contoso.vault.azure.net","name":"app","version":"01"}"#).unwrap();
    assert_eq!(by_name, item(r#"{"url":"https://contoso.vault.azure.net/secrets/app/01"}"#).unwrap());
    for text in [
        "{}",
        r#"{"vault":"contoso.vault.azure.net"}"#,
        r#"{"name":"app"}"#,
        r#"{"url":"https://contoso.vault.azure.net/secrets/app","name":"app"}"#,
        r#"{"url":"https://contoso.vault.azure.net/secrets/app","version":"01"}"#,
    ] {
        assert!(argument(item(text)).contains("either url, or vault and name"), "{text}");
    }
    argument(item(r#"{"url":"https://contoso.vault.azure.net/keys/app"}"#));
    refused(
        read::<OfItem<VaultKeySign>>,
        &[
            ("{}", "digest is missing"),
            (r#"{"digest":"AAA="}"#, "digest must be base64 of the 32 bytes"),
            (r#"{"digest":"?","algorithm":"HS256"}"#, "algorithm must be one of PS256, RS256"),
        ],
    );
}

#[test]
fn secrets_as_json_lines_are_what_is_listed_by_default() {
    let list = |text: &str| read::<VaultList>(text)?.request();
    let request = list(r#"{"vault":"contoso.vault.azure.net"}"#).unwrap();
    assert_eq!((request.list.collection, request.format), (Collection::Secrets, Format::JsonLines));
    assert!(request.list.versions_of.is_none() && !request.list.deleted);
    refused(
        |text| list(text).map(|_| ()),
        &[
            ("{}", "vault is missing"),
            (r#"{"vault":"contoso.vault.azure.net","format":"csv"}"#, "format must be one of jsonl, clixml, block"),
        ],
    );
}

#[test]
fn a_text_is_json_or_not_as_the_standard_has_it() {
    for text in [
        "{\"a\":1,}",
        "{'a':'b'}",
        "// x\n{}",
        "{\"a\":01}",
        "{a:1}",
        "[1,]",
        "NaN",
        "",
        " ",
        "{} {}",
        "{\"a\":.5}",
        "\"\n\"",
        "{\"a\":0x1}",
        "+1",
        "{\"a\":undefined}",
        "\u{200b}{}",
    ] {
        assert_eq!(strict_json::read(text).unwrap_err().status(), Status::InvalidJson, "{text}");
    }
    for text in ["{\"\":1}", "{\"Name\":1,\"name\":2}", "null", "1", "\"x\"", " [1e5]\r\n", "\u{feff}{}"] {
        strict_json::read(text).unwrap();
    }
    assert_eq!(strict_json::read("{\"day\":\"2026-11-24T10:00:00Z\"}").unwrap()["day"], "2026-11-24T10:00:00Z");
    let error = strict_json::read("{\"a\":{\"b\":1,\"b\":2}}").unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.to_string().contains("the member b is there twice"), "{error}");
}
