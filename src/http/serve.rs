//! Drives one connection from its first byte to its last.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, Version};
use hyper::body::Incoming as HyperBody;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use tokio::io::{AsyncRead, AsyncWrite};

use super::exchange::discard;
use super::io::Watched;
use super::reply_body::Aborted;
use super::respond::{Respond, Tasks};
use super::sniff::sniff;
use super::{Connection, Exchange, Fate, Handler, ReplyBody, drain, head};
use crate::body::Incoming;

/// Which protocol a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1 or 1.0, as ALPN chose.
    Http1,
    /// HTTP/2, as ALPN chose.
    Http2,
    /// Told by the first bytes: the HTTP/2 preface (RFC 9113 section 3.4) or anything else.
    Sniffed,
}

/// What all connections of a server share.
pub struct Service<H> {
    handler: H,
    tasks: Rc<Tasks>,
}

impl<H: Handler> Service<H> {
    /// Requests go to `handler`; `tasks` counts those at work.
    pub fn new(handler: H, tasks: Rc<Tasks>) -> Self {
        Self { handler, tasks }
    }
}

/// Serves one connection until it ends, a deadline passes, or it was told to drain and what was
/// begun is finished. Errors end the connection; there is nobody to tell.
///
/// The future is boxed by itself, so that a task holds no more than what the protocol at hand
/// needs.
pub fn serve<IO, H>(
    io: IO,
    protocol: Protocol,
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
) -> Pin<Box<dyn Future<Output = ()>>>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    match protocol {
        Protocol::Http1 => converse(io, Bytes::new(), false, connection, service),
        Protocol::Http2 => converse(io, Bytes::new(), true, connection, service),
        Protocol::Sniffed => Box::pin(sniff_and_converse(io, connection, service)),
    }
}

async fn sniff_and_converse<IO, H>(mut io: IO, connection: Rc<Connection>, service: Rc<Service<H>>)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    let sniffed = connection.unless_overdue(sniff(&mut io)).await;
    if let Some(Ok((is_http2, begun))) = sniffed {
        converse(io, begun, is_http2, connection, service).await;
    }
}

fn converse<IO, H>(
    io: IO,
    begun: Bytes,
    is_http2: bool,
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
) -> Pin<Box<dyn Future<Output = ()>>>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    let answer = Answer {
        connection: Rc::clone(&connection),
        service,
        streams: Streams::default(),
    };
    let io = Watched::new(io, begun, Rc::clone(&connection));
    if is_http2 {
        let builder = http2_builder(&connection, answer.streams.clone());
        let driver = builder.serve_connection(io, answer);
        Box::pin(Drive::new(driver, connection))
    } else {
        let driver = http1_builder(&connection).serve_connection(io, answer);
        Box::pin(Drive::new(driver, connection))
    }
}

/// A connection of hyper's, of either protocol.
trait Driver: Future<Output = hyper::Result<()>> {
    fn graceful_shutdown(self: Pin<&mut Self>);
}

impl<IO, H> Driver for http1::Connection<Watched<IO>, Answer<H>>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        http1::Connection::graceful_shutdown(self);
    }
}

impl<IO, H> Driver for http2::Connection<Watched<IO>, Answer<H>, Streams>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        http2::Connection::graceful_shutdown(self);
    }
}

/// A connection that is being served. A struct and not an `async fn`: that would hold its
/// arguments twice.
struct Drive<D> {
    driver: D,
    connection: Rc<Connection>,
    /// hyper was told that this is the end.
    told: bool,
}

impl<D: Driver + Unpin> Drive<D> {
    fn new(driver: D, connection: Rc<Connection>) -> Self {
        Self {
            driver,
            connection,
            told: false,
        }
    }

    /// A request that may be on its way is answered first: the client could not know that it was
    /// lost. The reply to it then says that it is the last.
    fn must_tell(&self) -> bool {
        let connection = &self.connection;
        let drains = connection.is_draining() && !connection.expects_request();
        !self.told && (drains || connection.is_retired())
    }
}

impl<D: Driver + Unpin> Future for Drive<D> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.connection.poll_overdue(cx).is_ready() {
            return Poll::Ready(());
        }
        if let Poll::Ready(ended) = Pin::new(&mut self.driver).poll(cx) {
            if ended.is_err_and(|error| error.is_parse()) {
                // hyper has answered it; no service was asked.
                self.connection.stats.requests_refused.inc();
            }
            return Poll::Ready(());
        }
        if self.must_tell() {
            self.told = true;
            Pin::new(&mut self.driver).graceful_shutdown();
            return Pin::new(&mut self.driver).poll(cx).map(drop);
        }
        Poll::Pending
    }
}

