//! What `cargo fuzz` runs, as plain tests: every target over the corpus that is kept in `fuzz/corpus`, and over inputs
//! made from it by chance. `LEADQL_FUZZ` says how many of those each target gets, `LEADQL_SEED` where to start.
#![cfg(all(feature = "json", feature = "csv"))]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a target fails by panicking")]
#![expect(clippy::indexing_slicing, reason = "as before")]

#[expect(unreachable_pub, reason = "they are the library of a package of their own, too")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The longest input that is made by chance.
const LONGEST: usize = 4 << 10;

/// A target, its dictionary, and where its inputs come from beside the corpus of its own.
struct Target {
    name: &'static str,
    run: fn(&[u8]),
    dictionary: &'static str,
    more: &'static [&'static str],
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files in a folder, in a steady order.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// The words of a dictionary as libFuzzer has it: quoted, one a line, with `\"`, `\\` and `\xNN`.
fn words(name: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(root().join("fuzz/dictionaries").join(name)).unwrap();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted
        .map(|word| {
            let (mut bytes, mut rest) = (Vec::new(), word.as_bytes());
            while let Some((first, behind)) = rest.split_first() {
                (bytes, rest) = match (first, behind) {
                    (b'\\', [b'x', hex @ ..]) => {
                        let hex = std::str::from_utf8(&hex[..2]).unwrap();
                        let byte = u8::from_str_radix(hex, 16).unwrap();
                        ([bytes, vec![byte]].concat(), &behind[3..])
                    }
                    (b'\\', [escaped, behind @ ..]) => ([bytes, vec![*escaped]].concat(), behind),
                    _ => ([bytes, vec![*first]].concat(), behind),
                };
            }
            bytes
        })
        .collect()
}

/// Chance that can be had again (the SplitMix64 recurrence).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    /// A stretch of `input`, at most so long.
    fn stretch(&mut self, input: &[u8], most: usize) -> std::ops::Range<usize> {
        let start = self.below(input.len() + 1);
        start..(start + self.below(most + 1)).min(input.len())
    }
}

/// An input like some of those that there are.
fn changed(chance: &mut Chance, inputs: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut input = inputs[chance.below(inputs.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(input.len() + 1);
        match chance.below(7) {
            0 => drop(input.splice(at..at, [u8::try_from(chance.below(256)).unwrap()])),
            1 if at < input.len() => input[at] ^= 1 << chance.below(8),
            2 => drop(input.drain(chance.stretch(&input, 40))),
            3 => {
                let again = input[chance.stretch(&input, 60)].to_vec();
                input.splice(at..at, again);
            }
            4 => {
                let other = &inputs[chance.below(inputs.len())];
                let part = other[chance.stretch(other, 200)].to_vec();
                input.splice(at..at, part);
            }
            _ => drop(input.splice(at..at, words[chance.below(words.len())].iter().copied())),
        }
    }
    input.truncate(LONGEST);
    input
}

fn survives(target: &Target, input: &[u8], what: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}", target.name));
        fs::write(&kept, input).unwrap();
        panic!("{} fails of {what}; the input is in {}", target.name, kept.display());
    }
}

fn holds(target: &Target) {
    let folder = root().join("fuzz/corpus").join(target.name);
    let mut inputs = Vec::new();
    for folder in std::iter::once(folder).chain(target.more.iter().map(|more| root().join(more))) {
        for (path, input) in files(&folder) {
            survives(target, &input, &path.display().to_string());
            inputs.push(input);
        }
    }
    assert!(!inputs.is_empty());
    inputs.retain(|input| input.len() <= LONGEST);
    let words = words(target.dictionary);
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let first: u64 = number("LEADQL_SEED").unwrap_or(0);
    for seed in first..first + number("LEADQL_FUZZ").unwrap_or(100) {
        let input = changed(&mut Chance(seed), &inputs, &words);
        survives(target, &input, &format!("seed {seed}"));
    }
}

#[test]
fn rule_texts() {
    holds(&Target { name: "rules", run: targets::rules::run, dictionary: "lql.dict", more: &["tests/ui"] });
}

#[test]
fn lead_lines() {
    holds(&Target {
        name: "leads",
        run: targets::leads::run,
        dictionary: "json.dict",
        more: &["examples/saas"],
    });
}

#[test]
fn csv_files() {
    let more = &["examples/courses", "examples/learning"];
    holds(&Target { name: "csv", run: targets::csv::run, dictionary: "csv.dict", more });
}

#[test]
fn stored_states_and_records() {
    holds(&Target {
        name: "stored",
        run: targets::stored::run,
        dictionary: "stored.dict",
        more: &["tests/stored"],
    });
}

#[test]
fn include_trees() {
    holds(&Target { name: "includes", run: targets::includes::run, dictionary: "includes.dict", more: &[] });
}
