//! Request targets, hosts, and what a path means below a folder.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    sluice::http::fuzzing::target(data);
    sluice::http::fuzzing::host(data);
    if let Ok(path) = std::str::from_utf8(data) {
        sluice::files::fuzzing::request_path(path);
    }
});
