//! HTTP/1.0 and 1.1 (RFC 9112), by hyper.
//!
//! A connection that says nothing for a while is taken apart and kept as its transport alone: hyper's state and
//! its two buffers are 12 KiB of the 16 that an idle connection cost. What comes next is read into the stack
//! and handed to a hyper that is made anew. Going to rest takes 2,900 instructions.

use std::future::Future;
use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONNECTION, DATE, HeaderValue};
use http::{Method, Request, Response};
use hyper::body::Incoming as HyperBody;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::drive::Driver;
use super::io::Watched;
use super::reply_body::Aborted;
use super::request_body::RequestBody;
use super::respond::Respond;
use super::strict::Strict;
use super::{Connection, Handler, ReplyBody, Service, date};

/// What hyper may hold of replies per connection, in bytes.
const SEND_BUFFER: usize = 32 * 1024;

/// How much is read at first of what ends a rest, in bytes: most heads fit.
const FIRST_READ: usize = 2 * 1024;

/// hyper's own limit of header lines. Told to keep to one, whichever it is, it allocates and fills
/// room for them at each request, which costs a tenth of a short exchange.
const HEADERS: usize = 100;

/// One HTTP/1 connection.
pub(super) struct Http1<IO, H: Handler> {
    state: State<IO, H>,
    connection: Rc<Connection>,
    /// A part of the next request is here: it does not rest before that is.
    is_restless: bool,
}

/// All of it is boxed, so that a connection holds no more than the state that it is in.
enum State<IO, H: Handler> {
    Awake(Box<Driven<IO, H>>),
    Resting(Box<Resting<IO, H>>),
    /// hyper is done and has not closed the transport; whether that is to be done.
    Ending(Box<Watched<IO>>, bool),
    /// Between the two.
    Turning,
}

type Driven<IO, H> = http1::Connection<TokioIo<Strict<Watched<IO>>>, Answer<H>>;

/// A connection between two requests.
struct Resting<IO, H> {
    io: Watched<IO>,
    answer: Answer<H>,
}

impl<IO, H> Http1<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    pub(super) fn new(
        io: Watched<IO>,
        connection: Rc<Connection>,
        service: Rc<Service<H>>,
    ) -> Self {
        let answer = Answer {
            connection: Rc::clone(&connection),
            service,
        };
        Self {
            state: State::Awake(Resting { io, answer }.wake()),
            connection,
            is_restless: false,
        }
    }

    /// Takes the connection apart. All replies are written.
    fn rest(&mut self) {
        if let State::Awake(driver) = mem::replace(&mut self.state, State::Turning) {
            let parts = driver.into_parts();
            let mut io = parts.io.into_inner().into_inner();
            self.is_restless = !parts.read_buf.is_empty();
            io.put_back(parts.read_buf);
            let answer = parts.service;
            let resting = Box::new(Resting { io, answer });
            self.state = match self.is_restless {
                false => State::Resting(resting),
                true => State::Awake(resting.wake()),
            };
        }
    }

    /// hyper is done. Where the client has asked for an upgrade, or for a tunnel, it leaves the end to others; where it
    /// has failed there is none, but for the replies before that.
    fn end(&mut self, is_orderly: bool) {
        if let State::Awake(driver) = mem::replace(&mut self.state, State::Turning) {
            let io = driver.into_parts().io.into_inner().into_inner();
            self.state = State::Ending(Box::new(io), is_orderly);
        }
    }

    fn wake(&mut self) {
        self.state = match mem::replace(&mut self.state, State::Turning) {
            State::Resting(resting) => State::Awake(resting.wake()),
            other => other,
        };
    }

    fn count(&self, error: &hyper::Error) {
        let stats = &self.connection.stats;
        if error.is_parse() {
            // hyper has answered it; no service was asked.
            stats.requests_refused.inc();
        }
        if error.is_parse_too_large() {
            stats.limits.head.inc();
        }
    }
}

