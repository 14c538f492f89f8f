//! `application/x-www-form-urlencoded`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| sluice::forms::fuzzing::urlencoded(data));
