//! What is agreed on: versions, cipher suites, groups, protocols.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::{self, ALL_CIPHER_SUITES};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion};

/// A policy as it was said, not yet checked. What is `None` or empty is the default, which is what
/// Mozilla calls intermediate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySaid {
    /// The oldest version that is spoken: `1.2` or `1.3`; 1.2 by default.
    pub minimum_version: Option<String>,
    /// Cipher suites in order of preference, by their IANA names or those of OpenSSL.
    pub ciphers: Vec<String>,
    /// Groups for the key exchange that are allowed, such as `X25519` or `secp256r1`; which of them is up to the client.
    pub groups: Vec<String>,
    /// Protocols for ALPN (RFC 7301) in order of preference: `h2` and `http/1.1`.
    pub alpn: Vec<String>,
}

/// A policy that can be served.
pub(super) struct Policy {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) versions: &'static [&'static SupportedProtocolVersion],
    pub(super) alpn: Vec<Vec<u8>>,
}

impl PolicySaid {
    /// TLS 1.3 alone, after Mozilla's profile of that name.
    pub fn modern() -> Self {
        Self {
            minimum_version: Some("1.3".into()),
            ..Self::default()
        }
    }
}

impl Policy {
    /// Checks what was said; each mistake begins with the name of its setting.
    pub(super) fn parse(said: &PolicySaid) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let versions = versions(said.minimum_version.as_deref(), &mut mistakes);
        let suites = named(
            "ciphers",
            &said.ciphers,
            ALL_CIPHER_SUITES,
            |suite, name| is_suite(*suite, name),
            |suite| iana(*suite),
            &mut mistakes,
        );
        let every = groups();
        let groups = named(
            "groups",
            &said.groups,
            &every,
            |group, name| is_group(*group, name),
            |group| format!("{:?}", group.name()),
            &mut mistakes,
        );
        let alpn = named(
            "alpn",
            &said.alpn,
            &["h2", "http/1.1"],
            |protocol, name| *protocol == name,
            |protocol| (*protocol).to_owned(),
            &mut mistakes,
        );
        for version in versions {
            let served = suites.iter().any(|suite| suite.version() == *version);
            if !served && *version != &rustls::version::TLS12 && mistakes.is_empty() {
                mistakes.push(format!(
                    "ciphers: none of them is for TLS 1.3; add {}",
                    iana(ALL_CIPHER_SUITES[0])
                ));
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let provider = CryptoProvider {
            cipher_suites: suites,
            kx_groups: groups,
            ..aws_lc_rs::default_provider()
        };
        Ok(Self {
            provider: Arc::new(provider),
            versions,
            alpn: alpn.into_iter().map(Into::into).collect(),
        })
    }
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];
const NEWER: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

fn versions(
    said: Option<&str>,
    mistakes: &mut Vec<String>,
) -> &'static [&'static SupportedProtocolVersion] {
    match said.unwrap_or("1.2") {
        "1.2" => BOTH,
        "1.3" => NEWER,
        other => {
            mistakes.push(format!(
                "minimumVersion: it must be \"1.2\" or \"1.3\", not {other:?}"
            ));
            BOTH
        }
    }
}

/// The things of these names, in their order; all of them where none is named.
fn named<T: Copy>(
    setting: &str,
    names: &[String],
    all: &[T],
    is: impl Fn(&T, &str) -> bool,
    name: impl Fn(&T) -> String,
    mistakes: &mut Vec<String>,
) -> Vec<T> {
    if names.is_empty() {
        return all.to_vec();
    }
    let mut found: Vec<T> = Vec::new();
    for wanted in names {
        match all.iter().find(|one| is(one, wanted)) {
            None => mistakes.push(format!(
                "{setting}: {wanted:?} is none of {}",
                all.iter().map(&name).collect::<Vec<_>>().join(", ")
            )),
            Some(one) if found.iter().any(|other| name(other) == name(one)) => {
                mistakes.push(format!("{setting}: {wanted:?} is named twice"));
            }
            Some(one) => found.push(*one),
        }
    }
    found
}

/// Those for any client, the one that also withstands quantum computers first: who does not know it costs no more.
fn groups() -> Vec<&'static dyn SupportedKxGroup> {
    use rustls::crypto::aws_lc_rs::kx_group::{SECP256R1, SECP384R1, X25519, X25519MLKEM768};
    vec![X25519MLKEM768, X25519, SECP256R1, SECP384R1]
}

