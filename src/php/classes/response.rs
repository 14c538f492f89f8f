//! `Sluice\Response`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes as NetBytes;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendClassObject;
use http::header::{CONTENT_DISPOSITION, HeaderName, HeaderValue, LOCATION};
use smallvec::smallvec;

use super::EventStream;
use super::files;
use super::known_headers;
use super::values::{self, Array};
use crate::files::{SendFile, content_disposition};
use crate::http::{Cookie, Exchange, Fate, check_field};
use crate::php::arguments::{Bytes, List, Mixed, Seconds};
use crate::php::bridge::{self, wait};
use crate::php::zend::{Literal, Text};

/// The reply to one request.
#[php_class]
#[php(name = "Sluice\\Response")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Response(
    Rc<Exchange>,
    /// The file that is being sent: what a wait needs is not on its fiber's frames.
    RefCell<Option<SendFile>>,
);

impl Response {
    pub(in crate::php) fn new(exchange: Rc<Exchange>) -> Self {
        Self(exchange, RefCell::default())
    }

    fn is_secure(&self) -> bool {
        self.0.is_secure()
    }
}

/// For the shortcuts: false where the long way has to be taken, and nothing is changed.
impl Response {
    pub(in crate::php) fn set_plain_header(&self, name: &[u8], value: &[u8]) -> bool {
        check_field(name, value).is_ok_and(|(name, value)| self.set_checked(name, value))
    }

    pub(in crate::php) fn set_literal_header(&self, name: Literal, value: Literal) -> bool {
        known_headers::find(name, value).is_some_and(|(name, value)| self.set_checked(name, value))
    }

    fn set_checked(&self, name: HeaderName, value: HeaderValue) -> bool {
        self.0.reply.set_header(name, smallvec![value]).is_ok()
    }

    /// Ends a reply that nothing has been written of.
    pub(in crate::php) fn end_at_once(&self, body: Text) -> bool {
        let is_plain = self.0.fate() == Fate::Alive && self.0.reply.is_unwritten();
        is_plain && bridge::end(&self.0, body.into_bytes()).is_ok()
    }
}

