//! The challenge TLS-ALPN-01 (RFC 8737): a certificate for a client that offers `acme-tls/1` and nothing else.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::certificate;
use super::settings::Settings;
use super::storage;
use crate::sys;

/// The certificate for a client that asks for `name` and offers the one protocol `acme-tls/1`; `None` unless an
/// order for that name is under way. Whoever serves it chooses that protocol and closes the connection after the
/// handshake (RFC 8737, section 3).
///
/// Reads a small file, and only for a name that is in the settings. May wait for a disk.
pub fn challenge(settings: &Settings, name: &str) -> Option<Arc<CertifiedKey>> {
    let name = name.to_ascii_lowercase();
    if !settings.names().contains(&name) {
        return None;
    }
    certificate::read_challenge(&settings.storage().challenges.join(name))
}

/// A challenge certificate that lies in the storage until this value is dropped, or another takes its place.
pub(super) struct Published {
    path: PathBuf,
    pem: Arc<str>,
}

impl Published {
    /// `digest` is that of the key authorization. `name` is one of the settings' own.
    pub(super) async fn new(folder: &Path, name: &str, digest: &[u8]) -> io::Result<Self> {
        let pem = certificate::of_challenge(name, digest).map_err(io::Error::other)?;
        let published = Self {
            path: folder.join(name),
            pem: pem.into(),
        };
        let (path, pem) = (published.path.clone(), Arc::clone(&published.pem));
        sys::blocking(move || storage::write(&path, pem.as_bytes())).await?;
        Ok(published)
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // Another order may be for the name too.
        if std::fs::read(&self.path).is_ok_and(|now| now == self.pem.as_bytes()) {
            storage::forget(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn what_another_order_has_published_stays() {
        let name = format!("sluice-challenge-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let first = Published::new(&folder, "a.test", &[1; 32]).await.unwrap();
        let second = Published::new(&folder, "a.test", &[2; 32]).await.unwrap();
        drop(first);
        let there = std::fs::read_to_string(folder.join("a.test")).unwrap();
        assert_eq!(there, *second.pem);
        drop(second);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }
}
