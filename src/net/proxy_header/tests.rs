use super::*;

fn told(remote: &str, local: &str) -> Option<Peer> {
    Some(Peer {
        remote: Endpoint::Tcp(remote.parse().unwrap()),
        local: Endpoint::Tcp(local.parse().unwrap()),
    })
}

/// A header of version 2 with what is behind its fixed fields.
fn binary_header(command: u8, family: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [V2, &[command, family], &length, payload].concat()
}

const FOUR: [u8; 12] = [192, 0, 2, 1, 198, 51, 100, 2, 0x30, 0x39, 0x01, 0xbb];

fn six() -> Vec<u8> {
    let remote: Ipv6Addr = "2001:db8::1".parse().unwrap();
    let local: Ipv6Addr = "2001:db8::2".parse().unwrap();
    let ports = [0xff, 0xff, 0, 0];
    [&remote.octets()[..], &local.octets(), &ports].concat()
}

/// All headers that are right, with what they tell.
fn right() -> Vec<(Vec<u8>, Option<Peer>)> {
    let four = told("192.0.2.1:12345", "198.51.100.2:443");
    let six_told = told("[2001:db8::1]:65535", "[2001:db8::2]:0");
    let unix = Some(Peer {
        remote: Endpoint::Unix,
        local: Endpoint::Unix,
    });
    let mut right = vec![
        (b"PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n".to_vec(), four),
        (b"PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n".to_vec(), six_told),
        (
            b"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"[..].to_vec(),
            told(
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
            ),
        ),
        (
            b"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 12345 443\r\n".to_vec(),
            four,
        ),
        (b"PROXY UNKNOWN\r\n".to_vec(), None),
        (b"PROXY UNKNOWN \r\n".to_vec(), None),
        (b"PROXY UNKNOWN ff:: whatever  this is 70000\r\n".to_vec(), None),
    ];
    let extensions = [&[0x04, 0, 3][..], b"abc"].concat();
    for transport in [1, 2] {
        right.extend([
            (binary_header(0x21, 0x10 | transport, &FOUR), four),
            (
                binary_header(0x21, 0x10 | transport, &[&FOUR[..], &extensions].concat()),
                four,
            ),
            (binary_header(0x21, 0x20 | transport, &six()), six_told),
            (binary_header(0x21, 0x30 | transport, &[7; 216]), unix),
        ]);
    }
    let mapped = [
        &Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().octets()[..],
        &Ipv4Addr::new(198, 51, 100, 2).to_ipv6_mapped().octets(),
        &FOUR[8..],
    ];
    right.extend([
        (binary_header(0x21, 0x21, &mapped.concat()), four),
        (binary_header(0x21, 0x00, &[]), None),
        (binary_header(0x21, 0x00, &[1; 50]), None),
        (binary_header(0x20, 0x00, &[]), None),
        // What a health check says beside is not looked at.
        (binary_header(0x20, 0x11, &FOUR), None),
        (binary_header(0x20, 0x11, &[]), None),
        (binary_header(0x20, 0xff, &[1; 3]), None),
        (
            binary_header(0x21, 0x00, &vec![1; LONGEST - V2_FIXED]),
            None,
        ),
    ]);
    right
}

#[test]
fn a_header_is_whole_at_its_last_byte_and_not_before() {
    for (header, told) in right() {
        let name = header.escape_ascii().to_string();
        let followed = [&header[..], b"PROXY TCP4 "].concat();
        let len = header.len();
        for end in len..=followed.len() {
            assert_eq!(
                parse(&followed[..end]),
                Beginning::Whole { len, told },
                "{name}"
            );
        }
        for end in 0..len {
            let expected = if end < V1.len() || (header.starts_with(V2) && end < V2.len()) {
                Beginning::Undecided
            } else {
                Beginning::Partial
            };
            assert_eq!(parse(&header[..end]), expected, "{end} of {name}");
        }
    }
}

#[test]
fn what_begins_otherwise_is_told_from_a_header_at_once() {
    let tls = [0x16, 3, 1, 2, 0];
    for other in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"PUT / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PROPFIND / HTTP/1.1\r\n",
        b"PROXYTCP4",
        b"PROXY\r\n",
        b"proxy TCP4 192.0.2.1",
        b"\r\nGET / HTTP/1.1\r\n",
        b"\r\n\r\nGET / HTTP/1.1\r\n",
        b"\r\n\r\n\0\r\nQUIT\r",
        &tls,
    ] {
        let name = other.escape_ascii();
        assert_eq!(parse(other), Beginning::Other, "{name}");
        let first = (1..).find(|end| parse(&other[..*end]) == Beginning::Other);
        let before = &other[..first.unwrap() - 1];
        assert!(V1.starts_with(before) || V2.starts_with(before), "{name}");
    }
}

