//! `Sluice\Parts` and `Sluice\Part`.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ce;

use super::form::is_over;
use super::values::{self, Array, Str};
use crate::error::{Error, Kind};
use crate::forms::{Head, Intake};
use crate::http::Exchange;
use crate::php::bridge::{Interrupted, object, wait};

/// A result that PHP sees as `Sluice\Part`.
pub struct PartObject(Zval);

impl IntoZval for PartObject {
    const TYPE: DataType = DataType::object("Sluice\\Part");
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

/// A multipart body, and whoever reads it.
#[derive(Clone)]
struct Body {
    exchange: Rc<Exchange>,
    intake: Weak<Intake>,
    /// The most that `getContents()` gives.
    most: usize,
}

type Waited<T> = Result<T, Interrupted>;

impl Body {
    fn head(&self, number: u64) -> Waited<Option<Head>> {
        let mut source = |cx: &mut Context<'_>| self.exchange.poll_read(cx, usize::MAX);
        let head = wait(poll_fn(|cx| match self.intake.upgrade() {
            Some(intake) => intake.poll_part(cx, &mut source, number),
            None => Poll::Ready(Err(is_over())),
        }))??;
        Ok(head)
    }

    fn data(&self, number: u64, max: usize) -> Waited<Option<bytes::Bytes>> {
        let mut source = |cx: &mut Context<'_>| self.exchange.poll_read(cx, usize::MAX);
        let data = wait(poll_fn(|cx| match self.intake.upgrade() {
            Some(intake) => intake.poll_data(cx, &mut source, number, max),
            None => Poll::Ready(Err(is_over())),
        }))??;
        Ok(data)
    }
}

/// The parts of a multipart body, as they arrive.
#[php_class]
#[php(name = "Sluice\\Parts")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
#[php(implements(ce = ce::iterator, stub = "\\Iterator"))]
pub struct Parts {
    body: Body,
    /// The number of the present part, counted from 1; 0 before the first.
    number: Cell<u64>,
    current: RefCell<Option<Zval>>,
}

impl Parts {
    pub(super) fn new(exchange: &Rc<Exchange>, intake: &Rc<Intake>, most: usize) -> Self {
        Self {
            body: Body {
                exchange: Rc::clone(exchange),
                intake: Rc::downgrade(intake),
                most,
            },
            number: Cell::new(0),
            current: RefCell::new(None),
        }
    }

    fn go_on(&self) -> Waited<()> {
        let number = self.number.get() + 1;
        let head = self.body.head(number)?;
        let part = head.map(|head| {
            object(Part {
                body: self.body.clone(),
                number,
                head,
            })
        });
        self.number.set(number);
        let before = self.current.replace(part);
        drop(before);
        Ok(())
    }

    fn begin(&self) -> Waited<()> {
        if self.number.get() == 0 {
            self.go_on()?;
        }
        Ok(())
    }

    fn has_current(&self) -> bool {
        self.current.borrow().is_some()
    }
}

#[php_impl]
impl Parts {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\Parts",
            "Request::getParts() gives it",
        ))
    }

    pub fn current(&self) -> PhpResult<Option<PartObject>> {
        self.begin()?;
        let current = self.current.borrow();
        Ok(current
            .as_ref()
            .map(|part| PartObject(part.shallow_clone())))
    }

    pub fn key(&self) -> PhpResult<i64> {
        self.begin()?;
        Ok(i64::try_from(self.number.get() - 1).unwrap_or(i64::MAX))
    }

    pub fn next(&self) -> PhpResult<()> {
        self.begin()?;
        if self.has_current() {
            self.go_on()?;
        }
        Ok(())
    }

    pub fn rewind(&self) -> PhpResult<()> {
        if self.number.get() > 1 {
            return Err(values::state(
                "the parts are read as they arrive: there is no way back to the first",
            ));
        }
        Ok(self.begin()?)
    }

    pub fn valid(&self) -> PhpResult<bool> {
        self.begin()?;
        Ok(self.has_current())
    }
}

/// One part of a multipart body.
#[php_class]
#[php(name = "Sluice\\Part")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Part {
    body: Body,
    number: u64,
    head: Head,
}

#[php_impl]
impl Part {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\Part",
            "iterating over Request::getParts() gives them",
        ))
    }

    pub fn get_name(&self) -> Option<Str> {
        self.head
            .name
            .as_deref()
            .map(|name| Str(values::bytes(name)))
    }

    pub fn get_client_filename(&self) -> Option<Str> {
        let name = self.head.client_filename();
        name.map(|name| Str(values::bytes(name)))
    }

    pub fn get_client_media_type(&self) -> Option<Str> {
        let media_type = self.head.media_type();
        media_type.map(|name| Str(values::bytes(name)))
    }

    pub fn get_headers(&self) -> Array {
        Array(values::headers(&self.head.headers))
    }

    #[php(defaults(max = 65_536))]
    pub fn read(&self, max: i64) -> PhpResult<Option<Str>> {
        let max = usize::try_from(max).ok().filter(|&max| max > 0);
        let max = max
            .ok_or_else(|| Error::new(Kind::Config, "read() takes a number of bytes from 1 on"))?;
        let data = self.body.data(self.number, max)?;
        Ok(data.map(|bytes| Str(values::bytes(&bytes))))
    }

    pub fn get_contents(&self) -> PhpResult<Str> {
        let mut contents = Vec::new();
        while let Some(bytes) = self.body.data(self.number, usize::MAX)? {
            if contents.len() + bytes.len() > self.body.most {
                return Err(Error::new(
                    Kind::BodyTooLarge,
                    format!(
                        "the part is larger than the limit of {} bytes (Uploads: fieldSize): take it by read()",
                        self.body.most
                    ),
                )
                .into());
            }
            contents.extend_from_slice(&bytes);
        }
        Ok(Str(values::bytes(&contents)))
    }
}
