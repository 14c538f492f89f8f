//! Sessions that are kept here and used once, in memory that all workers of a generation share.
//!
//! Early data can be replayed (RFC 8446, section 8): whoever has recorded it may send it again. The
//! answer is the first of the two of RFC 8446, section 8.1: a ticket is the name of a session that is
//! kept here, and the one who takes it is the only one. Workers are forks of the process that makes
//! the settings, so they have the same memory; another machine, another generation and a server that
//! was started anew do not know the session at all. In each of these cases there is a full handshake,
//! and the early data is thrown away unread.
//!
//! Nobody waits here: a place at which another process is at work counts as another's. So a process
//! that dies there costs one place, and no session is ever given out twice.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use aws_lc_rs::digest::{Digest, SHA256, digest};
use rustls::server::StoresServerSessions;

use super::unix_time::now;
use crate::error::Result;
use crate::sys::SharedMemory;

/// The sessions of settings and of those that were made of them, the youngest [`Sessions::MOST`] of them about.
pub(super) struct Sessions {
    cells: &'static [AtomicU64],
}

impl Sessions {
    /// How many there is room for. With all of them the memory is 16 MiB; a page is not used before
    /// a session comes to lie there.
    pub(super) const MOST: usize = SHELVES * PLACES;

    /// None yet. The memory is that of this process and of those that it forks.
    ///
    /// # Errors
    /// [`Kind::Server`](crate::error::Kind::Server) if the system has no memory to share.
    pub(super) fn create() -> Result<Self> {
        let memory = SharedMemory::create(Self::MOST * PLACE * size_of::<AtomicU64>())?;
        Ok(Self {
            cells: memory.cells(),
        })
    }

    fn keep(&self, id: &[u8], session: &[u8], now: u64) -> bool {
        let Some(id) = Id::of(id) else { return false };
        if session.len() > SESSION_MOST {
            return false;
        }
        // An empty place is as old as can be.
        let mut places = self.shelf(id);
        places.sort_by_key(|place| place.cells[KEPT_AT].load(Relaxed));
        places.into_iter().any(|place| {
            let ours = place.enter();
            if ours {
                place.put(id, session, now);
                place.leave();
            }
            ours
        })
    }

    fn find(&self, id: &[u8], now: u64, takes: bool) -> Option<Vec<u8>> {
        let id = Id::of(id)?;
        let mut places = self.shelf(id).into_iter();
        let place = places.find(|place| place.has(id) && place.enter())?;
        // It may have changed hands before it was ours.
        let found = place.has(id).then(|| place.session(now)).flatten();
        if takes && found.is_some() {
            place.clear();
        }
        place.leave();
        found
    }

    /// The places at which a session can lie.
    fn shelf(&self, id: Id) -> [Place; PLACES] {
        let shelf = (id.0[0] % SHELVES as u64) as usize;
        std::array::from_fn(|place| {
            let at = (shelf * PLACES + place) * PLACE;
            Place {
                cells: &self.cells[at..at + PLACE],
            }
        })
    }
}

/// Sessions that are good in one context: for the names that are served, the policy on client certificates and an
/// amount of early data.
pub(super) struct Within {
    sessions: Arc<Sessions>,
    /// The SHA-256 of the context, which is kept behind each session.
    context: Digest,
}

impl Sessions {
    /// A view of them in which those of other contexts are not there.
    pub(super) fn within(self: &Arc<Self>, context: &[u8]) -> Within {
        Within {
            sessions: Arc::clone(self),
            context: digest(&SHA256, context),
        }
    }
}

impl Within {
    fn ours(&self, found: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut session = found?;
        let at = session.len().checked_sub(self.context.as_ref().len())?;
        let is_ours = session[at..] == *self.context.as_ref();
        session.truncate(at);
        is_ours.then_some(session)
    }
}

impl StoresServerSessions for Within {
    fn put(&self, key: Vec<u8>, mut value: Vec<u8>) -> bool {
        value.extend_from_slice(self.context.as_ref());
        self.sessions.keep(&key, &value, now())
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.ours(self.sessions.find(key, now(), false))
    }

    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.ours(self.sessions.find(key, now(), true))
    }

    fn can_cache(&self) -> bool {
        true
    }
}

impl fmt::Debug for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No key is shown.
        f.debug_struct("Within").finish_non_exhaustive()
    }
}

