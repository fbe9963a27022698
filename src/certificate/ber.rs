//! The least that is needed to look into BER without trusting it.
//!
//! OpenSSL does the decoding. This reader only answers "what would be derived, and how often" before OpenSSL
//! is let at it, so it has to accept what OpenSSL accepts: indefinite lengths, octet strings in pieces (both
//! found in the PFX files of Java and of old browsers) and padded lengths, which strict DER crates refuse.

/// One element: its tag and what it holds.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    /// The identifier octet; for a tag number over 30 only its first octet.
    identifier: u8,
    pub(super) content: &'a [u8],
}

const CONSTRUCTED: u8 = 0x20;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// Deeper than any PFX: OpenSSL stops at 30 within each of the layers that a PFX has.
pub(super) const DEEPEST: u8 = 128;

impl<'a> Element<'a> {
    pub(super) fn is_constructed(self) -> bool {
        self.identifier & CONSTRUCTED != 0
    }

    pub(super) fn is_octet_string(self) -> bool {
        self.identifier & !CONSTRUCTED == OCTET_STRING
    }

    /// The elements of a SEQUENCE.
    pub(super) fn sequence(self) -> Option<Elements<'a>> {
        (self.identifier == SEQUENCE).then_some(Elements(self.content))
    }

    pub(super) fn elements(self) -> Elements<'a> {
        Elements(self.content)
    }

    pub(super) fn object_identifier(self) -> Option<&'a [u8]> {
        (self.identifier == OBJECT_IDENTIFIER).then_some(self.content)
    }

    /// An INTEGER as far as it matters for a bound: what is negative or too large is `u64::MAX`.
    pub(super) fn integer(self) -> Option<u64> {
        if self.identifier != INTEGER {
            return None;
        }
        let negative = self.content.first().is_some_and(|first| first & 0x80 != 0);
        let digits = &self.content[self.content.iter().take_while(|byte| **byte == 0).count()..];
        if negative || digits.len() > 8 {
            return Some(u64::MAX);
        }
        Some(digits.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }
}

/// The elements that stand one after the other; ends at the first that cannot be read.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (element, rest) = read(self.0, DEEPEST)?;
        self.0 = rest;
        Some(element)
    }
}

#[cfg(test)]
thread_local! {
    /// How many elements this thread has begun to read.
    pub(super) static BEGUN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

fn read(input: &[u8], depth: u8) -> Option<(Element<'_>, &[u8])> {
    #[cfg(test)]
    BEGUN.set(BEGUN.get() + 1);
    let (&identifier, mut rest) = input.split_first()?;
    if identifier & 0x1f == 0x1f {
        let last = rest.iter().position(|byte| byte & 0x80 == 0)?;
        rest = &rest[last + 1..];
    }
    let (&first, rest) = rest.split_first()?;
    if first == 0x80 {
        if identifier & CONSTRUCTED == 0 {
            return None;
        }
        let length = indefinite_length(rest, depth.checked_sub(1)?)?;
        let element = Element { identifier, content: &rest[..length] };
        return Some((element, &rest[length + 2..]));
    }
    let (length, rest) = if first & 0x80 == 0 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = digits
            .iter()
            .try_fold(0_usize, |length, byte| length.checked_mul(256).map(|length| length | usize::from(*byte)))?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { identifier, content }, rest))
}

/// How long the content is that ends at its end-of-contents octets.
fn indefinite_length(input: &[u8], depth: u8) -> Option<usize> {
    let mut rest = input;
    while !rest.starts_with(&[0, 0]) {
        (_, rest) = read(rest, depth)?;
    }
    Some(input.len() - rest.len())
}
