//! Any request of Graph for mailboxes.

use serde_json::json;

use super::super::mailboxes::MailboxRequests;
use super::super::read;
use super::super::run::Run;
use super::refused;
use crate::client::{DoneWhen, Verify};
use crate::rows::Format;

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
