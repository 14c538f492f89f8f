//! `Sluice\UploadedFile`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use super::values::{self, Str};
use crate::error::{Error, Kind, Result};
use crate::forms::{Content, Upload};
use crate::php::arguments::Bytes;
use crate::php::bridge::{Interrupted, wait};
use crate::php::zend::{is_allowed, stream_of_bytes, stream_of_file};
use crate::sys::new_file_mode;

/// PHP's own numbers.
const UPLOAD_ERR_OK: i64 = 0;
const UPLOAD_ERR_NO_FILE: i64 = 4;

/// One file of a form. The content belongs to the request and is gone with it.
#[php_class]
#[php(name = "Sluice\\UploadedFile")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct UploadedFile(Weak<Upload>);

impl UploadedFile {
    pub(super) fn new(upload: Weak<Upload>) -> Self {
        Self(upload)
    }

    fn upload(&self) -> Result<Rc<Upload>> {
        self.0.upgrade().ok_or_else(super::form::is_over)
    }
}

#[php_impl]
impl UploadedFile {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\UploadedFile",
            "Request::getUploadedFiles() gives them",
        ))
    }

    pub fn get_stream(&self) -> PhpResult<Zval> {
        let content = self.upload()?.content()?;
        let stream = match &content {
            Content::Memory(bytes) => stream_of_bytes(bytes),
            Content::Disk(_) => content.reopen()?.and_then(stream_of_file),
        };
        Ok(stream.ok_or_else(|| Error::new(Kind::Server, "PHP cannot open a stream"))?)
    }

    pub fn move_to(&self, targetPath: Bytes) -> PhpResult<()> {
        let target = target(targetPath.0.as_bytes())?;
        drop(targetPath);
        Ok(self.move_file(target)?)
    }

    pub fn get_size(&self) -> PhpResult<Option<i64>> {
        Ok(i64::try_from(self.upload()?.size).ok())
    }

    pub fn get_error(&self) -> PhpResult<i64> {
        Ok(if self.upload()?.is_missing() {
            UPLOAD_ERR_NO_FILE
        } else {
            UPLOAD_ERR_OK
        })
    }

    pub fn get_client_filename(&self) -> PhpResult<Option<Str>> {
        let upload = self.upload()?;
        Ok(upload
            .filename
            .as_deref()
            .map(|name| Str(values::bytes(name))))
    }

    pub fn get_client_media_type(&self) -> PhpResult<Option<Str>> {
        let upload = self.upload()?;
        let media_type = upload.media_type.as_deref();
        Ok(media_type.map(|name| Str(values::bytes(name))))
    }
}

impl UploadedFile {
    /// Waits with nothing at hand but the work: the content stays with the request meanwhile.
    fn move_file(&self, target: PathBuf) -> std::result::Result<(), Interrupted> {
        let work = self.upload()?.move_to(target, new_file_mode())?;
        let moved = wait(work)?;
        if let Some(upload) = self.0.upgrade() {
            upload.settle(moved.is_ok());
        }
        Ok(moved?)
    }
}

/// Where a file is to go, as an absolute path: the folder that a relative one starts from may change
/// while the work is under way.
fn target(path: &[u8]) -> Result<PathBuf> {
    let shown = path.escape_ascii();
    if path.is_empty() || path.contains(&0) {
        return Err(Error::new(
            Kind::Config,
            format!("moveTo() takes the path of a file, not \"{shown}\""),
        ));
    }
    let path = Path::new(OsStr::from_bytes(path));
    let absolute = std::path::absolute(path).map_err(|error| {
        Error::new(
            Kind::Server,
            format!("cannot move an upload to {shown}: {error}"),
        )
    })?;
    if !is_allowed(&absolute) {
        return Err(Error::new(
            Kind::Server,
            format!("cannot move an upload to {shown}: open_basedir does not allow it"),
        ));
    }
    Ok(absolute)
}
