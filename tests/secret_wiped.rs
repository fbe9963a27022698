//! The memory of a secret is zero when it goes back to the allocator, and a process that signed in holds few copies of
//! its secrets.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

mod support;

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

/// What a process that signed in holds of its secret and its tokens, looked for in all of its memory by its parent. What
/// it is told and says is masked, so that the test's own words are none of what is counted.
#[cfg(target_os = "linux")]
mod memory {
    use std::fs::File;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::os::unix::fs::FileExt as _;
    use std::process::{ChildStdout, Command, Stdio};

    use exrun::client::{Client, ClientOptions, Credential, TokenReply, TokenRequest};
    use exrun::secret::Secret;
    use exrun_emulator::Config;

    use super::support::{self, APP, TENANT, acquire};

    const SECRET: &str = "EXRUN_TEST_MASKED_SECRET";
    const ADDRESS: &str = "EXRUN_TEST_ADDRESS";
    const CA_FILE: &str = "EXRUN_TEST_CA";
    const MARK: &str = "child says: ";
    const MASK: u8 = 0x5a;
    /// How often the child signs in anew.
    const RENEWALS: usize = 20;

    struct Child {
        process: std::process::Child,
        output: BufReader<ChildStdout>,
    }

    impl Child {
        fn line(&mut self) -> String {
            loop {
                let mut line = String::new();
                assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the child ended");
                if let Some((_, said)) = line.trim_end().split_once(MARK) {
                    return said.to_owned();
                }
            }
        }

        fn go_on(&mut self) {
            self.process.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        }

        /// How often `needle` stands in the memory that the child may write to.
        fn count(&self, needle: &[u8]) -> usize {
            let id = self.process.id();
            let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
            let memory = File::open(format!("/proc/{id}/mem")).unwrap();
            let mut found = 0;
            for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw"))) {
                let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
                let start = u64::from_str_radix(start, 16).unwrap();
                let end = u64::from_str_radix(end, 16).unwrap();
                let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
                // Some regions of the system cannot be read.
                if memory.read_exact_at(&mut bytes, start).is_ok() {
                    found += memchr::memmem::find_iter(&bytes, needle).count();
                }
            }
            found
        }
    }

    fn masked(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{:02x}", byte ^ MASK)).collect()
    }

    fn unmasked(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap() ^ MASK).collect()
    }

    #[test]
    fn few_copies_of_secrets_stay_in_memory() {
        let secret = uuid::Uuid::new_v4().simple().to_string();
        let (emulator, _certificate, options) =
            support::start(Config { client_secret: Some(secret.clone()), ..Config::default() });
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "memory::child_that_signs_in", "--nocapture", "--test-threads=1"])
            .env(SECRET, masked(secret.as_bytes()))
            .env(ADDRESS, emulator.addr().to_string())
            .env(CA_FILE, options.ca_file.unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut child = Child { process, output };
        let secret = secret.as_bytes();
        let first = unmasked(&child.line());
        // The secret, and what was last sent; the token, its header's value, and what was last received.
        let (secrets, tokens) = (child.count(secret), child.count(&first));
        assert!((1..=3).contains(&secrets), "{secrets} copies of the secret");
        assert!((1..=6).contains(&tokens), "{tokens} copies of the token");
        child.go_on();
        let last = unmasked(&child.line());
        let (secrets, replaced) = (child.count(secret), child.count(&first));
        assert!((1..=3).contains(&secrets), "{secrets} copies of the secret after {RENEWALS} sign-ins");
        assert!(replaced <= 2, "{replaced} copies of a token that was replaced");
        child.go_on();
        assert_eq!(child.line(), "disconnected");
        let (secrets, tokens) = (child.count(secret), child.count(&last));
        assert!(secrets <= 2, "{secrets} copies of the secret without a client");
        assert!((1..=6).contains(&tokens), "{tokens} copies of the token that is kept for the next client");
        child.go_on();
        assert!(child.process.wait().unwrap().success());
    }

    #[test]
    fn child_that_signs_in() {
        let Ok(secret) = std::env::var(SECRET) else { return };
        let options = ClientOptions {
            tenant_id: Some(TENANT.to_owned()),
            client_id: Some(APP.to_owned()),
            credential: Some(Credential::ClientSecret(Secret::new(unmasked(&secret)))),
            connect_to: Some(std::env::var(ADDRESS).unwrap().parse().unwrap()),
            ca_file: std::env::var_os(CA_FILE).map(Into::into),
            ..ClientOptions::default()
        };
        let client = Client::new(options).unwrap();
        say(&token(&client, false));
        wait();
        let mut last = String::new();
        for _ in 0..RENEWALS {
            last = token(&client, true);
        }
        say(&last);
        wait();
        drop(client);
        say("disconnected");
        wait();
    }

    /// The end of a token, masked.
    fn token(client: &Client, force_refresh: bool) -> String {
        let (reply, _) = acquire(client, TokenRequest { force_refresh, ..TokenRequest::default() });
        let TokenReply::Token { access_token, .. } = reply.unwrap() else { panic!("no token") };
        let bytes = access_token.bytes();
        masked(&bytes[bytes.len() - 60..])
    }

    fn say(what: &str) {
        std::io::stdout().lock().write_all(format!("{MARK}{what}\n").as_bytes()).unwrap();
    }

    fn wait() {
        let _ = std::io::stdin().read(&mut [0]);
    }
}
