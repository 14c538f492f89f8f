//! A form, gathered as it arrives.

use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::disposition::has_sound_brackets;
use super::excess::{too_large, too_many};
use super::reader::{Source, poll_event};
use super::spool::{Spool, Storage};
use super::{Event, Head, Multipart, Upload, urlencoded};
use crate::body::Piece;
use crate::error::{Error, Kind, Result};

/// A form that is complete: its fields and files in the order in which they came.
#[derive(Debug, Default)]
pub struct Form {
    /// Names and values.
    pub fields: Vec<Field>,
    /// Names and files.
    pub files: Vec<(Vec<u8>, Rc<Upload>)>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As the client sent it, brackets included.
    pub name: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// A form on its way in.
#[derive(Debug)]
pub(super) struct Gathering {
    storage: Rc<Storage>,
    syntax: Syntax,
    form: Form,
    /// How many parts count as fields.
    fields: usize,
    /// How many files came.
    files: usize,
    /// How many files came without a name.
    anonymous: usize,
}

#[derive(Debug)]
enum Syntax {
    Urlencoded(Vec<u8>),
    Multipart {
        multipart: Box<Multipart>,
        part: Part,
    },
}

/// Where the content of the present part goes.
#[derive(Debug)]
enum Part {
    /// Nowhere, or there is none.
    Skipped,
    Field(Field),
    File(Box<Receiving>),
}

#[derive(Debug)]
struct Receiving {
    name: Vec<u8>,
    head: Head,
    size: u64,
    spool: Spool,
    /// What the spool has not taken yet.
    rest: Bytes,
    /// Nothing more comes.
    is_whole: bool,
}

impl Gathering {
    pub(super) fn urlencoded(storage: Rc<Storage>) -> Self {
        Self::new(storage, Syntax::Urlencoded(Vec::new()))
    }

    pub(super) fn multipart(storage: Rc<Storage>, boundary: &[u8]) -> Self {
        let multipart = Box::new(Multipart::new(boundary));
        let part = Part::Skipped;
        Self::new(storage, Syntax::Multipart { multipart, part })
    }

    fn new(storage: Rc<Storage>, syntax: Syntax) -> Self {
        Self {
            storage,
            syntax,
            form: Form::default(),
            fields: 0,
            files: 0,
            anonymous: 0,
        }
    }

    /// Ready with the form when all of it is here. Not to be polled again after that.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, source: Source<'_>) -> Poll<Result<Form>> {
        loop {
            let event = match &mut self.syntax {
                Syntax::Urlencoded(body) => match ready!(source(cx))? {
                    Piece::Bytes(bytes) => {
                        body.extend_from_slice(&bytes);
                        continue;
                    }
                    Piece::End => {
                        let fields = urlencoded::fields(body, &self.storage.limits)?;
                        self.form.fields = fields;
                        return Poll::Ready(Ok(std::mem::take(&mut self.form)));
                    }
                },
                Syntax::Multipart { multipart, part } => {
                    if let Part::File(file) = part {
                        ready!(file.spool.poll_write(cx, &mut file.rest))?;
                        if file.is_whole {
                            let content = ready!(file.spool.poll_finish(cx))?;
                            let upload = Upload::new(&file.head, file.size, content);
                            let name = std::mem::take(&mut file.name);
                            self.form.files.push((name, Rc::new(upload)));
                            *part = Part::Skipped;
                        }
                    }
                    ready!(poll_event(multipart, cx, source))?
                }
            };
            match event {
                Event::Part(head) => self.begin(*head)?,
                Event::Data(bytes) => self.take(bytes)?,
                Event::PartEnd => self.end(),
                Event::End => return Poll::Ready(Ok(std::mem::take(&mut self.form))),
            }
        }
    }

    /// What PHP makes of a part: a field, a file, or nothing.
    fn begin(&mut self, head: Head) -> Result<()> {
        let part = match (&head.name, &head.filename) {
            _ if !head.headers.contains_key(http::header::CONTENT_DISPOSITION) => Part::Skipped,
            (None, None) => {
                return Err(Error::new(
                    Kind::BadRequest,
                    "a part of the form has neither a name nor a file name in its Content-Disposition",
                ));
            }
            (Some(name), None) => {
                self.count_field()?;
                Part::Field(Field {
                    name: name.clone(),
                    value: Vec::new(),
                })
            }
            (name, Some(filename)) => {
                let is_empty = filename.is_empty();
                let name = name.clone().unwrap_or_else(|| self.next_anonymous());
                if !has_sound_brackets(&name) {
                    Part::Skipped
                } else if is_empty {
                    self.count_field()?;
                    self.form.files.push((name, Rc::new(Upload::missing())));
                    Part::Skipped
                } else {
                    self.receive(name, head)?
                }
            }
        };
        if let Syntax::Multipart { part: present, .. } = &mut self.syntax {
            *present = part;
        }
        Ok(())
    }

    fn receive(&mut self, name: Vec<u8>, head: Head) -> Result<Part> {
        if self.files == self.storage.limits.files {
            return Err(too_many("files", self.files));
        }
        self.files += 1;
        Ok(Part::File(Box::new(Receiving {
            name,
            head,
            size: 0,
            spool: Spool::new(&self.storage),
            rest: Bytes::new(),
            is_whole: false,
        })))
    }

    fn take(&mut self, bytes: Bytes) -> Result<()> {
        let limits = &self.storage.limits;
        let Syntax::Multipart { part, .. } = &mut self.syntax else {
            return Ok(());
        };
        match part {
            Part::Skipped => {}
            Part::Field(field) => {
                if field.value.len() + bytes.len() > limits.field_size {
                    let most = limits.field_size as u64;
                    return Err(too_large("field", &field.name, "fieldSize", most));
                }
                field.value.extend_from_slice(&bytes);
            }
            Part::File(file) => {
                file.size += bytes.len() as u64;
                if let Some(most) = limits.file_size.filter(|&most| file.size > most) {
                    return Err(too_large("file", &file.name, "fileSize", most));
                }
                file.rest = bytes;
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        let Syntax::Multipart { part, .. } = &mut self.syntax else {
            return;
        };
        match part {
            Part::File(file) => file.is_whole = true,
            _ => {
                if let Part::Field(field) = std::mem::replace(part, Part::Skipped) {
                    self.form.fields.push(field);
                }
            }
        }
    }

    fn count_field(&mut self) -> Result<()> {
        if self.fields == self.storage.limits.fields {
            return Err(too_many("fields", self.fields));
        }
        self.fields += 1;
        Ok(())
    }

    /// PHP numbers the files that have no name.
    fn next_anonymous(&mut self) -> Vec<u8> {
        let name = self.anonymous.to_string();
        self.anonymous += 1;
        name.into()
    }
}
