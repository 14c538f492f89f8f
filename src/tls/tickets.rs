//! Session tickets that every worker of a server opens, whichever of them made it, and so does the
//! program that takes the server over. With a secret that was set, other machines open them too.
//!
//! What a process needs to know for it is one secret. From it, a context and the time each derives
//! the same keys: a ticket is good where the context is the same, for 6 to 12 hours, and the clocks
//! of two machines may differ by hours. A ticket that is not good costs its client a full handshake
//! and no more.
//!
//! The trade-off: whoever reads the secret out of a running server can derive the keys of before,
//! which random keys, thrown away, would not let him. What he gains are recorded sessions of TLS 1.2
//! that had a ticket; those of TLS 1.3 have keys of their own, resumed ones too.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, rand};
use rustls::server::ProducesTickets;

use super::unix_time::now;
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

/// A secret that several machines have, so that each opens the tickets of all.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketSecret([u8; 32]);

impl TicketSecret {
    /// The fewest bytes that a secret has.
    pub const LEAST: usize = 32;

    /// The secret that `said` makes: any text or bytes, such as random ones in hexadecimal or Base64.
    /// It is taken as it is, and nothing but its length can be checked.
    ///
    /// # Errors
    /// What is wrong, in words that follow "ticket secret: ": fewer than [`TicketSecret::LEAST`]
    /// bytes. The secret is not shown.
    pub fn new(said: &[u8]) -> Result<Self, String> {
        if said.len() < Self::LEAST {
            return Err(format!(
                "it must have at least {} bytes, not {}; \"openssl rand -hex 32\" makes one",
                Self::LEAST,
                said.len()
            ));
        }
        let mut secret = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"sluice ticket secret 1")
            .extract(said)
            .expand(&[], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(&mut secret))
            .map_err(|_| "no key can be derived from it".to_owned())?;
        Ok(Self(secret))
    }
}

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSecret(..)")
    }
}

/// Makes and opens the tickets of one context.
pub(super) struct Tickets {
    secret: Secret,
    /// The SHA-256 of the context.
    context: [u8; digest::SHA256_OUTPUT_LEN],
    /// The keys of the last windows that were asked for, each at the place of its number modulo 3.
    keys: Mutex<[Option<Key>; 3]>,
}

/// A window's number and its key.
type Key = (u64, Arc<LessSafeKey>);

/// Where the secret comes from.
enum Secret {
    /// The process: it is asked with each key that is derived, not before the first.
    Process(fn() -> Result<[u8; 32]>),
    Shared(TicketSecret),
}

impl Secret {
    fn bytes(&self) -> Option<[u8; 32]> {
        match self {
            Self::Process(secret) => secret().ok(),
            Self::Shared(secret) => Some(secret.0),
        }
    }
}

impl Tickets {
    /// Tickets that are good wherever `context` and the secret are the same. The context says for
    /// what a resumed session speaks: the names that are served, the policy on client certificates.
    /// Without a secret it is that of this process, see [`ticket_secret`].
    pub(super) fn new(context: &[u8], secret: Option<TicketSecret>) -> Self {
        let secret = secret.map_or(Secret::Process(ticket_secret), Secret::Shared);
        Self::with_secret(context, secret)
    }

    fn with_secret(context: &[u8], secret: Secret) -> Self {
        let mut hash = [0; digest::SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest::digest(&digest::SHA256, context).as_ref());
        Self {
            secret,
            context: hash,
            keys: Mutex::default(),
        }
    }

