//! Everything that knows PHP.
//!
//! - `zend`: safe names for what the engine offers; with `shim.c` the only unsafe code here.
//! - `bridge`: a PHP fiber as a Rust future: the pool, the job, the wait.
//! - `classes`: the classes that PHP code sees, thin over the engine.
//! - `serving`: from `start()` to its return: alone in this process, or with workers.
//! - `origin`: how this process came to be, and how another like it is started.
//! - `exceptions`: which PHP class each kind of error becomes.
//! - `arguments`: parameters with PHP's own coercions.
//! - `module`: the extension entry and `php --ri sluice`.

mod arguments;
mod bridge;
mod classes;
mod exceptions;
mod module;
mod origin;
mod serving;
mod zend;
