//! The id that goes with a request as `client-request-id`, by which the service finds it again.

use std::cell::RefCell;

use uuid::{Builder, Uuid};

/// The random bytes of so many ids are asked of the system at a time: to ask for each costs as much as to write its request.
const AT_A_TIME: usize = 64;

thread_local! {
    static RANDOM: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
}

/// A new one: a UUID of version 4 (RFC 9562).
pub(super) fn new_request_id() -> String {
    let bytes = RANDOM.with_borrow_mut(|kept| kept.pop().or_else(|| refill(kept)));
    let id = bytes.map_or_else(Uuid::new_v4, |bytes| Builder::from_random_bytes(bytes).into_uuid());
    id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
}

/// `None` where the system gave nothing.
fn refill(kept: &mut Vec<[u8; 16]>) -> Option<[u8; 16]> {
    let mut bytes = [[0; 16]; AT_A_TIME];
    getrandom::fill(bytes.as_flattened_mut()).ok()?;
    kept.extend(bytes);
    kept.pop()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_is_another_uuid_of_version_4() {
        let ids: HashSet<String> = (0..3 * AT_A_TIME).map(|_| new_request_id()).collect();
        assert_eq!(ids.len(), 3 * AT_A_TIME);
        for id in ids {
            let read = Uuid::try_parse(&id).unwrap();
            assert_eq!((read.get_version_num(), read.get_variant()), (4, uuid::Variant::RFC4122));
            assert_eq!(read.to_string(), id);
        }
    }
}