    /// The window's number, the nonce, then the sealed bytes and their tag. `now` is in seconds of
    /// unix time.
    ///
    /// The nonces are random, in forked processes too. That is safe for 2^32 tickets of a window
    /// (NIST SP 800-38D, section 8.3): 99 000 handshakes a second, of the two tickets that TLS 1.3
    /// gives each, on all machines that share the secret.
    fn seal(&self, plain: &[u8], now: u64) -> Option<Vec<u8>> {
        if plain.len() > PLAIN_MOST {
            return None;
        }
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

    /// What was sealed, if this is a ticket of this window, of the one before, or of the next: the
    /// clock of the machine that made it may be ahead.
    fn open(&self, ticket: &[u8], now: u64) -> Option<Vec<u8>> {
        let (number, rest) = ticket.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let window = u64::from_be_bytes(*number);
        if (now / WINDOW).abs_diff(window) > 1 {
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

    /// The key of a window: this one, the one before or the next. It takes the place of an older key.
    fn key(&self, window: u64) -> Option<Arc<LessSafeKey>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut keys[(window % 3) as usize];
        match place {
            Some((number, key)) if *number == window => Some(Arc::clone(key)),
            _ => {
                let key = Arc::new(derive(&self.secret.bytes()?, &self.context, window)?);
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

/// The seconds for which a key seals. It opens as long again, and as long before.
const WINDOW: u64 = 6 * 60 * 60;

/// Where the sealed bytes begin: after the number and the nonce.
const PLAIN_AT: usize = size_of::<u64>() + NONCE_LEN;

/// The largest session that gets a ticket, in bytes. A client's chain of certificates is in it, and each ticket comes
/// back in one message that has room for 65 535 bytes.
const PLAIN_MOST: usize = 32 << 10;

/// HKDF (RFC 5869) with SHA-256.
fn derive(secret: &[u8; 32], context: &[u8], window: u64) -> Option<LessSafeKey> {
    let window = window.to_be_bytes();
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sluice session tickets 2")
        .extract(secret)
        .expand(&[context, &window], &AES_256_GCM)
        .map(UnboundKey::from)
        .ok()?;
    Some(LessSafeKey::new(key))
}

fn lifetime(now: u64) -> u32 {
    (2 * WINDOW - now % WINDOW) as u32
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// The begin of a window.
    const NOW: u64 = 81_000 * WINDOW;
    const PLAIN: &[u8] = b"a session";

    fn tickets(context: &[u8]) -> Tickets {
        Tickets::with_secret(context, Secret::Process(|| Ok([7; 32])))
    }

    #[test]
    fn a_ticket_gives_back_what_was_sealed() {
        let tickets = tickets(b"names");
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
        let tickets = tickets(b"names");
        let one = tickets.seal(PLAIN, NOW).unwrap();
        assert_ne!(one, tickets.seal(PLAIN, NOW).unwrap());
        assert!(!one.windows(PLAIN.len()).any(|part| part == PLAIN));
    }

    #[test]
    fn another_process_with_the_same_secret_opens_it_and_one_with_another_does_not() {
        let ticket = tickets(b"names").seal(PLAIN, NOW).unwrap();
        assert_eq!(tickets(b"names").open(&ticket, NOW).unwrap(), PLAIN);
        let stranger = Tickets::with_secret(b"names", Secret::Process(|| Ok([8; 32])));
        assert_eq!(stranger.open(&ticket, NOW), None);
    }

    #[test]
    fn machines_with_one_secret_open_each_others_tickets_whatever_their_processes_have() {
        let secret = |said: &[u8]| Some(TicketSecret::new(said).unwrap());
        let one = Tickets::new(b"names", secret(&[b'a'; 32]));
        let ticket = one.seal(PLAIN, NOW).unwrap();
        let other = Tickets::new(b"names", secret(&[b'a'; 32]));
        assert_eq!(other.open(&ticket, NOW).unwrap(), PLAIN);
        for stranger in [secret(&[b'a'; 33]), secret(&[b'b'; 32]), None] {
            assert_eq!(Tickets::new(b"names", stranger).open(&ticket, NOW), None);
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_shown() {
        for length in [0, 1, 31] {
            let mistake = TicketSecret::new(&vec![b'q'; length]).unwrap_err();
            assert!(mistake.contains(&format!("not {length};")), "{mistake}");
            assert!(!mistake.contains("qq"), "{mistake}");
        }
        let secret = TicketSecret::new(&[b'q'; 4096]).unwrap();
        assert_eq!(format!("{secret:?}"), "TicketSecret(..)");
    }

    #[test]
    fn a_ticket_of_another_context_is_refused() {
        let ticket = tickets(b"names").seal(PLAIN, NOW).unwrap();
        assert_eq!(
            tickets(b"names, with client certificates").open(&ticket, NOW),
            None
        );
    }

    #[test]
    fn a_ticket_is_good_in_its_window_and_in_those_beside_it() {
        for (made, opened, good) in [
            (NOW, NOW + WINDOW - 1, true),
            (NOW, NOW + 2 * WINDOW - 1, true),
            (NOW, NOW + 2 * WINDOW, false),
            (NOW + WINDOW - 1, NOW + WINDOW, true),
            (NOW + WINDOW - 1, NOW + 2 * WINDOW, false),
            (NOW, NOW + 99 * WINDOW, false),
            (NOW, NOW - 1, true),
            (NOW, NOW - WINDOW, true),
            (NOW, NOW - WINDOW - 1, false),
            (NOW, 0, false),
        ] {
            let ticket = tickets(b"names").seal(PLAIN, made).unwrap();
            let plain = tickets(b"names").open(&ticket, opened);
            assert_eq!(plain.is_some(), good, "made {made}, opened {opened}");
        }
    }

    #[test]
    fn the_keys_of_three_windows_are_kept_and_no_more() {
        let tickets = tickets(b"names");
        let old = tickets.seal(PLAIN, NOW).unwrap();
        let ahead = tickets.seal(PLAIN, NOW + 2 * WINDOW).unwrap();
        for _ in 0..2 {
            assert!(tickets.open(&old, NOW + WINDOW).is_some());
            assert!(tickets.open(&ahead, NOW + WINDOW).is_some());
            tickets.seal(PLAIN, NOW + WINDOW).unwrap();
        }
        tickets.seal(PLAIN, NOW + 3 * WINDOW).unwrap();
        assert!(tickets.open(&ahead, NOW + 3 * WINDOW).is_some());
        let keys = tickets.keys.lock().unwrap();
        let kept = keys.each_ref().map(|key| key.as_ref().unwrap().0);
        assert_eq!(kept, [81_003, 81_001, 81_002]);
    }

    #[test]
    fn the_lifetime_ends_when_the_ticket_can_no_longer_be_opened() {
        let hours = 60 * 60;
        assert_eq!(lifetime(NOW), 12 * hours);
        assert_eq!(lifetime(NOW + WINDOW - 1), 6 * hours + 1);
        let tickets = tickets(b"names");
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
        let tickets = tickets(b"names");
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
        let tickets = tickets(b"names");
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
    fn a_session_that_is_too_large_gets_no_ticket() {
        let tickets = tickets(b"names");
        assert!(tickets.seal(&vec![1; PLAIN_MOST], NOW).is_some());
        assert_eq!(tickets.seal(&vec![1; PLAIN_MOST + 1], NOW), None);
    }

    #[test]
    fn a_secret_that_cannot_be_had_makes_no_ticket() {
        let none = Secret::Process(|| Err(Error::new(Kind::Tls, "none")));
        let without = Tickets::with_secret(b"names", none);
        assert_eq!(without.seal(PLAIN, NOW), None);
        let ticket = tickets(b"names").seal(PLAIN, NOW).unwrap();
        assert_eq!(without.open(&ticket, NOW), None);
    }

    #[test]
    fn threads_share_the_tickets_while_windows_pass() {
        let tickets = tickets(b"names");
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
        let tickets = tickets(b"names");
        tickets.seal(PLAIN, NOW).unwrap();
        assert_eq!(format!("{tickets:?}"), "Tickets { .. }");
    }
}
