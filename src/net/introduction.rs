//! What a proxy says before its client speaks: the PROXY protocol on a connection.

use std::io;

use bytes::BytesMut;
use tokio::io::AsyncReadExt;

use super::acceptor::Peer;
use super::proxy_header::{Beginning, parse};
use super::stream::Stream;
use crate::stats;

/// Room for any header without many extensions, and for the head of a request behind it.
const ROOM: usize = 512;

/// What a proxy has said of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introduction {
    /// Nothing: there is no header, and all bytes are still to be read.
    Missing,
    /// A header that tells of nobody (`UNKNOWN`, `LOCAL`, `AF_UNSPEC`). The connection is the proxy's own, or that
    /// of a client whom it does not name.
    OfNobody,
    /// The ends of the client's connection.
    Of(Peer),
}

/// Reads the header of the PROXY protocol that a connection begins with. What was read beyond it comes first
/// out of the next read of the stream. It is [`Introduction::Missing`] only where `is_required` is false.
///
/// There is no timeout in here: the caller owns it, and drops the future when it is over. A header is counted
/// as ok or, also when the future is dropped, as failed: so is, even where none is required, a connection that
/// says nothing until then. First bytes that are no header, or an end without any, are not counted where none
/// is required.
///
/// # Errors
/// `InvalidData` if the header is malformed or does not come; what the socket says.
pub async fn introduce(stream: &mut Stream, is_required: bool) -> io::Result<Introduction> {
    let meter = stream.meter();
    let attempt = Attempt(&meter);
    let mut bytes = BytesMut::new();
    loop {
        let beginning = parse(&bytes);
        match beginning {
            Beginning::Undecided | Beginning::Partial => {}
            Beginning::Whole { len, told } => {
                attempt.succeeded();
                stream.put_back(bytes.split_off(len).freeze());
                return Ok(told.map_or(Introduction::OfNobody, Introduction::Of));
            }
            Beginning::Other if !is_required => return Ok(nothing(attempt, stream, bytes)),
            Beginning::Other | Beginning::Malformed => {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        if bytes.is_empty() {
            bytes.reserve(ROOM);
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return if beginning == Beginning::Undecided && !is_required {
                Ok(nothing(attempt, stream, bytes))
            } else {
                Err(io::ErrorKind::InvalidData.into())
            };
        }
    }
}

/// There is no header, and none was needed.
fn nothing(attempt: Attempt<'_>, stream: &mut Stream, bytes: BytesMut) -> Introduction {
    std::mem::forget(attempt);
    stream.put_back(bytes.freeze());
    Introduction::Missing
}

/// A header that has failed unless it says otherwise.
struct Attempt<'a>(&'a stats::Listener);

impl Attempt<'_> {
    fn succeeded(self) {
        self.0.proxy_headers_ok.inc();
        std::mem::forget(self);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.proxy_headers_failed.inc();
    }
}
