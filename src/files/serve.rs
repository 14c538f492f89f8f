//! A mount answers a request.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use smallvec::smallvec;

use super::coding::{self, Codings};
use super::found::{Found, look_up};
use super::mount::{Mount, Mounts};
use super::path::{self, Meant, Name};
use super::plan::{self, About};
use super::sending::Sending;
use super::types;
use crate::error::Result;
use crate::http::{Exchange, Reply};
use crate::sys::{self, Blocking};

/// What became of a request for a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// It has its reply, or its client is gone.
    Answered,
    /// It is the handler's: nothing was set on the reply.
    NotThere,
}

/// The answer of a mount to one request. What is in memory is answered by the first poll.
#[derive(Debug)]
pub struct Serve {
    exchange: Rc<Exchange>,
    mount: Rc<Mount>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    New,
    /// A thread looks for the file.
    Looking(Box<Looking>),
    Sending(Box<Sending>),
}

#[derive(Debug)]
struct Looking {
    name: Name,
    is_index: bool,
    found: Blocking<io::Result<Found>>,
}

/// What is done next.
enum Step {
    Done(Served),
    Then(Stage),
}

impl Serve {
    /// The answer to `exchange`, if its path belongs to one of `mounts`.
    pub fn new(mounts: &Mounts, exchange: &Rc<Exchange>) -> Option<Self> {
        let mount = mounts.find(exchange.request.uri.path())?;
        Some(Self {
            exchange: Rc::clone(exchange),
            mount: Rc::clone(mount),
            stage: Stage::New,
        })
    }

