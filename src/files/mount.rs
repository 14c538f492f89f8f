//! Mounts that are open: which of them a path belongs to.

use std::rc::Rc;
use std::sync::Arc;

use super::Settings;
use super::path;
use crate::error::{Error, Kind, Result};
use crate::sys::Folder;

/// One mount with its root.
#[derive(Debug)]
pub(super) struct Mount {
    pub(super) settings: Settings,
    pub(super) folder: Arc<Folder>,
}

/// The mounts of a server.
#[derive(Debug)]
pub struct Mounts {
    /// Those with the longest prefixes come first.
    list: Vec<Rc<Mount>>,
}

impl Mounts {
    /// Opens the roots. From now on they are the folders that their paths lead to now.
    ///
    /// # Errors
    /// Kind `Server` when a root cannot be opened.
    pub fn open(all: &[Settings]) -> Result<Self> {
        Self::opened(all, |folder| folder)
    }

    /// The same, looked through as on a kernel without `openat2`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_walking(all: &[Settings]) -> Result<Self> {
        Self::opened(all, Folder::walking)
    }

    fn opened(all: &[Settings], how: impl Fn(Folder) -> Folder) -> Result<Self> {
        let mut list = Vec::with_capacity(all.len());
        for settings in all {
            let folder = Folder::open(&settings.root, settings.links).map_err(|error| {
                let root = settings.root.display();
                let message = format!("the root \"{root}\" cannot be opened: {error}");
                Error::new(Kind::Server, message).caused_by(error)
            })?;
            list.push(Rc::new(Mount {
                settings: settings.clone(),
                folder: Arc::new(how(folder)),
            }));
        }
        list.sort_by_key(|mount| std::cmp::Reverse(mount.settings.prefix.len()));
        Ok(Self { list })
    }

    /// The mount that a request's path belongs to.
    pub(super) fn find(&self, requested: &str) -> Option<&Rc<Mount>> {
        let decoded = path::decoded(requested);
        let bytes = decoded.as_deref().unwrap_or(requested.as_bytes());
        self.list
            .iter()
            .find(|mount| path::below(bytes, &mount.settings.prefix).is_some())
    }
}

/// Whether a mount could stand beside `others`.
///
/// # Errors
/// Kind `Config` if one of them has its prefix.
pub fn check_beside(mount: &Settings, others: &[Settings]) -> Result<()> {
    if others.iter().all(|other| other.prefix != mount.prefix) {
        return Ok(());
    }
    let shown = match mount.prefix() {
        b"" => "/".into(),
        prefix => String::from_utf8_lossy(prefix),
    };
    Err(Error::new(
        Kind::Config,
        format!("there is a mount at \"{shown}\" already: each needs a prefix of its own"),
    ))
}
