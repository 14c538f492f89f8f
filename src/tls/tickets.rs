//! Session tickets that every worker of a server opens, whichever of them made it, and so does the
//! program that takes the server over.
//!
//! What a process needs to know for it is one secret. From it, the certificate and the time each
//! derives the same keys: a ticket is good for the certificate that the client has seen, for 6 to 12
//! hours. A ticket that is not good costs its client a full handshake and no more.
//!
//! The trade-off: whoever reads the secret out of a running server can derive the keys of before,
//! which random keys, thrown away, would not let him. What he gains are recorded sessions of TLS 1.2
//! that had a ticket; those of TLS 1.3 have keys of their own, resumed ones too.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, rand};
use rustls::server::ProducesTickets;
use rustls_pki_types::CertificateDer;

use crate::error::{Error, Kind, Result};

/// The secret of this process's session tickets: the one that was set, else a random one from now
/// on.
///
/// # Errors
/// [`Kind::Tls`] if there are no random bytes.
pub fn ticket_secret() -> Result<[u8; 32]> {
    if let Some(secret) = SECRET.get() {
        return Ok(*secret);
    }
    let mut secret = [0; 32];
    rand::fill(&mut secret).map_err(|_| {
        Error::new(
            Kind::Tls,
            "the system has no random bytes for session tickets",
        )
    })?;
    Ok(*SECRET.get_or_init(|| secret))
}

/// Sets the secret of this process's session tickets, which other processes have too. It holds for
/// every listener, also for those whose settings are there already.
///
/// # Errors
/// [`Kind::State`] if another one is in use since the first ticket or the first call.
pub fn set_ticket_secret(secret: [u8; 32]) -> Result<()> {
    if *SECRET.get_or_init(|| secret) == secret {
        Ok(())
    } else {
        Err(Error::state(
            "session tickets are made with another secret already",
        ))
    }
}

static SECRET: OnceLock<[u8; 32]> = OnceLock::new();

/// Makes and opens the tickets of one certificate.
pub(super) struct Tickets {
    secret: Secret,
    /// The SHA-256 of the certificate.
    leaf: [u8; digest::SHA256_OUTPUT_LEN],
    /// The keys of two windows that follow one another, at the places of an even and an odd number.
    keys: Mutex<[Option<Key>; 2]>,
}

/// A window's number and its key.
type Key = (u64, Arc<LessSafeKey>);

/// Where the secret comes from. It is asked for with each key that is derived, not before the first.
type Secret = fn() -> Result<[u8; 32]>;

impl Tickets {
    /// Tickets for the server whose own certificate is `leaf`, by the secret of this process.
    pub(super) fn new(leaf: &CertificateDer<'_>) -> Self {
        Self::with_secret(leaf, ticket_secret)
    }

    fn with_secret(leaf: &CertificateDer<'_>, secret: Secret) -> Self {
        let mut hash = [0; digest::SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest::digest(&digest::SHA256, leaf).as_ref());
        Self {
            secret,
            leaf: hash,
            keys: Mutex::default(),
        }
    }

    /// The window's number, the nonce, then the sealed bytes and their tag. `now` is in seconds of
    /// unix time.
    ///
    /// The nonces are random, in forked processes too. That is safe for 2^32 tickets of a window
    /// (NIST SP 800-38D, section 8.3): 99 000 handshakes a second, of the two tickets that TLS 1.3
    /// gives each.
    fn seal(&self, plain: &[u8], now: u64) -> Option<Vec<u8>> {
        let window = now / WINDOW;
        let number = window.to_be_bytes();
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).ok()?;
        let mut ticket = Vec::with_capacity(PLAIN_AT + plain.len() + AES_256_GCM.tag_len());
        ticket.extend_from_slice(&number);
        ticket.extend_from_slice(&nonce);
        ticket.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let key = self.key(window)?;
        let tag = key
            .seal_in_place_separate_tag(nonce, Aad::from(number), &mut ticket[PLAIN_AT..])
            .ok()?;
        ticket.extend_from_slice(tag.as_ref());
        Some(ticket)
    }

    /// What was sealed, if this is a ticket of this window or of the one before.
    fn open(&self, ticket: &[u8], now: u64) -> Option<Vec<u8>> {
        let (number, rest) = ticket.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let window = u64::from_be_bytes(*number);
        if !matches!((now / WINDOW).checked_sub(window), Some(0 | 1)) {
            return None;
        }
        let key = self.key(window)?;
        let mut plain = sealed.to_vec();
        let length = key
            .open_in_place(Nonce::from(nonce), Aad::from(*number), &mut plain)
            .ok()?
            .len();
        plain.truncate(length);
        Some(plain)
    }

    /// The key of a window, this one or the one before. It takes the place of an older key.
    fn key(&self, window: u64) -> Option<Arc<LessSafeKey>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut keys[usize::from(window % 2 == 1)];
        match place {
            Some((number, key)) if *number == window => Some(Arc::clone(key)),
            _ => {
                let key = Arc::new(derive(&(self.secret)().ok()?, &self.leaf, window)?);
                *place = Some((window, Arc::clone(&key)));
                Some(key)
            }
        }
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    /// As long as the tickets of now can be opened, at most 12 hours.
    fn lifetime(&self) -> u32 {
        lifetime(now())
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.seal(plain, now())
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.open(ticket, now())
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No key is shown.
        f.debug_struct("Tickets").finish_non_exhaustive()
    }
}

