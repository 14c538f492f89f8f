use std::fs;
use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

use super::*;

/// A certificate and its key as PEM text.
fn pair() -> (String, String) {
    with_key(&KeyPair::generate().unwrap())
}

fn with_key(key: &KeyPair) -> (String, String) {
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.self_signed(key).unwrap().pem(), key.serialize_pem())
}

fn said(certificate: &str, private_key: &str, ring: i64) -> Said {
    Said {
        certificate: certificate.into(),
        private_key: private_key.into(),
        ring,
        early_data: 0,
    }
}

fn refused(certificate: &str, private_key: &str) -> String {
    let error = Settings::parse(said(certificate, private_key, 4096)).unwrap_err();
    assert_eq!(error.kind(), Kind::Tls);
    assert!(error.message().starts_with("Tls: "), "{error}");
    error.message().to_owned()
}

struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = format!("sluice-settings-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn text_and_files_are_both_taken() {
    let (certificate, key) = pair();
    let files = Files::new("both");
    let certificate_file = files.write("cert.pem", &certificate);
    let key_file = files.write("key.pem", &key);
    for certificate in [&certificate, &certificate_file] {
        for key in [&key, &key_file] {
            let settings = Settings::parse(said(certificate, key, 4096)).unwrap();
            assert_eq!((settings.ring(), settings.chain().len()), (4096, 1));
        }
    }
}

#[test]
fn a_chain_and_a_file_with_everything_in_it_are_taken() {
    let (certificate, key) = pair();
    let (root, _) = pair();
    let all = format!("A comment.\n{key}\n{certificate}\n{root}");
    let settings = Settings::parse(said(&all, &all, 4096)).unwrap();
    assert_eq!(settings.chain().len(), 2);
}

#[test]
fn every_usual_kind_of_key_is_taken() {
    for algorithm in [&PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
        let (certificate, key) = with_key(&KeyPair::generate_for(algorithm).unwrap());
        Settings::parse(said(&certificate, &key, 4096)).unwrap();
    }
}

#[test]
fn the_ring_keeps_its_bounds() {
    let (certificate, key) = pair();
    for ring in [1024, 17_408, 1_048_576] {
        let settings = Settings::parse(said(&certificate, &key, ring)).unwrap();
        assert_eq!(settings.ring() as i64, ring);
        assert_eq!(settings.with_ring(4096).unwrap().ring(), 4096);
    }
    let good = Settings::parse(said(&certificate, &key, 4096)).unwrap();
    for ring in [1023, 1_048_577, 0, -1, i64::MIN, i64::MAX] {
        let message = format!("Tls: ring: it must be 1024 to 1048576 bytes, not {ring}");
        let parsed = Settings::parse(said(&certificate, &key, ring)).unwrap_err();
        let changed = good.with_ring(ring).unwrap_err();
        for error in [parsed, changed] {
            assert_eq!(error.kind(), Kind::Config);
            assert_eq!(error.message(), message);
        }
    }
    assert!(RING_BOUNDS.contains(&DEFAULT_RING));
}

#[test]
fn every_mistake_is_in_one_message() {
    let error = Settings::parse(said("/nowhere/cert.pem", "/nowhere/key.pem", 7)).unwrap_err();
    assert_eq!(error.kind(), Kind::Tls);
    let message = error.message();
    assert!(
        message.starts_with("Tls: 3 mistakes: certificate: cannot read"),
        "{message}"
    );
    assert!(message.contains("; private key: cannot read the file \"/nowhere/key.pem\": No such"));
    assert!(message.ends_with("; ring: it must be 1024 to 1048576 bytes, not 7"));
}

#[test]
fn a_key_that_does_not_belong_to_the_certificate_is_refused() {
    let (certificate, _) = pair();
    let (_, other) = pair();
    let message = refused(&certificate, &other);
    assert_eq!(
        message,
        "Tls: the private key does not belong to the certificate"
    );
}

