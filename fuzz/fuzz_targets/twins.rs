#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| leadql::fuzzing::twins(data));
