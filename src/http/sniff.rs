//! Which protocol a plain connection speaks, by its first bytes.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::ready;

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

/// What an HTTP/2 client says first (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Reads until it is clear whether `io` begins with the HTTP/2 preface. Says so, and gives back what
/// was read: the connection begins with it.
pub(super) async fn sniff<IO: AsyncRead + Unpin>(io: &mut IO) -> io::Result<(bool, Bytes)> {
    let mut space = [0; PREFACE.len()];
    let mut len = 0;
    while len < PREFACE.len() && PREFACE.starts_with(&space[..len]) {
        let read = poll_fn(|cx| {
            let mut buf = ReadBuf::new(&mut space[len..]);
            ready!(Pin::new(&mut *io).poll_read(cx, &mut buf))?;
            std::task::Poll::Ready(io::Result::Ok(buf.filled().len()))
        })
        .await?;
        if read == 0 {
            break;
        }
        len += read;
    }
    let is_http2 = len == PREFACE.len() && space == PREFACE;
    Ok((is_http2, Bytes::copy_from_slice(&space[..len])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(bytes: &[u8]) -> (bool, Bytes) {
        let mut input = bytes;
        let mut future = Box::pin(sniff(&mut input));
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(Ok(sniffed)) => sniffed,
            other => unreachable!("a slice is always ready: {other:?}"),
        }
    }

    #[test]
    fn the_preface_and_nothing_else_is_http2() {
        assert!(sniffed(PREFACE).0);
        assert!(sniffed(&[PREFACE, b"more"].concat()).0);
        assert!(!sniffed(b"PRI * HTTP/1.1\r\n\r\n").0);
        assert!(!sniffed(b"GET / HTTP/1.1\r\n\r\n").0);
        assert!(!sniffed(&PREFACE[..PREFACE.len() - 1]).0);
        assert!(!sniffed(b"").0);
    }

    #[test]
    fn what_was_read_is_given_back() {
        assert_eq!(sniffed(b"PRI").1, "PRI");
        let (_, read) = sniffed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".starts_with(&read));
        assert!(!read.is_empty());
    }
}
