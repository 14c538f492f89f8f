//! A multipart body, read from wherever it comes.

use std::task::{Context, Poll, ready};

use super::{Event, Multipart};
use crate::body::Piece;
use crate::error::Result;

/// Where a body comes from: ready with its next piece, or with its end.
pub type Source<'a> = &'a mut dyn FnMut(&mut Context<'_>) -> Poll<Result<Piece>>;

/// The next event of `multipart`; asks `source` for a piece only when there is none without.
pub(super) fn poll_event(
    multipart: &mut Multipart,
    cx: &mut Context<'_>,
    source: Source<'_>,
) -> Poll<Result<Event>> {
    loop {
        if let Some(event) = multipart.event()? {
            return Poll::Ready(Ok(event));
        }
        match ready!(source(cx))? {
            Piece::Bytes(bytes) => multipart.push(bytes),
            Piece::End => multipart.finish(),
        }
    }
}
