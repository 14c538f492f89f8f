//! `Sluice\Request`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use http::Version;
use http::header::{AsHeaderName, CONTENT_LENGTH, COOKIE, HeaderValue};

use super::form::{Forms, PartsObject};
use super::known_headers;
use super::tls_info::TlsInfo;
use super::values::{self, Array, Str};
use crate::body::Piece;
use crate::error::{Error, Kind};
use crate::http::Exchange;
use crate::php::arguments::Bytes;
use crate::php::bridge::wait;
use crate::php::zend::{Literal, parse_query};

/// One request.
#[php_class]
#[php(name = "Sluice\\Request")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Request {
    exchange: Rc<Exchange>,
    /// The whole body, once somebody has asked for it.
    body: RefCell<Option<Zval>>,
    forms: Forms,
}

impl Request {
    pub(in crate::php) fn new(exchange: Rc<Exchange>) -> Self {
        Self {
            exchange,
            body: RefCell::new(None),
            forms: Forms::default(),
        }
    }

    fn next(&self, max: usize) -> PhpResult<Piece> {
        let exchange = &self.exchange;
        Ok(wait(poll_fn(|cx| exchange.poll_read(cx, max)))??)
    }
}

/// For the shortcuts.
impl Request {
    pub(in crate::php) fn method(&self) -> &[u8] {
        self.exchange.request.method.as_str().as_bytes()
    }

    /// The path, where it needs no decoding.
    pub(in crate::php) fn plain_path(&self) -> Option<&[u8]> {
        let path = self.exchange.request.uri.path().as_bytes();
        (!path.contains(&b'%')).then_some(path)
    }

    /// The line of a field that was sent once or not at all.
    pub(in crate::php) fn plain_header_line(&self, name: &[u8]) -> Option<&[u8]> {
        self.only_line(std::str::from_utf8(name).ok()?)
    }

    pub(in crate::php) fn literal_header_line(&self, name: Literal) -> Option<&[u8]> {
        self.only_line(known_headers::name(name)?)
    }

    fn only_line(&self, name: impl AsHeaderName) -> Option<&[u8]> {
        let mut values = self.exchange.request.headers.get_all(name).iter();
        let line = values.next().map_or(&b""[..], HeaderValue::as_bytes);
        values.next().is_none().then(|| line.trim_ascii())
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

    pub fn get_method(&self) -> Str {
        Str(values::bytes(self.method()))
    }

    pub fn get_request_target(&self) -> String {
        let uri = &self.exchange.request.uri;
        match uri.path_and_query() {
            // What HTTP/2 sends in pieces is put together as HTTP/1 would have it.
            Some(target) if self.exchange.request.version == Version::HTTP_2 => {
                target.as_str().into()
            }
            _ => uri.to_string(),
        }
    }

    pub fn get_path(&self) -> Str {
        Str(values::bytes(&percent_decoded(
            self.exchange.request.uri.path(),
        )))
    }

    pub fn get_scheme(&self) -> String {
        if self.exchange.is_secure() {
            "https"
        } else {
            "http"
        }
        .into()
    }

    pub fn get_host(&self) -> String {
        self.exchange.host().into()
    }

    pub fn get_protocol_version(&self) -> &'static str {
        match self.exchange.request.version {
            Version::HTTP_10 => "1.0",
            Version::HTTP_2 => "2",
            _ => "1.1",
        }
    }

    pub fn get_headers(&self) -> Array {
        Array(values::headers(&self.exchange.request.headers))
    }

    pub fn get_header(&self, name: Bytes) -> Array {
        let headers = &self.exchange.request.headers;
        let found = values::name(&name.0).map(|name| headers.get_all(name).iter());
        Array(values::list(found.into_iter().flatten()))
    }

    pub fn has_header(&self, name: Bytes) -> bool {
        values::name(&name.0).is_some_and(|name| self.exchange.request.headers.contains_key(name))
    }

    pub fn get_header_line(&self, name: Bytes) -> Str {
        let line = values::name(&name.0)
            .map(|name| values::line(&self.exchange.request.headers, name.as_str()));
        Str(values::bytes(&line.unwrap_or_default()))
    }