    fn begin(&self, cx: &mut Context<'_>) -> Step {
        let settings = &self.mount.settings;
        let request = &self.exchange.request;
        if request.method != Method::GET && request.method != Method::HEAD {
            if settings.fallback {
                return Step::Done(Served::NotThere);
            }
            let allow = HeaderValue::from_static("GET, HEAD");
            return self.page(StatusCode::METHOD_NOT_ALLOWED, Some((ALLOW, allow)));
        }
        let Some(decoded) = path::decoded(request.uri.path()) else {
            return self.missing();
        };
        let rest = path::below(&decoded, &settings.prefix).unwrap_or_default();
        let index = settings.index.as_deref();
        let (name, is_index) = match path::meant(rest, settings.dotfiles) {
            Meant::Name(name) => (path::name(&[name]), false),
            Meant::Folder(folder) => match index {
                Some(index) if folder.is_empty() => (path::name(&[index]), true),
                Some(index) => (path::name(&[folder, b"/", index]), true),
                None => return self.missing(),
            },
            Meant::Root => return self.redirect(),
            Meant::Nothing => return self.missing(),
        };
        let codings = if settings.precompressed.is_empty() {
            Codings::new()
        } else {
            coding::acceptable(&request.headers, &settings.precompressed)
        };
        match look_up(&self.mount.folder, &name, &codings, false) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let (folder, wanted) = (Arc::clone(&self.mount.folder), name.clone());
                Step::Then(Stage::Looking(Box::new(Looking {
                    name,
                    is_index,
                    found: sys::blocking(move || look_up(&folder, &wanted, &codings, true)),
                })))
            }
            found => self.found(found, &name, is_index, cx),
        }
    }

    fn found(
        &self,
        found: io::Result<Found>,
        name: &Name,
        is_index: bool,
        cx: &mut Context<'_>,
    ) -> Step {
        let (opened, coding) = match found {
            Ok(Found::File(opened, coding)) => (opened, coding),
            Ok(Found::Folder) if !is_index => return self.redirect(),
            Ok(Found::Folder | Found::Nothing) => return self.missing(),
            Err(_) => return self.page(StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        let settings = &self.mount.settings;
        let about = About {
            coding,
            varies: !settings.precompressed.is_empty(),
            cache_control: settings.cache_control.as_ref(),
        };
        let content_type = || types::content_type(&name[..name.len() - 1], &settings.types);
        let reply = &self.exchange.reply;
        let planned = plan::conditional(&self.exchange, &opened, &about, content_type);
        match planned {
            Ok(Some(segments)) if self.exchange.request.method == Method::HEAD => {
                answered(&plan::end_head(reply, plan::length(&segments)))
            }
            Ok(Some(segments)) => {
                let mut sending = Sending::new(opened.file, segments);
                match self.send(&mut sending, cx) {
                    Poll::Ready(()) => Step::Done(Served::Answered),
                    Poll::Pending => Step::Then(Stage::Sending(Box::new(sending))),
                }
            }
            Ok(None) => answered(&reply.end(Bytes::new())),
            Err(_) => Step::Done(Served::Answered),
        }
    }

    fn send(&self, sending: &mut Sending, cx: &mut Context<'_>) -> Poll<()> {
        if ready!(sending.poll(&self.exchange, cx)).is_err() {
            if self.exchange.reply.is_committed() {
                self.exchange.reply.abort();
            } else {
                self.page(StatusCode::INTERNAL_SERVER_ERROR, None);
            }
        }
        Poll::Ready(())
    }

    /// Whatever is not shown looks as what is not there.
    fn missing(&self) -> Step {
        if self.mount.settings.fallback {
            return Step::Done(Served::NotThere);
        }
        self.page(StatusCode::NOT_FOUND, None)
    }

    /// Sends the client to the same path with a slash behind it. The path has no empty name, so that it never
    /// names another host.
    fn redirect(&self) -> Step {
        let uri = &self.exchange.request.uri;
        let (mark, query) = uri.query().map_or(("", ""), |query| ("?", query));
        let location = format!("{}/{mark}{query}", uri.path());
        let Ok(location) = HeaderValue::try_from(location) else {
            return self.missing();
        };
        self.page(StatusCode::MOVED_PERMANENTLY, Some((LOCATION, location)))
    }

    fn page(&self, status: StatusCode, field: Option<(HeaderName, HeaderValue)>) -> Step {
        answered(&page(&self.exchange.reply, status, field))
    }
}

/// A reply that cannot be made has failed already: its client is gone.
fn answered(_made: &Result<()>) -> Step {
    Step::Done(Served::Answered)
}

/// A reply that is its status and no more, in place of what was set.
fn page(reply: &Reply, status: StatusCode, field: Option<(HeaderName, HeaderValue)>) -> Result<()> {
    reply.clear();
    reply.set_status(i64::from(status.as_u16()), None)?;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    reply.set_header(CONTENT_TYPE, smallvec![plain])?;
    if let Some((name, value)) = field {
        reply.set_header(name, smallvec![value])?;
    }
    let text = status.canonical_reason().unwrap_or_default();
    reply.end(Bytes::from_static(text.as_bytes()))
}

impl Future for Serve {
    type Output = Served;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Served> {
        loop {
            let step = match std::mem::replace(&mut self.stage, Stage::New) {
                Stage::New => self.begin(cx),
                Stage::Looking(mut looking) => match Pin::new(&mut looking.found).poll(cx) {
                    Poll::Ready(found) => self.found(found, &looking.name, looking.is_index, cx),
                    Poll::Pending => {
                        self.stage = Stage::Looking(looking);
                        return Poll::Pending;
                    }
                },
                Stage::Sending(mut sending) => match self.send(&mut sending, cx) {
                    Poll::Ready(()) => Step::Done(Served::Answered),
                    Poll::Pending => {
                        self.stage = Stage::Sending(sending);
                        return Poll::Pending;
                    }
                },
            };
            match step {
                Step::Done(served) => return Poll::Ready(served),
                Step::Then(Stage::Sending(sending)) => {
                    // It was polled already.
                    self.stage = Stage::Sending(sending);
                    return Poll::Pending;
                }
                Step::Then(stage) => self.stage = stage,
            }
        }
    }
}
