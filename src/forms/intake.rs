//! What becomes of one request's body.

use std::cell::{Ref, RefCell};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::form::Gathering;
use super::parts::Parts;
use super::reader::Source;
use super::spool::Storage;
use super::{Field, Form, Head, Upload};
use crate::error::{Error, Kind, Result};

/// A body that is taken apart: as a form, or part by part. All methods take `&self`; no borrow outlives
/// a call, so several fibers may ask. What has failed once fails the same way again.
#[derive(Debug)]
pub struct Intake(RefCell<State>);

/// Fields, and files with their names.
pub type Taken = (Vec<Field>, Vec<(Vec<u8>, Weak<Upload>)>);

#[derive(Debug)]
enum State {
    Gathering(Box<Gathering>),
    Form(Form),
    Parts(Parts),
    Failed(Kind, String),
}

impl Intake {
    /// An urlencoded form.
    pub fn urlencoded(storage: Rc<Storage>) -> Self {
        Self::of(State::Gathering(Box::new(Gathering::urlencoded(storage))))
    }

    /// A multipart form.
    pub fn form_data(storage: Rc<Storage>, boundary: &[u8]) -> Self {
        let gathering = Gathering::multipart(storage, boundary);
        Self::of(State::Gathering(Box::new(gathering)))
    }

    /// The parts of a multipart body.
    pub fn parts(boundary: &[u8]) -> Self {
        Self::of(State::Parts(Parts::new(boundary)))
    }

    fn of(state: State) -> Self {
        Self(RefCell::new(state))
    }

    /// Ready when the form is complete.
    ///
    /// # Errors
    /// What `source` fails with; [`Kind::BadRequest`] for what is no form, [`Kind::BodyTooLarge`] past a
    /// bound, [`Kind::Server`] when the disk does not take a file.
    pub fn poll_form(&self, cx: &mut Context<'_>, source: Source<'_>) -> Poll<Result<()>> {
        let mut state = self.0.borrow_mut();
        let polled = match &mut *state {
            State::Gathering(gathering) => ready!(gathering.poll(cx, source)),
            State::Form(_) => return Poll::Ready(Ok(())),
            State::Parts(_) => return Poll::Ready(Err(other_way())),
            State::Failed(kind, message) => return Poll::Ready(Err(again(*kind, message))),
        };
        Poll::Ready(match polled {
            Ok(form) => {
                *state = State::Form(form);
                Ok(())
            }
            Err(error) => Err(state.fail(error)),
        })
    }

    /// The form, once it is complete.
    pub fn form(&self) -> Option<Ref<'_, Form>> {
        Ref::filter_map(self.0.borrow(), |state| match state {
            State::Form(form) => Some(form),
            _ => None,
        })
        .ok()
    }

    /// What a form that is complete holds: its fields go to the caller, its files stay here.
    pub fn take(&self) -> Option<Taken> {
        match &mut *self.0.borrow_mut() {
            State::Form(form) => {
                let files = form.files.iter();
                let files = files.map(|(name, file)| (name.clone(), Rc::downgrade(file)));
                Some((std::mem::take(&mut form.fields), files.collect()))
            }
            _ => None,
        }
    }

    /// Ready with the head of part `number`, counted from 1, which is the one after the present part; `None`
    /// behind the last. What is left of the present part is thrown away.
    ///
    /// # Errors
    /// What `source` fails with; [`Kind::BadRequest`] for what is no multipart body, [`Kind::State`] when it
    /// is not the next part.
    pub fn poll_part(
        &self,
        cx: &mut Context<'_>,
        source: Source<'_>,
        number: u64,
    ) -> Poll<Result<Option<Head>>> {
        self.poll_parts(|parts| parts.poll_part(cx, source, number))
    }

    /// Ready with the next bytes of part `number`, at most `max`; `None` at its end.
    ///
    /// # Errors
    /// As [`poll_part`](Self::poll_part); [`Kind::State`] when it is not the present part.
    pub fn poll_data(
        &self,
        cx: &mut Context<'_>,
        source: Source<'_>,
        number: u64,
        max: usize,
    ) -> Poll<Result<Option<Bytes>>> {
        self.poll_parts(|parts| parts.poll_data(cx, source, number, max))
    }

    fn poll_parts<T>(&self, poll: impl FnOnce(&mut Parts) -> Poll<Result<T>>) -> Poll<Result<T>> {
        let mut state = self.0.borrow_mut();
        let polled = match &mut *state {
            State::Parts(parts) => ready!(poll(parts)),
            State::Failed(kind, message) => Err(again(*kind, message)),
            _ => Err(other_way()),
        };
        Poll::Ready(polled.map_err(|error| match error.kind() {
            // A mistake of the caller's, after which the body is what it was.
            Kind::State => error,
            _ => state.fail(error),
        }))
    }
}

impl State {
    /// Gives up all that is here; the error stays.
    fn fail(&mut self, error: Error) -> Error {
        *self = Self::Failed(error.kind(), error.message().to_owned());
        error
    }
}

fn again(kind: Kind, message: &str) -> Error {
    Error::new(kind, message.to_owned())
}

fn other_way() -> Error {
    Error::state("the body is being read in another way: a body is read once, in one way")
}
