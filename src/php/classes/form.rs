//! The body of a request as a form or as parts, and the one way in which it is read.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

use super::{Parts, UploadedFile};
use crate::body::Piece;
use crate::error::{Error, Kind, Result};
use crate::forms::{BodyType, Intake};
use crate::http::Exchange;
use crate::php::bridge::{Interrupted, Job, object, wait};
use crate::php::zend::{Text, Variables};

/// A result that PHP sees as `Sluice\Parts`.
pub struct PartsObject(Zval);

impl IntoZval for PartsObject {
    const TYPE: DataType = DataType::object("Sluice\\Parts");
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

/// In which way a body is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    Unread,
    /// By `read()`, and maybe `getBody()` after it.
    Pieces,
    /// By `getBody()` alone.
    Whole,
    Form,
    Parts,
}

/// What a request has made of its body.
#[derive(Default)]
pub(super) struct Forms {
    way: Cell<Way>,
    /// It belongs to the exchange: that way it is gone when the request is over, even if this object is not.
    intake: RefCell<Weak<Intake>>,
    /// The body, if `getBody()` had it already; what is left of it.
    kept: RefCell<Option<bytes::Bytes>>,
    made: RefCell<Option<Made>>,
}

/// The arrays of a form.
struct Made {
    fields: Zval,
    files: Zval,
}

type Waited<T> = std::result::Result<T, Interrupted>;

impl Forms {
    /// `read()` takes the next piece.
    pub(super) fn read_piece(&self) -> Result<()> {
        self.read_raw(Way::Pieces)
    }

    /// `getBody()` takes all that is left.
    pub(super) fn read_whole(&self) -> Result<()> {
        self.read_raw(Way::Whole)
    }

    fn read_raw(&self, way: Way) -> Result<()> {
        match self.way.get() {
            Way::Unread => self.way.set(way),
            Way::Pieces | Way::Whole => {}
            Way::Form | Way::Parts => return Err(self.taken()),
        }
        Ok(())
    }

    /// The fields of the form; `None` if the body is none. `body` is what `getBody()` has given.
    pub(super) fn fields(
        &self,
        exchange: &Exchange,
        body: &RefCell<Option<Zval>>,
    ) -> Waited<Option<Zval>> {
        self.make(exchange, body)?;
        let made = self.made.borrow();
        Ok(made.as_ref().map(|made| made.fields.shallow_clone()))
    }

    /// The files of the form; `None` if the body is none.
    pub(super) fn files(
        &self,
        exchange: &Exchange,
        body: &RefCell<Option<Zval>>,
    ) -> Waited<Option<Zval>> {
        self.make(exchange, body)?;
        let made = self.made.borrow();
        Ok(made.as_ref().map(|made| made.files.shallow_clone()))
    }

    /// The body part by part.
    pub(super) fn parts(&self, exchange: &Rc<Exchange>) -> Result<PartsObject> {
        let boundary = match BodyType::of(&exchange.request.headers)? {
            BodyType::FormData(boundary) | BodyType::Multipart(boundary) => boundary,
            _ => {
                return Err(Error::new(
                    Kind::BadRequest,
                    "the body has no parts: its Content-Type is not multipart",
                ));
            }
        };
        if self.way.get() != Way::Unread {
            return Err(self.taken());
        }
        let storage = Rc::clone(Job::current().ok_or_else(is_over)?.storage());
        let intake = Rc::new(Intake::parts(&boundary));
        let parts = Parts::new(exchange, &intake, storage.limits.field_size);
        exchange.keep(intake)?;
        self.way.set(Way::Parts);
        Ok(PartsObject(object(parts)))
    }

    /// Gathers the form, if the body is one, and makes its arrays.
    fn make(&self, exchange: &Exchange, body: &RefCell<Option<Zval>>) -> Waited<()> {
        let is_made = self.made.borrow().is_some();
        if is_made || !self.begin(exchange, body)? {
            return Ok(());
        }
        let mut source = |cx: &mut Context<'_>| self.poll_source(cx, exchange);
        wait(poll_fn(|cx| match self.intake.borrow().upgrade() {
            Some(intake) => intake.poll_form(cx, &mut source),
            None => Poll::Ready(Err(is_over())),
        }))??;
        // Another fiber may have waited for the same form.
        let is_made = self.made.borrow().is_some();
        let intake = self.intake.borrow().upgrade();
        let form = intake.filter(|_| !is_made).and_then(|intake| intake.take());
        if let Some((fields, files)) = form {
            let mut posted = Variables::new();
            for field in &fields {
                posted.add(&field.name, &field.value);
            }
            let mut uploaded = Variables::new();
            for (name, upload) in files {
                uploaded.add_value(&name, object(UploadedFile::new(upload)));
            }
            *self.made.borrow_mut() = Some(Made {
                fields: posted.into_array(),
                files: uploaded.into_array(),
            });
        }
        Ok(())
    }

    /// Makes the body one that is read as a form; false if it is none.
    fn begin(&self, exchange: &Exchange, body: &RefCell<Option<Zval>>) -> Result<bool> {
        let kind = BodyType::of(&exchange.request.headers)?;
        if matches!(kind, BodyType::Other | BodyType::Multipart(_)) {
            return Ok(false);
        }
        match self.way.get() {
            Way::Form => return Ok(true),
            Way::Unread => {}
            Way::Whole if body.borrow().is_some() => {
                let text = body.borrow().as_ref().and_then(Text::of);
                *self.kept.borrow_mut() = text.map(Text::into_bytes);
            }
            _ => return Err(self.taken()),
        }
        let storage = Rc::clone(Job::current().ok_or_else(is_over)?.storage());
        let intake = Rc::new(match kind {
            BodyType::FormData(boundary) => Intake::form_data(storage, &boundary),
            _ => Intake::urlencoded(storage),
        });
        let weak = Rc::downgrade(&intake);
        exchange.keep(intake)?;
        *self.intake.borrow_mut() = weak;
        self.way.set(Way::Form);
        Ok(true)
    }

    fn poll_source(&self, cx: &mut Context<'_>, exchange: &Exchange) -> Poll<Result<Piece>> {
        let mut kept = self.kept.borrow_mut();
        match &mut *kept {
            Some(bytes) if bytes.is_empty() => Poll::Ready(Ok(Piece::End)),
            Some(bytes) => Poll::Ready(Ok(Piece::Bytes(std::mem::take(bytes)))),
            None => exchange.poll_read(cx, usize::MAX),
        }
    }

    fn taken(&self) -> Error {
        let by = match self.way.get() {
            Way::Form => "getParsedBody() or getUploadedFiles()",
            Way::Parts => "getParts()",
            Way::Whole => "getBody()",
            _ => "read()",
        };
        Error::state(format!(
            "the body is read by {by} already: a body is read once, in one way"
        ))
    }
}

/// The error of whoever asks after the request.
pub(super) fn is_over() -> Error {
    Error::state("the request is over: what belongs to it is there while it is handled")
}
