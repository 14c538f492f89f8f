//! Who may connect to a unix socket: the mode, the owner and the group of its file.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use nix::unistd::{Group, User};

/// What the file of a unix socket shall be like. What is not said stays as the system makes it:
/// 0777 without the bits of the umask, and the process's own user and group.
///
/// To connect takes the permission to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    mode: Option<u32>,
    owner: Option<Who>,
    group: Option<Who>,
}

/// A user or a group, as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Number(u32),
    Name(String),
}

/// [`Access`] whose names the system knows.
#[derive(Debug)]
pub(super) struct Granted<'a> {
    access: &'a Access,
    owner: Option<u32>,
    group: Option<u32>,
}

impl Access {
    /// Parses `mode=0660&owner=www-data&group=www-data`, each of which may be missing. The mode is
    /// octal, 0000 to 0777, and its leading 0 may be left out; owner and group are names, or numbers.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn parse(said: &str) -> Result<Self, Vec<String>> {
        let mut access = Self::default();
        let mut mistakes = Vec::new();
        for parameter in said.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let repeated = match name {
                "mode" => set(&mut access.mode, mode(value), &mut mistakes),
                "owner" => set(&mut access.owner, who("owner", value), &mut mistakes),
                "group" => set(&mut access.group, who("group", value), &mut mistakes),
                _ => {
                    mistakes.push(format!(
                        "{name:?} is no parameter of a unix socket: those are mode, owner and group"
                    ));
                    continue;
                }
            };
            if repeated {
                mistakes.push(format!("{name} is said twice"));
            }
        }
        if mistakes.is_empty() {
            Ok(access)
        } else {
            Err(mistakes)
        }
    }

    /// Whether everything stays as the system makes it.
    pub(super) fn says_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Looks up the names, which needs no file yet.
    ///
    /// # Errors
    /// Every name that the system does not know.
    pub(super) fn look_up(&self) -> io::Result<Granted<'_>> {
        let owner = number(self.owner.as_ref(), "user", |name| {
            Ok(User::from_name(name)?.map(|user| user.uid.as_raw()))
        });
        let group = number(self.group.as_ref(), "group", |name| {
            Ok(Group::from_name(name)?.map(|group| group.gid.as_raw()))
        });
        match (owner, group) {
            (Ok(owner), Ok(group)) => Ok(Granted {
                access: self,
                owner,
                group,
            }),
            (owner, group) => Err(all([owner.err(), group.err()])),
        }
    }
}

impl Granted<'_> {
    /// Gives the socket file at `path` its mode, owner and group. A file that has taken its name in
    /// the meantime is not touched unless it is a socket too; a link is never followed.
    ///
    /// # Errors
    /// Everything that may not be set.
    pub(super) fn apply(&self, path: &Path) -> io::Result<()> {
        if self.access.says_nothing() {
            return Ok(());
        }
        // The file itself: a name could become another one's between two calls.
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_PATH | libc::O_NOFOLLOW)
            .open(path)?;
        if !file.metadata()?.file_type().is_socket() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = format!("/proc/self/fd/{}", file.as_raw_fd());
        // The mode first: it takes more to change it on a file that is another user's.
        let mode = self.access.mode.and_then(|mode| {
            let done = fs::set_permissions(&file, Permissions::from_mode(mode));
            done.err()
                .map(|error| format!("the mode cannot be set to {mode:04o}: {error}"))
        });
        let group =
            self.access.group.as_ref().and_then(|group| {
                refused(chown(&file, None, self.group), "group", group, GROUP_TAKES)
            });
        let owner =
            self.access.owner.as_ref().and_then(|owner| {
                refused(chown(&file, self.owner, None), "owner", owner, OWNER_TAKES)
            });
        if mode.is_none() && owner.is_none() && group.is_none() {
            return Ok(());
        }
        Err(all([mode, owner, group]))
    }
}

const OWNER_TAKES: &str = "that takes root or the capability CAP_CHOWN";
const GROUP_TAKES: &str = "that takes a process of that group, root or the capability CAP_CHOWN";

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}

/// Notes the value or the mistake; whether there was a value before.
fn set<T>(place: &mut Option<T>, value: Result<T, String>, mistakes: &mut Vec<String>) -> bool {
    match value {
        Ok(value) => place.replace(value).is_some(),
        Err(mistake) => {
            mistakes.push(mistake);
            false
        }
    }
}

