//! The twins under a fuzzer: its bytes decide what the generators throw.

use super::compare::Compiled;
use super::dice::Dice;
use super::{all, case_of};

/// Makes a case of the bytes and panics with it where its evaluators differ.
#[cfg_attr(not(fuzzing), allow(unreachable_pub, reason = "only a fuzzer reaches it from outside"))]
pub fn run(data: &[u8]) {
    let mut dice = Dice::of_bytes(data);
    let size = 1 + dice.below(8);
    let case = case_of(&mut dice, size);
    match Compiled::of(&case) {
        Ok(compiled) => {
            if let Err(what) = all::agree(&compiled) {
                panic!("{case}\n{what}");
            }
        }
        Err(found) => panic!("it does not compile:\n{case}\n{found}"),
    }
}

#[test]
fn bytes_decide_what_is_thrown() {
    let thrown = |bytes: &[u8]| case_of(&mut Dice::of_bytes(bytes), 4).to_string();
    assert_eq!(thrown(b"some bytes"), thrown(b"some bytes"));
    assert_ne!(thrown(b"some bytes"), thrown(b"same bytes"));
    // As fuzzers begin: with nothing, and with much that is alike.
    for bytes in [&b""[..], &[0; 4_000], &[255; 4_000], b"\x07leadql"] {
        run(bytes);
    }
}
