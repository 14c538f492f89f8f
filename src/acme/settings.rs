//! What was said of automatic certificates, and what it means.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Uri;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::certificate::{self, Certificate};
use super::said;
use super::schedule::Pace;
use super::storage::{self, Storage};
use crate::error::{Error, Kind, Result};

/// Settings of automatic certificates as they were said, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The URL of the CA's directory (RFC 8555, section 7.1.1): `https`.
    pub directory: String,
    /// Whom the CA may write to: e-mail addresses, with or without `mailto:`; none is allowed, most CAs want none.
    pub contacts: Vec<String>,
    /// The host names of the one certificate, 1 to 100: no wildcard and no IP address. Their order and case do not
    /// matter, nor do repetitions.
    pub names: Vec<String>,
    /// The path of the folder that keeps account, keys and certificates. It is made if it is not there (0700);
    /// nobody but its owner may write to it. A relative one is below the folder where the process is now.
    pub storage: PathBuf,
    /// Whom to trust at the directory instead of the system's roots: PEM text or the path of a PEM file.
    pub directory_ca: Option<String>,
}

/// Settings that are good. A clone is cheap.
#[derive(Clone, Debug)]
pub struct Settings(Arc<Checked>);

#[derive(Debug)]
struct Checked {
    directory: Uri,
    contacts: Vec<String>,
    names: Vec<String>,
    storage: Storage,
    roots: Option<Vec<CertificateDer<'static>>>,
    pace: Pace,
}

impl Settings {
    /// Checks what was said, and makes the storage folder if it is not there and nothing is wrong.
    ///
    /// # Errors
    /// One [`Kind::Config`] error that lists every mistake.
    pub fn parse(said: Said) -> Result<Self> {
        Self::with_pace(said, Pace::DEFAULT)
    }

    /// As [`parse`](Self::parse), at another pace.
    ///
    /// # Errors
    /// As there.
    pub fn with_pace(said: Said, pace: Pace) -> Result<Self> {
        let mut mistakes = Vec::new();
        let directory = said::directory(&said.directory)
            .map_err(|why| mistakes.push(format!("directory: {:?}: {why}", said.directory)));
        let contacts = each("contacts", &said.contacts, said::contact, &mut mistakes);
        let mut names = each("names", &said.names, said::name, &mut mistakes);
        names.sort_unstable();
        names.dedup();
        if said.names.is_empty() {
            mistakes.push("names: there must be at least one".into());
        }
        if names.len() > NAMES_MOST {
            let count = names.len();
            mistakes.push(format!("names: {NAMES_MOST} are the most, not {count}"));
        }
        let roots = said.directory_ca.as_deref().map(certificates).transpose();
        let roots = roots.map_err(|why| mistakes.push(format!("directory CA: {why}")));
        let folder = std::path::absolute(&said.storage).unwrap_or_else(|_| said.storage.clone());
        let wrong = |why| format!("storage: {:?}: {why}", said.storage);
        if let (Ok(directory), Ok(roots), true) = (directory, roots, mistakes.is_empty()) {
            match Storage::open(&folder, &directory, &names) {
                Ok(storage) => {
                    return Ok(Self(Arc::new(Checked {
                        directory,
                        contacts,
                        names,
                        storage,
                        roots,
                        pace,
                    })));
                }
                Err(why) => mistakes.push(wrong(why)),
            }
        } else {
            // A folder is not made for settings that are wrong; but what is wrong with it is said with the rest.
            mistakes.extend(storage::check(&folder).err().map(wrong));
        }
        let error = Error::all("Tls::acme", &mistakes);
        Err(error.unwrap_or_else(|| Error::new(Kind::Config, "Tls::acme")))
    }

    /// The names of the certificate, in lower case, sorted.
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// The file with the private key and, behind it, the chain, as PEM: both paths of [`tls::Said`]. It is replaced
    /// whole when a certificate comes. [`prepare`](Self::prepare) sees to it that it is there.
    ///
    /// [`tls::Said`]: crate::tls::Said
    pub fn certificate(&self) -> &Path {
        &self.0.storage.certificate
    }

