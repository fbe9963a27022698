//! Text inside CLIXML.

/// First bytes of what may not stand as it is: markup, controls, `_` (which may begin an escape), and the
/// UTF-8 lead bytes of U+0080..U+00BF and of U+F000..U+FFFF.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        special[control] = true;
        control += 1;
    }
    let others = b"&<>\"_\x7f\xc2\xef";
    let mut i = 0;
    while i < others.len() {
        special[others[i] as usize] = true;
        i += 1;
    }
    special
};

/// Appends `text` for an element's content or an attribute in double quotes.
///
/// CLIXML writes a UTF-16 unit that is not plain XML text as `_xHHHH_` (MS-PSRP, "Encoding Strings"), and so
/// a literal `_x` as `_x005F_x`; `_X` is read alike. Controls of both blocks and the noncharacters U+FFFE and
/// U+FFFF are written so; the latter two are no XML characters at all.
pub(super) fn escape(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| SPECIAL[usize::from(*byte)]) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let taken = match special {
            [b'&', ..] => entity(out, b"&amp;"),
            [b'<', ..] => entity(out, b"&lt;"),
            [b'>', ..] => entity(out, b"&gt;"),
            [b'"', ..] => entity(out, b"&quot;"),
            [b'_', b'x' | b'X', ..] => unit(out, 0x5F, 1),
            [control @ (..0x20 | 0x7F), ..] => unit(out, u16::from(*control), 1),
            [0xC2, control @ 0x80..=0x9F, ..] => unit(out, u16::from(*control), 2),
            [0xEF, 0xBF, last @ (0xBE | 0xBF), ..] => unit(out, 0xFF40 | u16::from(*last), 3),
            _ => entity(out, &special[..1]),
        };
        rest = &special[taken..];
    }
    out.extend_from_slice(rest);
}

fn entity(out: &mut Vec<u8>, entity: &[u8]) -> usize {
    out.extend_from_slice(entity);
    1
}

fn unit(out: &mut Vec<u8>, unit: u16, bytes: usize) -> usize {
    let digit = |shift: u16| b"0123456789ABCDEF"[usize::from(unit >> shift & 0xF)];
    out.extend_from_slice(&[b'_', b'x', digit(12), digit(8), digit(4), digit(0), b'_']);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        escape(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_not_plain_xml_text_is_escaped() {
        let cases = [
            ("plain text", "plain text"),
            ("<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;'"),
            ("\0\t\r\n\u{1f}", "_x0000__x0009__x000D__x000A__x001F_"),
            ("\u{7f}\u{80}\u{9f}\u{a0}\u{bf}", "_x007F__x0080__x009F_\u{a0}\u{bf}"),
            ("\u{fffd}\u{fffe}\u{ffff}\u{f8ff}", "\u{fffd}_xFFFE__xFFFF_\u{f8ff}"),
            ("_x0041_ _X0041_ _y __x _", "_x005F_x0041_ _x005F_X0041_ _y __x005F_x _"),
            ("\u{1f600}\u{10ffff}", "\u{1f600}\u{10ffff}"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected);
        }
    }
}
