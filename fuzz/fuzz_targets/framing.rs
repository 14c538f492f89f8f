//! The framing of HTTP/1 requests: what is refused does not depend on how the bytes come.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_fuzz::split;

fuzz_target!(|data: &[u8]| {
    if let Some((cuts, bytes)) = split(data) {
        sluice::http::fuzzing::framing(bytes, cuts);
    }
});
