//! The memory of a secret is zero when it goes back to the allocator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use exrun::secret::Secret;

static WATCHED: AtomicUsize = AtomicUsize::new(0);
static WAS_FREED: AtomicBool = AtomicBool::new(false);
static WAS_ZERO: AtomicBool = AtomicBool::new(false);

/// The system's allocator, which looks at one block just before it is freed.
struct Watching;

// SAFETY: every call is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the premise of this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block.addr() == WATCHED.load(Ordering::Relaxed) {
            // SAFETY: the block is still allocated with this size, and was filled by the test.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            WAS_ZERO.store(bytes.iter().all(|byte| *byte == 0), Ordering::Relaxed);
            WAS_FREED.store(true, Ordering::Relaxed);
        }
        // SAFETY: the premise of this function.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

#[test]
fn the_bytes_behind_a_freed_secret_are_zero() {
    let mut bytes = b"marked-secret-of-some-length".to_vec();
    bytes.shrink_to_fit();
    let secret = Secret::new(bytes);
    WATCHED.store(secret.bytes().as_ptr().addr(), Ordering::Relaxed);
    let other = secret.clone();
    drop(secret);
    assert!(!WAS_FREED.load(Ordering::Relaxed), "another reference holds it");
    assert_eq!(other.bytes(), b"marked-secret-of-some-length");
    drop(other);
    assert!(WAS_FREED.load(Ordering::Relaxed));
    assert!(WAS_ZERO.load(Ordering::Relaxed));
}
