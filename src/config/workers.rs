//! How many processes serve, and when one is replaced.

use std::path::PathBuf;

use crate::error::{Error, Result};

/// What was said about processes, within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workers {
    /// How many worker processes: 1 to 1024, 1 by default.
    pub count: usize,
    /// Whether they run under a supervisor; false: the one worker is the calling process.
    pub supervised: bool,
    /// After how many requests a worker is replaced: 1 or more, `None` for never. Each worker draws
    /// a number up to a tenth below it, so that not all go at once.
    pub max_requests: Option<u64>,
    /// Above how much PHP memory, in bytes, a worker is replaced at the end of a request: 2 MiB or
    /// more, `None` for never.
    pub max_memory: Option<u64>,
    /// Folders and files that reload the server when they change.
    pub watch: Vec<PathBuf>,
}

/// The same as it was said, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Workers`")]
pub struct WorkersSaid {
    pub count: i64,
    pub supervise: bool,
    pub max_requests: Option<i64>,
    pub max_memory: Option<i64>,
    pub watch: Vec<PathBuf>,
}

impl Workers {
    /// Checks what was said. More than one worker needs a supervisor, as do files to watch.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every mistake.
    pub fn parse(said: WorkersSaid) -> Result<Self> {
        let supervised = said.supervise || said.count > 1 || !said.watch.is_empty();
        let mut mistakes = Vec::new();
        if !(1..=MOST).contains(&said.count) {
            mistakes.push(format!(
                "workers must be 1 to {MOST}, not {}; Server::cpuCount() says how many processors there are",
                said.count
            ));
        }
        let mut limit = |name: &str, value: Option<i64>, least: i64, unit: &str| {
            let value = value?;
            if value < least {
                mistakes.push(format!("{name} must be {least}{unit} or more, not {value}"));
            } else if !supervised {
                mistakes.push(format!(
                    "{name} needs a supervisor to replace the worker: add supervise: true"
                ));
            }
            Some(value.cast_unsigned())
        };
        let max_requests = limit("maxRequests", said.max_requests, 1, "");
        let max_memory = limit("maxMemory", said.max_memory, MEMORY_LEAST, " bytes");
        for path in &said.watch {
            if !path.exists() {
                mistakes.push(format!("watch: there is no {}", path.display()));
            }
        }
        match Error::all("Server", &mistakes) {
            Some(error) => Err(error),
            None => Ok(Self {
                count: usize::try_from(said.count).unwrap_or(1),
                supervised,
                max_requests,
                max_memory,
                watch: said.watch,
            }),
        }
    }
}

const MOST: i64 = 1024;
/// PHP takes memory from the system in pieces of this size.
const MEMORY_LEAST: i64 = 2 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(count: i64) -> WorkersSaid {
        WorkersSaid {
            count,
            supervise: false,
            max_requests: None,
            max_memory: None,
            watch: Vec::new(),
        }
    }

    #[test]
    fn one_worker_is_the_calling_process_unless_something_needs_a_supervisor() {
        assert!(!Workers::parse(said(1)).unwrap().supervised);
        assert!(Workers::parse(said(2)).unwrap().supervised);
        let asked = WorkersSaid {
            supervise: true,
            ..said(1)
        };
        assert!(Workers::parse(asked).unwrap().supervised);
        let watching = WorkersSaid {
            watch: vec!["src".into()],
            ..said(1)
        };
        assert!(Workers::parse(watching).unwrap().supervised);
    }

    #[test]
    fn both_ends_of_every_bound_are_accepted_and_one_step_past_is_not() {
        for count in [1, 1024] {
            assert!(Workers::parse(said(count)).is_ok());
        }
        for count in [0, -1, 1025] {
            let error = Workers::parse(said(count)).unwrap_err();
            let expected = format!("Server: workers must be 1 to 1024, not {count}");
            assert!(error.message().starts_with(&expected), "{error}");
        }
        let limits = |requests, memory| {
            Workers::parse(WorkersSaid {
                supervise: true,
                max_requests: Some(requests),
                max_memory: Some(memory),
                ..said(1)
            })
        };
        assert_eq!(limits(1, 2 << 20).unwrap().max_requests, Some(1));
        assert!(limits(0, 2 << 20).is_err());
        assert!(limits(1, (2 << 20) - 1).is_err());
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Workers::parse(WorkersSaid {
            count: 0,
            supervise: false,
            max_requests: Some(100),
            max_memory: Some(-1),
            watch: Vec::new(),
        })
        .unwrap_err();
        let message = error.message();
        assert!(message.starts_with("Server: 3 mistakes: "), "{message}");
        assert!(
            message.contains("maxRequests needs a supervisor"),
            "{message}"
        );
        assert!(message.contains("not -1"), "{message}");
    }
}
