//! `Content-Disposition`, of replies and of parts.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    sluice::files::fuzzing::disposition_of_reply(data);
    sluice::forms::fuzzing::disposition_of_part(data);
});
