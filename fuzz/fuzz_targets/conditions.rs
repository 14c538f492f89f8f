//! Conditional requests: `If-Match` and its kin, a line each.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| sluice::files::fuzzing::conditions(data));