/// What rustls calls a session: 32 random bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Id([u64; 4]);

impl Id {
    /// A client may ask for anything: what has another length was never kept.
    fn of(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let words: [[u8; 8]; 4] = words.try_into().ok()?;
        rest.is_empty().then(|| Self(words.map(u64::from_ne_bytes)))
    }
}

/// Where one session can lie.
#[derive(Clone, Copy)]
struct Place {
    cells: &'static [AtomicU64],
}

impl Place {
    /// Whether nobody else is there. Then it is ours until we leave.
    fn enter(self) -> bool {
        let cell = &self.cells[BUSY];
        cell.compare_exchange(0, 1, Acquire, Relaxed).is_ok()
    }

    fn leave(self) {
        self.cells[BUSY].store(0, Release);
    }

    fn has(self, id: Id) -> bool {
        let cells = self.cells[ID..].iter().zip(id.0);
        let same = cells
            .into_iter()
            .all(|(cell, part)| cell.load(Relaxed) == part);
        same && self.cells[KEPT_AT].load(Relaxed) != EMPTY
    }

    fn put(self, id: Id, session: &[u8], now: u64) {
        self.clear();
        for (cell, part) in self.cells[ID..].iter().zip(id.0) {
            cell.store(part, Relaxed);
        }
        for (cell, bytes) in self.cells[SESSION..].iter().zip(session.chunks(WORD)) {
            let mut word = [0; WORD];
            word[..bytes.len()].copy_from_slice(bytes);
            cell.store(u64::from_ne_bytes(word), Relaxed);
        }
        self.cells[LENGTH].store(session.len() as u64, Relaxed);
        self.cells[KEPT_AT].store(now.max(1), Relaxed);
    }

    /// The session, unless it is too old.
    fn session(self, now: u64) -> Option<Vec<u8>> {
        if now.abs_diff(self.cells[KEPT_AT].load(Relaxed)) > LIFETIME {
            return None;
        }
        let length = self.cells[LENGTH].load(Relaxed) as usize;
        let words = self.cells[SESSION..].iter();
        let mut session: Vec<u8> = words
            .take(length.div_ceil(WORD))
            .flat_map(|cell| cell.load(Relaxed).to_ne_bytes())
            .collect();
        session.truncate(length);
        Some(session)
    }

    /// Nothing of a session is left, its secret least of all.
    fn clear(self) {
        for cell in &self.cells[KEPT_AT..] {
            cell.store(EMPTY, Relaxed);
        }
    }
}

/// How long a session can be used, in seconds: rustls tells clients so.
const LIFETIME: u64 = 24 * 60 * 60;

/// Shelves, and the places on each.
const SHELVES: usize = 8192;
const PLACES: usize = 4;

