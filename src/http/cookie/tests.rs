use super::*;

const PLAIN: Cookie<'static> = Cookie {
    name: b"a",
    value: b"1",
    expires: None,
    max_age: None,
    path: b"",
    domain: None,
    secure: false,
    http_only: false,
    same_site: None,
    partitioned: false,
};

fn line(cookie: Cookie<'_>) -> String {
    cookie.to_line().unwrap().to_str().unwrap().to_owned()
}

fn mistake(cookie: Cookie<'_>) -> String {
    let error = cookie.to_line().unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    error.to_string()
}

#[test]
fn attributes_stand_in_one_order() {
    assert_eq!(line(PLAIN), "a=1");
    let all = Cookie {
        expires: Some(0),
        max_age: Some(0),
        path: b"/x y",
        domain: Some(b".Example.com"),
        secure: true,
        http_only: true,
        same_site: Some(b"none"),
        partitioned: true,
        ..PLAIN
    };
    let expected = "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Domain=Example.com; Path=/x y; Secure; HttpOnly; SameSite=None; Partitioned";
    assert_eq!(line(all), expected);
}

#[test]
fn every_byte_of_a_value_survives() {
    let value: Vec<u8> = (0..=255).collect();
    let line = line(Cookie {
        value: &value,
        ..PLAIN
    });
    let sent = line.strip_prefix("a=").unwrap();
    assert!(
        sent.bytes()
            .all(|b| matches!(b, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e))
    );
    let back: Vec<u8> = percent_encoding::percent_decode_str(sent).collect();
    assert_eq!(back, value);
}

#[test]
fn lengths_are_bounded_where_browsers_bound_them() {
    let of = |length: usize| vec![b'v'; length];
    let fits = of(4095);
    assert_eq!(
        line(Cookie {
            value: &fits,
            ..PLAIN
        })
        .len(),
        4097
    );
    let long = of(4096);
    assert!(
        mistake(Cookie {
            value: &long,
            ..PLAIN
        })
        .contains("4097 bytes")
    );
    let blanks = vec![b' '; 1366];
    assert!(
        mistake(Cookie {
            value: &blanks,
            ..PLAIN
        })
        .contains("4099 bytes")
    );
    let path = [b"/", of(1024).as_slice()].concat();
    assert!(
        line(Cookie {
            path: &path[..1024],
            ..PLAIN
        })
        .len()
            > 1024
    );
    assert!(
        mistake(Cookie {
            path: &path,
            ..PLAIN
        })
        .contains("1025 bytes")
    );
}

#[test]
fn every_mistake_is_named_at_once() {
    let wrong = Cookie {
        name: b"a b",
        expires: Some(-1),
        max_age: Some(-1),
        path: b"x",
        domain: Some(b"a..b"),
        same_site: Some(b"no"),
        partitioned: true,
        ..PLAIN
    };
    let text = mistake(wrong);
    assert!(text.contains("7 mistakes"), "{text}");
    for part in [
        "not a token",
        "expires",
        "maxAge",
        "path \"x\"",
        "domain \"a..b\"",
        "sameSite is",
        "partitioned needs",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn what_browsers_would_ignore_is_refused() {
    for name in [&b""[..], b"a=b", b"a;b", b"a\n", b"\xc3\xa9"] {
        assert!(mistake(Cookie { name, ..PLAIN }).contains("not a token"));
    }
    for path in [&b"a"[..], b"/a;b", b"/\n", b"/\xc3\xa9", b"/a "] {
        assert!(mistake(Cookie { path, ..PLAIN }).contains("is no path"));
    }
    for domain in [
        &b""[..],
        b".",
        b"a b",
        b"a;b",
        b"-a.b",
        b"a-",
        b"a.",
        b"\xc3\xa9.de",
    ] {
        let wrong = Cookie {
            domain: Some(domain),
            ..PLAIN
        };
        assert!(mistake(wrong).contains("is no host name"));
    }
    let none = Cookie {
        same_site: Some(b"None"),
        ..PLAIN
    };
    assert!(mistake(none).contains("None needs secure"));
    let late = Cookie {
        expires: Some(LATEST + 1),
        ..PLAIN
    };
    assert!(mistake(late).contains("Unix time"));
    assert!(
        line(Cookie {
            expires: Some(LATEST),
            ..PLAIN
        })
        .ends_with("9999 23:59:59 GMT")
    );
}

#[test]
fn prefixes_keep_their_promise() {
    let secure = Cookie {
        secure: true,
        path: b"/",
        ..PLAIN
    };
    for name in [&b"__Host-a"[..], b"__Secure-a", b"__host-a", b"__SECURE-a"] {
        assert!(line(Cookie { name, ..secure }).contains("; Secure"));
        let open = Cookie {
            name,
            secure: false,
            ..secure
        };
        assert!(mistake(open).contains("needs secure"));
    }
    let host = Cookie {
        name: b"__Host-a",
        ..secure
    };
    assert!(
        mistake(Cookie {
            path: b"/a",
            ..host
        })
        .contains("the path / and no domain")
    );
    assert!(
        mistake(Cookie {
            domain: Some(b"a.b"),
            ..host
        })
        .contains("the path / and no domain")
    );
    let elsewhere = Cookie {
        name: b"__Secure-a",
        path: b"/a",
        domain: Some(b"a.b"),
        ..secure
    };
    assert!(line(elsewhere).contains("Domain=a.b"));
}

#[test]
fn name_domain_and_path_say_which_cookie_it_is() {
    let same = |one: &'static str, other: &'static str| {
        is_same(
            &HeaderValue::from_static(one),
            &HeaderValue::from_static(other),
        )
    };
    assert!(same("a=1; Path=/", "a=2; Path=/; Secure"));
    assert!(same(
        "a=1; path = /; DOMAIN=.X.de",
        "a=2; Domain=x.de; Path=/"
    ));
    assert!(same("a=1", "a"));
    assert!(!same("a=1; Path=/", "a=1"));
    assert!(!same("a=1; Path=/", "a=1; Path=/b"));
    assert!(!same("a=1; Path=/", "a=1; Path=/; Domain=x.de"));
    assert!(!same("a=1; Path=/", "A=1; Path=/"));
}
