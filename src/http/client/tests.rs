use std::net::SocketAddr;
use std::rc::Rc;

use http::Request;

use super::*;
use crate::config::{Proxies, ProxiesSaid};

/// A request to `example.com` from 10.0.0.1, who is trusted with all of 10.0.0.0/8.
fn of(headers: &str, fields: &[(&str, &str)]) -> Client {
    of_host("example.com", headers, fields)
}

fn of_host(host: &str, headers: &str, fields: &[(&str, &str)]) -> Client {
    let proxies = Proxies::parse(&ProxiesSaid {
        trusted: vec!["10.0.0.0/8".into(), "2001:db8::/32".into()],
        protocol: None,
        headers: Some(headers.into()),
    });
    let peer = Peer {
        remote: Some("10.0.0.1:1234".parse().unwrap()),
        local: String::new(),
        proxies: Some(Rc::new(proxies.unwrap())),
    };
    client(&request(host, fields), &peer, false).unwrap()
}

fn request(host: &str, fields: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri("/").header("host", host);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

/// Where a client is, as `192.0.2.1:80`; 0 stands for no port, and nothing for an unknown one.
fn place(client: &Client) -> String {
    let port = client.port.unwrap_or(0);
    let place = client.address.map(|address| SocketAddr::new(address, port));
    place.map_or_else(String::new, |place| place.to_string())
}

fn forwarded(lines: &[&str]) -> Client {
    let fields: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
    of("forwarded", &fields)
}

fn x_forwarded_for(lines: &[&str]) -> Client {
    let fields: Vec<_> = lines
        .iter()
        .map(|line| ("x-forwarded-for", *line))
        .collect();
    of("x-forwarded", &fields)
}

#[test]
fn without_the_fields_the_peer_is_the_client() {
    for headers in ["forwarded", "x-forwarded"] {
        let client = of(headers, &[]);
        assert_eq!(place(&client), "10.0.0.1:1234");
        assert_eq!(
            (client.is_secure, client.host.as_str()),
            (false, "example.com")
        );
    }
}

#[test]
fn the_last_that_is_not_trusted_is_the_client() {
    for (said, client) in [
        (&["192.0.2.1"][..], "192.0.2.1:0"),
        (&["192.0.2.1:99"], "192.0.2.1:99"),
        (&["6.6.6.6, 192.0.2.1"], "192.0.2.1:0"),
        (&["6.6.6.6, 192.0.2.1, 10.0.0.3, 10.0.0.2"], "192.0.2.1:0"),
        (&["6.6.6.6", "192.0.2.1", "10.0.0.2"], "192.0.2.1:0"),
        (&["6.6.6.6,192.0.2.1", " , ,", "10.0.0.2,"], "192.0.2.1:0"),
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3:0"),
        (&["10.0.0.2"], "10.0.0.2:0"),
        (&["2001:db9::7, 2001:db8::1"], "[2001:db9::7]:0"),
        (&["[2001:db9::7]:99, ::ffff:10.0.0.2"], "[2001:db9::7]:99"),
        (&["::ffff:192.0.2.1"], "192.0.2.1:0"),
        // Whom a trusted proxy does not know cannot be told, and least of all by others.
        (&["192.0.2.1, unknown"], ""),
        (&["192.0.2.1, unknown, 10.0.0.2"], ""),
        (&["192.0.2.1, _hidden"], ""),
        (&["192.0.2.1, 10.0.0.2x, 10.0.0.3"], ""),
        (&["10.0.0.2 10.0.0.3"], ""),
        (&[""], "10.0.0.1:1234"),
        (&[" , "], "10.0.0.1:1234"),
    ] {
        assert_eq!(place(&x_forwarded_for(said)), client, "{said:?}");
        let lines: Vec<String> = said.iter().map(|line| as_forwarded(line)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(place(&forwarded(&lines)), client, "{lines:?}");
    }
}

/// The same list in the words of RFC 7239.
fn as_forwarded(line: &str) -> String {
    let element = |said: &str| match said.trim() {
        "" => String::new(),
        said => format!("for=\"{said}\";by=10.9.9.9"),
    };
    line.split(',').map(element).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_a_client_writes_cannot_change_what_its_proxy_adds() {
    for written in [
        "for=6.6.6.6",
        "for=\"",
        "for=\"6.6.6.6",
        "for=\\",
        "\"\\\"",
        ";;;",
        "for=6.6.6.6;proto=https;host=evil.example",
        "for=10.0.0.7, for=\"10.0.0.8",
        "\\\",\"",
    ] {
        let line = format!("{written}, for=192.0.2.1;proto=http;host=good.example");
        for lines in [
            &[line.as_str()][..],
            &[written, "for=192.0.2.1;proto=http;host=good.example"],
        ] {
            let client = forwarded(lines);
            assert_eq!(place(&client), "192.0.2.1:0", "{lines:?}");
            assert!(!client.is_secure && client.host == "good.example");
        }
    }
    for written in ["\"", "6.6.6.6", ",,,", "10.0.0.7\\", "for=\"", "[::1"] {
        let client = x_forwarded_for(&[&format!("{written}, 192.0.2.1")]);
        assert_eq!(place(&client), "192.0.2.1:0", "{written}");
    }
}

#[test]
fn the_other_family_is_never_looked_at() {
    let all = [
        ("forwarded", "for=192.0.2.1;proto=https;host=a.example"),
        ("x-forwarded-for", "192.0.2.2"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "b.example"),
        ("x-forwarded-port", "81"),
    ];
    let client = of("forwarded", &all);
    assert_eq!(place(&client), "192.0.2.1:0");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (true, "a.example")
    );
    let client = of("x-forwarded", &all);
    assert_eq!(place(&client), "192.0.2.2:0");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (false, "b.example:81")
    );
    assert_eq!(place(&of("forwarded", &all[1..])), "10.0.0.1:1234");
    assert_eq!(place(&of("x-forwarded", &all[..1])), "10.0.0.1:1234");
}

#[test]
fn scheme_and_host_are_those_of_whoever_told_of_the_client() {
    let client = forwarded(&[
        "for=6.6.6.6;proto=http;host=evil.example",
        "for=192.0.2.1;proto=https;host=\"outer.example:8443\", for=10.0.0.2;proto=http;host=inner",
    ]);
    assert!(client.is_secure);
    assert_eq!(client.host, "outer.example:8443");
    let silent = forwarded(&["for=192.0.2.1, for=10.0.0.2;proto=https;host=inner"]);
    assert_eq!(
        (silent.is_secure, silent.host.as_str()),
        (false, "example.com")
    );
    let malformed = forwarded(&["for=192.0.2.1;proto=https;host=a b"]);
    assert_eq!(place(&malformed), "");
    assert_eq!(
        (malformed.is_secure, malformed.host.as_str()),
        (false, "example.com")
    );
    let unknown = forwarded(&["for=unknown;proto=https;host=x.example"]);
    assert_eq!(
        (unknown.is_secure, unknown.host.as_str()),
        (true, "x.example")
    );
}

#[test]
fn lists_beside_the_addresses_count_from_the_end_too() {
    let fields = |proto, host| {
        of(
            "x-forwarded",
            &[
                ("x-forwarded-for", "6.6.6.6, 192.0.2.1, 10.0.0.2"),
                ("x-forwarded-proto", proto),
                ("x-forwarded-host", host),
            ],
        )
    };
    // One that only the outermost sets.
    let client = fields("https", "a.example");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (true, "a.example")
    );
    // One that each of them adds to.
    let client = fields("http, https, http", "evil.example, a.example, inner");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (true, "a.example")
    );
    let client = fields("https, http", "a.example, inner");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (true, "a.example")
    );
    // Without addresses the peer has written the last.
    let alone = of("x-forwarded", &[("x-forwarded-proto", "http, HTTPS")]);
    assert!(alone.is_secure);
    assert_eq!(place(&alone), "10.0.0.1:1234");
    // What is none of them is as if it were missing.
    let client = fields("wss", "a b");
    assert_eq!(
        (client.is_secure, client.host.as_str()),
        (false, "example.com")
    );
}

