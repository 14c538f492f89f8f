use std::fs;
use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

use super::*;
use crate::error::Kind;

/// A certificate and its key as PEM text.
pub(super) fn pair() -> (String, String) {
    with_key(&KeyPair::generate().unwrap())
}

fn with_key(key: &KeyPair) -> (String, String) {
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.self_signed(key).unwrap().pem(), key.serialize_pem())
}

fn said(certificate: &str, private_key: &str, ring: i64) -> Said {
    Said {
        ring,
        ..Said::new(source(certificate, private_key))
    }
}

pub(super) fn source(certificate: &str, private_key: &str) -> Source {
    Source::Pem {
        certificate: certificate.into(),
        private_key: private_key.into(),
        ocsp: None,
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

fn for_names(names: &[&str], key: &KeyPair) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let params = CertificateParams::new(names).unwrap();
    (params.self_signed(key).unwrap().pem(), key.serialize_pem())
}

#[test]
fn a_certificate_by_name_has_to_be_for_it() {
    let (certificate, key) = pair();
    let settings = Settings::parse(said(&certificate, &key, 4096)).unwrap();
    let (shop, shop_key) = for_names(
        &["shop.example", "*.shop.example"],
        &KeyPair::generate().unwrap(),
    );
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let good = names(&["Shop.Example", "www.shop.example", "*.shop.example"]);
    let more = settings.with(&good, source(&shop, &shop_key)).unwrap();
    assert_eq!(
        (more.certificates().len(), settings.certificates().len()),
        (2, 1)
    );
    assert_eq!(more.ring(), 4096);
    for (wrong, expected) in [
        (
            names(&["a.b.shop.example"]),
            "a.b.shop.example: the certificate is for shop.example, *.shop.example, not for it",
        ),
        (
            names(&["a b", ""]),
            "2 mistakes: \"a b\" is not a host name",
        ),
        (Vec::new(), "a certificate needs a name"),
    ] {
        let error = settings.with(&wrong, source(&shop, &shop_key)).unwrap_err();
        assert_eq!(error.kind(), Kind::Tls);
        assert!(error.message().contains(expected), "{error}");
    }
    let all = settings.with(&names(&["a b", "x.example"]), source(&shop, "/nowhere.key"));
    let error = all.unwrap_err();
    let message = error.message();
    assert!(
        message.starts_with("Tls: 2 mistakes: \"a b\" is not a host name"),
        "{message}"
    );
    assert!(message.contains("; x.example: private key: cannot read the file \"/nowhere.key\""));
    let again = more.with(&good, source(&shop, &shop_key)).unwrap_err();
    assert!(
        again
            .message()
            .contains("shop.example has two certificates with an elliptic key"),
        "{again}"
    );
    let error = settings.with(&good, source(&shop, &key)).unwrap_err();
    assert!(
        error.message().contains("the private key does not belong"),
        "{error}"
    );
}

#[test]
fn what_is_no_mistake_but_should_be_known_is_a_warning() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["old.example".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "old");
    let old = params.self_signed(&key).unwrap().pem();
    let (root, _) = pair();
    let settings = Settings::parse(said(&(old + &root), &key.serialize_pem(), 4096)).unwrap();
    assert_eq!(
        settings.warnings(),
        [
            "certificate: it has expired on Fri, 01 Jan 2021 00:00:00 GMT",
            "certificate: its chain is out of order: number 2 is not the issuer of number 1",
        ]
    );
    let (certificate, key) = pair();
    assert!(
        Settings::parse(said(&certificate, &key, 4096))
            .unwrap()
            .warnings()
            .is_empty()
    );
}

#[test]
fn a_chain_that_begins_with_its_root_is_told_where_the_key_belongs() {
    let (leaf, key) = pair();
    let (root, _) = pair();
    let message = refused(&(root + &leaf), &key);
    assert!(
        message.contains("the private key belongs to number 2 in the chain"),
        "{message}"
    );
}

#[test]
fn files_that_change_are_read_again_in_all_clones_and_broken_ones_are_not() {
    let files = Files::new("renewed");
    let write = |(certificate, key): &(String, String)| {
        files.write("cert.pem", certificate);
        files.write("key.pem", key);
    };
    let (first, second) = (pair(), pair());
    write(&first);
    let path = |name: &str| files.0.join(name).to_str().unwrap().to_owned();
    let settings = Settings::parse(said(&path("cert.pem"), &path("key.pem"), 4096)).unwrap();
    let clone = settings.with_ring(1024).unwrap();
    assert_eq!(
        settings.files(),
        [files.0.join("cert.pem"), files.0.join("key.pem")]
    );
    let before = settings.chain();
    assert!(!settings.reload().unwrap());
    files.write("cert.pem", &second.0);
    let error = settings.reload().unwrap_err();
    assert!(
        error.message().contains("the private key does not belong"),
        "{error}"
    );
    assert_eq!(clone.chain(), before);
    files.write("key.pem", &second.1);
    assert!(settings.reload().unwrap());
    assert_ne!(clone.chain(), before);
    assert!(!clone.reload().unwrap());
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    write(&(params.self_signed(&key).unwrap().pem(), key.serialize_pem()));
    let error = settings.reload().unwrap_err();
    assert!(error.message().contains("it has expired on"), "{error}");
    assert!(Settings::self_signed(&[]).unwrap().files().is_empty());
}

#[test]
fn tickets_and_their_secret_have_bounds() {
    let settings = Settings::self_signed(&[]).unwrap();
    let secret = [7; 32];
    for count in [0, 2, 8] {
        settings.with_tickets(count, Some(&secret)).unwrap();
    }
    let error = settings.with_tickets(9, Some(&secret[1..])).unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(
        error
            .message()
            .starts_with("Tls: 2 mistakes: tickets: it must be 0 to 8, not 9; ticket secret: "),
        "{error}"
    );
}

#[test]
fn an_ocsp_response_is_one_and_says_successful() {
    let (certificate, key) = pair();
    let files = Files::new("ocsp");
    let with = |bytes: &[u8]| {
        let mut said = said(&certificate, &key, 4096);
        let Source::Pem { ocsp, .. } = &mut said.first else {
            unreachable!()
        };
        *ocsp = Some(files.write("ocsp.der", bytes));
        Settings::parse(said)
    };
    with(&[0x30, 3, 10, 1, 0]).unwrap();
    let mut long = vec![0x30, 0x82, 1, 4, 10, 1, 0];
    long.resize(264, 1);
    with(&long).unwrap();
    for (bytes, expected) in [
        (&[0x30, 3, 10, 1, 6][..], "had none (status 6)"),
        (b"-----BEGIN", "is not an OCSP response in DER"),
        (b"", "is not an OCSP response in DER"),
    ] {
        let error = with(bytes).unwrap_err();
        assert!(error.message().contains(expected), "{error}");
    }
}
