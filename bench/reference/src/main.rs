//! The yardstick: what hyper, tokio and rustls do on one thread with nothing else in the way. The same answers as
//! `bench/server.php`, HTTP/1.1 and HTTP/2, plain (by the preface) and TLS (by ALPN), default settings throughout but for
//! TCP_NODELAY and session tickets, which the extension has too.
//!
//! `bench-reference CERTIFICATE KEY [ROWS]` binds two ports of 127.0.0.1, prints `plain tcp://...` and `tls tcp://...`, and
//! serves until it is killed. ROWS is a JSON file with the rows that `/json` answers; without it there are none. With no
//! arguments there is no TLS.

mod rows;
mod waiting;

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::{self, Ticketer};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::spawn_local;
use tokio_rustls::TlsAcceptor;

const PIECE: usize = 16 * 1024;
const PIECES: usize = 640;
const END_64K: usize = 64 * 1024;
const HELLO: &[u8] = b"Hello, World!";
const TEXT: &str = "text/plain";
const JSON: &str = "application/json";

static ZEROS: [u8; END_64K] = [0; END_64K];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tls = match arguments.as_slice() {
        [] => None,
        [certificate, key] => Some(tls_acceptor(certificate, key)?),
        [certificate, key, path] => {
            rows::load(path)?;
            Some(tls_acceptor(certificate, key)?)
        }
        _ => return Err("usage: bench-reference [CERTIFICATE KEY [ROWS]]".into()),
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let plain_listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("plain tcp://{}", plain_listener.local_addr()?);
        let Some(tls) = tls else {
            accept(plain_listener, serve_plain).await;
            return Ok(());
        };
        let tls_listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("tls tcp://{}", tls_listener.local_addr()?);
        let serve_tls = move |tcp| serve_tls(tls.clone(), tcp);
        tokio::join!(
            accept(plain_listener, serve_plain),
            accept(tls_listener, serve_tls)
        );
        Ok(())
    })
}

/// TLS 1.2 and 1.3, ALPN h2 and http/1.1, stateless tickets.
fn tls_acceptor(certificate: &str, key: &str) -> Result<TlsAcceptor, Box<dyn Error>> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = Ticketer::new()?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// One task per connection, for ever. A failed accept (no file descriptor left) waits a moment.
async fn accept<F: Future<Output = ()> + 'static>(
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F,
) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                let _ = tcp.set_nodelay(true);
                spawn_local(serve(tcp));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

// A connection that fails is the client's affair: the load client counts it.

async fn serve_plain(tcp: TcpStream) {
    let _ = auto::Builder::new(Local)
        .serve_connection(TokioIo::new(tcp), service_fn(Answer::to))
        .await;
}

async fn serve_tls(tls: TlsAcceptor, tcp: TcpStream) {
    let Ok(stream) = tls.accept(tcp).await else {
        return;
    };
    let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let io = TokioIo::new(stream);
    if h2 {
        let _ = http2::Builder::new(Local)
            .serve_connection(io, service_fn(Answer::to))
            .await;
    } else {
        let _ = http1::Builder::new()
            .serve_connection(io, service_fn(Answer::to))
            .await;
    }
}

/// The answer to a request, at once or after a delay. Each connection has room for one of these, and an async function that
/// may wait is larger.
enum Answer {
    Now(Request<Incoming>),
    Late(Request<Incoming>, Pin<Box<dyn Future<Output = ()>>>),
}

impl Answer {
    fn to(request: Request<Incoming>) -> Self {
        if request.uri().path() == "/delay" {
            Self::Late(request, Box::pin(waiting::delay()))
        } else {
            Self::Now(request)
        }
    }
}

impl Future for Answer {
    type Output = Result<Response<Reply>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let request = match self.get_mut() {
            Self::Now(request) => request,
            Self::Late(request, delay) => {
                ready!(delay.as_mut().poll(context));
                request
            }
        };
        Poll::Ready(Ok(answer(request)))
    }
}

fn answer(request: &Request<Incoming>) -> Response<Reply> {
    let (kind, body) = match request.uri().path() {
        "/hello" | "/delay" => (TEXT, Reply::Whole(Bytes::from_static(HELLO))),
        "/stream" => (TEXT, Reply::Pieces(PIECES)),
        "/end64k" => (TEXT, Reply::Whole(Bytes::from_static(&ZEROS))),
        "/json" => (JSON, Reply::Whole(rows::document(request.headers()).into())),
        "/waiting" => (TEXT, Reply::Whole(waiting::count().to_string().into())),
        _ => {
            let mut response = Response::new(Reply::Whole(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        }
    };
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A body that is there whole (sent with its length), or one of as many pieces as are left (chunked on HTTP/1.1).
enum Reply {
    Whole(Bytes),
    Pieces(usize),
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match self.get_mut() {
            Reply::Whole(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Reply::Whole(bytes) => std::mem::take(bytes),
            Reply::Pieces(0) => return Poll::Ready(None),
            Reply::Pieces(left) => {
                *left -= 1;
                Bytes::from_static(&ZEROS[..PIECE])
            }
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Reply::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Reply::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Reply::Pieces(_) => SizeHint::default(),
        }
    }
}

/// Runs hyper's HTTP/2 streams on this thread.
#[derive(Clone, Copy)]
struct Local;

impl<F: Future<Output = ()> + 'static> Executor<F> for Local {
    fn execute(&self, future: F) {
        spawn_local(future);
    }
}
