//! Inputs made of committed ones, the same each time: bits turned, bytes and parts put in, left out, doubled or put
//! together with those of another, and words that parsers look out for.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a grammar turns on, or a length, or a state.
const WORDS: [&[u8]; 34] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"\\u0000",
    b"\\ud800",
    b"\\uDFFF\\uD83D",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xFE\xFF",
    b"\x00",
    b"\xC3\x28",
    b"\xF4\x90\x80\x80",
    b"\r\n",
    b"\n",
    b"=",
    b";",
    b"-----BEGIN ",
    b"-----END ",
    b"\x30\x84\xFF\xFF\xFF\xFF",
    b"\x30\x80",
    b"@odata.nextLink",
    b"\xE2\x80\xAE",
    b"error",
];

/// How many inputs of a target are tried, or how long.
pub(crate) enum Budget {
    Inputs(u64),
    Time(Duration),
}

impl Budget {
    /// `usual` inputs, unless `EXRUN_FUZZ_SECONDS` names a time.
    pub(crate) fn of(usual: u64) -> Self {
        match std::env::var("EXRUN_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()) {
            Some(seconds) => Self::Time(Duration::from_secs(seconds)),
            None => Self::Inputs(usual),
        }
    }
}

/// Splitmix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

/// Inputs without end: the committed ones first, as they are.
pub(crate) struct Inputs {
    seeds: Vec<Vec<u8>>,
    random: Random,
    given: usize,
}

impl Inputs {
    /// Of the files of `tests/data/<folder>`.
    pub(crate) fn of(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
        let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        // A folder's order is the system's.
        files.sort();
        let seeds: Vec<Vec<u8>> =
            files.iter().filter(|file| file.is_file()).map(|file| fs::read(file).unwrap()).collect();
        Self::with(seeds)
    }

    pub(crate) fn with(seeds: Vec<Vec<u8>>) -> Self {
        assert!(!seeds.is_empty());
        let seed = std::env::var("EXRUN_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        Self { seeds, random: Random(seed), given: 0 }
    }

    /// One more, which cannot be committed.
    pub(crate) fn add(&mut self, seed: Vec<u8>) {
        self.seeds.push(seed);
    }

    pub(crate) fn next(&mut self) -> Vec<u8> {
        self.given += 1;
        if let Some(seed) = self.seeds.get(self.given - 1) {
            return seed.clone();
        }
        let mut input = self.seeds[self.random.below(self.seeds.len())].clone();
        // As it is: what is tried beside it then meets something that works.
        if self.random.below(4) == 0 {
            return input;
        }
        for _ in 0..=self.random.below(4) {
            self.mutate(&mut input);
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let random = &mut self.random;
        let at = random.below(input.len() + 1);
        let length = [1, 2, 4, 16, 256][random.below(5)];
        let end = (at + random.below(length) + 1).min(input.len());
        match random.below(8) {
            0 if at < input.len() => input[at] ^= 1 << random.below(8),
            1 if at < input.len() => input[at] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(input.drain(at..end.max(at))),
            3 => {
                let part = input[at..end.max(at)].to_vec();
                input.splice(at..at, part);
            }
            4 => input.truncate(at),
            5 => {
                let other = self.seeds[random.below(self.seeds.len())].clone();
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            // Deep and long things come of the same part many times.
            6 if random.below(8) == 0 => {
                let part = input[at..end.max(at)].repeat(1 + random.below(2000));
                input.splice(at..at, part);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                input.splice(at..at, word.iter().copied());
            }
        }
    }
}

/// Tries inputs. What fails is kept as a file, and named.
pub(crate) fn fuzz(name: &str, usual: u64, mut inputs: Inputs, mut target: impl FnMut(&[u8])) {
    let (budget, began) = (Budget::of(usual), Instant::now());
    let mut tried = 0;
    while match budget {
        Budget::Inputs(most) => tried < most,
        Budget::Time(most) => began.elapsed() < most,
    } {
        let input = inputs.next();
        let held = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target(&input)));
        if let Err(fault) = held {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}-{tried}"));
            fs::write(&kept, &input).unwrap();
            println!("{name}: the input number {tried} fails; it is in {}", kept.display());
            std::panic::resume_unwind(fault);
        }
        tried += 1;
    }
    println!("{name}: {tried} inputs");
}