impl<D> Drop for Drive<D> {
    fn drop(&mut self) {
        self.connection.end_exchanges(Fate::Gone);
    }
}

fn http1_builder(connection: &Connection) -> http1::Builder {
    let limits = &connection.limits;
    let mut builder = http1::Builder::new();
    builder
        .header_read_timeout(None)
        // A client that has said all it has to say may half-close; whether it is gone altogether
        // is seen by the sweep.
        .half_close(true)
        .max_headers(limits.headers + 1)
        .max_buf_size(limits.head.max(SEND_BUFFER));
    builder
}

fn http2_builder(connection: &Connection, streams: Streams) -> http2::Builder<Streams> {
    let limits = &connection.limits;
    let mut builder = http2::Builder::new(streams);
    builder
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
        .max_send_buf_size(SEND_BUFFER / 2)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    builder
}

/// What hyper may hold of replies per HTTP/1 connection. Per HTTP/2 stream it is half as much: there
/// a piece is held once more between the stream and the connection.
const SEND_BUFFER: usize = 32 * 1024;

/// How much of a request body may be under way on one HTTP/2 stream before its handler reads.
const STREAM_WINDOW: u32 = 64 * 1024;

/// The same for all streams of a connection together.
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// hyper's view of the service: one call per request.
struct Answer<H> {
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
    streams: Streams,
}

impl<H: Handler> hyper::service::Service<Request<HyperBody>> for Answer<H> {
    type Response = Response<ReplyBody>;
    type Error = Aborted;
    type Future = Answered<H>;

    fn call(&self, request: Request<HyperBody>) -> Answered<H> {
        let (parts, body) = request.into_parts();
        let connection = &self.connection;
        self.count(parts.version);
        if let Err(refusal) = head::check_request(&parts, &connection.limits) {
            connection.stats.requests_refused.inc();
            connection.refused();
            if parts.version == Version::HTTP_2 {
                let mut body = Incoming::new(body, u64::MAX);
                drain::spawn(move |cx| discard(&mut body, cx));
            }
            return Answered::Refused(Some(refusal.response(parts.method == Method::HEAD)));
        }
        let exchange = Rc::new(Exchange::new(parts, body, Rc::clone(connection)));
        connection.begin(&exchange);
        self.streams.note(&exchange);
        Answered::Handled(Respond::new(
            &self.service.handler,
            exchange,
            &self.service.tasks,
        ))
    }
}

impl<H> Answer<H> {
    fn count(&self, version: Version) {
        let stats = &self.connection.stats;
        match version {
            Version::HTTP_2 => stats.requests_2.inc(),
            Version::HTTP_10 => stats.requests_10.inc(),
            _ => stats.requests_11.inc(),
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
        match &mut *self {
            Self::Handled(respond) => Pin::new(respond).poll(cx),
            Self::Refused(response) => Poll::Ready(response.take().ok_or(Aborted)),
        }
    }
}

/// Runs the tasks of hyper's HTTP/2 streams on this thread, each tied to its exchange: when a
/// stream is overdue its task is dropped, which resets the stream and nothing else.
#[derive(Clone, Default)]
struct Streams {
    latest: Rc<RefCell<Option<Rc<Exchange>>>>,
}

impl Streams {
    /// hyper hands over a stream's task right after it has called the service for it.
    fn note(&self, exchange: &Rc<Exchange>) {
        if exchange.request.version == Version::HTTP_2 {
            *self.latest.borrow_mut() = Some(Rc::clone(exchange));
        }
    }
}

impl<F> Executor<F> for Streams
where
    F: Future + 'static,
{
    fn execute(&self, task: F) {
        let exchange = self.latest.borrow_mut().take();
        tokio::task::spawn_local(async move {
            let Some(exchange) = exchange else {
                task.await;
                return;
            };
            let mut task = pin!(task);
            poll_fn(|cx| {
                if task.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(());
                }
                match exchange.poll_ended(cx) {
                    Poll::Ready(fate) if ends_stream(fate) => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })
            .await;
        });
    }
}

/// Whether an exchange that ended so leaves nothing to wait for on its stream.
fn ends_stream(fate: Fate) -> bool {
    match fate {
        Fate::Alive | Fate::Overdue(super::Deadline::Body) => false,
        Fate::Gone | Fate::Overdue(_) | Fate::Stopping => true,
    }
}
