#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| leadql_fuzz::includes::run(data));
