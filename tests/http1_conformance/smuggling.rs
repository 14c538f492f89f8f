//! Two framings, or one that two programs read differently (RFC 9112 sections 6 and 11.2).

use super::case::{Case, case, chunked, get, post, posted};

/// A chunked body that is empty, so that what a length counts is the next request, or the other way round.
const EMPTY: &str = "0\r\n\r\n";

pub fn cases() -> Vec<Case> {
    [
        both_framings(),
        codings(),
        coding_lines(),
        old_versions(),
        lengths(),
        length_lines(),
    ]
    .concat()
}

fn both_framings() -> Vec<Case> {
    let (length, coding) = ("Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n");
    let both = |fields: [&str; 3]| post(&fields.concat(), EMPTY);
    vec![
        case("a length, then a coding", "6.3", both([length, coding, ""])).refused(&[400]),
        case("a coding, then a length", "6.3", both([coding, length, ""])).refused(&[400]),
        case(
            "a length of 0, then a coding",
            "6.3",
            both(["Content-Length: 0\r\n", coding, ""]),
        )
        .refused(&[400]),
        case(
            "a coding, then a length of 0",
            "6.3",
            both([coding, "Content-Length: 0\r\n", ""]),
        )
        .refused(&[400]),
        case(
            "another field between length and coding",
            "6.3",
            both([length, "A: b\r\n", coding]),
        )
        .refused(&[400]),
        case(
            "another field between coding and length",
            "6.3",
            both([coding, "A: b\r\n", length]),
        )
        .refused(&[400]),
        case(
            "a coding between two lengths",
            "6.3",
            both([length, coding, length]),
        )
        .refused(&[400]),
        case(
            "a coding, then a length that is none",
            "6.3",
            both([coding, "Content-Length: x\r\n", ""]),
        )
        .refused(&[400]),
        case("both, on a GET", "6.3", get(&both_lines(length, coding))).refused(&[400]),
        case(
            "both, in lower case",
            "6.3",
            both([
                "content-length: 5\r\n",
                "transfer-encoding: chunked\r\n",
                "",
            ]),
        )
        .refused(&[400]),
        case(
            "both, in capitals",
            "6.3",
            both([
                "TRANSFER-ENCODING: CHUNKED\r\n",
                "CONTENT-LENGTH: 5\r\n",
                "",
            ]),
        )
        .refused(&[400]),
        case(
            "a length and an unknown coding",
            "6.1",
            both([length, "Transfer-Encoding: gzip\r\n", ""]),
        )
        .refused(&[400, 501]),
        case(
            "an empty coding and a length",
            "6.1",
            both(["Transfer-Encoding:\r\n", length, ""]),
        )
        .refused(&[400, 501]),
    ]
}

fn both_lines(one: &str, other: &str) -> String {
    format!("{one}{other}")
}

/// The values of `Transfer-Encoding`.
fn codings() -> Vec<Case> {
    let with = |value: &str| post(&format!("Transfer-Encoding:{value}\r\n"), EMPTY);
    vec![
        case("chunked", "7.1", with(" chunked")).served([posted("")]),
        case("chunked in capitals", "7", with(" CHUNKED")).served([posted("")]),
        case("chunked in both cases", "7", with(" cHuNkEd")).served([posted("")]),
        case("chunked without a space before it", "5", with("chunked")).served([posted("")]),
        case("chunked with spaces behind it", "5", with(" chunked  ")).served([posted("")]),
        case("chunked with tabs around it", "5", with("\tchunked\t")).served([posted("")]),
        case("chunked twice", "6.1", with(" chunked, chunked")).refused(&[400, 501]),
        case("identity", "7", with(" identity")).refused(&[400, 501]),
        case("identity and chunked", "7", with(" identity, chunked")).refused(&[400, 501]),
        case("chunked and identity", "7", with(" chunked, identity")).refused(&[400]),
        case("gzip alone", "6.3", with(" gzip")).refused(&[400]),
        case("gzip and chunked", "6.1", with(" gzip, chunked")).refused(&[501]),
        case("chunked and gzip", "6.3", with(" chunked, gzip")).refused(&[400]),
        case("xchunked", "7", with(" xchunked")).refused(&[400, 501]),
        case("chunkedx", "7", with(" chunkedx")).refused(&[400, 501]),
        case("chunke", "7", with(" chunke")).refused(&[400, 501]),
        case("x chunked", "7", with(" x chunked")).refused(&[400, 501]),
        case("chunked with a parameter", "7", with(" chunked;q=1")).refused(&[400, 501]),
        case("chunked in quotes", "7", with(" \"chunked\"")).refused(&[400, 501]),
        case("chunked in single quotes", "7", with(" 'chunked'")).refused(&[400, 501]),
        case("chunked behind a comma", "7", with(" , chunked")).refused(&[400, 501]),
        case("chunked before a comma", "7", with(" chunked,")).refused(&[400, 501]),
        case("no coding at all", "7", with("")).refused(&[400, 501]),
        case("chunked behind NUL", "RFC 9110 5.5", with(" \0chunked")).refused(&[400]),
        case("chunked before NUL", "RFC 9110 5.5", with(" chunked\0")).refused(&[400]),
        case("chunked behind VT", "RFC 9110 5.5", with(" \x0bchunked")).refused(&[400]),
        case("chunked before VT", "RFC 9110 5.5", with(" chunked\x0b")).refused(&[400]),
        case("chunked behind FF", "RFC 9110 5.5", with("\x0cchunked")).refused(&[400]),
        case("chunked before DEL", "RFC 9110 5.5", with(" chunked\x7f")).refused(&[400]),
        case(
            "chunked behind a no-break space",
            "RFC 9110 5.5",
            with("\u{a0}chunked"),
        )
        .refused(&[400, 501]),
        case("chunked with a bare CR", "2.2", with(" chunked\rx")).refused(&[400]),
    ]
}