fn mode(said: &str) -> Result<u32, String> {
    let digits = match said.len() {
        4 => said.strip_prefix('0').unwrap_or(""),
        _ => said,
    };
    let octal = digits.len() == 3 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    let mode = octal.then(|| u32::from_str_radix(digits, 8).ok()).flatten();
    mode.ok_or_else(|| format!("mode must be octal, 0000 to 0777, as mode=0660, not {said:?}"))
}

fn who(what: &str, said: &str) -> Result<Who, String> {
    if said.is_empty() || said.contains('\0') {
        return Err(format!(
            "{what} must be a name or a number, as {what}=www-data, not {said:?}"
        ));
    }
    if !said.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Who::Name(said.to_owned()));
    }
    match said.parse() {
        // The largest number stands for "leave it as it is" in chown(2).
        Ok(number) if number != u32::MAX => Ok(Who::Number(number)),
        _ => Err(format!(
            "the number of {what} must be 0 to {}, not {said}",
            u32::MAX - 1
        )),
    }
}

fn number(
    who: Option<&Who>,
    kind: &str,
    known: impl FnOnce(&str) -> nix::Result<Option<u32>>,
) -> Result<Option<u32>, String> {
    match who {
        None => Ok(None),
        Some(Who::Number(number)) => Ok(Some(*number)),
        Some(Who::Name(name)) => match known(name) {
            Ok(Some(number)) => Ok(Some(number)),
            Ok(None) => Err(format!("this system has no {kind} {name:?}")),
            Err(error) => Err(format!(
                "the {kind} {name:?} cannot be looked up: {}",
                io::Error::from(error)
            )),
        },
    }
}

fn refused(done: io::Result<()>, what: &str, who: &Who, takes: &str) -> Option<String> {
    let error = done.err()?;
    Some(match error.kind() {
        io::ErrorKind::PermissionDenied => format!("the {what} may not be set to {who}: {takes}"),
        _ => format!("the {what} cannot be set to {who}: {error}"),
    })
}

fn all<const N: usize>(mistakes: [Option<String>; N]) -> io::Error {
    let mistakes: Vec<String> = mistakes.into_iter().flatten().collect();
    io::Error::other(mistakes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_may_be_missing_and_stand_anywhere() {
        let all = Access::parse("mode=0660&owner=www-data&group=33").unwrap();
        assert_eq!(all.mode, Some(0o660));
        assert_eq!(all.owner, Some(Who::Name("www-data".into())));
        assert_eq!(all.group, Some(Who::Number(33)));
        assert_eq!(
            Access::parse("group=33&owner=www-data&mode=660"),
            Ok(all),
            "in any order, and without the leading 0"
        );
        let one = Access::parse("mode=0000").unwrap();
        assert_eq!((one.mode, one.owner, one.group), (Some(0), None, None));
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        for (said, mistakes) in [
            ("mode=", 1),
            ("mode=1777", 1),
            ("mode=0o66", 1),
            ("mode=60", 1),
            ("mode=0680", 1),
            ("mode=+66", 1),
            ("mode=000660", 1),
            ("owner", 1),
            ("owner=", 1),
            ("owner=a\0b", 1),
            ("group=4294967295", 1),
            ("group=99999999999", 1),
            ("", 1),
            ("mode=0660&", 1),
            ("umask=0660", 1),
            ("Mode=0660", 1),
            ("mode=0660&mode=0660", 1),
            ("mode=rw&owner=&perm=1", 3),
        ] {
            let wrong = Access::parse(said).unwrap_err();
            assert_eq!(wrong.len(), mistakes, "{said:?}: {wrong:?}");
        }
        let wrong = Access::parse("mode=0888&user=me&mode=0660&mode=0600").unwrap_err();
        assert_eq!(
            wrong,
            [
                "mode must be octal, 0000 to 0777, as mode=0660, not \"0888\"",
                "\"user\" is no parameter of a unix socket: those are mode, owner and group",
                "mode is said twice",
            ]
        );
    }

    #[test]
    fn names_that_the_system_does_not_know_are_all_said() {
        let access = Access::parse("owner=no-such-user&group=no-such-group").unwrap();
        let error = access.look_up().unwrap_err().to_string();
        assert_eq!(
            error,
            "this system has no user \"no-such-user\"; this system has no group \"no-such-group\""
        );
        let root = Access::parse("owner=root&group=12345").unwrap();
        let granted = root.look_up().unwrap();
        assert_eq!((granted.owner, granted.group), (Some(0), Some(12345)));
    }
}