#[php_impl]
impl Response {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\Response",
            "the server makes one for each request and hands it to the handler",
        ))
    }

    pub fn set_status(
        self_: &mut ZendClassObject<Response>,
        code: i64,
        reason: Option<Bytes>,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let reason = reason.as_ref().map(|reason| reason.0.as_bytes());
        self_.0.reply.set_status(code, reason)?;
        Ok(self_)
    }

    pub fn get_status(&self) -> i64 {
        i64::from(self.0.reply.status())
    }

    pub fn set_header(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
        value: Mixed,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let (name, values) = values::field(&name.0, &value.0)?;
        self_.0.reply.set_header(name, values)?;
        Ok(self_)
    }

    pub fn add_header(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
        value: Mixed,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let (name, values) = values::field(&name.0, &value.0)?;
        self_.0.reply.add_header(name, values)?;
        Ok(self_)
    }

    pub fn remove_header(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let (name, _) = check_field(name.0.as_bytes(), b"")?;
        self_.0.reply.remove_header(&name)?;
        Ok(self_)
    }

    pub fn get_headers(&self) -> Array {
        Array(values::headers(&self.0.reply.headers().to_map()))
    }

    pub fn get_header(&self, name: Bytes) -> Array {
        let headers = self.0.reply.headers();
        let name = values::name(&name.0);
        let found = name.iter().flat_map(|name| headers.get_all(name));
        Array(values::list(found))
    }

    pub fn has_header(&self, name: Bytes) -> bool {
        values::name(&name.0).is_some_and(|name| self.0.reply.headers().contains(&name))
    }

    pub fn set_trailer(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
        value: Bytes,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let (name, value) = check_field(name.0.as_bytes(), value.0.as_bytes())?;
        self_.0.reply.set_trailer(name, value)?;
        Ok(self_)
    }

    pub fn write(&self, bytes: Bytes) -> PhpResult<()> {
        Ok(bridge::write(&self.0, bytes.0.into_bytes())?)
    }

    pub fn try_write(&self, bytes: Bytes) -> PhpResult<bool> {
        Ok(bridge::try_write(&self.0, bytes.0)?)
    }

    pub fn await_writable(&self, seconds: Option<Seconds>) -> PhpResult<bool> {
        if self.0.reply.is_ended() && self.0.failure().is_none() {
            return Ok(false);
        }
        let writable = poll_fn(|cx| self.0.poll_writable(cx));
        let Some(seconds) = seconds else {
            wait(writable)??;
            return Ok(!self.0.reply.is_ended());
        };
        let limit = seconds.duration("the time to wait")?;
        match wait(tokio::time::timeout(limit, writable))? {
            Ok(result) => {
                result?;
                Ok(!self.0.reply.is_ended())
            }
            Err(_) => Ok(false),
        }
    }

    pub fn is_writable(&self) -> bool {
        !self.0.reply.is_ended() && self.0.failure().is_none()
    }

    #[php(defaults(bytes = "\"\""))]
    pub fn end(&self, bytes: Bytes) -> PhpResult<()> {
        Ok(bridge::end(&self.0, bytes.0.into_bytes())?)
    }

    pub fn abort(&self) {
        self.0.reply.abort();
    }

    #[php(defaults(status = 200))]
    pub fn json(&self, value: Mixed, status: i64) -> PhpResult<()> {
        Ok(bridge::json(&self.0, value.0, Some(status))?)
    }

    #[php(defaults(status = 302))]
    pub fn redirect(&self, location: Bytes, status: i64) -> PhpResult<()> {
        if !(300..400).contains(&status) {
            return Err(crate::error::Error::new(
                crate::error::Kind::Config,
                format!("status {status} is no redirection: it must be from 300 to 399"),
            )
            .into());
        }
        let (name, value) = check_field(LOCATION.as_str().as_bytes(), location.0.as_bytes())?;
        self.0.reply.set_status(status, None)?;
        self.0.reply.set_header(name, smallvec![value])?;
        Ok(bridge::end(&self.0, NetBytes::new())?)
    }

    #[php(defaults(keepAlive = 15.0))]
    pub fn events(&self, keepAlive: Seconds) -> PhpResult<EventStream> {
        bridge::begin_events(&self.0, keepAlive.duration("keepAlive")?)?;
        Ok(EventStream::new(Rc::clone(&self.0)))
    }

    #[php(defaults(headers = "[]"))]
    pub fn send_informational(&self, status: i64, headers: List) -> PhpResult<()> {
        let fields = values::fields(&headers.0)?;
        drop(headers);
        Ok(bridge::inform(&self.0, status, fields)?)
    }

    #[php(defaults(
        value = "\"\"",
        path = "\"/\"",
        httpOnly = true,
        sameSite = "Some(Bytes::from(\"Lax\"))",
        partitioned = false
    ))]
    #[expect(clippy::too_many_arguments, reason = "PHP code names them")]
    pub fn set_cookie(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
        value: Bytes,
        expires: Option<i64>,
        maxAge: Option<i64>,
        path: Bytes,
        domain: Option<Bytes>,
        secure: Option<bool>,
        httpOnly: bool,
        sameSite: Option<Bytes>,
        partitioned: bool,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        self_.0.reply.set_cookie(Cookie {
            name: name.0.as_bytes(),
            value: value.0.as_bytes(),
            expires,
            max_age: maxAge,
            path: path.0.as_bytes(),
            domain: domain.as_ref().map(|domain| domain.0.as_bytes()),
            secure: secure.unwrap_or_else(|| self_.is_secure()),
            http_only: httpOnly,
            same_site: sameSite.as_ref().map(|site| site.0.as_bytes()),
            partitioned,
        })?;
        Ok(self_)
    }

    #[php(defaults(path = "\"/\""))]
    pub fn remove_cookie(
        self_: &mut ZendClassObject<Response>,
        name: Bytes,
        path: Bytes,
        domain: Option<Bytes>,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        self_.0.reply.set_cookie(Cookie {
            name: name.0.as_bytes(),
            value: b"",
            expires: Some(0),
            max_age: Some(0),
            path: path.0.as_bytes(),
            domain: domain.as_ref().map(|domain| domain.0.as_bytes()),
            secure: self_.is_secure() || Cookie::needs_secure(name.0.as_bytes()),
            http_only: true,
            same_site: Some(b"Lax"),
            partitioned: false,
        })?;
        Ok(self_)
    }

    #[php(defaults(offset = 0))]
    pub fn send_file(&self, path: Bytes, offset: i64, length: Option<i64>) -> PhpResult<()> {
        let file = SendFile::new(path.0.as_bytes(), offset, length)?;
        files::check_open_basedir(path.0.as_bytes())?;
        drop(path);
        if self.1.borrow().is_some() {
            return Err(values::state("a file is being sent with this response"));
        }
        *self.1.borrow_mut() = Some(file);
        let sent = wait(poll_fn(|cx| match &mut *self.1.borrow_mut() {
            Some(file) => file.poll(&self.0, cx),
            None => Poll::Ready(Ok(())),
        }));
        self.1.take();
        Ok(sent??)
    }

    #[php(defaults(r#type = "\"attachment\""))]
    pub fn set_content_disposition(
        self_: &mut ZendClassObject<Response>,
        filename: Bytes,
        r#type: Bytes,
    ) -> PhpResult<&mut ZendClassObject<Response>> {
        let value = content_disposition(filename.0.as_bytes(), r#type.0.as_bytes())?;
        let disposition = smallvec![value];
        self_.0.reply.set_header(CONTENT_DISPOSITION, disposition)?;
        Ok(self_)
    }

    pub fn is_committed(&self) -> bool {
        self.0.reply.is_committed()
    }

    pub fn is_ended(&self) -> bool {
        self.0.reply.is_ended()
    }
}
