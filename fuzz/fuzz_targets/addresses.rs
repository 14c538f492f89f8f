//! Addresses to listen on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::net::Wanted;

fuzz_target!(|data: &str| {
    if let Ok(Wanted::Unix(path, _)) = data.parse() {
        assert!(path.is_absolute());
    }
});
