//! The storage folder: which file is where, and how it is written.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};

/// Where the files of one set of names at one directory are.
#[derive(Clone, Debug)]
pub(super) struct Storage {
    /// The account at the directory, with its key: what instant-acme reads and writes, JSON.
    pub(super) account: PathBuf,
    /// Held while an account is made.
    pub(super) account_lock: PathBuf,
    /// The key and, behind it, the chain, as PEM.
    pub(super) certificate: PathBuf,
    /// Held by the process that works for this certificate.
    pub(super) lock: PathBuf,
    /// The failures since the last success.
    pub(super) failures: PathBuf,
    /// A file by the name of each host that is being validated: key and challenge certificate, as PEM.
    pub(super) challenges: PathBuf,
}

impl Storage {
    /// The storage in `folder`, which is made if it is not there (0700).
    ///
    /// What belongs to another directory has other files: whoever goes from a CA's staging to its production gets
    /// a new account and a new certificate.
    pub(super) fn open(
        folder: &Path,
        directory: &http::Uri,
        names: &[String],
    ) -> Result<Self, String> {
        usable(folder)?;
        let said = directory.to_string();
        let host = directory.host().unwrap_or_default().replace(':', "_");
        let host = shortened(host.trim_matches(['[', ']']));
        let account = format!("{host}-{}", hash(&said));
        let first = shortened(names.first().map_or("", String::as_str));
        let all = format!("{said}\n{}", names.join("\n"));
        let certificate = format!("{first}-{}", hash(&all));
        // Locks are opened again and again: not in a folder that is watched for certificates that change.
        Ok(Self {
            account: folder.join(format!("accounts/{account}.json")),
            account_lock: folder.join(format!("locks/account-{account}.lock")),
            certificate: folder.join(format!("certificates/{certificate}.pem")),
            lock: folder.join(format!("locks/{certificate}.lock")),
            failures: folder.join(format!("certificates/{certificate}.failures")),
            challenges: folder.join("challenges"),
        })
    }
}

/// Whether `folder` can hold keys; it is made if it is not there.
fn usable(folder: &Path) -> Result<(), String> {
    check(folder)?;
    private_folder(folder).map_err(|error| format!("the folder cannot be made: {error}"))?;
    written_beside(&folder.join("any"), b"")
        .and_then(fs::remove_file)
        .map_err(|error| format!("this process cannot write there: {error}"))
}

/// Whether `folder` is one that can hold keys, or is not there. Makes nothing.
pub(super) fn check(folder: &Path) -> Result<(), String> {
    match folder.to_str() {
        Some("") => return Err("it is empty: give the path of a folder".into()),
        Some(_) => {}
        None => return Err("its path must be UTF-8".into()),
    }
    let about = match fs::metadata(folder) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    if !about.is_dir() {
        return Err("it is not a folder".into());
    }
    if about.mode() & 0o022 != 0 {
        return Err(format!(
            "others may write there (its mode is {:04o}): it holds keys, give it 0700",
            about.mode() & 0o7777
        ));
    }
    Ok(())
}

/// Makes a folder that is its owner's alone, and those above it, unless it is there.
fn private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens a lock file, and makes it if it is not there.
pub(super) fn open_lock(path: &Path) -> io::Result<fs::File> {
    private_folder(path.parent().unwrap_or(path))?;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Puts a file of `bytes` (0600) in its place: whoever reads it sees the old one or the new one.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = written_beside(path, bytes)?;
    fs::rename(&beside, path).inspect_err(|_| forget(&beside))
}

/// As [`write`], but a file that is there stays. Returns whether it was not.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let beside = written_beside(path, bytes)?;
    let linked = fs::hard_link(&beside, path);
    forget(&beside);
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is not there is no error, and one that stays does no harm.
pub(super) fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}

