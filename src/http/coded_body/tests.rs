use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use super::*;
use crate::body::MARK;
use crate::compress::{Decoded, Decoder};
use crate::config::{Compression, CompressionSaid};

/// Counts how often it was asked to come again.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Rig {
    raw: Outgoing,
    body: CodedBody,
    compressor: Rc<Compressor>,
    coding: Coding,
    count: Arc<Count>,
    code: Vec<u8>,
}

/// What a connection that takes all it can get has met.
#[derive(Debug, PartialEq, Eq)]
enum Met {
    Nothing,
    End(End),
}

impl Rig {
    fn new(coding: Coding) -> Self {
        let settings = Compression::parse(&CompressionSaid::default()).unwrap();
        let compressor = Rc::new(Compressor::new(settings));
        Self {
            raw: Outgoing::default(),
            body: CodedBody::new(&compressor, coding).unwrap(),
            compressor,
            coding,
            count: Arc::default(),
            code: Vec::new(),
        }
    }

    /// One turn of the connection: it takes until there is nothing.
    fn turn(&mut self) -> Met {
        let waker = Waker::from(Arc::clone(&self.count));
        let cx = Context::from_waker(&waker);
        loop {
            match self.body.poll_queued(&self.raw, &cx) {
                Poll::Ready(Ok(queued)) => {
                    assert_eq!(queued, self.body.queued());
                    let taken = self.body.take(16 * 1024);
                    assert!(!taken.is_empty() && taken.len() <= 16 * 1024);
                    self.code.extend_from_slice(&taken);
                }
                Poll::Ready(Err(end)) => return Met::End(end),
                Poll::Pending => return Met::Nothing,
            }
        }
    }

    /// Turns until it is not woken any more.
    fn turns(&mut self) -> (Met, usize) {
        for turn in 1.. {
            let before = self.count.0.load(Ordering::Relaxed);
            let met = self.turn();
            if met != Met::Nothing || self.count.0.load(Ordering::Relaxed) == before {
                return (met, turn);
            }
        }
        unreachable!("it ends")
    }

    /// What the client can decode so far, and whether that is all of the code.
    fn decoded(&self) -> (Vec<u8>, bool) {
        let mut decoder = Decoder::new([self.coding.name().as_bytes()], u64::MAX).unwrap();
        decoder.feed(Bytes::copy_from_slice(&self.code));
        let mut all = Vec::new();
        while let Decoded::Bytes(bytes) = decoder.decode().unwrap() {
            all.extend_from_slice(&bytes);
        }
        decoder.finish();
        let is_over = matches!(decoder.decode(), Ok(Decoded::End));
        (all, is_over && !self.code.is_empty())
    }
}

fn text(from: usize, len: usize) -> Vec<u8> {
    let lines =
        (from..).flat_map(|at| format!("{} {at}\n", at.wrapping_mul(2_654_435_761)).into_bytes());
    lines.take(len).collect()
}

#[test]
fn what_was_written_can_be_decoded_as_soon_as_the_queue_is_empty() {
    for coding in Coding::ALL {
        let mut rig = Rig::new(coding);
        let mut written = Vec::new();
        for at in 0..20 {
            let piece = text(at * 1000, 700 + at);
            written.extend_from_slice(&piece);
            rig.raw.push(piece.into());
            assert_eq!(rig.turns(), (Met::Nothing, 1), "{coding:?}");
            assert!(rig.decoded() == (written.clone(), false), "{coding:?} {at}");
        }
        rig.raw.finish(End::Complete);
        assert!(!rig.body.is_drained());
        assert_eq!(rig.turns(), (Met::End(End::Complete), 1));
        assert!(rig.decoded() == (written, true), "{coding:?}");
        assert!(rig.body.is_drained());
        assert_eq!(rig.body.made(), rig.code.len() as u64);
    }
}

#[test]
fn the_end_of_the_code_leaves_with_the_last_piece() {
    for coding in Coding::ALL {
        let mut rig = Rig::new(coding);
        let body = text(0, 3000);
        rig.raw.push(body.clone().into());
        rig.raw.finish(End::Complete);
        let cx = Context::from_waker(Waker::noop());
        assert!(rig.body.poll_queued(&rig.raw, &cx).is_ready());
        rig.code = rig.body.take(usize::MAX).into();
        assert!(rig.body.is_drained(), "{coding:?}");
        assert_eq!(rig.body.made(), rig.code.len() as u64);
        assert!(rig.decoded() == (body, true), "{coding:?}");
    }
}

