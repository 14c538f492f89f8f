//! The HTTP client that ACME goes by: HTTP/1.1 over TLS, one connection for each request.
//!
//! A dozen requests make an order, and months lie between two orders: nothing is gained by connections that are
//! kept, and so no task outlives its request. Sessions are resumed.

use std::future::{Future, pending};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::response::Parts;
use http::uri::{PathAndQuery, Scheme};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::problem::Problem;
use super::schedule::WAIT_MOST;
use crate::sys;

/// A client that trusts certain roots. Clones share what they know.
#[derive(Clone)]
pub(super) struct Client {
    tls: TlsConnector,
    /// When a CA that has refused something wants to hear from us again.
    wait_until: Arc<Mutex<Option<SystemTime>>>,
}

impl Client {
    /// A client that trusts `roots`, or those of the system: `/etc/ssl`, or what `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` say. An administrator adds a root there or takes one away, for all programs; roots that
    /// are built in would stay as they were. May wait for a disk.
    pub(super) fn new(roots: Option<&[CertificateDer<'static>]>) -> Result<Self, Problem> {
        let mut store = RootCertStore::empty();
        let (roots, wrong) = match roots {
            Some(roots) => (roots.to_vec(), Vec::new()),
            None => {
                let found = rustls_native_certs::load_native_certs();
                (found.certs, found.errors)
            }
        };
        store.add_parsable_certificates(roots);
        if store.is_empty() {
            return Err(trusts_nobody(wrong.first()));
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Problem::new(error.to_string()))?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self {
            tls: Arc::new(tls).into(),
            wait_until: Arc::default(),
        })
    }

    /// When the CA that has refused a request wants to hear from us again, if it has said so.
    pub(super) fn wait_until(&self) -> Option<SystemTime> {
        *self
            .wait_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(self, mut request: Request<BodyWrapper<Bytes>>) -> io::Result<BytesResponse> {
        let uri = request.uri().clone();
        let stream = self.connect(&uri).await?;
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let host = HeaderValue::from_str(host).map_err(io::Error::other)?;
        request.headers_mut().insert(HOST, host);
        request
            .headers_mut()
            .insert(USER_AGENT, HeaderValue::from_static(OURSELVES));
        let path = uri.path_and_query().cloned();
        *request.uri_mut() = path.unwrap_or(PathAndQuery::from_static("/")).into();

        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        let answer = async {
            let (parts, body) = sender
                .send_request(request)
                .await
                .map_err(io::Error::other)?
                .into_parts();
            let body = Limited::new(body, ANSWER_MOST).collect().await;
            let body = body.map_err(io::Error::other)?.to_bytes();
            Ok::<_, io::Error>((parts, body))
        };
        // The connection may end before its last answer has been read.
        let driven = async {
            let _ = connection.await;
            pending().await
        };
        let (mut parts, body) = tokio::select! {
            answer = answer => answer?,
            never = driven => return never,
        };
        self.heed(&mut parts);
        // Such as the page of a gateway before the CA, which instant-acme would take for a broken reason.
        if is_refusal(parts.status)
            && serde_json::from_slice::<instant_acme::Problem>(&body).is_err()
        {
            return Err(io::Error::other(format!(
                "it has answered {}",
                parts.status
            )));
        }
        let body = Box::new(body);
        Ok(BytesResponse { parts, body })
    }

    async fn connect(&self, uri: &Uri) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Err(io::Error::other("its URL is not https"));
        }
        let host = uri.host().unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(443);
        let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
        // The system's resolver blocks.
        let addresses: Vec<SocketAddr> =
            sys::blocking(move || (host, port).to_socket_addrs().map(Iterator::collect)).await?;
        let stream = reach(&addresses, ADDRESS_MOST).await?;
        self.tls.connect(name, stream).await
    }

    /// Notes what a refusal says of waiting, and keeps what it says within bounds: instant-acme adds it to times.
    fn heed(&self, response: &mut Parts) {
        let Some(wait) = wait(&response.headers, SystemTime::now()) else {
            response.headers.remove(RETRY_AFTER);
            return;
        };
        let seconds = HeaderValue::from(wait.as_secs());
        response.headers.insert(RETRY_AFTER, seconds);
        if is_refusal(response.status) {
            let mut until = self
                .wait_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *until = Some(SystemTime::now() + wait);
        }
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let exchange = self.clone().exchange(request);
        Box::pin(async move {
            let done = timeout(REQUEST_MOST, exchange).await;
            done.map_err(|_| format!("no answer in {} s", REQUEST_MOST.as_secs()))
                .and_then(|done| done.map_err(|error| error.to_string()))
                .map_err(|why| Error::Other(format!("{host}: {why}").into()))
        })
    }
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn trusts_nobody(wrong: Option<&rustls_native_certs::Error>) -> Problem {
    let why = wrong.map_or(String::new(), |error| format!(" ({error})"));
    Problem::new(format!(
        "this system trusts no CA{why}, so that the directory cannot be asked: install its root certificates \
         (ca-certificates), or set SSL_CERT_FILE"
    ))
}

