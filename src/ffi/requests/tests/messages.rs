//! Requests about messages.

use std::path::Path;

use super::super::mailboxes::MailboxItemsReport;
use super::super::read;
use super::super::run::Run;
use super::refused;
use crate::client::MessageAction;

#[test]
fn every_member_of_a_search_for_messages_is_read() {
    let items = |text: &str| read::<Run<MailboxItemsReport>>(text)?.request();
    let request = items(
        r#"{"facet":"messages","internetMessageId":"a@b","sender":"x@y","subject":"s","search":"q","receivedAfter":"2026-11-01",
        "receivedBefore":"2026-12-01","attachmentName":"*.iso","attachmentSha256":"00","inlineAttachments":true,
        "recoverableItems":true,"listAttachments":true,"planFile":"plan.jsonl","action":"MoveTo","moveTo":"Quarantine"}"#,
    )
    .unwrap();
    let found = request.options.messages;
    let texts = [
        &found.internet_message_id,
        &found.sender,
        &found.subject,
        &found.search,
        &found.received_after,
        &found.received_before,
        &found.attachment_name,
        &found.attachment_sha256,
    ];
    let given = ["a@b", "x@y", "s", "q", "2026-11-01", "2026-12-01", "*.iso", "00"];
    assert_eq!(texts.map(|text| text.as_deref().unwrap()), given);
    assert!(found.inline_attachments && found.recoverable_items && found.list_attachments);
    assert_eq!(found.action, Some(MessageAction::MoveTo("Quarantine".into())));
    assert_eq!(request.plan_file.as_deref(), Some(Path::new("plan.jsonl")));
    refused(
        items,
        &[
            (r#"{"facet":"messages","action":"moveTo"}"#, "moveTo: a folder is needed"),
            (r#"{"facet":"messages","action":"softDelete","moveTo":"x"}"#, "moveTo: is for the action moveTo alone"),
            (r#"{"facet":"messages","moveTo":"x"}"#, "moveTo: is for the action moveTo alone"),
            (r#"{"facet":"messages","action":"delete"}"#, "action: must be moveTo, softDelete or hardDelete"),
            (r#"{"facet":"messages","sender":" "}"#, "sender must not be blank"),
        ],
    );
}
