//! A whole HTTP/1 connection: it comes to its end, and what handlers see does not depend on how the bytes come.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::http::Protocol;
use sluice_fuzz::{converse, cut, split};

fuzz_target!(|data: &[u8]| {
    let Some((cuts, bytes)) = split(data) else {
        return;
    };
    let whole = converse(Protocol::Http1, &cut(bytes, &[]));
    let pieces = converse(Protocol::Http1, &cut(bytes, cuts));
    assert_eq!(whole, pieces);
});
