//! How often it has failed since it last went well, kept in a file: a server that is started again and again asks
//! its CA no more often for that.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io};

use super::schedule::WAIT_MOST;
use super::storage;

/// Failures in a row, and until when to wait for the next try. The greater one is that of more failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Failures {
    pub(super) count: u32,
    pub(super) until: SystemTime,
}

impl Failures {
    pub(super) const NONE: Self = Self {
        count: 0,
        until: UNIX_EPOCH,
    };

    /// What the file at `path` says; nothing if it is not there or cannot be understood.
    pub(super) fn read(path: &Path, now: SystemTime) -> io::Result<Self> {
        match fs::read(path) {
            Ok(text) => Ok(Self::parse(&String::from_utf8_lossy(&text), now).unwrap_or(Self::NONE)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::NONE),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(self, path: &Path) -> io::Result<()> {
        let until = self.until.duration_since(UNIX_EPOCH).unwrap_or_default();
        // The next second, not the one before.
        let text = format!("{} {}\n", self.count, until.as_secs() + 1);
        storage::write(path, text.as_bytes())
    }

    /// A clock that was set back makes nobody wait for longer than a CA can ask for.
    fn parse(text: &str, now: SystemTime) -> Option<Self> {
        let (count, until) = text.trim_end().split_once(' ')?;
        let until = Duration::from_secs(until.parse::<u32>().ok()?.into());
        Some(Self {
            count: count.parse().ok()?,
            until: (UNIX_EPOCH + until).min(now + WAIT_MOST),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_anything_else_is_none() {
        let name = format!("sluice-failures-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        assert_eq!(Failures::read(&path, now).unwrap(), Failures::NONE);
        let failures = Failures {
            count: 3,
            until: now + Duration::from_secs(60),
        };
        failures.write(&path).unwrap();
        let read = Failures::read(&path, now).unwrap();
        assert_eq!(read.count, 3);
        assert_eq!(read.until, failures.until + Duration::from_secs(1));
        for broken in [
            &b""[..],
            b"3",
            b"x 1800000000",
            b"3 x",
            b"3 -1",
            b"3 99999999999999999999",
            b"\xff 1",
        ] {
            fs::write(&path, broken).unwrap();
            let read = Failures::read(&path, now).unwrap();
            assert_eq!(read, Failures::NONE, "{broken:?}");
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        Failures::read(&path, now).unwrap_err();
        fs::remove_dir(&path).unwrap();
    }

    #[test]
    fn no_wait_is_longer_than_a_week() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let failures = Failures::parse("1 4000000000\n", now).unwrap();
        assert_eq!(failures.until, now + WAIT_MOST);
    }
}
