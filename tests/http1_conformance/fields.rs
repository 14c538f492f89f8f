//! Field lines (RFC 9112 section 5, RFC 9110 section 5).

use super::case::{Case, case, get, got, only};

pub fn cases() -> Vec<Case> {
    [names(), values(), folds()].concat()
}

fn names() -> Vec<Case> {
    let named = |name: &str| get(&format!("{name}: b\r\n"));
    let mut cases = vec![
        case(
            "a name of signs",
            "RFC 9110 5.1",
            named("!#$%&'*+-.^_`|~9aZ"),
        )
        .served([got("/")]),
        case("a name of a digit", "RFC 9110 5.1", named("9")).served([got("/")]),
        case("no name", "RFC 9110 5.1", named("")).refused(&[400]),
        case("a name with a space before the colon", "5.1", named("A ")).refused(&[400]),
        case("a name with a tab before the colon", "5.1", named("A\t")).refused(&[400]),
        case("a name with a space in it", "RFC 9110 5.1", named("A B")).refused(&[400]),
        case("a line without a colon", "5", get("broken\r\n")).refused(&[400]),
        case("a line of a colon", "5", get(":\r\n")).refused(&[400]),
        case("a line of spaces", "5", get("   \r\n")).refused(&[400]),
        case("a name with NUL", "RFC 9110 5.1", named("A\0B")).refused(&[400]),
        case("a name in UTF-8", "RFC 9110 5.1", named("Ä")).refused(&[400]),
        case("a name with DEL", "RFC 9110 5.1", named("A\x7f")).refused(&[400]),
    ];
    for sign in "\"(),/;<=>?@[\\]{}".chars() {
        let name = format!("a name with {sign}");
        cases.push(case(name, "RFC 9110 5.6.2", named(&format!("A{sign}"))).refused(&[400]));
    }
    cases
}

fn values() -> Vec<Case> {
    let with = |value: &[u8]| [b"GET / HTTP/1.1\r\nHost: x\r\nA:", value, b"\r\n\r\n"].concat();
    let mut cases = vec![
        case("an empty value", "RFC 9110 5.5", with(b"")).served([got("/")]),
        case("a value of spaces", "RFC 9110 5.5", with(b" \t ")).served([got("/")]),
        case("a value with a tab in it", "RFC 9110 5.5", with(b" a\tb")).served([got("/")]),
        case(
            "a value of bytes past ASCII",
            "RFC 9110 5.5",
            with(b" \x80\xff"),
        )
        .served([got("/")]),
        case("a value with a colon", "RFC 9110 5.5", with(b" a: b")).served([got("/")]),
        case("a value with a bare CR", "RFC 9110 5.5", with(b" a\rb")).refused(&[400]),
        case(
            "a value that ends in two CRs",
            "RFC 9110 5.5",
            with(b" a\r"),
        )
        .refused(&[400]),
        case("a value with a bare LF", "2.2", with(b" a\nB: c")).refused(&[400]),
        case(
            "a line that ends in a bare LF",
            "2.2",
            "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
        )
        .refused(&[400]),
        case(
            "a line that ends in LF and CR",
            "2.2",
            "GET / HTTP/1.1\r\nHost: x\n\rA: b\r\n\r\n",
        )
        .refused(&[400]),
    ];
    for control in [0, 1, 7, 8, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f] {
        let name = format!("a value with the control byte {control:#04x}");
        cases.push(case(name, "RFC 9110 5.5", with(&[b' ', b'a', control, b'b'])).refused(&[400]));
    }
    cases
}

fn folds() -> Vec<Case> {
    vec![
        case("a folded value", "5.2", get("A: b\r\n c\r\n")).refused(&[400]),
        case("a value folded by a tab", "5.2", get("A: b\r\n\tc\r\n")).refused(&[400]),
        case("a fold of an empty value", "5.2", get("A:\r\n b\r\n")).refused(&[400]),
        case(
            "a space before the first field",
            "2.2",
            only(" Host: x\r\n"),
        )
        .refused(&[400]),
        case("a tab before the first field", "2.2", only("\tHost: x\r\n")).refused(&[400]),
        case(
            "a line of a space before the first field",
            "2.2",
            only(" \r\nHost: x\r\n"),
        )
        .refused(&[400]),
        case("a fold behind a bare LF", "5.2", get("A: b\n c\r\n")).refused(&[400]),
    ]
}
