//! By which ending a content's file is known for what it is.

/// Of what has no better one.
pub(in crate::runs) const ANY: &str = "bin";

const ENDINGS: [(&str, &str); 31] = [
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-outlook", "msg"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("audio/wav", "wav"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif"),
    ("image/webp", "webp"),
    ("message/rfc822", "eml"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/vcard", "vcf"),
    ("video/mp4", "mp4"),
];

/// The ending for a content of that type. The MIME content of a message comes as plain text (Microsoft Graph "Get MIME
/// content of a message"), which only the request tells from other text.
pub(in crate::runs) fn ending(content_type: Option<&str>, path: &str) -> &'static str {
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "text/plain" && is_of_message(path) {
        return "eml";
    }
    if kind.ends_with("+json") {
        return "json";
    }
    ENDINGS.iter().find(|(name, _)| *name == kind).map_or(ANY, |(_, ending)| ending)
}

/// Whether a path is that of a message's own content: `messages/{id}/$value`.
fn is_of_message(path: &str) -> bool {
    let segments: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    matches!(segments.as_slice(), [.., of, _, value]
        if of.eq_ignore_ascii_case("messages") && value.eq_ignore_ascii_case("$value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_ending_of_its_content() {
        for (kind, path, expected) in [
            (Some("image/jpeg"), "photo/$value", "jpg"),
            (Some("Image/PNG; q=1"), "photo/$value", "png"),
            (Some("text/plain; charset=utf-8"), "messages/AA%2F/$value?x=1", "eml"),
            (Some("text/plain"), "messages/A/attachments/B/$value", "txt"),
            (Some("application/json;odata.metadata=minimal"), "mailboxSettings", "json"),
            (Some("application/problem+json"), "x", "json"),
            (Some("../../x"), "x", "bin"),
            (None, "x", "bin"),
        ] {
            assert_eq!(ending(kind, path), expected, "{kind:?} {path}");
        }
    }
}
