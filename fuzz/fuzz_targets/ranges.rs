//! `Range`, of files of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for size in [0, 1, 100, 65_536, u64::MAX] {
        sluice::files::fuzzing::byte_ranges(data, size);
    }
    let prefixed = [b"bytes=", data].concat();
    if let Some(size) = data.first_chunk() {
        sluice::files::fuzzing::byte_ranges(&prefixed, u64::from_le_bytes(*size));
    }
    sluice::files::fuzzing::byte_ranges(&prefixed, 1000);
});
