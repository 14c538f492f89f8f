//! The yardstick: what hyper, tokio and rustls do on one thread with nothing else in the way. The same answers as
//! `bench/server.php`, HTTP/1.1 and HTTP/2, plain (by the preface) and TLS (by ALPN), default settings throughout but for
//! TCP_NODELAY and session tickets, which the extension has too.
//!
//! `bench-reference CERTIFICATE KEY` binds two ports of 127.0.0.1, prints `plain tcp://...` and `tls tcp://...`, and serves
//! until it is killed.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
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

static ZEROS: [u8; END_64K] = [0; END_64K];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(certificate), Some(key), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bench-reference CERTIFICATE KEY (PEM files)".into());
    };
    let tls = TlsAcceptor::from(Arc::new(tls_config(&certificate, &key)?));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let plain_listener = TcpListener::bind("127.0.0.1:0").await?;
        let tls_listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("plain tcp://{}", plain_listener.local_addr()?);
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
fn tls_config(certificate: &str, key: &str) -> Result<ServerConfig, Box<dyn Error>> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = Ticketer::new()?;
    Ok(config)
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
        .serve_connection(TokioIo::new(tcp), service_fn(answer))
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
            .serve_connection(io, service_fn(answer))
            .await;
    } else {
        let _ = http1::Builder::new()
            .serve_connection(io, service_fn(answer))
            .await;
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Reply>, Infallible> {
    let body = match request.uri().path() {
        "/hello" => Reply::Whole(Bytes::from_static(b"Hello, World!")),
        "/stream" => Reply::Pieces(PIECES),
        "/end64k" => Reply::Whole(Bytes::from_static(&ZEROS)),
        _ => {
            let mut response = Response::new(Reply::Whole(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return Ok(response);
        }
    };
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
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
