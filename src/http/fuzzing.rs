//! What the fuzzers in `fuzz/` ask of this room: each gives a parser any input and checks what must hold for all.

use std::rc::Rc;

use http::header::{HeaderName, HeaderValue};
use http::{Request, Uri, Version};

use super::Peer;
use super::client;
use super::framing::Framing;
use super::head::check_request;
use super::host::is_host;
use crate::config::{Limits, Proxies, ProxiesSaid};

/// A target that a handler may see is a path or names a host, and nobody.
pub fn target(input: &[u8]) {
    let Ok(uri) = Uri::try_from(input) else {
        return;
    };
    let request = Request::builder().uri(uri).version(Version::HTTP_10);
    let Ok(request) = request.body(()) else {
        return;
    };
    let (parts, ()) = request.into_parts();
    if check_request(&parts, &Limits::DEFAULT, true).is_ok() {
        assert!(parts.uri.path().starts_with('/'));
        let authority = parts.uri.authority();
        assert!(authority.is_none_or(|host| !host.as_str().contains('@')));
        assert_eq!(authority.is_some(), parts.uri.scheme().is_some());
    }
}

/// A host is plain text, and can be the authority of a URI.
pub fn host(input: &[u8]) {
    if is_host(input) && !input.is_empty() {
        assert!(input.is_ascii() && !input.contains(&b'@') && !input.contains(&b'/'));
        // The crate takes no percent sign in a host, which the grammar has.
        assert!(input.contains(&b'%') || http::uri::Authority::try_from(input).is_ok());
    }
}

/// What is refused does not depend on how the bytes come: `cut` says in which pieces.
pub fn framing(input: &[u8], cut: &[u8]) {
    let whole = Framing::default().check(input);
    let mut framing = Framing::default();
    let (mut rest, mut from) = (input, 0);
    let mut cuts = cut.iter().cycle();
    while !rest.is_empty() {
        let len = cuts.next().map_or(1, |cut| usize::from(*cut).max(1));
        let (piece, after) = rest.split_at(len.min(rest.len()));
        if let Err(at) = framing.check(piece) {
            // By pieces it is seen where the line goes on, or a little sooner.
            assert!(whole.is_err_and(|begin| begin <= from + at));
            return;
        }
        (rest, from) = (after, from + piece.len());
    }
    // A line without its end is looked at for what may be nowhere in it.
    assert!(whole.is_ok());
}

/// A client that is told of by a trusted proxy is the one that is told of, whatever the lines before say, and
/// whatever its own line begins with.
pub fn client(lines: &[u8]) {
    let told = [
        (
            "forwarded",
            &b"for=\"192.0.2.1:80\";proto=https;host=\"a.example\""[..],
        ),
        ("x-forwarded-for", b"192.0.2.1:80"),
    ];
    for (name, added) in told {
        let mut lines: Vec<Vec<u8>> = lines.split(|byte| *byte == b'\n').map(Vec::from).collect();
        tell(name, &lines);
        if let Some(last) = lines.last_mut() {
            last.extend_from_slice(b", ");
            last.extend_from_slice(added);
        }
        if let Some(client) = tell(name, &lines) {
            assert_eq!(client.address, "192.0.2.1".parse().ok());
            assert_eq!(client.port, Some(80));
            assert!(name != "forwarded" || client.is_secure && client.host == "a.example");
        }
    }
}

/// `None` if the lines cannot be a header.
fn tell(name: &'static str, lines: &[Vec<u8>]) -> Option<client::Client> {
    let proxies = Proxies::parse(&ProxiesSaid {
        trusted: vec!["10.0.0.0/8".into(), "::/0".into()],
        protocol: None,
        headers: Some(name.trim_end_matches("-for").into()),
    });
    let peer = Peer {
        remote: "10.0.0.1:1".parse().ok(),
        local: String::new(),
        proxies: proxies.ok().map(Rc::new),
    };
    let mut request = Request::builder().body(()).ok()?.into_parts().0;
    for line in lines {
        let value = HeaderValue::from_bytes(line).ok()?;
        request.headers.append(HeaderName::from_static(name), value);
    }
    client::client(&request, &peer, false)
}
