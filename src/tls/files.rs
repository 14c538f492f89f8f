//! The files of settings, each read once: a change is told by the bytes that are parsed, before they are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

/// What files hold, or why that cannot be read.
pub(super) struct Files(BTreeMap<PathBuf, io::Result<Vec<u8>>>);

impl Files {
    /// The largest file that is read whole, in bytes: revocation lists with room for a million certificates.
    pub(super) const MOST: u64 = 64 << 20;

    pub(super) fn read(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut files = BTreeMap::new();
        for path in paths {
            files.entry(path).or_insert_with_key(|path| read(path));
        }
        Self(files)
    }

    /// The bytes of one of the files, and one more than [`Files::MOST`] of a larger one. An error says that it cannot be
    /// read, and why.
    pub(super) fn bytes(&self, path: &str) -> Result<&[u8], String> {
        let cannot =
            |error: &dyn std::fmt::Display| format!("cannot read the file {path:?}: {error}");
        match self.0.get(Path::new(path)) {
            Some(Ok(bytes)) => Ok(bytes),
            Some(Err(error)) => Err(cannot(error)),
            None => Err(cannot(&"it is none of the files of these settings")),
        }
    }

    /// Differs when what the files hold differs, or whether they can be read.
    pub(super) fn hash(&self) -> Vec<u8> {
        let mut hash = digest::Context::new(&digest::SHA256);
        for bytes in self.0.values() {
            let bytes = bytes.as_deref().ok();
            hash.update(&[u8::from(bytes.is_some())]);
            let bytes = bytes.unwrap_or_default();
            hash.update(&bytes.len().to_be_bytes());
            hash.update(bytes);
        }
        hash.finish().as_ref().to_vec()
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(Files::MOST + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_read_stays_and_a_change_is_told() {
        let folder = std::env::temp_dir().join(format!("sluice-files-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let paths = ["one", "other"].map(|name| folder.join(name));
        let read = || Files::read(paths.clone());
        let write = |contents: [&str; 2]| {
            for (path, contents) in paths.iter().zip(contents) {
                fs::write(path, contents).unwrap();
            }
        };
        let one = paths[0].to_str().unwrap();
        let mut seen = vec![read().hash()];
        for contents in [["ab", "c"], ["a", "bc"], ["", "abc"]] {
            write(contents);
            let files = read();
            assert_eq!(files.hash(), read().hash());
            assert!(!seen.contains(&files.hash()), "{contents:?}");
            seen.push(files.hash());
            fs::remove_file(&paths[0]).unwrap();
            assert_eq!(files.bytes(one).unwrap(), contents[0].as_bytes());
        }
        let files = read();
        assert!(!seen.contains(&files.hash()));
        let error = files.bytes(one).unwrap_err();
        assert!(error.starts_with("cannot read the file \""), "{error}");
        assert!(
            error.ends_with("No such file or directory (os error 2)"),
            "{error}"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