fn is_group(group: &dyn SupportedKxGroup, name: &str) -> bool {
    let own = format!("{:?}", group.name());
    let alias = match own.as_str() {
        "secp256r1" => ["P-256", "prime256v1"],
        "secp384r1" => ["P-384", "P-384"],
        _ => [own.as_str(); 2],
    };
    [own.as_str(), alias[0], alias[1]]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

fn is_suite(suite: SupportedCipherSuite, name: &str) -> bool {
    let iana = iana(suite);
    let rustls = suite.suite().as_str().unwrap_or_default();
    [&iana, rustls, &openssl(&iana)]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// The name in IANA's registry; rustls marks the suites of TLS 1.3 in theirs.
fn iana(suite: SupportedCipherSuite) -> String {
    let name = suite.suite().as_str().unwrap_or_default();
    name.replacen("TLS13_", "TLS_", 1)
}

/// What OpenSSL calls a suite of TLS 1.2, such as `ECDHE-RSA-AES128-GCM-SHA256`.
fn openssl(iana: &str) -> String {
    iana.replacen("TLS_", "", 1)
        .replace("_WITH", "")
        .replace("AES_", "AES")
        .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305")
        .replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ciphers: &[&str], groups: &[&str]) -> PolicySaid {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        PolicySaid {
            ciphers: owned(ciphers),
            groups: owned(groups),
            ..PolicySaid::default()
        }
    }

    fn mistakes(said: &PolicySaid) -> Vec<String> {
        Policy::parse(said).err().unwrap()
    }

    #[test]
    fn the_default_speaks_both_versions_and_the_hybrid_group_first() {
        let policy = Policy::parse(&PolicySaid::default()).unwrap();
        assert_eq!(policy.versions.len(), 2);
        assert_eq!(policy.alpn, [&b"h2"[..], b"http/1.1"]);
        let first = policy.provider.kx_groups[0].name();
        assert_eq!(first, rustls::NamedGroup::X25519MLKEM768);
        assert_eq!(policy.provider.cipher_suites.len(), ALL_CIPHER_SUITES.len());
        assert_eq!(
            Policy::parse(&PolicySaid::modern()).unwrap().versions.len(),
            1
        );
    }

    #[test]
    fn suites_and_groups_have_several_names_and_keep_their_order() {
        let wanted = said(
            &[
                "ECDHE-RSA-CHACHA20-POLY1305",
                "tls13_aes_128_gcm_sha256",
                "ECDHE-ECDSA-AES256-GCM-SHA384",
            ],
            &["P-384", "x25519"],
        );
        let policy = Policy::parse(&wanted).unwrap();
        let suites: Vec<String> = policy
            .provider
            .cipher_suites
            .iter()
            .map(|one| iana(*one))
            .collect();
        let expected = [
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        ];
        assert_eq!(suites, expected);
        let groups: Vec<String> = policy
            .provider
            .kx_groups
            .iter()
            .map(|one| format!("{:?}", one.name()))
            .collect();
        assert_eq!(groups, ["secp384r1", "X25519"]);
    }

    #[test]
    fn every_mistake_is_named_with_what_would_be_right() {
        let mut wrong = said(
            &[
                "RC4-MD5",
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_128_GCM_SHA256",
            ],
            &["P-521"],
        );
        wrong.minimum_version = Some("1.1".into());
        wrong.alpn = ["h3", "h2", "h2"].map(Into::into).to_vec();
        let mistakes = mistakes(&wrong);
        assert_eq!(mistakes.len(), 6, "{mistakes:?}");
        assert_eq!(
            mistakes[0],
            "minimumVersion: it must be \"1.2\" or \"1.3\", not \"1.1\""
        );
        assert!(
            mistakes[1].starts_with("ciphers: \"RC4-MD5\" is none of TLS_AES_256_GCM_SHA384, ")
        );
        assert_eq!(
            mistakes[2],
            "ciphers: \"TLS_AES_128_GCM_SHA256\" is named twice"
        );
        assert_eq!(
            mistakes[3],
            "groups: \"P-521\" is none of X25519MLKEM768, X25519, secp256r1, secp384r1"
        );
        assert_eq!(mistakes[4], "alpn: \"h3\" is none of h2, http/1.1");
        assert_eq!(mistakes[5], "alpn: \"h2\" is named twice");
    }

    #[test]
    fn suites_of_the_older_version_alone_do_not_serve_the_newer() {
        let mistakes = mistakes(&said(&["ECDHE-RSA-AES128-GCM-SHA256"], &[]));
        assert!(
            mistakes[0].starts_with("ciphers: none of them is for TLS 1.3"),
            "{mistakes:?}"
        );
    }
}
