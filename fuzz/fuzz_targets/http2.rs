//! A whole HTTP/2 connection comes to its end. The preface and empty settings come by themselves first.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::http::Protocol;
use sluice_fuzz::{converse, cut, split};

const BEGINNING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

fuzz_target!(|data: &[u8]| {
    let Some((cuts, bytes)) = split(data) else {
        return;
    };
    let bytes = [BEGINNING, bytes].concat();
    converse(Protocol::Sniffed, &cut(&bytes, cuts));
});
