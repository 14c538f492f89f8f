//! A whole connection of the engine, without a socket: bytes in, bytes out, a handler that answers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use sluice::body::Piece;
use sluice::config::Limits;
use sluice::http::{
    Clock, Connection, Exchange, Handler, Peer, Protocol, Service, Tasks, Terms, serve,
};
use sluice::stats::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Builder, LocalOptions};

/// A request that came whole to a handler: method, target, body.
pub type Seen = (String, String, Vec<u8>);

/// How often a connection may be polled for each byte that it gets before it counts as stuck.
const POLLS_PER_BYTE: usize = 20;

/// What one byte may be answered with at most, on average: a refusal for each short request.
const BYTES_PER_BYTE: usize = 400;

thread_local! {
    // Its numbers live as long as the process.
    static LISTENER: Rc<Listener> = Rc::new(Listener::new("fuzz".into(), None));
}

/// Serves `pieces` and then the end, and gives what handlers saw. Panics when the connection or a handler does not
/// come to its end.
pub fn converse(protocol: Protocol, pieces: &[&[u8]]) -> Vec<Seen> {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().build_local(LocalOptions::default());
    runtime.expect("a runtime").block_on(run(protocol, pieces))
}

async fn run(protocol: Protocol, pieces: &[&[u8]]) -> Vec<Seen> {
    let log = Rc::new(RefCell::new(Vec::new()));
    let tasks = Rc::new(Tasks::default());
    let service = Service::new(Answers(Rc::clone(&log)), Rc::clone(&tasks));
    let terms = Terms {
        limits: Limits {
            body: 10_000,
            ..Limits::DEFAULT
        },
        ..Terms::default()
    };
    let connection = Rc::new(Connection::new(
        Peer::default(),
        Rc::new(terms),
        LISTENER.with(Rc::clone),
        Rc::new(Clock::new(Duration::from_millis(5))),
    ));
    let given = pieces.iter().map(|piece| piece.len()).sum::<usize>();
    let wire = Wire {
        pieces: pieces.iter().map(|piece| piece.to_vec()).collect(),
        waits: false,
        sent: 0,
        most: given * BYTES_PER_BYTE + 100_000,
    };
    let mut served = serve(wire, protocol, connection, Rc::new(service));
    let mut polls = given * POLLS_PER_BYTE + 10_000;
    poll_fn(|cx| {
        polls -= 1;
        assert!(polls > 0, "the connection is stuck");
        let polled = served.as_mut().poll(cx);
        // Its input is all there: whoever waits is told, or waits for ever.
        if polled.is_pending() {
            cx.waker().wake_by_ref();
        }
        polled
    })
    .await;
    drop(served);
    poll_fn(|cx| {
        polls -= 1;
        assert!(polls > 0, "a handler is stuck");
        let polled = tasks.poll_idle(cx);
        if polled.is_pending() {
            cx.waker().wake_by_ref();
        }
        polled
    })
    .await;
    // What throws the rest of a body away sees its end in one of the runtime's next turns.
    let active = || LISTENER.with(|listener| listener.active.get());
    for _ in 0..10 {
        if active() > 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(active(), 0, "a request counts as one that goes on");
    log.take()
}

/// The client's side. Each read gives one piece at most, and every other one makes its reader wait.
struct Wire {
    pieces: VecDeque<Vec<u8>>,
    waits: bool,
    sent: usize,
    most: usize,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.waits = !self.waits;
        if self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(piece) = self.pieces.front_mut() {
            let len = piece.len().min(buf.remaining());
            buf.put_slice(&piece[..len]);
            piece.drain(..len);
            if piece.is_empty() {
                self.pieces.pop_front();
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.sent += buf.len();
        assert!(self.sent <= self.most, "it answers too much");
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Answers(Rc<RefCell<Vec<Seen>>>);

impl Handler for Answers {
    type Work = Pin<Box<dyn Future<Output = ()>>>;

    fn handle(&self, exchange: Rc<Exchange>) -> Self::Work {
        let log = Rc::clone(&self.0);
        Box::pin(async move {
            let mut body = Vec::new();
            loop {
                match poll_fn(|cx| exchange.poll_read(cx, 4096)).await {
                    Ok(Piece::Bytes(bytes)) => body.extend_from_slice(&bytes),
                    Ok(Piece::End) => break,
                    Err(_) => return exchange.reply.abort(),
                }
            }
            let request = &exchange.request;
            let (method, target) = (request.method.to_string(), request.uri.to_string());
            log.borrow_mut().push((method, target, body));
            // A client that is gone takes no reply.
            let _ = exchange.reply.end(Bytes::from_static(b"hello"));
        })
    }
}
