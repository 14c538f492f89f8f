//! `Sluice\Request`.

use std::future::poll_fn;
use std::rc::Rc;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use http::Version;
use http::header::{CONTENT_LENGTH, COOKIE, HOST};

use super::{TlsInfo, values};
use crate::body::Piece;
use crate::error::{Error, Kind};
use crate::http::Exchange;
use crate::php::arguments::Bytes;
use crate::php::bridge::wait;
use crate::php::zend::parse_query;

/// One request.
#[php_class]
#[php(name = "Sluice\\Request")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Request(Rc<Exchange>);

impl Request {
    pub(in crate::php) fn new(exchange: Rc<Exchange>) -> Self {
        Self(exchange)
    }

    fn next(&self, max: usize) -> PhpResult<Piece> {
        let exchange = &self.0;
        Ok(wait(poll_fn(|cx| exchange.poll_read(cx, max)))??)
    }
}

#[php_impl]
impl Request {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\Request",
            "the server makes one for each request and hands it to the handler",
        ))
    }

    pub fn get_method(&self) -> String {
        self.0.request.method.as_str().into()
    }

    pub fn get_request_target(&self) -> String {
        let uri = &self.0.request.uri;
        match uri.path_and_query() {
            // What HTTP/2 sends in pieces is put together as HTTP/1 would have it.
            Some(target) if self.0.request.version == Version::HTTP_2 => target.as_str().into(),
            _ => uri.to_string(),
        }
    }

    pub fn get_path(&self) -> Zval {
        values::bytes(&percent_decode(self.0.request.uri.path()))
    }

    pub fn get_scheme(&self) -> String {
        let secure = self.0.connection().secure().is_some();
        if secure { "https" } else { "http" }.into()
    }

    pub fn get_host(&self) -> String {
        let request = &self.0.request;
        if let Some(authority) = request.uri.authority() {
            return authority.as_str().into();
        }
        let host = request.headers.get(HOST).and_then(|host| host.to_str().ok());
        host.unwrap_or_default().into()
    }

    pub fn get_protocol_version(&self) -> &'static str {
        match self.0.request.version {
            Version::HTTP_10 => "1.0",
            Version::HTTP_2 => "2",
            _ => "1.1",
        }
    }

    pub fn get_headers(&self) -> Zval {
        values::headers(&self.0.request.headers)
    }

    pub fn get_header(&self, name: Bytes) -> Zval {
        let headers = &self.0.request.headers;
        let found = values::name(&name.0).map(|name| headers.get_all(name).iter());
        values::list(found.into_iter().flatten())
    }

    pub fn has_header(&self, name: Bytes) -> bool {
        values::name(&name.0).is_some_and(|name| self.0.request.headers.contains_key(name))
    }

    pub fn get_header_line(&self, name: Bytes) -> Zval {
        let line = values::name(&name.0)
            .map(|name| values::line(&self.0.request.headers, name.as_str()));
        values::bytes(&line.unwrap_or_default())
    }

    pub fn get_query_params(&self) -> Zval {
        parse_query(self.0.request.uri.query().unwrap_or_default())
    }

    pub fn get_cookie_params(&self) -> Zval {
        let line = values::line(&self.0.request.headers, COOKIE.as_str());
        values::array(cookies(&line))
    }

    pub fn get_body(&self) -> PhpResult<Zval> {
        let mut body = Vec::new();
        while let Piece::Bytes(bytes) = self.next(usize::MAX)? {
            body.extend_from_slice(&bytes);
        }
        Ok(values::bytes(&body))
    }

    #[php(defaults(max = 65_536))]
    pub fn read(&self, max: i64) -> PhpResult<Option<Zval>> {
        let max = usize::try_from(max).ok().filter(|&max| max > 0);
        let max = max.ok_or_else(|| {
            Error::new(Kind::Config, "read() takes a number of bytes from 1 on")
        })?;
        Ok(match self.next(max)? {
            Piece::Bytes(bytes) => Some(values::bytes(&bytes)),
            Piece::End => None,
        })
    }

    pub fn get_content_length(&self) -> Option<i64> {
        let length = self.0.request.headers.get(CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    pub fn get_trailers(&self) -> Zval {
        match self.0.request_trailers() {
            Some(trailers) => values::headers(&trailers),
            None => values::array(ZendHashTable::new()),
        }
    }

    pub fn get_remote_address(&self) -> String {
        let remote = self.0.connection().peer().remote;
        remote.map_or_else(String::new, |remote| remote.ip().to_string())
    }

    pub fn get_remote_port(&self) -> i64 {
        let remote = self.0.connection().peer().remote;
        remote.map_or(0, |remote| i64::from(remote.port()))
    }

    pub fn get_local_address(&self) -> String {
        self.0.connection().peer().local.clone()
    }

    pub fn get_tls(&self) -> Option<TlsInfo> {
        self.0.connection().secure().cloned().map(TlsInfo)
    }
}

/// `%xx` decoded, once; what is no such sequence stays as it is (RFC 3986 section 2.1).
fn percent_decode(path: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(path).collect()
}

/// `name=value` pairs (RFC 6265 section 4.2.1), values percent-decoded as PHP's `$_COOKIE` has
/// them; the first of a name counts, as browsers send the most specific first.
fn cookies(line: &[u8]) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut table = ZendHashTable::new();
    for pair in line.split(|&byte| byte == b';') {
        let pair = pair.trim_ascii();
        let Some(at) = pair.iter().position(|&byte| byte == b'=') else {
            continue;
        };
        let (name, value) = (&pair[..at], &pair[at + 1..]);
        let Ok(name) = std::str::from_utf8(name) else {
            continue;
        };
        if name.is_empty() || table.get(name).is_some() {
            continue;
        }
        let value: Vec<u8> = percent_encoding::percent_decode(unquoted(value)).collect();
        let _ = table.insert(name, values::bytes(&value));
    }
    table
}

fn unquoted(value: &[u8]) -> &[u8] {
    value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value)
}
