//! One run spread over several machines: which part of the mailboxes is whose.

use std::fmt;
use std::str::FromStr;

use openssl::sha::sha256;

use crate::error::{Error, Result};
use crate::graph::spelling::folded;

/// Most parts that a run may be cut into.
const MOST: u32 = 100_000;

/// One part of several, `3/8` as text. A mailbox belongs to the same part on every machine and in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Whether a mailbox is of this part: the first 8 bytes of the SHA-256 of its identity, in the spelling that stands
    /// for all of them (lower case), big endian, modulo the number of parts, plus one, is the part's number.
    #[must_use]
    pub fn holds(self, identity: &str) -> bool {
        let hash = sha256(folded(identity).as_bytes());
        let first = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        first % u64::from(self.count) + 1 == u64::from(self.index)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, count)| Some((index.trim().parse::<u32>().ok()?, count.trim().parse::<u32>().ok()?)));
        match numbers {
            Some((index, count)) if (1..=MOST).contains(&count) && (1..=count).contains(&index) => {
                Ok(Self { index, count })
            }
            _ => {
                Err(Error::argument(format!("shard: must be a part and the number of parts such as 3/8, not {text:?}")))
            }
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mailbox_is_of_exactly_one_part() {
        let parts: Vec<Shard> = (1..=8).map(|index| format!("{index}/8").parse().unwrap()).collect();
        let mut sizes = [0; 8];
        for number in 0..4000 {
            let name = format!("User{number}@Contoso.com");
            let holders: Vec<usize> = (0..8).filter(|part| parts[*part].holds(&name)).collect();
            assert_eq!(holders.len(), 1, "{name}");
            assert!(parts[holders[0]].holds(&name.to_uppercase()), "{name}");
            sizes[holders[0]] += 1;
        }
        assert!(sizes.iter().all(|size| (400..600).contains(size)), "{sizes:?}");
    }

    #[test]
    fn the_part_of_a_mailbox_never_changes() {
        // By sha256sum: 70949aed11f2351a modulo 8 is 2.
        let part = (1..=8).find(|index| format!("{index}/8").parse::<Shard>().unwrap().holds("Kim@contoso.com"));
        assert_eq!(part, Some(3));
    }

    #[test]
    fn what_is_no_part_is_refused() {
        assert_eq!("3/8".parse::<Shard>().unwrap().to_string(), "3/8");
        for text in ["", "3", "0/8", "9/8", "-1/8", "a/b", "1/0", "3/8/1", "1/4294967296"] {
            let error = text.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains("such as 3/8"), "{error}");
        }
    }
}
