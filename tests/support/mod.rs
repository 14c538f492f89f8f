//! What the tests of the engine share: a whole server on a thread of its own ([`server`]), one
//! connection without a server ([`pipe`]), clients ([`client`]), handlers and bodies.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

pub mod client;
pub mod counted;
pub mod frames;
pub mod pipe;
pub mod raw;
pub mod server;

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use sluice::body::Piece;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What a test's handler does with a request.
pub type Work = Pin<Box<dyn Future<Output = ()>>>;

/// The longest body that [`body`] gives.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// Bytes that depend on their position, so that a lost, doubled or moved record shows.
static PATTERN: LazyLock<Bytes> = LazyLock::new(|| {
    (0..LONGEST as u64)
        .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
        .collect::<Vec<_>>()
        .into()
});

/// The body of `size` bytes: without a copy, so that bodies weigh nothing in measurements.
pub fn body(size: usize) -> Bytes {
    PATTERN.slice(..size)
}

/// SHA-256, to compare.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Runs a client, or a test, in a runtime of its own; what is stuck fails.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .unwrap();
    runtime.block_on(async { within(Duration::from_secs(120), test).await })
}

/// The outcome of `work`, which must be there in `limit`.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, work)
        .await
        .expect("the test is stuck")
}

/// Writes one piece and waits until there is room for another.
pub async fn write(exchange: &Exchange, bytes: Bytes) -> Result<()> {
    exchange.reply.write(bytes)?;
    poll_fn(|cx| exchange.poll_writable(cx)).await
}

/// The next piece of the request body; `None` at its end.
pub async fn read(exchange: &Exchange) -> Result<Option<Bytes>> {
    match poll_fn(|cx| exchange.poll_read(cx, 65_536)).await? {
        Piece::Bytes(bytes) => Ok(Some(bytes)),
        Piece::End => Ok(None),
    }
}

/// The whole request body.
pub async fn read_all(exchange: &Exchange) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(bytes) = read(exchange).await? {
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

/// Streams `body` in pieces of at most `piece` bytes and ends the reply.
pub async fn stream(exchange: &Exchange, mut body: Bytes, piece: usize) -> Result<()> {
    while !body.is_empty() {
        let next = body.split_to(piece.min(body.len()));
        write(exchange, next).await?;
    }
    exchange.reply.end(Bytes::new())
}

/// A handler made of an async function, and how each of its runs ends. An error breaks the reply
/// off, as an exception does.
pub fn told<F, W>(
    work: F,
) -> (
    impl Fn(Rc<Exchange>) -> Work + Send + 'static,
    UnboundedReceiver<Result<(), Kind>>,
)
where
    F: Fn(Rc<Exchange>) -> W + Send + 'static,
    W: Future<Output = Result<()>> + 'static,
{
    let (ends, ended) = unbounded_channel();
    let handler = move |exchange: Rc<Exchange>| -> Work {
        let (work, ends) = (work(Rc::clone(&exchange)), ends.clone());
        Box::pin(async move {
            let end = work.await.map_err(|error| error.kind());
            if end.is_err() {
                exchange.reply.abort();
            }
            // A test may not want to know.
            let _ = ends.send(end);
        })
    };
    (handler, ended)
}

/// The path of a request and its parts between slashes.
pub fn path(exchange: &Exchange) -> Vec<String> {
    let path = exchange.request.uri.path();
    path.split('/').skip(1).map(str::to_owned).collect()
}

/// A number in `/proc/self/status`, such as `VmRSS`, in bytes.
pub fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

/// Makes the highest memory use so far (`VmHWM`) start anew from the present one.
pub fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}