/// A connection to the first of the addresses that has answered, each in `most`.
async fn reach(addresses: &[SocketAddr], most: Duration) -> io::Result<TcpStream> {
    let mut failed = io::Error::other("its name has no address");
    for address in addresses {
        match timeout(most, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::Error::other(format!("{address} does not answer")),
        }
    }
    Err(failed)
}

/// How long to wait by the field `Retry-After` (RFC 9110, section 10.2.3): seconds or a date.
fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if said.bytes().all(|byte| byte.is_ascii_digit()) && !said.is_empty() {
        Duration::from_secs(said.parse().unwrap_or(u64::MAX))
    } else {
        let date = httpdate::parse_http_date(said).ok()?;
        date.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(WAIT_MOST))
}

const OURSELVES: &str = concat!("sluice/", env!("CARGO_PKG_VERSION"), " instant-acme");
/// How long one request may take, with its name's lookup and its handshake.
const REQUEST_MOST: Duration = Duration::from_secs(30);
/// How long one of its addresses may take to answer: a way by IPv6 that leads nowhere is no reason to give up.
const ADDRESS_MOST: Duration = Duration::from_secs(5);
/// The largest answer, in bytes: a chain of a few certificates is far smaller.
const ANSWER_MOST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn an_address_that_does_not_answer_does_not_keep_from_the_next() {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let full = tokio::net::TcpSocket::new_v4().unwrap();
        full.bind(loopback).unwrap();
        let full = full.listen(1).unwrap();
        let silent = full.local_addr().unwrap();
        let most = Duration::from_millis(200);
        // What nobody accepts fills its queue, and the kernel then lets the next one wait.
        let mut queued = Vec::new();
        while let Ok(stream) = reach(&[silent], most).await {
            queued.push(stream);
        }
        let good = tokio::net::TcpListener::bind(loopback).await.unwrap();
        let addresses = [silent, good.local_addr().unwrap()];
        let reached = reach(&addresses, most).await.unwrap();
        assert_eq!(reached.peer_addr().unwrap(), addresses[1]);
        let error = reach(&addresses[..1], most).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{silent} does not answer"));
    }

    #[test]
    fn a_system_without_roots_says_what_is_wrong_with_them() {
        let found = rustls_native_certs::load_certs_from_paths(Some("/nowhere.pem".as_ref()), None);
        let what = trusts_nobody(found.errors.first()).what;
        assert!(what.contains("No such file"), "{what}");
        assert!(what.contains("/nowhere.pem"), "{what}");
        let what = trusts_nobody(None).what;
        assert!(what.starts_with("this system trusts no CA, so"), "{what}");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_a_week_at_most() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_700);
        for (said, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(77)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("604801", Some(604_800)),
            ("99999999999999999999999", Some(604_800)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(604_800)),
            ("", None),
            ("-1", None),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(said))]);
            assert_eq!(
                wait(&headers, now),
                seconds.map(Duration::from_secs),
                "{said}"
            );
        }
        assert_eq!(wait(&HeaderMap::new(), now), None);
    }
}
