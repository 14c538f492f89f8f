//! `Sluice\Uploads`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::Rc;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::config;
use crate::error::{Error, Kind, Result};
use crate::forms::Storage;
use crate::php::arguments::Bytes;
use crate::php::serving::log;
use crate::php::zend::{is_allowed, temporary_directory, upload_directory};
use crate::sys::Nameless;

/// The bounds on forms and their files.
#[php_class]
#[php(name = "Sluice\\Uploads")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Uploads(pub(super) config::Uploads);

#[php_impl]
impl Uploads {
    #[php(defaults(fields = 1000, fieldSize = 1_048_576, files = 20, memory = 65_536))]
    #[php(optional = fields)]
    pub fn __construct(
        fields: i64,
        fieldSize: i64,
        files: i64,
        fileSize: Option<i64>,
        memory: i64,
        directory: Option<Bytes>,
    ) -> PhpResult<Self> {
        Ok(Self(config::Uploads::parse(config::UploadsSaid {
            fields,
            field_size: fieldSize,
            files,
            file_size: fileSize,
            memory,
            directory: directory.map(|path| OsStr::from_bytes(path.0.as_bytes()).into()),
        })?))
    }
}

/// The bounds together with the folders that files may lie in, as PHP chooses them: where
/// `upload_tmp_dir` takes none, the system's folder does.
///
/// # Errors
/// Kind `Server` when the folder that was asked for takes no files.
pub(super) fn storage(limits: &config::Uploads) -> Result<Rc<Storage>> {
    let directories = match &limits.directory {
        Some(directory) => vec![asked_for(directory.clone())?],
        None => defaults(),
    };
    Ok(Rc::new(Storage {
        limits: limits.clone(),
        directories: directories.into(),
    }))
}

fn asked_for(directory: PathBuf) -> Result<PathBuf> {
    match Nameless::create(&directory) {
        Ok(_) => Ok(directory),
        Err(error) => {
            let what = format!("cannot keep uploads in {}: {error}", directory.display());
            Err(Error::new(Kind::Server, what).caused_by(error))
        }
    }
}

fn defaults() -> Vec<PathBuf> {
    let mut directories = Vec::new();
    let fallback = temporary_directory().filter(|directory| is_allowed(directory));
    if let Some(directory) = upload_directory() {
        if let Err(error) = Nameless::create(&directory) {
            let instead = fallback
                .as_deref()
                .map_or("nowhere".into(), |path| path.display().to_string());
            log(&format!(
                "upload_tmp_dir {} takes no files ({error}): uploads go to {instead}",
                directory.display()
            ));
        }
        directories.push(directory);
    }
    directories.extend(fallback);
    directories
}
