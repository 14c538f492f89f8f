//! The file that says which process to send signals to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// A file with the id of this process in it and a line's end; it goes when this value is dropped,
/// unless it is another's by then.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    process: u32,
}

impl PidFile {
    /// Writes it. A file that a process left behind which is gone is replaced.
    ///
    /// # Errors
    /// Kind `Server`: another process that runs has it, or it cannot be written.
    pub fn write(path: &Path) -> Result<Self> {
        let refused = |reason: String| {
            let path = path.display();
            Error::new(Kind::Server, format!("the pid file {path}: {reason}"))
        };
        let process = std::process::id();
        if let Some(other) = said(path).filter(|other| *other != process)
            && Path::new(&format!("/proc/{other}")).exists()
        {
            return Err(refused(format!(
                "process {other} has it, which runs: stop it, or remove the file if it is another program"
            )));
        }
        // Whoever reads it sees all of it or nothing.
        let beside = path.with_extension(format!("{process}.tmp"));
        fs::write(&beside, format!("{process}\n"))
            .and_then(|()| fs::rename(&beside, path))
            .map_err(|error| {
                let _ = fs::remove_file(&beside);
                refused(format!("it cannot be written: {error}")).caused_by(error)
            })?;
        Ok(Self {
            path: path.to_owned(),
            process,
        })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // A worker has a copy of this value, but the file is not its own.
        if self.process == std::process::id() && said(&self.path) == Some(self.process) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn said(path: &Path) -> Option<u32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("sluice-pid-{}-{name}", std::process::id()))
    }

    #[test]
    fn it_is_there_for_as_long_as_it_is_held() {
        let path = path("held");
        let file = PidFile::write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_stale_one_is_replaced_and_that_of_a_running_process_is_not() {
        let path = path("stale");
        fs::write(&path, "4194304\n").unwrap();
        drop(PidFile::write(&path).unwrap());
        fs::write(&path, "1\n").unwrap();
        let error = PidFile::write(&path).unwrap_err();
        assert!(error.message().contains("process 1 has it"), "{error}");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_folder_that_does_not_exist_is_said() {
        let error = PidFile::write(Path::new("/nowhere/at/all.pid")).unwrap_err();
        assert!(error.message().contains("/nowhere/at/all.pid"), "{error}");
    }

    #[test]
    fn one_that_is_another_s_by_now_stays() {
        let path = path("other");
        let file = PidFile::write(&path).unwrap();
        fs::write(&path, "1\n").unwrap();
        drop(file);
        assert!(path.exists());
        fs::remove_file(&path).unwrap();
    }
}