#[test]
fn the_port_that_was_reached_belongs_to_a_host_that_names_none() {
    for (host, said, proto, shown) in [
        ("example.com", "8443", "https", "example.com:8443"),
        ("example.com", "443", "https", "example.com"),
        ("example.com", "80", "http", "example.com"),
        ("example.com", "443", "http", "example.com:443"),
        ("example.com:81", "8443", "https", "example.com:81"),
        ("[2001:db8::9]", "8443", "https", "[2001:db8::9]:8443"),
        ("[2001:db8::9]:1", "8443", "https", "[2001:db8::9]:1"),
        ("", "8443", "https", ""),
        ("example.com", "0", "https", "example.com"),
        ("example.com", "65536", "https", "example.com"),
        ("example.com", "+81", "https", "example.com"),
        ("example.com", "8443, 443", "https", "example.com"),
    ] {
        let fields = [("x-forwarded-port", said), ("x-forwarded-proto", proto)];
        let client = of_host(host, "x-forwarded", &fields);
        assert_eq!(client.host, shown, "{host} {said} {proto}");
    }
    let fields = [
        ("x-forwarded-host", "b.example"),
        ("x-forwarded-port", "81"),
    ];
    assert_eq!(of("x-forwarded", &fields).host, "b.example:81");
}

#[test]
fn a_thousand_hops_are_walked_and_no_more_than_needed() {
    let hops: Vec<String> = (0..1000)
        .map(|hop| format!("10.0.{}.{}", hop / 250, hop % 250))
        .collect();
    let line = format!("192.0.2.1:7, {}", hops.join(", "));
    assert_eq!(place(&x_forwarded_for(&[&line])), "192.0.2.1:7");
    let line = as_forwarded(&line);
    assert_eq!(place(&forwarded(&[&line])), "192.0.2.1:7");
    // A megabyte of quotes and backslashes takes no longer than its length.
    let hostile = format!("for=\"{}\"", "\\\\\\\"".repeat(250_000));
    assert_eq!(place(&forwarded(&[&hostile])), "");
}

#[test]
fn nobody_is_believed_who_is_not_said_to_be() {
    let fields = [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
    ];
    let request = request("example.com", &fields);
    let peer = Peer {
        remote: Some("10.0.0.1:1234".parse().unwrap()),
        ..Peer::default()
    };
    assert_eq!(client(&request, &peer, true), None);
}
