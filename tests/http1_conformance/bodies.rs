//! Bodies of a declared length, expectations, and clients that end early (RFC 9112 section 8).

use super::case::{Asked, Case, asked, case, get, got, post, posted};

pub fn cases() -> Vec<Case> {
    [lengths(), ends(), expectations()].concat()
}

fn lengths() -> Vec<Case> {
    vec![
        case(
            "a body longer than declared",
            "6.3",
            post("Content-Length: 5\r\n", "hello\0"),
        )
        .then_refused([posted("hello")], &[400]),
        case(
            "a body that goes on into the next request",
            "6.3",
            post(
                "Content-Length: 3\r\n",
                "helloGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            ),
        )
        .served([posted("hel"), asked("loGET", "/", "")]),
        case(
            "CRLF behind a body",
            "2.2",
            post("Content-Length: 5\r\n", "hello\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a body with a length of 0",
            "6.3",
            post("Content-Length: 0\r\n", ""),
        )
        .served([posted("")]),
        case("a POST without a length", "6.3", post("", "")).served([posted("")]),
        case(
            "a body of the limit",
            "RFC 9110 15.5.14",
            post("Content-Length: 1000\r\n", &"x".repeat(1000)),
        )
        .served([posted("x".repeat(1000))]),
        case(
            "a body past the limit",
            "RFC 9110 15.5.14",
            post("Content-Length: 1001\r\n", &"x".repeat(1001)),
        )
        .refused(&[413]),
        case(
            "a length past the limit and no body",
            "RFC 9110 15.5.14",
            post("Content-Length: 1000000\r\n", ""),
        )
        .refused(&[413]),
        case(
            "a GET with a body",
            "6",
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        )
        .served([asked("GET", "/", "hello")]),
        case(
            "a DELETE with a body",
            "6",
            "DELETE / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        )
        .served([asked("DELETE", "/", "hello")]),
        case(
            "an OPTIONS with a body",
            "6",
            "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        )
        .served([asked("OPTIONS", "*", "hello")]),
        case(
            "a body in HTTP/1.0",
            "6.3",
            "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
        )
        .last([posted("hello")]),
    ]
}

fn ends() -> Vec<Case> {
    vec![
        case(
            "a body shorter than declared",
            "8",
            post("Content-Length: 6\r\n", "hello"),
        )
        .broken()
        .and_ends(),
        case(
            "no body where one was declared",
            "8",
            post("Content-Length: 6\r\n", ""),
        )
        .broken()
        .and_ends(),
        case("an end behind a request", "9.6", get(""))
            .served([got("/")])
            .and_ends(),
        case(
            "an end behind a body",
            "9.6",
            post("Content-Length: 5\r\n", "hello"),
        )
        .served([posted("hello")])
        .and_ends(),
        case("an end behind two requests", "9.6", get("").repeat(2))
            .served([got("/"), got("/")])
            .and_ends(),
        case("an end in a request line", "8", "GET / HT")
            .closed()
            .and_ends(),
        case("an end behind a request line", "8", "GET / HTTP/1.1\r\n")
            .closed()
            .and_ends(),
        case(
            "an end in a field",
            "8",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b",
        )
        .closed()
        .and_ends(),
        case(
            "an end before the empty line",
            "8",
            "GET / HTTP/1.1\r\nHost: x\r\n",
        )
        .closed()
        .and_ends(),
        case(
            "an end in the empty line",
            "8",
            "GET / HTTP/1.1\r\nHost: x\r\n\r",
        )
        .closed()
        .and_ends(),
        case("an end at once", "9", "").closed().and_ends(),
        case(
            "an end in the second head",
            "8",
            [&get(""), "GET / HTTP/1.1\r\nHost"].concat(),
        )
        .last([got("/")])
        .and_ends(),
    ]
}

fn expectations() -> Vec<Case> {
    let with = |value: &str| {
        post(
            &format!("Expect: {value}\r\nContent-Length: 5\r\n"),
            "hello",
        )
    };
    let hello: fn() -> [Asked; 1] = || [posted("hello")];
    vec![
        case(
            "an expectation of 100",
            "RFC 9110 10.1.1",
            with("100-continue"),
        )
        .served(hello()),
        case(
            "an expectation in capitals",
            "RFC 9110 10.1.1",
            with("100-CONTINUE"),
        )
        .served(hello()),
        case(
            "an expectation before chunks",
            "RFC 9110 10.1.1",
            post(
                "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
            ),
        )
        .served(hello()),
        case(
            "an expectation without a body",
            "RFC 9110 10.1.1",
            get("Expect: 100-continue\r\n"),
        )
        .served([got("/")]),
        case(
            "an expectation of something else",
            "RFC 9110 10.1.1",
            with("a-miracle"),
        )
        .refused(&[417]),
        case(
            "an expectation of 100 and something else",
            "RFC 9110 10.1.1",
            with("100-continue, a-miracle"),
        )
        .refused(&[417]),
        case(
            "an expectation with a parameter",
            "RFC 9110 10.1.1",
            with("100-continue;a=b"),
        )
        .refused(&[417]),
        case("an expectation of nothing", "RFC 9110 10.1.1", with("")).refused(&[417]),
        case(
            "an expectation in HTTP/1.0",
            "RFC 9110 10.1.1",
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
        )
        .last(hello()),
        case(
            "an expectation before a body past the limit",
            "RFC 9110 10.1.1",
            post("Expect: 100-continue\r\nContent-Length: 1001\r\n", ""),
        )
        .refused(&[413]),
    ]
}
