//! What names a host, in the `Host` field and in the authority of a target, as a pure function.

use std::net::Ipv6Addr;

/// RFC 9110 section 7.2: `uri-host [ ":" port ]`. Never with user information (section 4.2.4), and never a
/// port alone. Empty is fine: it is what a client sends whose target has no authority.
pub(super) fn is_host(value: &[u8]) -> bool {
    let plain = value
        .iter()
        .take_while(|&&byte| PLAIN[usize::from(byte)])
        .count();
    match value.get(plain) {
        None => true,
        Some(b'[') if plain == 0 => is_literal(value),
        Some(b':') if plain > 0 => is_port(&value[plain + 1..]),
        Some(_) => {
            let end = value.iter().position(|byte| *byte == b':');
            let (name, port) = value.split_at(end.unwrap_or(value.len()));
            !name.is_empty() && is_name(name) && port.get(1..).is_none_or(is_port)
        }
    }
}

/// What most names and addresses are made of: letters, digits, dots and hyphens.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'.' | b'-');
        byte += 1;
    }
    plain
};

/// `"[" IPv6address "]" [ ":" port ]`. What may come after version 6 is not here yet.
fn is_literal(value: &[u8]) -> bool {
    let Some(end) = value.iter().position(|byte| *byte == b']') else {
        return false;
    };
    let address = std::str::from_utf8(&value[1..end]);
    let is_address = address.is_ok_and(|address| address.parse::<Ipv6Addr>().is_ok());
    is_address
        && match &value[end + 1..] {
            [] => true,
            [b':', port @ ..] => is_port(port),
            _ => false,
        }
}

/// Digits, which may be none (RFC 3986 section 3.2.3), of a number that a port can be.
fn is_port(port: &[u8]) -> bool {
    let number = port.iter().try_fold(0_u16, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u16::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    });
    number.is_some()
}

/// RFC 3986 section 3.2.2: `reg-name`.
fn is_name(name: &[u8]) -> bool {
    let mut rest = name;
    while let [first, after @ ..] = rest {
        rest = match first {
            b'%' => match after {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    after
                }
                _ => return false,
            },
            b'-' | b'.' | b'_' | b'~' => after,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => after,
            _ if first.is_ascii_alphanumeric() => after,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for fine in [
            "",
            "x",
            "x.example",
            "x:",
            "x:80",
            "x:0080",
            "x:65535",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:443",
            "[::ffff:1.2.3.4]",
            "a_b~c:1",
            "a,b",
            "%C3%BC.example",
        ] {
            assert!(is_host(fine.as_bytes()), "{fine}");
        }
        for bad in [
            ":80",
            "x:65536",
            "x:99999999999",
            "x:-1",
            "x:+1",
            "x:8a",
            "x:80:80",
            "x y",
            "x/y",
            "x?y",
            "x#y",
            "x\\y",
            "user@x",
            "user:secret@x",
            "[::1",
            "::1",
            "[::1]x",
            "[x]",
            "[::1]:x",
            "[]",
            "x\"",
            "<x>",
            "%zz",
            "%C",
            "x[::1]",
            "ü",
            "x\t",
            "x@",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
