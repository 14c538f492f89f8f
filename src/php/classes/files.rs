//! `Sluice\Files`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::error::{Error, Kind, Result};
use crate::files;
use crate::php::arguments::{Bytes, Pairs};
use crate::php::zend::may_open;

/// A folder whose files are served.
#[php_class]
#[php(name = "Sluice\\Files")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Files(pub(super) files::Settings);

#[php_impl]
impl Files {
    #[php(defaults(
        prefix = "\"/\"",
        index = Some(Bytes::from("index.html")),
        fallback = true,
        precompressed = Vec::<Bytes>::new(),
        dotfiles = false,
        symlinks = "\"inside\"",
        types = Pairs(Vec::new()),
    ))]
    #[expect(clippy::too_many_arguments, reason = "PHP code names them")]
    pub fn __construct(
        root: Bytes,
        prefix: Bytes,
        index: Option<Bytes>,
        cacheControl: Option<Bytes>,
        fallback: bool,
        precompressed: Vec<Bytes>,
        dotfiles: bool,
        symlinks: Bytes,
        types: Pairs,
    ) -> PhpResult<Self> {
        let bytes = |said: &Bytes| said.0.as_bytes().to_vec();
        let settings = files::Settings::parse(files::Said {
            root: OsStr::from_bytes(root.0.as_bytes()).into(),
            prefix: bytes(&prefix),
            index: index.as_ref().map(bytes),
            cache_control: cacheControl.as_ref().map(bytes),
            fallback,
            precompressed: precompressed.iter().map(bytes).collect(),
            dotfiles,
            symlinks: bytes(&symlinks),
            types: types
                .0
                .into_iter()
                .map(|(ending, name)| (ending, name.as_bytes().to_vec()))
                .collect(),
        })?;
        check_open_basedir(root.0.as_bytes())?;
        Ok(Self(settings))
    }
}

/// What PHP may not open is not served.
///
/// # Errors
/// Kind `Server` unless `open_basedir` allows the path.
pub(super) fn check_open_basedir(path: &[u8]) -> Result<()> {
    if CString::new(path).is_ok_and(|path| may_open(&path)) {
        return Ok(());
    }
    let shown = path.escape_ascii();
    Err(Error::new(
        Kind::Server,
        format!("PHP's open_basedir does not allow \"{shown}\""),
    ))
}