    /// Sees to it that [`certificate`](Self::certificate) can be served: where there is none, or one that cannot
    /// be used, a self-signed one for the names takes its place. Returns whether that is what lies there now, and
    /// so what clients get until the CA has sent one.
    ///
    /// # Errors
    /// [`Kind::Tls`] if the file cannot be read or written.
    pub fn prepare(&self) -> Result<bool> {
        let path = self.certificate();
        let failed = |why: String| {
            let path = path.display();
            Error::new(
                Kind::Tls,
                format!("Tls::acme: the certificate {path}: {why}"),
            )
        };
        let cannot = |error: io::Error| failed(error.to_string()).caused_by(error);
        let present = || Certificate::read(path, self.names()).map_err(cannot);
        if let Some(present) = present()? {
            return Ok(present.is_self_signed());
        }
        let made = certificate::temporary(self.names());
        let made = made.map_err(|error| failed(error.to_string()))?;
        if storage::write_new(path, made.as_bytes()).map_err(cannot)? {
            return Ok(true);
        }
        // Another process has just put one there, or what lies there is broken.
        if let Some(present) = present()? {
            return Ok(present.is_self_signed());
        }
        storage::write(path, made.as_bytes()).map_err(cannot)?;
        Ok(true)
    }

    /// Whether they are for the same certificate in the same folder: one [`run`](super::run) does the work of both.
    pub fn is_same(&self, other: &Self) -> bool {
        self.certificate() == other.certificate()
    }

    /// What the log's lines begin with.
    pub(super) fn subject(&self) -> String {
        format!("acme: {}", self.names().join(", "))
    }

    pub(super) fn directory(&self) -> &Uri {
        &self.0.directory
    }

    pub(super) fn contacts(&self) -> &[String] {
        &self.0.contacts
    }

    pub(super) fn storage(&self) -> &Storage {
        &self.0.storage
    }

    /// Whom to trust at the directory; `None`: whom the system trusts.
    pub(super) fn roots(&self) -> Option<&[CertificateDer<'static>]> {
        self.0.roots.as_deref()
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.0.pace
    }
}

/// All that is good of a list; what is not becomes a mistake.
fn each(
    list: &str,
    said: &[String],
    check: fn(&str) -> Result<String, String>,
    mistakes: &mut Vec<String>,
) -> Vec<String> {
    let mut good = Vec::new();
    for item in said {
        match check(item) {
            Ok(item) => good.push(item),
            Err(why) => mistakes.push(format!("{list}: {item:?}: {why}")),
        }
    }
    good
}

fn certificates(said: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = if said.contains("-----BEGIN") {
        said.as_bytes().to_owned()
    } else {
        std::fs::read(said).map_err(|error| format!("cannot read the file {said:?}: {error}"))?
    };
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|_| "the PEM is broken")?;
    if certificates.is_empty() {
        return Err("it holds no \"-----BEGIN CERTIFICATE-----\"".into());
    }
    let mut store = rustls::RootCertStore::empty();
    for certificate in &certificates {
        store
            .add(certificate.clone())
            .map_err(|error| format!("it holds what is no certificate: {error}"))?;
    }
    Ok(certificates)
}