#[test]
fn a_certificate_and_a_key_that_were_exchanged_are_noticed() {
    let (certificate, key) = pair();
    let message = refused(&key, &certificate);
    assert!(
        message.contains("certificate: it holds a private key and no certificate"),
        "{message}"
    );
    assert!(
        message.contains("private key: it holds a certificate and no private key"),
        "{message}"
    );
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let (certificate, key) = pair();
    let none = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    assert!(refused(none, &key).contains("certificate: it is not an X.509 certificate"));
    let cut = &certificate[..certificate.len() / 2];
    assert!(refused(cut, &key).contains("certificate: the PEM is broken: a section has no end"));
    let odd = none.replace("aGVsbG8=", "!!!!");
    assert!(
        refused(&odd, &key).contains("certificate: the PEM is broken: a section is not Base64")
    );
    let request = none.replace("CERTIFICATE", "CERTIFICATE REQUEST");
    assert!(refused(&request, &key).contains("certificate: it holds no \"-----BEGIN CERTIFICATE"));
    assert!(refused("", &key).contains("certificate: it is empty"));
}

#[test]
fn a_key_that_is_none_is_refused_even_when_the_certificate_is_broken_too() {
    let (certificate, key) = pair();
    let none = "-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n";
    assert!(
        refused(&certificate, none).contains("private key: it is not an RSA, ECDSA or Ed25519")
    );
    let both = refused("", none);
    assert!(
        both.contains("2 mistakes") && both.contains("private key: it is not"),
        "{both}"
    );
    let locked = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    assert!(refused(&certificate, &locked).contains("private key: it is encrypted"));
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let (_, key) = pair();
    let files = Files::new("unusable");
    let text = files.write("text.pem", "hello");
    assert!(refused(&text, &key).contains(&format!("the file {text:?} is not PEM")));
    let large = files.write("large.pem", vec![b'-'; (1 << 20) + 1]);
    assert!(refused(&large, &key).contains(&format!("the file {large:?} is larger than")));
    let folder = files.0.to_str().unwrap();
    assert!(
        refused(folder, &key).contains(&format!("cannot read the file {folder:?}: Is a directory"))
    );
}

#[test]
fn no_message_and_no_debug_output_shows_a_key() {
    let (certificate, key) = pair();
    let inside: String = key
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let start = &inside[..20];
    let lines = key.replace("-----BEGIN", "-----BEGUN");
    let cut = format!("-----BEGIN PRIVATE KEY-----\n{inside}");
    for said in [&lines, &cut, &key.replace('=', "!")] {
        if let Err(error) = Settings::parse(self::said(&certificate, said, 4096)) {
            assert!(!format!("{error:?}").contains(start), "{error:?}");
        }
    }
    assert!(refused(&certificate, &lines).contains("neither PEM text nor the path"));
    let said = self::said(&certificate, &key, 4096);
    assert!(!format!("{said:?}").contains(start));
    let settings = Settings::parse(said).unwrap();
    assert!(!format!("{settings:?}").contains(start));
}

#[test]
fn self_signed_settings_are_new_each_time() {
    let first = Settings::self_signed(&[]).unwrap();
    let second = Settings::self_signed(&[]).unwrap();
    assert_eq!(first.ring(), DEFAULT_RING);
    assert_eq!(first.chain().len(), 1);
    assert_ne!(first.chain(), second.chain());
}

#[test]
fn a_name_that_cannot_be_in_a_certificate_is_refused_with_all_others() {
    let names = [
        "",
        "ok.example",
        "a b",
        "café.example",
        "a..b",
        "*.ok.example",
        "::1",
        "_x.y",
    ];
    let error = Settings::self_signed(&names.map(String::from)).unwrap_err();
    assert_eq!(error.kind(), Kind::Tls);
    assert!(
        error
            .message()
            .starts_with("Tls: 4 mistakes: \"\" is neither"),
        "{error}"
    );
    for name in ["a b", "café.example", "a..b"] {
        assert!(
            error.message().contains(&format!("{name:?} is neither")),
            "{error}"
        );
    }
    let good = ["ok.example", "*.ok.example", "192.0.2.1", "::1", "_x.y"].map(String::from);
    Settings::self_signed(&good).unwrap();
}