fn written_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(path);
    private_folder(folder)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // Machines that share the folder may have processes of the same number.
    let salt = super::run::chance().to_bits() >> 20 & 0xffff_ffff;
    let beside = folder.join(format!(".{}-{count}-{salt:08x}.tmp", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    written.inspect_err(|_| forget(&beside))?;
    Ok(beside)
}

/// The first 64 bits of the SHA-256, in hexadecimal.
fn hash(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// So much of a name that a file's name has room for the rest. Names are ASCII.
fn shortened(name: &str) -> &str {
    name.get(..name.len().min(180)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("sluice-acme-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn open(&self, directory: &str, names: &[&str]) -> Result<Storage, String> {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            Storage::open(&self.0, &directory.parse().unwrap(), &names)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn another_directory_or_other_names_have_other_files() {
        let folder = Folder::new("others");
        let one = folder
            .open("https://ca.test/dir", &["a.test", "b.test"])
            .unwrap();
        let other = folder
            .open("https://ca.test/staging", &["a.test", "b.test"])
            .unwrap();
        let names = folder.open("https://ca.test/dir", &["a.test"]).unwrap();
        assert_ne!(one.account, other.account);
        assert_ne!(one.certificate, other.certificate);
        assert_ne!(one.certificate, names.certificate);
        assert_eq!(one.account, names.account);
        let again = folder
            .open("https://ca.test/dir", &["a.test", "b.test"])
            .unwrap();
        assert_eq!(one.certificate, again.certificate);
        let name = one.certificate.file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with("a.test-") && name.ends_with(".pem"),
            "{name}"
        );
    }

    #[test]
    fn the_longest_names_have_files_too() {
        let folder = Folder::new("long");
        let long = ["a"; 127].join(".");
        let storage = folder.open(&format!("https://{long}/"), &[&long]).unwrap();
        for path in [&storage.account, &storage.certificate, &storage.failures] {
            write(path, b"x").unwrap();
        }
        for path in [&storage.account_lock, &storage.lock] {
            drop(open_lock(path).unwrap());
        }
        write(&storage.challenges.join(&long), b"x").unwrap();
    }

    #[test]
    fn folders_and_files_are_their_owner_s_alone() {
        let folder = Folder::new("modes");
        let storage = folder.open("https://ca.test/", &["a.test"]).unwrap();
        write(&storage.certificate, b"x").unwrap();
        drop(open_lock(&storage.lock).unwrap());
        assert_eq!(mode(&folder.0), 0o700);
        assert_eq!(mode(&folder.0.join("certificates")), 0o700);
        assert_eq!(mode(&storage.certificate), 0o600);
        assert_eq!(mode(&storage.lock), 0o600);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = Folder::new("whole");
        let storage = folder.open("https://ca.test/", &["a.test"]).unwrap();
        assert!(write_new(&storage.certificate, b"first").unwrap());
        assert!(!write_new(&storage.certificate, b"second").unwrap());
        assert_eq!(fs::read(&storage.certificate).unwrap(), b"first");
        write(&storage.certificate, b"third").unwrap();
        assert_eq!(fs::read(&storage.certificate).unwrap(), b"third");
        let files = fs::read_dir(folder.0.join("certificates")).unwrap();
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let folder = Folder::new("open");
        fs::create_dir(&folder.0).unwrap();
        for (wanted, is_refused) in [(0o777, true), (0o770, true), (0o755, false), (0o700, false)] {
            fs::set_permissions(&folder.0, fs::Permissions::from_mode(wanted)).unwrap();
            let opened = folder.open("https://ca.test/", &["a.test"]);
            assert_eq!(opened.is_err(), is_refused, "{wanted:o}");
        }
    }

    #[test]
    fn starts_at_the_same_time_are_all_good() {
        let folder = Folder::new("together");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        folder.open("https://ca.test/", &["a.test"]).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let folder = Folder::new("file");
        fs::write(&folder.0, "x").unwrap();
        let below = Folder(folder.0.join("below"));
        assert!(folder.open("https://ca.test/", &["a.test"]).is_err());
        assert!(below.open("https://ca.test/", &["a.test"]).is_err());
        assert!(
            Folder(PathBuf::new())
                .open("https://ca.test/", &["a.test"])
                .is_err()
        );
        fs::remove_file(&folder.0).unwrap();
    }
}
