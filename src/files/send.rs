//! One file that a handler sends.

use std::ffi::{CString, OsStr};
use std::future::Future;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Method, StatusCode};

use super::found::Opened;
use super::plan::{self, About, Segments};
use super::ranges::Part;
use super::sending::{Sending, Trouble};
use super::types;
use crate::error::{Error, Kind, Result};
use crate::http::Exchange;
use crate::sys::{self, Blocking};

/// A file on its way to a client, from its opening to its last byte.
#[derive(Debug)]
pub struct SendFile {
    path: CString,
    offset: u64,
    length: Option<u64>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    New,
    Opening(Blocking<io::Result<Opened>>),
    Sending(Sending),
}

impl SendFile {
    /// Sends `length` bytes of the file at `path` from `offset` on, all that follow with `None`. Nothing happens
    /// before the first poll.
    ///
    /// # Errors
    /// Kind `Config`: the path has a NUL byte or is empty; a number is negative.
    pub fn new(path: &[u8], offset: i64, length: Option<i64>) -> Result<Self> {
        let refused = |what: String| Error::new(Kind::Config, what);
        let shown = path.escape_ascii();
        let whole = |what: &str, number: i64| {
            u64::try_from(number).map_err(|_| {
                refused(format!(
                    "the {what} for the file \"{shown}\" must be 0 or more, {number} given"
                ))
            })
        };
        if path.is_empty() {
            return Err(refused("the path of the file to send is empty".into()));
        }
        let offset = whole("offset", offset)?;
        let length = length.map(|length| whole("length", length)).transpose()?;
        let path = CString::new(path)
            .map_err(|_| refused(format!("the path \"{shown}\" has a NUL byte")))?;
        Ok(Self {
            path,
            offset,
            length,
            stage: Stage::New,
        })
    }

    /// Ready when the last byte was handed to the connection and the reply has ended.
    ///
    /// # Errors
    /// Kind `Server`: the file cannot be opened or read, is not a regular one, or became shorter on its way. Kind
    /// `Config`: the slice does not lie in the file. Kind `State`: the reply is committed. And those of the exchange.
    /// Before the first byte the reply is still open; after it, it is aborted.
    pub fn poll(&mut self, exchange: &Exchange, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !matches!(self.stage, Stage::Sending(_)) {
            let opened = ready!(self.poll_open(exchange, cx));
            match opened.and_then(|opened| self.begin(exchange, opened)) {
                Ok(Some(sending)) => self.stage = Stage::Sending(sending),
                Ok(None) => return Poll::Ready(Ok(())),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        let Stage::Sending(sending) = &mut self.stage else {
            return Poll::Ready(Ok(()));
        };
        let sent = ready!(sending.poll(exchange, cx));
        Poll::Ready(sent.map_err(|trouble| {
            if exchange.reply.is_committed() {
                exchange.reply.abort();
            }
            self.explain(trouble)
        }))
    }

    fn poll_open(&mut self, exchange: &Exchange, cx: &mut Context<'_>) -> Poll<Result<Opened>> {
        if let Some(error) = exchange.failure() {
            return Poll::Ready(Err(error));
        }
        if exchange.reply.is_committed() {
            return Poll::Ready(Err(Error::state(
                "the head of the response is sent: a file can only be the whole body",
            )));
        }
        loop {
            let opened = match &mut self.stage {
                Stage::Opening(opening) => ready!(Pin::new(opening).poll(cx)),
                _ => Opened::at(&self.path, false),
            };
            match opened {
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock
                        && matches!(self.stage, Stage::New) =>
                {
                    let path = self.path.clone();
                    self.stage = Stage::Opening(sys::blocking(move || Opened::at(&path, true)));
                }
                opened => {
                    return Poll::Ready(opened.map_err(|error| self.unreadable("opened", error)));
                }
            }
        }
    }

    /// Sets the head; `None` if the reply is complete with it.
    fn begin(&self, exchange: &Exchange, opened: Opened) -> Result<Option<Sending>> {
        let Some(segments) = self.plan(exchange, &opened)? else {
            exchange.reply.end(Bytes::new())?;
            return Ok(None);
        };
        if exchange.request.method == Method::HEAD {
            plan::end_head(&exchange.reply, plan::length(&segments))?;
            return Ok(None);
        }
        Ok(Some(Sending::new(opened.file, segments)))
    }

    fn plan(&self, exchange: &Exchange, opened: &Opened) -> Result<Option<Segments>> {
        let slice = self.slice(opened.size)?;
        let content_type = || types::content_type(self.path.to_bytes(), &[]);
        let method = &exchange.request.method;
        let is_whole = self.offset == 0 && self.length.is_none();
        let is_plain_get = (*method == Method::GET || *method == Method::HEAD)
            && exchange.reply.status() == StatusCode::OK;
        if is_whole && is_plain_get {
            let about = About {
                coding: None,
                varies: false,
                cache_control: None,
            };
            return plan::conditional(exchange, opened, &about, content_type);
        }
        plan::plain(&exchange.reply, slice, content_type).map(Some)
    }

    fn slice(&self, size: u64) -> Result<Part> {
        let outside = |what: &str, number: u64| {
            let path = self.shown();
            let message = format!(
                "the file \"{path}\" has {size} bytes: the {what} {number} is past its end"
            );
            Error::new(Kind::Config, message)
        };
        let left = size
            .checked_sub(self.offset)
            .ok_or_else(|| outside("offset", self.offset))?;
        let length = self.length.unwrap_or(left);
        if length > left {
            return Err(outside("length", length));
        }
        Ok(Part {
            start: self.offset,
            length,
        })
    }

    fn explain(&self, trouble: Trouble) -> Error {
        match trouble {
            Trouble::Over(error) => error,
            Trouble::Unreadable(error) => self.unreadable("read", error),
            Trouble::Shrunk => Error::new(
                Kind::Server,
                format!(
                    "the file \"{}\" became shorter while it was sent",
                    self.shown()
                ),
            ),
        }
    }

    fn unreadable(&self, what: &str, error: io::Error) -> Error {
        let message = format!("the file \"{}\" cannot be {what}: {error}", self.shown());
        Error::new(Kind::Server, message).caused_by(error)
    }

    fn shown(&self) -> String {
        let path = Path::new(OsStr::from_bytes(self.path.to_bytes()));
        path.display().to_string()
    }
}