/// The seconds for which a key seals. It opens as long again.
const WINDOW: u64 = 6 * 60 * 60;

/// Where the sealed bytes begin: after the number and the nonce.
const PLAIN_AT: usize = size_of::<u64>() + NONCE_LEN;

/// HKDF (RFC 5869) with SHA-256.
fn derive(secret: &[u8; 32], leaf: &[u8], window: u64) -> Option<LessSafeKey> {
    let window = window.to_be_bytes();
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sluice session tickets 1")
        .extract(secret)
        .expand(&[leaf, &window], &AES_256_GCM)
        .map(UnboundKey::from)
        .ok()?;
    Some(LessSafeKey::new(key))
}

fn lifetime(now: u64) -> u32 {
    (2 * WINDOW - now % WINDOW) as u32
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// The begin of a window.
    const NOW: u64 = 81_000 * WINDOW;
    const PLAIN: &[u8] = b"a session";

    fn tickets(leaf: &'static [u8]) -> Tickets {
        Tickets::with_secret(&CertificateDer::from(leaf), || Ok([7; 32]))
    }

    #[test]
    fn a_ticket_gives_back_what_was_sealed() {
        let tickets = tickets(b"leaf");
        for plain in [&b""[..], b"x", &[9; 5000]] {
            let ticket = tickets.seal(plain, NOW).unwrap();
            assert_eq!(ticket.len(), PLAIN_AT + plain.len() + 16);
            assert_eq!(tickets.open(&ticket, NOW).unwrap(), plain);
        }
        let ticket = tickets.encrypt(PLAIN).unwrap();
        assert_eq!(tickets.decrypt(&ticket).unwrap(), PLAIN);
        assert!(tickets.enabled());
    }

    #[test]
    fn no_two_tickets_are_equal_and_none_shows_the_session() {
        let tickets = tickets(b"leaf");
        let one = tickets.seal(PLAIN, NOW).unwrap();
        assert_ne!(one, tickets.seal(PLAIN, NOW).unwrap());
        assert!(!one.windows(PLAIN.len()).any(|part| part == PLAIN));
    }

    #[test]
    fn another_process_with_the_same_secret_opens_it_and_one_with_another_does_not() {
        let ticket = tickets(b"leaf").seal(PLAIN, NOW).unwrap();
        assert_eq!(tickets(b"leaf").open(&ticket, NOW).unwrap(), PLAIN);
        let leaf = CertificateDer::from(&b"leaf"[..]);
        let stranger = Tickets::with_secret(&leaf, || Ok([8; 32]));
        assert_eq!(stranger.open(&ticket, NOW), None);
    }

    #[test]
    fn a_ticket_of_another_certificate_is_refused() {
        let ticket = tickets(b"leaf").seal(PLAIN, NOW).unwrap();
        assert_eq!(tickets(b"renewed leaf").open(&ticket, NOW), None);
    }

    #[test]
    fn a_ticket_is_good_in_its_window_and_in_the_next() {
        for (made, opened, good) in [
            (NOW, NOW + WINDOW - 1, true),
            (NOW, NOW + 2 * WINDOW - 1, true),
            (NOW, NOW + 2 * WINDOW, false),
            (NOW + WINDOW - 1, NOW + WINDOW, true),
            (NOW + WINDOW - 1, NOW + 2 * WINDOW, false),
            (NOW, NOW + 99 * WINDOW, false),
            (NOW, NOW - 1, false),
            (NOW, 0, false),
        ] {
            let ticket = tickets(b"leaf").seal(PLAIN, made).unwrap();
            let plain = tickets(b"leaf").open(&ticket, opened);
            assert_eq!(plain.is_some(), good, "made {made}, opened {opened}");
        }
    }

    #[test]
    fn the_keys_of_two_windows_are_kept_and_no_more() {
        let tickets = tickets(b"leaf");
        let old = tickets.seal(PLAIN, NOW).unwrap();
        let new = tickets.seal(PLAIN, NOW + WINDOW).unwrap();
        for _ in 0..2 {
            assert!(tickets.open(&old, NOW + WINDOW).is_some());
            assert!(tickets.open(&new, NOW + WINDOW).is_some());
        }
        tickets.seal(PLAIN, NOW + 2 * WINDOW).unwrap();
        assert!(tickets.open(&new, NOW + 2 * WINDOW).is_some());
        let keys = tickets.keys.lock().unwrap();
        let kept = keys.each_ref().map(|key| key.as_ref().unwrap().0);
        assert_eq!(kept, [81_002, 81_001]);
    }

    #[test]
    fn the_lifetime_ends_when_the_ticket_can_no_longer_be_opened() {
        let hours = 60 * 60;
        assert_eq!(lifetime(NOW), 12 * hours);
        assert_eq!(lifetime(NOW + WINDOW - 1), 6 * hours + 1);
        let tickets = tickets(b"leaf");
        assert!((6 * hours..=12 * hours).contains(&tickets.lifetime()));
        for made in [NOW, NOW + 1, NOW + WINDOW - 1] {
            let ticket = tickets.seal(PLAIN, made).unwrap();
            let end = made + u64::from(lifetime(made));
            assert!(tickets.open(&ticket, end - 1).is_some());
            assert!(tickets.open(&ticket, end).is_none());
        }
    }

    #[test]
    fn a_ticket_with_any_bit_changed_is_refused() {
        let tickets = tickets(b"leaf");
        let mut ticket = tickets.seal(PLAIN, NOW).unwrap();
        for bit in 0..ticket.len() * 8 {
            ticket[bit / 8] ^= 1 << (bit % 8);
            for now in [NOW, NOW + WINDOW] {
                assert_eq!(tickets.open(&ticket, now), None, "bit {bit}");
            }
            ticket[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(tickets.open(&ticket, NOW).is_some());
    }

    #[test]
    fn what_is_no_whole_ticket_is_refused() {
        let tickets = tickets(b"leaf");
        let ticket = tickets.seal(PLAIN, NOW).unwrap();
        for length in 0..ticket.len() {
            assert_eq!(tickets.open(&ticket[..length], NOW), None);
        }
        assert_eq!(tickets.open(&[&ticket[..], b"x"].concat(), NOW), None);
        let mut seed = 1_u64;
        for length in 0..300 {
            let garbage: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 56) as u8
                })
                .collect();
            assert_eq!(tickets.open(&garbage, NOW), None);
            let window = (NOW / WINDOW).to_be_bytes();
            assert_eq!(tickets.open(&[&window[..], &garbage].concat(), NOW), None);
        }
    }

    #[test]
    fn a_secret_that_cannot_be_had_makes_no_ticket() {
        let none = || Err(Error::new(Kind::Tls, "none"));
        let leaf = CertificateDer::from(&b"leaf"[..]);
        let without = Tickets::with_secret(&leaf, none);
        assert_eq!(without.seal(PLAIN, NOW), None);
        let ticket = tickets(b"leaf").seal(PLAIN, NOW).unwrap();
        assert_eq!(without.open(&ticket, NOW), None);
    }

    #[test]
    fn threads_share_the_tickets_while_windows_pass() {
        let tickets = tickets(b"leaf");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..500 {
                        let now = NOW + round * WINDOW / 4;
                        let ticket = tickets.seal(PLAIN, now).unwrap();
                        assert_eq!(tickets.open(&ticket, now + WINDOW).unwrap(), PLAIN);
                    }
                });
            }
        });
    }

    #[test]
    fn the_secret_of_a_process_is_set_once() {
        let secret = ticket_secret().unwrap();
        assert_eq!(ticket_secret().unwrap(), secret);
        set_ticket_secret(secret).unwrap();
        let error = set_ticket_secret(secret.map(|byte| !byte)).unwrap_err();
        assert_eq!(error.kind(), Kind::State);
        assert_eq!(ticket_secret().unwrap(), secret);
    }

    #[test]
    fn no_debug_output_shows_a_key() {
        let tickets = tickets(b"leaf");
        tickets.seal(PLAIN, NOW).unwrap();
        assert_eq!(format!("{tickets:?}"), "Tickets { .. }");
    }
}
