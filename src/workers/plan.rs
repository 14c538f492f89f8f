//! What is supervised, and what comes of it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use super::{Socket, Worker};
use crate::stats::Board;

/// What is supervised.
#[derive(Debug)]
pub struct Plan {
    /// How many workers, 1 or more.
    pub workers: usize,
    /// The listening sockets, for the generations to come.
    pub sockets: Vec<Socket>,
    /// The memory that all workers share.
    pub board: Rc<Board>,
    /// How long a worker may take to drain that was given no other time.
    pub drain: Duration,
    /// Folders and files that reload the program when they change.
    pub watch: Vec<PathBuf>,
    /// How the program is started afresh.
    pub program: Program,
    /// Gets a line for each thing an operator should know.
    pub log: fn(&str),
    /// Tells the service manager what `sd_notify` would, such as `READY=1`.
    pub notify: fn(&str),
    /// How often the service manager wants to hear that all is well.
    pub watchdog: Option<Duration>,
}

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable file.
    pub file: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder to start it in.
    pub folder: PathBuf,
}

/// Which process this is.
#[derive(Debug)]
pub enum Role<T> {
    /// A worker, and what it works with.
    Worker(Worker, T),
    /// The one that called, after everything has ended.
    Done(Ended),
}

/// How everything ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Something that was begun was cut off.
    pub cut: bool,
}