/// How `Transfer-Encoding` stands in the head.
fn coding_lines() -> Vec<Case> {
    let with = |fields: &str| post(fields, EMPTY);
    let long = format!("Transfer-Encoding: {}chunked\r\n", " ".repeat(1100));
    vec![
        case(
            "two lines of chunked",
            "6.1",
            with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400, 501]),
        case(
            "a line of chunked and one of identity",
            "6.1",
            with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        )
        .refused(&[400, 501]),
        case(
            "a line of identity and one of chunked",
            "6.1",
            with("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400, 501]),
        case(
            "a line of nothing and one of chunked",
            "6.1",
            with("Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400, 501]),
        case(
            "a space before the colon of a coding",
            "5.1",
            with("Transfer-Encoding : chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a tab before the colon of a coding",
            "5.1",
            with("Transfer-Encoding\t: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a space before a coding",
            "5.2",
            with(" Transfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a coding folded behind another field",
            "5.2",
            with("A: b\r\n Transfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a folded coding",
            "5.2",
            with("Transfer-Encoding:\r\n chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a coding folded behind its comma",
            "5.2",
            with("Transfer-Encoding: gzip,\r\n\tchunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a coding behind a bare CR",
            "2.2",
            with("A: b\rTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a coding behind a bare LF",
            "2.2",
            with("A: b\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "a coding behind NUL",
            "RFC 9110 5.5",
            with("A: b\0Transfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case("a coding far behind its colon", "6.1", with(&long)).refused(&[400]),
        case(
            "a name with an underscore frames nothing",
            "6.1",
            get("Transfer_Encoding: chunked\r\n"),
        )
        .served([super::case::got("/")]),
        case(
            "a longer name frames nothing",
            "6.1",
            get("Transfer-Encodings: chunked\r\n"),
        )
        .served([super::case::got("/")]),
        case(
            "what is quoted in another field frames nothing",
            "6.1",
            get("A: \"Transfer-Encoding: chunked\"\r\n"),
        )
        .served([super::case::got("/")]),
        case(
            "chunked on a GET",
            "6",
            "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        )
        .served([super::case::asked("GET", "/", "abc")]),
    ]
}

fn old_versions() -> Vec<Case> {
    let old = |fields: &str| format!("POST / HTTP/1.0\r\nHost: x\r\n{fields}\r\n{EMPTY}");
    vec![
        case(
            "chunked in HTTP/1.0",
            "6.1",
            old("Transfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "chunked in HTTP/1.0 that is kept",
            "6.1",
            old("Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "both framings in HTTP/1.0",
            "6.1",
            old("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        )
        .refused(&[400]),
        case(
            "identity in HTTP/1.0",
            "6.1",
            old("Transfer-Encoding: identity\r\n"),
        )
        .refused(&[400]),
    ]
}

/// The values of `Content-Length`.
fn lengths() -> Vec<Case> {
    let with = |value: &str| post(&format!("Content-Length:{value}\r\n"), "hello");
    vec![
        case("a length", "6.2", with(" 5")).served([posted("hello")]),
        case("a length without a space before it", "5", with("5")).served([posted("hello")]),
        case("a length with tabs around it", "5", with("\t5 \t")).served([posted("hello")]),
        case(
            "a length with zeros before it",
            "RFC 9110 8.6",
            with(" 0005"),
        )
        .served([posted("hello")]),
        case("an empty length", "RFC 9110 8.6", with("")).refused(&[400]),
        case("a length of spaces", "RFC 9110 8.6", with("   ")).refused(&[400]),
        case("a length with a plus", "RFC 9110 8.6", with(" +5")).refused(&[400]),
        case("a length with a minus", "RFC 9110 8.6", with(" -5")).refused(&[400]),
        case("a length of minus zero", "RFC 9110 8.6", with(" -0")).refused(&[400]),
        case("a length in two parts", "RFC 9110 8.6", with(" 5 5")).refused(&[400]),
        case("a length in hexadecimal", "RFC 9110 8.6", with(" 0x5")).refused(&[400]),
        case("a length in letters", "RFC 9110 8.6", with(" five")).refused(&[400]),
        case("a length with a fraction", "RFC 9110 8.6", with(" 5.0")).refused(&[400]),
        case("a length with an exponent", "RFC 9110 8.6", with(" 5e0")).refused(&[400]),
        case("a length with an underscore", "RFC 9110 8.6", with(" 0_5")).refused(&[400]),
        case("a length in quotes", "RFC 9110 8.6", with(" \"5\"")).refused(&[400]),
        case("a list of one length twice", "RFC 9110 8.6", with(" 5, 5")).refused(&[400]),
        case("a list of two lengths", "RFC 9110 8.6", with(" 5, 6")).refused(&[400]),
        case("a length before a comma", "RFC 9110 8.6", with(" 5,")).refused(&[400]),
        case("a length behind a comma", "RFC 9110 8.6", with(" ,5")).refused(&[400]),
        case("a length with a parameter", "RFC 9110 8.6", with(" 5;a=b")).refused(&[400]),
        case("a length behind NUL", "RFC 9110 5.5", with(" \x005")).refused(&[400]),
        case("a length before VT", "RFC 9110 5.5", with(" 5\x0b")).refused(&[400]),
        case(
            "a length in digits of another script",
            "RFC 9110 8.6",
            with(" \u{665}"),
        )
        .refused(&[400]),
        case(
            "a length of 2^63",
            "RFC 9110 8.6",
            with(" 9223372036854775808"),
        )
        .refused(&[400, 413]),
        case(
            "a length of 2^64 - 1",
            "RFC 9110 8.6",
            with(" 18446744073709551615"),
        )
        .refused(&[400, 413]),
        case(
            "a length of 2^64 + 5",
            "RFC 9110 8.6",
            with(" 18446744073709551621"),
        )
        .refused(&[400, 413]),
        case(
            "a length of 40 digits",
            "RFC 9110 8.6",
            with(&format!(" {}", "9".repeat(40))),
        )
        .refused(&[400, 413]),
    ]
}

fn length_lines() -> Vec<Case> {
    let with = |fields: &str| post(fields, "hello");
    vec![
        case(
            "two lines of one length",
            "RFC 9110 8.6",
            with("Content-Length: 5\r\nContent-Length: 5\r\n"),
        )
        .refused(&[400]),
        case(
            "two lengths",
            "6.3",
            with("Content-Length: 5\r\nContent-Length: 6\r\n"),
        )
        .refused(&[400]),
        case(
            "two spellings of one length",
            "6.3",
            with("Content-Length: 5\r\nContent-Length: 05\r\n"),
        )
        .refused(&[400]),
        case(
            "a length and an empty one",
            "6.3",
            with("Content-Length: 5\r\nContent-Length:\r\n"),
        )
        .refused(&[400]),
        case(
            "a length of 0 and another",
            "6.3",
            with("Content-Length: 0\r\nContent-Length: 5\r\n"),
        )
        .refused(&[400]),
        case(
            "a space before the colon of a length",
            "5.1",
            with("Content-Length : 5\r\n"),
        )
        .refused(&[400]),
        case("a folded length", "5.2", with("Content-Length:\r\n 5\r\n")).refused(&[400]),
        case(
            "a length that is folded on",
            "5.2",
            with("Content-Length: 5\r\n 6\r\n"),
        )
        .refused(&[400]),
        case(
            "a length behind a bare CR",
            "2.2",
            with("A: b\rContent-Length: 5\r\n"),
        )
        .refused(&[400]),
        case(
            "a length behind a bare LF",
            "2.2",
            with("A: b\nContent-Length: 5\r\n"),
        )
        .refused(&[400]),
        case(
            "a name with a space frames nothing",
            "5.1",
            with("Content Length: 5\r\n"),
        )
        .refused(&[400]),
        case(
            "a chunked body that looks like a request",
            "6.3",
            chunked("21\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n0\r\n\r\n"),
        )
        .served([posted("GET /smuggled HTTP/1.1\r\nHost: x\r\n")]),
        case(
            "a length whose body looks like a request",
            "6.3",
            post(
                "Content-Length: 35\r\n",
                "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
            ),
        )
        .served([posted("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]),
    ]
}