impl<IO, H> Resting<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    /// Ready when the client has said something, or its end.
    fn poll_stirred(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [MaybeUninit::uninit(); FIRST_READ];
        let mut buf = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut buf))?;
        self.io.put_back(Bytes::copy_from_slice(buf.filled()));
        Poll::Ready(Ok(()))
    }

    fn wake(self) -> Box<Driven<IO, H>> {
        let connection = &self.answer.connection;
        let limits = &connection.terms.limits;
        let mut builder = http1::Builder::new();
        builder
            .header_read_timeout(None)
            // A client that has said all it has to say may half-close; whether it is gone
            // altogether is seen by the sweep.
            .half_close(true)
            .max_buf_size(limits.head.max(SEND_BUFFER));
        if limits.headers != HEADERS {
            builder.max_headers(limits.headers);
        }
        let io = Strict::new(self.io, Rc::clone(connection));
        Box::new(builder.serve_connection(TokioIo::new(io), self.answer))
    }
}

impl<IO, H> Driver for Http1<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    const TELLS_AHEAD: bool = false;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::Awake(driver) => {
                    if let Poll::Ready(ended) = Pin::new(driver).poll(cx) {
                        if let Err(error) = &ended {
                            self.count(error);
                        }
                        if self.connection.is_closing() {
                            return Poll::Ready(());
                        }
                        self.end(ended.is_ok());
                        continue;
                    }
                    let may_rest = self.connection.may_rest();
                    self.is_restless &= may_rest;
                    if !may_rest || self.is_restless {
                        return Poll::Pending;
                    }
                    self.rest();
                }
                State::Resting(resting) => {
                    if ready!(resting.poll_stirred(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    self.wake();
                }
                State::Ending(io, true) => return Pin::new(&mut **io).poll_shutdown(cx).map(drop),
                State::Ending(io, false) => return io.poll_held(cx).map(drop),
                State::Turning => return Poll::Ready(()),
            }
        }
    }

    fn graceful_shutdown(&mut self) {
        self.wake();
        if let State::Awake(driver) = &mut self.state {
            Pin::new(&mut **driver).graceful_shutdown();
        }
    }
}

/// hyper's view of the service: one call per request.
struct Answer<H> {
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
}

impl<H: Handler> hyper::service::Service<Request<HyperBody>> for Answer<H> {
    type Response = Response<ReplyBody>;
    type Error = Aborted;
    type Future = Answered<H>;

    fn call(&self, request: Request<HyperBody>) -> Answered<H> {
        let (parts, body) = request.into_parts();
        let is_head = parts.method == Method::HEAD;
        let body = RequestBody::Http1(body);
        match self.service.receive(parts, body, &self.connection) {
            Ok(respond) => Answered::Handled(respond),
            Err(refusal) => {
                // What follows the request, such as a body that is too large, is not worth reading.
                let mut response = refusal
                    .response(self.connection.server())
                    .map(ReplyBody::text);
                if is_head {
                    *response.body_mut() = ReplyBody::text("");
                }
                date_if_set_back(&mut response);
                close(&mut response);
                Answered::Refused(Some(response))
            }
        }
    }
}

enum Answered<H: Handler> {
    Handled(Respond<H>),
    Refused(Option<Response<ReplyBody>>),
}

impl<H: Handler> Future for Answered<H> {
    type Output = Result<Response<ReplyBody>, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let respond = match &mut *self {
            Self::Handled(respond) => respond,
            Self::Refused(response) => return Poll::Ready(response.take().ok_or(Aborted)),
        };
        Pin::new(respond).poll(cx).map(|committed| {
            let (head, exchange) = committed.ok_or(Aborted)?;
            let is_last = exchange.connection().is_draining() || exchange.is_malformed();
            let mut response = Response::from_parts(head, ReplyBody::of(exchange));
            date_if_set_back(&mut response);
            if is_last {
                // The client learns by the reply itself that it is the last.
                close(&mut response);
            }
            Ok(response)
        })
    }
}

/// hyper writes the date itself, for less than a header costs, but its own does not follow a clock that is set back.
fn date_if_set_back(response: &mut Response<ReplyBody>) {
    if date::is_set_back() {
        response.headers_mut().insert(DATE, date::now());
    }
}

fn close(response: &mut Response<ReplyBody>) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
}