/// A place, in cells: whether somebody is there, when its session was kept, the length, the id, the
/// session itself. One with a name of 253 bytes has 353; a client's certificate makes it longer.
const PLACE: usize = 64;
const BUSY: usize = 0;
const KEPT_AT: usize = 1;
const LENGTH: usize = 2;
const ID: usize = 3;
const SESSION: usize = ID + 4;
/// The largest session that is kept, in bytes.
const SESSION_MOST: usize = (PLACE - SESSION) * WORD;
const WORD: usize = size_of::<u64>();
/// What no session was kept at.
const EMPTY: u64 = 0;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    const NOW: u64 = 1_790_000_000;

    /// The largest session: the context lies behind it.
    const LARGEST: usize = SESSION_MOST - 32;

    fn sessions() -> Within {
        Arc::new(Sessions::create().unwrap()).within(b"shop.example")
    }

    /// One of many ids that share a shelf.
    fn id(number: u8) -> Vec<u8> {
        [&SHELVES.to_ne_bytes()[..], &[number; 24]].concat()
    }

    #[test]
    fn a_session_is_read_often_and_taken_once() {
        let sessions = sessions();
        for length in [0, 1, 7, 8, 9, 353, LARGEST] {
            let session: Vec<u8> = (0..length).map(|at| at as u8 ^ 0x5a).collect();
            assert!(sessions.put(id(1), session.clone()));
            assert_eq!(sessions.get(&id(1)).as_ref(), Some(&session));
            assert_eq!(sessions.get(&id(1)).as_ref(), Some(&session));
            assert_eq!(sessions.take(&id(1)).as_ref(), Some(&session));
            assert_eq!(sessions.take(&id(1)), None);
            assert_eq!(sessions.get(&id(1)), None);
        }
        assert!(sessions.can_cache());
    }

    #[test]
    fn a_session_that_was_taken_leaves_no_trace() {
        let sessions = sessions();
        sessions.put(id(1), vec![0x5a; LARGEST]);
        sessions.take(&id(1)).unwrap();
        assert!(
            sessions
                .sessions
                .cells
                .iter()
                .all(|cell| cell.load(Relaxed) == 0)
        );
    }

    #[test]
    fn what_was_not_kept_is_not_found() {
        let sessions = sessions();
        sessions.put(id(1), vec![1]);
        for other in [
            &id(2)[..],
            &id(1)[..31],
            &[&id(1)[..], b"x"].concat(),
            b"",
            &[0; 32],
        ] {
            assert_eq!(sessions.take(other), None);
            assert_eq!(sessions.get(other), None);
        }
        assert!(!sessions.put(vec![1; 31], vec![1]));
        assert!(!sessions.put(id(3), vec![1; LARGEST + 1]));
        assert_eq!(sessions.take(&id(3)), None);
        assert!(sessions.take(&id(1)).is_some());
    }

    #[test]
    fn a_session_of_another_context_is_none() {
        let sessions = sessions();
        let other = sessions.sessions.within(b"other.example");
        for number in 1..3 {
            assert!(sessions.put(id(number), vec![number]));
        }
        assert_eq!((other.get(&id(1)), other.take(&id(1))), (None, None));
        let same = sessions.sessions.within(b"shop.example");
        assert_eq!(same.take(&id(2)), Some(vec![2]));
    }

    #[test]
    fn an_old_session_is_none() {
        let sessions = sessions();
        assert!(sessions.sessions.keep(&id(1), b"old", NOW));
        assert_eq!(
            sessions.sessions.find(&id(1), NOW + LIFETIME + 1, true),
            None
        );
        assert_eq!(
            sessions.sessions.find(&id(1), NOW - LIFETIME - 1, true),
            None
        );
        assert!(
            sessions
                .sessions
                .find(&id(1), NOW + LIFETIME, true)
                .is_some()
        );
    }

    #[test]
    fn the_oldest_of_a_shelf_goes_when_it_is_full() {
        let sessions = sessions();
        for number in [3, 1, 4, 2, 5] {
            assert!(
                sessions
                    .sessions
                    .keep(&id(number), &[number], NOW + u64::from(number))
            );
        }
        let found = [1, 2, 3, 4, 5].map(|number| sessions.sessions.find(&id(number), NOW, true));
        assert_eq!(
            found,
            [
                None,
                Some(vec![2]),
                Some(vec![3]),
                Some(vec![4]),
                Some(vec![5])
            ]
        );
    }

    #[test]
    fn a_place_whose_process_has_died_is_lost_and_no_other() {
        let sessions = sessions();
        sessions.put(id(1), vec![1]);
        let place = sessions.sessions.shelf(Id::of(&id(1)).unwrap())[0];
        assert!(place.enter());
        assert_eq!(sessions.take(&id(1)), None);
        for number in 2..=5 {
            assert!(
                sessions
                    .sessions
                    .keep(&id(number), &[number], NOW + u64::from(number))
            );
        }
        let found = [2, 3, 4, 5].map(|number| sessions.sessions.find(&id(number), NOW, true));
        assert_eq!(found.iter().flatten().count(), 3);
    }

    #[test]
    fn of_all_who_want_a_session_at_once_one_gets_it() {
        let sessions = sessions();
        for round in 0..2000_u64 {
            let id = [round.to_ne_bytes(), [7; 8], [8; 8], [9; 8]].concat();
            assert!(sessions.put(id.clone(), vec![5; 200]));
            let taken = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        if let Some(session) = sessions.take(&id) {
                            assert_eq!(session, [5; 200]);
                            taken.fetch_add(1, Relaxed);
                        }
                    });
                }
            });
            assert_eq!(taken.into_inner(), 1, "round {round}");
        }
    }

    #[test]
    fn no_debug_output_shows_a_session() {
        assert_eq!(format!("{:?}", sessions()), "Within { .. }");
    }
}
