//! The header of the PROXY protocol, in any pieces, and what it tells written once more.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::net::proxy_header::{Beginning, LONGEST, parse};
use sluice::net::{Endpoint, Peer};

fuzz_target!(|data: &[u8]| {
    let whole = parse(data);
    let is_open = |beginning| matches!(beginning, Beginning::Undecided | Beginning::Partial);
    // What is decided stays so, and what is open has begun as this has.
    let mut last = Beginning::Undecided;
    for end in 0..=data.len().min(LONGEST + 1) {
        let here = parse(&data[..end]);
        if !is_open(last) {
            assert_eq!(here, last);
        }
        assert!(!(last == Beginning::Partial && here == Beginning::Undecided));
        last = here;
    }
    assert_eq!(last, whole);
    if let Beginning::Whole { len, told } = whole {
        assert!(len <= LONGEST && is_open(parse(&data[..len - 1])));
        if let Some(Peer {
            remote: Endpoint::Tcp(remote),
            local: Endpoint::Tcp(local),
        }) = told
            && remote.is_ipv4() == local.is_ipv4()
        {
            let family = if remote.is_ipv4() { 4 } else { 6 };
            let (from, to) = (remote.port(), local.port());
            let line = format!(
                "PROXY TCP{family} {} {} {from} {to}\r\n",
                remote.ip(),
                local.ip()
            );
            let len = line.len();
            assert_eq!(parse(line.as_bytes()), Beginning::Whole { len, told });
        }
    }
});