    pub fn get_query_params(&self) -> Array {
        Array(parse_query(
            self.exchange.request.uri.query().unwrap_or_default(),
        ))
    }

    pub fn get_cookie_params(&self) -> Array {
        let line = values::line(&self.exchange.request.headers, COOKIE.as_str());
        Array(values::array(cookies(&line)))
    }

    pub fn get_parsed_body(&self) -> PhpResult<Option<Array>> {
        let parsed = self.forms.fields(&self.exchange, &self.body)?;
        Ok(parsed.map(Array))
    }

    pub fn get_uploaded_files(&self) -> PhpResult<Array> {
        let files = self.forms.files(&self.exchange, &self.body)?;
        Ok(Array(
            files.unwrap_or_else(|| values::array(ZendHashTable::new())),
        ))
    }

    pub fn get_parts(&self) -> PhpResult<PartsObject> {
        Ok(self.forms.parts(&self.exchange)?)
    }

    pub fn get_body(&self) -> PhpResult<Str> {
        if let Some(body) = &*self.body.borrow() {
            return Ok(Str(body.shallow_clone()));
        }
        self.forms.read_whole()?;
        let mut body = Vec::new();
        while let Piece::Bytes(bytes) = self.next(usize::MAX)? {
            body.extend_from_slice(&bytes);
        }
        let body = values::bytes(&body);
        *self.body.borrow_mut() = Some(body.shallow_clone());
        Ok(Str(body))
    }

    #[php(defaults(max = 65_536))]
    pub fn read(&self, max: i64) -> PhpResult<Option<Str>> {
        let max = usize::try_from(max).ok().filter(|&max| max > 0);
        let max = max
            .ok_or_else(|| Error::new(Kind::Config, "read() takes a number of bytes from 1 on"))?;
        self.forms.read_piece()?;
        Ok(match self.next(max)? {
            Piece::Bytes(bytes) => Some(Str(values::bytes(&bytes))),
            Piece::End => None,
        })
    }

    pub fn get_content_length(&self) -> Option<i64> {
        let length = self.exchange.request.headers.get(CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    pub fn get_trailers(&self) -> Array {
        Array(match self.exchange.request_trailers() {
            Some(trailers) => values::headers(&trailers),
            None => values::array(ZendHashTable::new()),
        })
    }

    pub fn get_remote_address(&self) -> String {
        let remote = self.exchange.remote_address();
        remote.map_or_else(String::new, |remote| remote.to_string())
    }

    pub fn get_remote_port(&self) -> i64 {
        self.exchange.remote_port().map_or(0, i64::from)
    }

    pub fn get_local_address(&self) -> String {
        self.exchange.connection().peer().local.clone()
    }

    pub fn is_early_data(&self) -> bool {
        self.exchange.is_early()
    }

    pub fn get_tls(&self) -> PhpResult<Option<TlsInfo>> {
        let secure = self.exchange.connection().secure();
        Ok(secure.map(TlsInfo::of).transpose()?)
    }
}

/// `%xx` decoded, once; what is no such sequence stays as it is (RFC 3986 section 2.1).
fn percent_decoded(path: &str) -> Cow<'_, [u8]> {
    percent_encoding::percent_decode_str(path).into()
}

/// `name=value` pairs (RFC 6265 section 4.2.1), values as PHP's `$_COOKIE` has them: percent-decoded,
/// quotes kept. Names are as they were sent: what `$_COOKIE` does to dots and brackets would let one
/// cookie pass for another. The first of a name counts, as browsers send the most specific first.
fn cookies(line: &[u8]) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut table = ZendHashTable::new();
    for pair in line.split(|&byte| byte == b';') {
        let pair = pair.trim_ascii();
        let at = pair.iter().position(|&byte| byte == b'=');
        let (name, value) = pair.split_at(at.unwrap_or(pair.len()));
        let value = value.strip_prefix(b"=").unwrap_or(value);
        let Ok(name) = std::str::from_utf8(name) else {
            continue;
        };
        if name.is_empty() || table.get(name).is_some() {
            continue;
        }
        let value: Vec<u8> = percent_encoding::percent_decode(value).collect();
        let _ = table.insert(name, values::bytes(&value));
    }
    table
}