/// As many names as Let's Encrypt puts into one certificate.
const NAMES_MOST: usize = 100;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("sluice-acme-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn said(&self, names: &[&str]) -> Said {
            Said {
                directory: "https://ca.test/directory".into(),
                contacts: Vec::new(),
                names: names.iter().map(|name| (*name).to_owned()).collect(),
                storage: self.0.clone(),
                directory_ca: None,
            }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn names_are_the_same_in_any_order_and_case() {
        let folder = Folder::new("order");
        let one = Settings::parse(folder.said(&["b.test", "a.test"])).unwrap();
        let two = Settings::parse(folder.said(&["A.test", "B.TEST", "a.test"])).unwrap();
        assert_eq!(one.names(), ["a.test", "b.test"]);
        assert_eq!(one.names(), two.names());
        assert_eq!(one.certificate(), two.certificate());
        assert!(one.is_same(&two));
        let other = Settings::parse(folder.said(&["a.test"])).unwrap();
        assert!(!one.is_same(&other));
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Settings::parse(Said {
            directory: "http://ca.test".into(),
            contacts: vec!["nobody".into(), "a@b.test".into()],
            names: ["*.a.test", "192.0.2.1", "ok.test", "a b"]
                .map(String::from)
                .into(),
            storage: "/dev/null".into(),
            directory_ca: Some("/nowhere.pem".into()),
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        for part in [
            "Tls::acme: 7 mistakes: directory: \"http://ca.test\": it must begin with https://",
            "contacts: \"nobody\": it must be one e-mail address",
            "names: \"*.a.test\": TLS-ALPN-01 cannot prove a wildcard",
            "names: \"192.0.2.1\": it is an IP address",
            "names: \"a b\": it is not a host name",
            "directory CA: cannot read the file \"/nowhere.pem\": No such file",
            "storage: \"/dev/null\": ",
        ] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn no_folder_is_made_for_settings_that_are_wrong() {
        let folder = Folder::new("wrong");
        Settings::parse(folder.said(&["a.test", "*.a.test"])).unwrap_err();
        assert!(!folder.0.exists());
        Settings::parse(folder.said(&["a.test"])).unwrap();
        assert!(folder.0.is_dir());
    }

    #[test]
    fn one_name_at_least_and_a_hundred_at_most() {
        let folder = Folder::new("count");
        let error = Settings::parse(folder.said(&[])).unwrap_err();
        assert_eq!(
            error.message(),
            "Tls::acme: names: there must be at least one"
        );
        let many: Vec<_> = (0..101).map(|i| format!("h{i}.test")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        Settings::parse(folder.said(&many[1..])).unwrap();
        let error = Settings::parse(folder.said(&many)).unwrap_err();
        assert!(
            error.message().ends_with("100 are the most, not 101"),
            "{error}"
        );
    }

    #[test]
    fn a_directory_s_ca_is_text_or_a_file_and_nothing_else() {
        let folder = Folder::new("roots");
        let pem = certificate::temporary(&["ca.test".to_owned()]).unwrap();
        let file = std::env::temp_dir().join(format!("sluice-acme-ca-{}", std::process::id()));
        fs::write(&file, &pem).unwrap();
        let with = |ca: &str| {
            let directory_ca = Some(ca.to_owned());
            Settings::parse(Said {
                directory_ca,
                ..folder.said(&["a.test"])
            })
        };
        for ca in [&*pem, file.to_str().unwrap()] {
            assert_eq!(with(ca).unwrap().roots().unwrap().len(), 1);
        }
        fs::remove_file(&file).unwrap();
        let key = &pem[..pem.find("-----BEGIN CERT").unwrap()];
        let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        for wrong in [key, broken, ""] {
            let error = with(wrong).unwrap_err();
            assert!(
                error.message().starts_with("Tls::acme: directory CA: "),
                "{error}"
            );
        }
    }

    #[test]
    fn a_temporary_certificate_stands_in_where_none_can_be_used() {
        let folder = Folder::new("temporary");
        let settings = Settings::parse(folder.said(&["a.test"])).unwrap();
        assert!(settings.prepare().unwrap());
        let first = fs::read(settings.certificate()).unwrap();
        assert!(settings.prepare().unwrap());
        assert_eq!(fs::read(settings.certificate()).unwrap(), first);
        let other = certificate::temporary(&["b.test".to_owned()]).unwrap();
        for unusable in [&first[..first.len() / 2], b"", other.as_bytes()] {
            fs::write(settings.certificate(), unusable).unwrap();
            assert!(settings.prepare().unwrap());
            let made = Certificate::read(settings.certificate(), settings.names());
            assert!(made.unwrap().unwrap().is_self_signed());
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_stays_as_it_is() {
        let folder = Folder::new("unreadable");
        let settings = Settings::parse(folder.said(&["a.test"])).unwrap();
        assert!(settings.prepare().unwrap());
        let kept = folder.0.join("kept.pem");
        fs::rename(settings.certificate(), &kept).unwrap();
        // A link that leads to itself cannot be read by root either.
        std::os::unix::fs::symlink(settings.certificate(), settings.certificate()).unwrap();
        let error = settings.prepare().unwrap_err();
        assert_eq!(error.kind(), Kind::Tls);
        assert!(error.message().contains("symbolic links"), "{error}");
        assert!(settings.certificate().is_symlink());
    }
}
