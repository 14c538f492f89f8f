//! HTTP/2 (RFC 9113), by h2.
//!
//! h2 is driven directly because hyper hides what the bounds need: a piece leaves a reply's queue
//! only when the client's window has room for it, so what h2 holds of a reply waits for the socket
//! and for nothing else. A reply that is taken is as good as sent, a client that opens no window is
//! seen as the stalled reader that it is, and the bytes that a stream holds are counted.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::server::{Builder, Connection as H2Connection, Handshake, SendResponse};
use h2::{Reason, RecvStream};
use http::header::DATE;
use http::{Method, Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};

use super::budget::{Budget, Flood};
use super::drive::Driver;
use super::io::Watched;
use super::request_body::RequestBody;
use super::stream::Stream;
use super::weighed::Weighed;
use super::{Connection, Handler, Service, date};
use crate::body::Pieces;

/// What h2 may hold of one stream's reply, in bytes: two frames, so that one can leave while the
/// next is made.
const SEND_BUFFER: usize = 32 * 1024;

/// How much of a request body may be under way on one stream before its handler reads, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;

/// The same for all streams of a connection together.
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// What tiny pieces of request bodies that no handler has read may cost beyond their bytes, by h2's
/// reckoning: 256 bytes for each, less its length. A stream's window full of messages of 16 bytes
/// must have its place here.
const TINY_PIECES: usize = 2 << 20;

/// How many streams that were reset may wait to be looked at, and how many a connection may make h2
/// reset in all, both beyond [`Limits::resets`](crate::config::Limits::resets). [`Budget`] strikes
/// earlier: what comes at once is fewer than the first. The second counts for the life of the
/// connection those resets too that have not left.
const PENDING_RESETS: usize = 2_048;
const ERROR_RESETS: usize = 4_096;

/// How long requests of one connection are answered before what was made is sent and others have
/// their turn. Many quick replies share a write; a slow one does not wait for those after it.
const TURN: Duration = Duration::from_micros(500);

/// One HTTP/2 connection.
pub(super) struct Http2<IO, H: Handler> {
    state: State<Weighed<Watched<IO>>>,
    /// Requests that have come and are not begun.
    arrived: VecDeque<Arrived>,
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
    goes_away: bool,
    /// What the client may still cost, and whether it was told that this is spent.
    budget: Rc<RefCell<Budget>>,
    calmed: bool,
}

enum State<IO> {
    /// The client's preface is not all there.
    Greeting(Handshake<IO, Pieces>),
    Open(H2Connection<IO, Pieces>),
}

type Arrived = (Request<RecvStream>, SendResponse<Pieces>);

impl<IO, H> Http2<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    pub(super) fn new(
        io: Watched<IO>,
        connection: Rc<Connection>,
        service: Rc<Service<H>>,
    ) -> Self {
        let limits = &connection.terms.limits;
        let budget = Budget::new(limits.streams, limits.resets, connection.clock.now());
        let budget = Rc::new(RefCell::new(budget));
        let resets = limits.resets as usize;
        let io = Weighed::new(io, Rc::clone(&budget), Rc::clone(&connection));
        let greeting = Builder::new()
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
            .max_send_buffer_size(SEND_BUFFER)
            .data_frame_budget(TINY_PIECES)
            .max_pending_accept_reset_streams(resets + PENDING_RESETS)
            .max_local_error_reset_streams(Some(resets + ERROR_RESETS))
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(io);
        Self {
            state: State::Greeting(greeting),
            arrived: VecDeque::new(),
            connection,
            service,
            goes_away: false,
            budget,
            calmed: false,
        }
    }

    /// Reads what has come and sends what was made; ready when the connection is over.
    fn poll_connection(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::Greeting(greeting) => match ready!(Pin::new(greeting).poll(cx)) {
                    Ok(mut open) => {
                        if self.goes_away {
                            open.graceful_shutdown();
                        }
                        self.state = State::Open(open);
                    }
                    Err(_) => return Poll::Ready(()),
                },
                State::Open(open) => match ready!(open.poll_accept(cx)) {
                    Some(Ok(arrived)) => self.arrived.push_back(arrived),
                    Some(Err(error)) => {
                        if error.is_library() && error.reason() == Some(Reason::ENHANCE_YOUR_CALM) {
                            self.connection.stats.limits.floods.inc();
                        }
                        return Poll::Ready(());
                    }
                    None => return Poll::Ready(()),
                },
            }
        }
    }

    /// Whether the client has just spent its budget. It is told, and nothing of it is heard any more.
    fn calms(&mut self) -> bool {
        let Some(flood) = self.budget.borrow().flood() else {
            return false;
        };
        let State::Open(open) = &mut self.state else {
            return false;
        };
        if std::mem::replace(&mut self.calmed, true) {
            return false;
        }
        let limits = &self.connection.stats.limits;
        match flood {
            Flood::Resets => limits.resets.inc(),
            Flood::Frames => limits.floods.inc(),
        }
        self.arrived.clear();
        open.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        true
    }

    /// Answers the requests that have come. Returns whether its turn was over before the last.
    fn answer(&mut self, cx: &mut Context<'_>) -> bool {
        let begun = Instant::now();
        while let Some((request, reply)) = self.arrived.pop_front() {
            self.receive(request, reply, cx);
            if begun.elapsed() >= TURN {
                return true;
            }
        }
        false
    }

    /// A reply that is made at once costs no task: its stream is polled in place. What is left
    /// then goes on in a task of its own.
    fn receive(
        &self,
        request: Request<RecvStream>,
        mut reply: SendResponse<Pieces>,
        cx: &mut Context<'_>,
    ) {
        if reply.poll_reset(cx).is_ready() {
            // The client has given it up before its turn came: it costs no handler.
            return;
        }
        let (parts, body) = request.into_parts();
        let is_head = parts.method == Method::HEAD;
        let body = RequestBody::Http2(body);
        match self.service.receive(parts, body, &self.connection) {
            Ok(respond) => {
                let mut stream = Stream::new(respond, reply, Rc::clone(&self.budget));
                if Pin::new(&mut stream).poll(cx).is_pending() {
                    tokio::task::spawn_local(stream);
                }
            }
            Err(refusal) => {
                let response = refusal.response(self.connection.server());
                refuse(response, is_head, &mut reply);
            }
        }
    }
}

impl<IO, H> Driver for Http2<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    const TELLS_AHEAD: bool = true;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut is_over = false;
        loop {
            if self.poll_connection(cx).is_ready() {
                return Poll::Ready(());
            }
            if self.calms() {
                continue;
            }
            if self.arrived.is_empty() {
                return Poll::Pending;
            }
            if is_over {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            is_over = self.answer(cx);
        }
    }

    fn graceful_shutdown(&mut self) {
        self.goes_away = true;
        if let State::Open(open) = &mut self.state {
            open.graceful_shutdown();
        }
    }
}

/// Sends a refusal. Where it cannot be sent the stream or the connection is over already.
fn refuse(response: Response<&'static str>, is_head: bool, reply: &mut SendResponse<Pieces>) {
    let (mut parts, text) = response.into_parts();
    parts.headers.insert(DATE, date::now());
    let head = Response::from_parts(parts, ());
    if let Ok(mut body) = reply.send_response(head, is_head)
        && !is_head
    {
        let text = Bytes::from_static(text.as_bytes());
        let _ = body.send_data(text.into(), true);
    }
}
