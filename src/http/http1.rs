//! HTTP/1.0 and 1.1 (RFC 9112), by hyper.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use http::header::{CONNECTION, DATE, HeaderValue};
use http::{Method, Request, Response};
use hyper::body::Incoming as HyperBody;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::drive::Driver;
use super::io::Watched;
use super::reply_body::Aborted;
use super::request_body::RequestBody;
use super::respond::Respond;
use super::strict::Strict;
use super::{Connection, Handler, ReplyBody, Service, date};

/// What hyper may hold of replies per connection, in bytes.
const SEND_BUFFER: usize = 32 * 1024;

/// hyper's own limit of header lines. Told to keep to one, whichever it is, it allocates and fills
/// room for them at each request, which costs a tenth of a short exchange.
const HEADERS: usize = 100;

/// One HTTP/1 connection.
pub(super) struct Http1<IO, H: Handler> {
    driver: http1::Connection<TokioIo<Strict<Watched<IO>>>, Answer<H>>,
    connection: Rc<Connection>,
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
        let limits = &connection.terms.limits;
        let answer = Answer {
            connection: Rc::clone(&connection),
            service,
        };
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
        let io = Strict::new(io, Rc::clone(&connection));
        let driver = builder.serve_connection(TokioIo::new(io), answer);
        Self { driver, connection }
    }
}

impl<IO, H> Driver for Http1<IO, H>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    const TELLS_AHEAD: bool = false;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.driver).poll(cx).map(|ended| {
            let Err(error) = ended else { return };
            let stats = &self.connection.stats;
            if error.is_parse() {
                // hyper has answered it; no service was asked.
                stats.requests_refused.inc();
            }
            if error.is_parse_too_large() {
                stats.limits.head.inc();
            }
        })
    }

    fn graceful_shutdown(&mut self) {
        Pin::new(&mut self.driver).graceful_shutdown();
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
