//! Whether two texts of an automatic reply are one.
//!
//! The service keeps HTML: it wraps a fragment as `<html><body>…</body></html>`, adds a `<head>` with the
//! encoding, and ends lines with CR LF. Nobody documents what else it does, so only what is sure to mean the same
//! counts as the same: to write a text once more is cheap, to take an old one for the new is a wrong reply to
//! everyone who writes.

use std::borrow::Cow;

use super::value::Agreement;

/// What two texts are to each other. Never [`Agreement::Different`], but for a text and none: the service may have
/// tidied what was written.
pub(super) fn agreement(current: &str, wanted: &str) -> Agreement {
    if current.is_empty() || wanted.is_empty() {
        return (content(current) == content(wanted)).into();
    }
    let (current, wanted) = (unix_lines(current), unix_lines(wanted));
    // A whole document is compared with the whole; a fragment with what the service has wrapped.
    let same = current == wanted || (content(&wanted) == wanted && content(&current) == wanted);
    if same { Agreement::Same } else { Agreement::Unclear }
}

fn unix_lines(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// What a document holds whose wrapping says nothing: no attributes, and in its head nothing but `<meta>`. Any
/// other text is its own content.
fn content(document: &str) -> &str {
    wrapped(document).unwrap_or(document)
}

fn wrapped(document: &str) -> Option<&str> {
    let rest = after_tag(document.trim(), "<html>")?;
    let rest = match after_tag(rest, "<head>") {
        Some(head) => after_tag(after_metas(head)?, "</head>")?,
        None => rest,
    };
    let rest = after_tag(rest, "<body>")?;
    let rest = before_tag(rest, "</html>")?;
    Some(before_tag(rest, "</body>")?.trim())
}

fn after_metas(mut head: &str) -> Option<&str> {
    while let Some(meta) = after_tag(head, "<meta ") {
        head = &meta[meta.find('>')? + 1..];
    }
    Some(head)
}

fn after_tag<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let text = text.trim_start();
    text.get(..tag.len()).filter(|start| start.eq_ignore_ascii_case(tag)).map(|_| &text[tag.len()..])
}

fn before_tag<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let text = text.trim_end();
    let start = text.len().checked_sub(tag.len())?;
    text.get(start..).filter(|end| end.eq_ignore_ascii_case(tag)).map(|_| &text[..start])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n</head>\r\n<body>\r\n<p>Back on Monday,<br>\r\nKim</p>\r\n</body>\r\n</html>\r\n";

    #[test]
    fn what_the_service_wraps_around_a_fragment_is_no_difference() {
        let fragment = "<p>Back on Monday,<br>\nKim</p>";
        assert_eq!(agreement(STORED, fragment), Agreement::Same);
        assert_eq!(agreement("<HTML><BODY>Back</BODY></HTML>", "Back"), Agreement::Same);
        assert_eq!(agreement(&STORED.replace("\r\n", "\n"), STORED), Agreement::Same);
        assert_eq!(agreement("<html><body></body></html>", ""), Agreement::Same);
    }

    #[test]
    fn what_a_reader_would_see_is_a_difference() {
        for wanted in ["<p>Back on Tuesday</p>", "<p>Back on monday,<br>\nKim</p>", "<html><body>x</body></html>"] {
            assert_eq!(agreement(STORED, wanted), Agreement::Unclear, "{wanted}");
        }
        let styled = STORED.replace("<body>", "<body style=\"color:red\">");
        assert_eq!(agreement(&styled, "<p>Back on Monday,<br>\nKim</p>"), Agreement::Unclear);
        assert_eq!(agreement(STORED, ""), Agreement::Different);
        assert_eq!(agreement("", "Back"), Agreement::Different);
        assert_eq!(agreement("<html", "<html><head><meta "), Agreement::Unclear);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_found_in_its_wrapping(text in "[^<\\r]{1,40}", other in "[^<\\r]{1,40}") {
            let wrapped = format!("<html>\n<body>\n{text}</body>\n</html>\n");
            assert_eq!(agreement(&wrapped, &text), Agreement::Same);
            assert_eq!(agreement(&wrapped, &other) == Agreement::Same, text.trim() == other.trim());
        }
    }
}
