//! Descriptors that whoever started this process has left open for it: the protocol of
//! `sd_listen_fds(3)`, which systemd and other service managers speak.
//!
//! libsystemd would be a dependency of every installation for a few lines; the crate sd-notify
//! cannot say why there are none, and hands out bare numbers.

use std::env;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// A descriptor and its name. What cannot be used, such as a number that is not open, is an error in
/// its place, so that the others keep theirs.
pub type Handed = (String, io::Result<OwnedFd>);

/// Takes the descriptors that were handed over to this very process, closed on exec from now on, and
/// takes the variables that announced them out of the environment, so that no child believes them.
/// Once in the life of a process.
///
/// # Errors
/// Why there are none.
pub fn take_handed() -> Result<Vec<Handed>, String> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Err("they have been taken already".into());
    }
    let [pid, fds, names] = [PID, FDS, NAMES].map(|name| {
        let value = env::var_os(name)?;
        Some(value.to_string_lossy().into_owned())
    });
    for_process(std::process::id(), pid.as_deref(), fds.as_deref())?;
    for name in [PID, PID_FD, FDS, NAMES] {
        // SAFETY: PHP's CLI and this engine run on this one thread, so nobody else reads or writes
        // the environment now; a thread that another extension has started would have to do it in
        // this very moment, at the first address that the script listens on.
        unsafe { env::remove_var(name) };
    }
    let names = names_of(fds.as_deref().unwrap_or_default(), names.as_deref())?;
    Ok((FIRST..)
        .zip(names)
        .map(|(number, name)| (name, inherited(number)))
        .collect())
}

const PID: &str = "LISTEN_PID";
const PID_FD: &str = "LISTEN_PIDFDID";
const FDS: &str = "LISTEN_FDS";
const NAMES: &str = "LISTEN_FDNAMES";

/// The first descriptor after standard input, output and error.
const FIRST: RawFd = 3;

/// What systemd calls a descriptor that nobody has named.
const UNNAMED: &str = "unknown";

/// Whether the variables are meant for the process `own`.
fn for_process(own: u32, pid: Option<&str>, fds: Option<&str>) -> Result<(), String> {
    if fds.is_none() {
        return Err(format!("{FDS} is not set"));
    }
    let Some(pid) = pid else {
        return Err(format!("{PID} is not set"));
    };
    if pid.parse() == Ok(own) {
        return Ok(());
    }
    Err(format!(
        "{PID} is {pid} and this is process {own}; where a shell starts PHP, it must do so by exec"
    ))
}

/// A name for each descriptor.
fn names_of(fds: &str, names: Option<&str>) -> Result<Vec<String>, String> {
    let Ok(count) = fds.parse::<u16>() else {
        return Err(format!("{FDS} must be a number up to 65535, not {fds:?}"));
    };
    let count = usize::from(count);
    if count == 0 {
        return Err(format!("{FDS} is 0"));
    }
    let Some(names) = names else {
        return Ok(vec![UNNAMED.to_owned(); count]);
    };
    let names: Vec<String> = names.split(':').map(str::to_owned).collect();
    if names.len() == count {
        return Ok(names);
    }
    Err(format!(
        "{FDS} is {count}, but {NAMES} has {} names",
        names.len()
    ))
}

/// Takes over a descriptor that this program was started with; programs that it starts do not inherit
/// it. To be called once for each number.
///
/// # Errors
/// There is no such descriptor.
pub fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the flags of a descriptor are set, or the call fails because none has that number.
    if unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is open, and left for this process by whoever started it: so nothing in here has
    // opened it, and what takes it is this function, which is called once for each number.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_count_only_for_the_process_that_they_name() {
        assert_eq!(for_process(7, Some("7"), Some("1")), Ok(()));
        for (pid, fds, reason) in [
            (None, None, "LISTEN_FDS is not set"),
            (Some("7"), None, "LISTEN_FDS is not set"),
            (None, Some("1"), "LISTEN_PID is not set"),
            (
                Some("8"),
                Some("1"),
                "LISTEN_PID is 8 and this is process 7",
            ),
            (Some(""), Some("1"), "LISTEN_PID is  and this is process 7"),
        ] {
            let said = for_process(7, pid, fds).unwrap_err();
            assert!(said.starts_with(reason), "{said}");
        }
    }

    #[test]
    fn each_descriptor_has_a_name() {
        let names = |fds, names| names_of(fds, names).unwrap();
        assert_eq!(names("2", Some("http:admin")), ["http", "admin"]);
        assert_eq!(names("2", Some("http:")), ["http", ""]);
        assert_eq!(names("1", Some("app.socket")), ["app.socket"]);
        assert_eq!(names("2", None), ["unknown", "unknown"]);
    }

    #[test]
    fn a_count_that_is_none_or_does_not_fit_the_names_is_said() {
        for (fds, names, reason) in [
            ("0", None, "LISTEN_FDS is 0"),
            (
                "x",
                None,
                "LISTEN_FDS must be a number up to 65535, not \"x\"",
            ),
            (
                "-1",
                None,
                "LISTEN_FDS must be a number up to 65535, not \"-1\"",
            ),
            (
                "3",
                Some("a:b"),
                "LISTEN_FDS is 3, but LISTEN_FDNAMES has 2 names",
            ),
            (
                "2",
                Some(""),
                "LISTEN_FDS is 2, but LISTEN_FDNAMES has 1 names",
            ),
        ] {
            assert_eq!(names_of(fds, names).unwrap_err(), reason);
        }
    }

    #[test]
    fn a_number_that_is_not_open_is_an_error() {
        let error = inherited(RawFd::MAX).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    }
}