#[test]
fn a_line_that_is_not_as_it_must_be_is_malformed() {
    for line in [
        "",
        "TCP4",
        "TCP4 ",
        "TCP5 192.0.2.1 192.0.2.2 1 2",
        "tcp4 192.0.2.1 192.0.2.2 1 2",
        "TCP4 192.0.2.1 192.0.2.2 1",
        "TCP4 192.0.2.1 192.0.2.2 1 2 3",
        "TCP4 192.0.2.1 192.0.2.2 1 2 ",
        "TCP4  192.0.2.1 192.0.2.2 1 2",
        "TCP4 192.0.2.1\t192.0.2.2 1 2",
        "TCP4 192.0.2.1 192.0.2.2 01 2",
        "TCP4 192.0.2.1 192.0.2.2 +1 2",
        "TCP4 192.0.2.1 192.0.2.2 -1 2",
        "TCP4 192.0.2.1 192.0.2.2 65536 2",
        "TCP4 192.0.2.1 192.0.2.2 1 ",
        "TCP4 192.0.2.1 192.0.2.2 0x1 2",
        "TCP4 192.0.2.01 192.0.2.2 1 2",
        "TCP4 192.0.2.256 192.0.2.2 1 2",
        "TCP4 192.0.2 192.0.2.2 1 2",
        "TCP4 ::1 ::2 1 2",
        "TCP6 192.0.2.1 192.0.2.2 1 2",
        "TCP6 ::1%eth0 ::2 1 2",
        "TCP6 [::1] [::2] 1 2",
        "TCP4 192.0.2.1 ::2 1 2",
        "UNKNOWN\0",
        "UNKNOWNS",
        "UNKNOWN a\rb",
        "\u{663}",
        "TCP4 192.0.2.1 192.0.2.2 1 \u{663}",
    ] {
        let header = format!("PROXY {line}\r\nGET / HTTP/1.1\r\n\r\n");
        assert_eq!(parse(header.as_bytes()), Beginning::Malformed, "{line:?}");
    }
    for header in [
        &b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n"[..],
        b"PROXY UNKNOWN\n",
        b"PROXY \n",
        b"PROXY UNKNOWN \xff\r\n",
    ] {
        assert_eq!(parse(header), Beginning::Malformed, "{header:?}");
    }
}

#[test]
fn a_line_has_107_bytes_at_most() {
    let longest = format!("PROXY UNKNOWN {}\r\n", "x".repeat(91));
    assert_eq!(longest.len(), 107);
    assert!(matches!(
        parse(longest.as_bytes()),
        Beginning::Whole {
            len: 107,
            told: None
        }
    ));
    let longer = format!("PROXY UNKNOWN {}\r\n", "x".repeat(92));
    assert_eq!(parse(longer.as_bytes()), Beginning::Malformed);
    assert_eq!(parse(&longer.as_bytes()[..106]), Beginning::Partial);
    assert_eq!(parse(&longer.as_bytes()[..107]), Beginning::Malformed);
}

#[test]
fn fields_that_version_2_does_not_have_are_malformed_as_soon_as_they_are_here() {
    for (command, family, at) in [
        (0x11, 0x11, 13),
        (0x31, 0x11, 13),
        (0x22, 0x11, 13),
        (0x2f, 0x11, 13),
        (0x01, 0x11, 13),
        (0x21, 0x10, 14),
        (0x21, 0x13, 14),
        (0x21, 0x01, 14),
        (0x21, 0x41, 14),
        (0x21, 0xff, 14),
    ] {
        let header = binary_header(command, family, &FOUR);
        let name = format!("{command:x} {family:x}");
        assert_eq!(parse(&header[..at - 1]), Beginning::Partial, "{name}");
        assert_eq!(parse(&header[..at]), Beginning::Malformed, "{name}");
        assert_eq!(parse(&header), Beginning::Malformed, "{name}");
    }
}

#[test]
fn a_length_too_short_for_its_addresses_or_longer_than_is_read_is_malformed() {
    for (family, least) in [(0x11, 12_u16), (0x21, 36), (0x31, 216)] {
        let header = |length: u16| [V2, &[0x21, family], &length.to_be_bytes()].concat();
        assert_eq!(parse(&header(least - 1)), Beginning::Malformed);
        assert_eq!(parse(&header(0)), Beginning::Malformed);
        assert_eq!(parse(&header(least)), Beginning::Partial);
        let most = u16::try_from(LONGEST - V2_FIXED).unwrap();
        assert_eq!(parse(&header(most)), Beginning::Partial);
        assert_eq!(parse(&header(most + 1)), Beginning::Malformed);
        assert_eq!(parse(&header(u16::MAX)), Beginning::Malformed);
    }
    let local = [V2, &[0x20, 0x00, 0xff, 0xff]].concat();
    assert_eq!(parse(&local), Beginning::Malformed);
}
