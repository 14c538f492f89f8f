//! `Forwarded` and `X-Forwarded-For`, a line each: nothing before it changes what a trusted proxy adds.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| sluice::http::fuzzing::client(data));
