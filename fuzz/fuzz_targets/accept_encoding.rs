//! `Accept-Encoding`, a line each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::compress::choose;
use sluice::config::Coding;

fuzz_target!(|data: &[u8]| {
    let lines = || data.split(|byte| *byte == b'\n');
    let all = [Coding::Zstd, Coding::Brotli, Coding::Gzip];
    if let Some(chosen) = choose(lines(), &all) {
        // Offered alone it is still what the client takes.
        assert_eq!(choose(lines(), &[chosen]), Some(chosen));
    }
    assert_eq!(choose(lines(), &[]), None);
});