#[test]
fn a_long_body_is_coded_a_turn_at_a_time() {
    for coding in Coding::ALL {
        let mut rig = Rig::new(coding);
        let body = text(0, 1 << 20);
        rig.raw.push(body.clone().into());
        rig.raw.finish(End::Complete);
        let mut left = rig.raw.queued();
        let mut turns = 0;
        loop {
            let met = rig.turn();
            assert!(left - rig.raw.queued() <= TURN, "{coding:?}");
            left = rig.raw.queued();
            turns += 1;
            if met == Met::End(End::Complete) {
                break;
            }
            assert_eq!(
                rig.count.0.load(Ordering::Relaxed),
                turns,
                "{coding:?} comes again"
            );
        }
        assert!(turns >= 32, "{coding:?}: {turns}");
        assert!(rig.decoded() == (body, true), "{coding:?}");
    }
}

#[test]
fn a_client_that_takes_nothing_holds_the_writer_back() {
    let mut rig = Rig::new(Coding::Gzip);
    let cx = Context::from_waker(Waker::noop());
    let mut written = 0;
    // Noise: code of the length of what was written.
    let mut noise = (0_u64..).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8);
    while rig.raw.poll_room(&cx).is_ready() {
        let piece: Vec<u8> = noise.by_ref().take(10_000).collect();
        written += piece.len();
        rig.raw.push(piece.into());
        // The connection looks and does not take.
        let _ = rig.body.poll_queued(&rig.raw, &cx);
        assert!(written <= 2 * MARK + TURN + 10_000, "{written}");
    }
    assert!(written >= MARK);
}

#[test]
fn before_a_writer_that_was_just_woken_has_run_nothing_is_flushed() {
    let mut rig = Rig::new(Coding::Gzip);
    let cx = Context::from_waker(Waker::noop());
    for round in 1..8 {
        rig.raw.push(text(0, MARK).into());
        assert!(rig.raw.poll_room(&cx).is_pending());
        assert_eq!(rig.turn(), Met::Nothing);
        assert!(rig.decoded().0.len() < round * MARK, "round {round}");
    }
    rig.raw.finish(End::Complete);
    assert_eq!(rig.turns().0, Met::End(End::Complete));
    assert!(rig.decoded() == (text(0, MARK).repeat(7), true));

    let mut rig = Rig::new(Coding::Gzip);
    let cx = Context::from_waker(Waker::noop());
    rig.raw.push(text(0, MARK).into());
    assert!(rig.raw.poll_room(&cx).is_pending());
    assert_eq!(rig.turns().0, Met::Nothing);
    assert!(
        rig.decoded() == (text(0, MARK), false),
        "one that does not write is not waited for"
    );
}

#[test]
fn an_aborted_body_has_what_came_before_and_never_an_end() {
    for coding in Coding::ALL {
        let mut rig = Rig::new(coding);
        rig.raw.push(text(0, 5000).into());
        rig.raw.finish(End::Aborted);
        assert_eq!(rig.turns().0, Met::End(End::Aborted));
        assert!(rig.decoded() == (text(0, 5000), false), "{coding:?}");
        assert!(!rig.body.is_drained());

        let mut rig = Rig::new(coding);
        rig.raw.finish(End::Aborted);
        assert_eq!(rig.turns(), (Met::End(End::Aborted), 1));
        assert!(rig.code.is_empty());
    }
}

#[test]
fn an_encoder_is_kept_only_when_its_body_is_complete() {
    for (end, is_kept) in [
        (End::Complete, true),
        (End::Aborted, false),
        (End::Gone, false),
    ] {
        let mut rig = Rig::new(Coding::Zstd);
        rig.raw.push(text(0, 100).into());
        rig.turn();
        rig.raw.finish(end);
        assert_eq!(rig.turns().0, Met::End(end));
        drop(rig.body);
        assert_eq!(rig.compressor.idle() == 1, is_kept, "{end:?}");
    }
}

#[test]
fn an_empty_body_is_a_complete_code_of_nothing() {
    for coding in Coding::ALL {
        let mut rig = Rig::new(coding);
        rig.raw.finish(End::Complete);
        assert_eq!(rig.turns(), (Met::End(End::Complete), 1));
        assert_eq!(rig.decoded(), (Vec::new(), true), "{coding:?}");
    }
}
