use super::*;

const RESETS: u32 = 200;

fn frame(kind: Kind, stream: u32) -> Frame {
    Frame {
        kind,
        length: 0,
        flags: 0,
        stream,
        value: 0,
    }
}

fn last(kind: Kind, stream: u32) -> Frame {
    Frame {
        flags: 1,
        ..frame(kind, stream)
    }
}

fn data(length: u32) -> Frame {
    Frame {
        length,
        ..frame(Kind::Data, 1)
    }
}

fn window(increment: u32) -> Frame {
    Frame {
        value: increment,
        ..frame(Kind::Window, 1)
    }
}

/// How many times `again` is done until the budget is spent; at most 100,000.
fn times(budget: &mut Budget, mut again: impl FnMut(&mut Budget, u32)) -> u32 {
    (0..100_000)
        .find(|&time| {
            again(budget, time);
            budget.flood().is_some()
        })
        .unwrap_or(100_000)
}

fn open_and_reset(budget: &mut Budget, stream: u32, now: u64) {
    budget.received(&last(Kind::Headers, stream), now);
    budget.received(&frame(Kind::Reset, stream), now);
}

#[test]
fn streams_that_are_reset_at_once_are_so_many_and_no_more() {
    let mut budget = Budget::new(128, RESETS, 0);
    let reset = times(&mut budget, |budget, time| {
        open_and_reset(budget, 2 * time + 1, 0);
    });
    assert_eq!(reset, RESETS);
    assert_eq!(budget.flood(), Some(Flood::Resets));
}

#[test]
fn a_minute_allows_as_many_again() {
    let mut budget = Budget::new(128, RESETS, 5);
    for stream in 0..RESETS {
        open_and_reset(&mut budget, 2 * stream + 1, 5);
    }
    for stream in RESETS..2 * RESETS {
        open_and_reset(&mut budget, 2 * stream + 1, 60_005);
    }
    assert_eq!(budget.flood(), None);
    open_and_reset(&mut budget, 4 * RESETS + 1, 60_005);
    assert_eq!(budget.flood(), Some(Flood::Resets));
}

#[test]
fn a_reset_each_third_of_a_second_may_go_on_for_ever() {
    let mut budget = Budget::new(128, RESETS, 0);
    let reset = times(&mut budget, |budget, time| {
        open_and_reset(budget, 2 * time + 1, u64::from(time) * 300);
    });
    assert_eq!(reset, 100_000);
}

#[test]
fn four_answered_streams_allow_one_reset() {
    for (answered, expected) in [(4, 100_000), (3, 800)] {
        let mut budget = Budget::new(128, RESETS, 0);
        let mut stream = 1;
        let reset = times(&mut budget, |budget, _| {
            for _ in 0..answered {
                budget.received(&last(Kind::Headers, stream), 0);
                budget.sent(&last(Kind::Headers, stream), 0);
                stream += 2;
            }
            open_and_reset(budget, stream, 0);
            stream += 2;
        });
        assert_eq!(reset, expected);
    }
}

#[test]
fn a_reset_of_an_answered_stream_is_only_a_frame_that_brings_nothing() {
    let mut budget = Budget::new(128, RESETS, 0);
    let mut stream = 1;
    let reset = times(&mut budget, |budget, _| {
        budget.received(&last(Kind::Headers, stream), 0);
        budget.sent(&last(Kind::Data, stream), 0);
        budget.received(&frame(Kind::Reset, stream), 0);
        stream += 2;
    });
    assert_eq!(reset, 100_000);
    let reset = times(&mut budget, |budget, _| {
        budget.received(&frame(Kind::Reset, 1), 0);
    });
    assert!(reset <= FRAMES_EARNED);
    assert_eq!(budget.flood(), Some(Flood::Frames));
}

#[test]
fn resets_that_the_client_makes_us_send_count_and_our_own_do_not() {
    for (code, expected) in [
        (1, RESETS),
        (3, RESETS),
        (5, RESETS),
        (6, RESETS),
        (7, RESETS),
    ] {
        let mut budget = Budget::new(128, RESETS, 0);
        let sent = times(&mut budget, |budget, time| {
            let reset = Frame {
                value: code,
                ..frame(Kind::Reset, 2 * time + 1)
            };
            budget.sent(&reset, 0);
        });
        assert_eq!(sent, expected, "{code}");
    }
    for code in [0, 2, 8] {
        let mut budget = Budget::new(128, RESETS, 0);
        let sent = times(&mut budget, |budget, _| {
            let reset = Frame {
                value: code,
                ..frame(Kind::Reset, 1)
            };
            budget.sent(&reset, 0);
        });
        assert_eq!(sent, 100_000, "{code}");
    }
}

#[test]
fn frames_that_bring_nothing_are_so_many_and_no_more() {
    let nothing = [
        frame(Kind::Other, 0),
        frame(Kind::Data, 1),
        window(1),
        window(0x7fff_ffff),
        last(Kind::Settings, 0),
    ];
    for (nothing, expected) in nothing
        .map(|nothing| (nothing, FRAMES))
        .into_iter()
        .filter(|(nothing, _)| nothing.kind != Kind::Settings)
        .chain([(frame(Kind::Settings, 0), FRAMES / SETTINGS)])
    {
        let mut budget = Budget::new(128, RESETS, 0);
        let sent = times(&mut budget, |budget, _| budget.received(&nothing, 0));
        assert_eq!(sent, expected, "{nothing:?}");
        assert_eq!(budget.flood(), Some(Flood::Frames));
    }
}

#[test]
fn a_hundred_frames_that_bring_nothing_may_come_each_second() {
    let mut budget = Budget::new(128, RESETS, 0);
    let ping = frame(Kind::Other, 0);
    let sent = times(&mut budget, |budget, time| {
        budget.received(&ping, u64::from(time) * 10);
    });
    assert_eq!(sent, 100_000);
}

#[test]
fn windows_are_opened_for_what_has_come_as_finely_as_a_client_likes() {
    // Both windows by 64 bytes, and all at once after ten mebibytes.
    let mut budget = Budget::new(128, RESETS, 0);
    for _ in 0..640 {
        budget.sent(&data(16_384), 0);
    }
    for _ in 0..2 * 640 * 256 {
        budget.received(&window(64), 0);
    }
    assert_eq!(budget.flood(), None);
    let sent = times(&mut budget, |budget, _| budget.received(&window(64), 0));
    assert_eq!(sent, FRAMES + 640 * 17);
}

#[test]
fn both_windows_may_be_opened_for_each_of_many_tiny_frames() {
    let mut budget = Budget::new(128, RESETS, 0);
    let sent = times(&mut budget, |budget, _| {
        budget.sent(&data(1), 0);
        budget.received(&window(1), 0);
        budget.received(&window(1), 0);
    });
    assert_eq!(sent, 100_000);
}

#[test]
fn windows_that_are_opened_byte_by_byte_so_that_replies_leave_so_are_a_flood() {
    let mut budget = Budget::new(128, RESETS, 0);
    let sent = times(&mut budget, |budget, _| {
        budget.received(&window(1), 0);
        budget.slivered(0);
        budget.sent(&data(1), 0);
    });
    assert!(sent <= FRAMES / 2, "{sent}");
    assert_eq!(budget.flood(), Some(Flood::Frames));
}

#[test]
fn a_ping_for_each_piece_of_a_transfer_is_none() {
    for upwards in [false, true] {
        let mut budget = Budget::new(128, RESETS, 0);
        let sent = times(&mut budget, |budget, _| {
            match upwards {
                true => budget.received(&data(1024), 0),
                false => budget.sent(&data(1), 0),
            }
            budget.received(&frame(Kind::Other, 0), 0);
        });
        assert_eq!(sent, 100_000);
    }
}

#[test]
fn what_was_sent_at_once_may_be_answered_at_once() {
    let mut budget = Budget::new(128, RESETS, 0);
    for _ in 0..100_000 {
        budget.sent(&data(1), 0);
    }
    let ping = frame(Kind::Other, 0);
    let sent = times(&mut budget, |budget, _| budget.received(&ping, 0));
    assert_eq!(sent, FRAMES_EARNED);
}

#[test]
fn requests_and_bodies_cost_nothing() {
    let mut budget = Budget::new(128, RESETS, 0);
    let sent = times(&mut budget, |budget, time| {
        let stream = 2 * time + 1;
        budget.received(&frame(Kind::Headers, stream), 0);
        budget.received(&data(1), 0);
        budget.received(&last(Kind::Data, stream), 0);
        budget.sent(&frame(Kind::Headers, stream), 0);
        budget.sent(&last(Kind::Data, stream), 0);
    });
    assert_eq!(sent, 100_000);
    assert!(budget.open.is_empty());
}

#[test]
fn only_streams_that_are_not_answered_are_kept() {
    let mut budget = Budget::new(128, RESETS, 0);
    for stream in [1, 3, 5, 7] {
        budget.received(&last(Kind::Headers, stream), 0);
    }
    budget.sent(&frame(Kind::Headers, 3), 0);
    assert_eq!(budget.open, [1, 3, 5, 7]);
    budget.sent(&last(Kind::Data, 3), 0);
    budget.sent(&frame(Kind::Reset, 7), 0);
    budget.received(&frame(Kind::Reset, 1), 0);
    assert_eq!(budget.open, [5]);
    // Trailers, and a stream that is long closed, open nothing.
    budget.received(&last(Kind::Headers, 5), 0);
    budget.received(&last(Kind::Headers, 1), 0);
    assert_eq!(budget.open, [5]);
}

#[test]
fn streams_that_are_refused_are_a_flood_even_if_no_refusal_can_leave() {
    let mut budget = Budget::new(128, RESETS, 0);
    let begun = times(&mut budget, |budget, time| {
        budget.received(&last(Kind::Headers, 2 * time + 1), 0);
    });
    assert_eq!(begun, 128 + RESETS);
    assert_eq!(budget.flood(), Some(Flood::Resets));
}

#[test]
fn what_comes_on_a_closed_stream_is_free_only_in_whole_pieces() {
    let closed = [
        data(1),
        last(Kind::Data, 1),
        last(Kind::Headers, 1),
        data(64),
    ];
    for (frame, expected) in closed.into_iter().zip([FRAMES, FRAMES, FRAMES, 100_000]) {
        let mut budget = Budget::new(128, RESETS, 0);
        open_and_reset(&mut budget, 1, 0);
        let sent = times(&mut budget, |budget, _| budget.received(&frame, 0));
        assert_eq!(sent, expected, "{frame:?}");
    }
}

#[test]
fn what_was_spent_first_is_what_is_told() {
    let mut budget = Budget::new(128, RESETS, 0);
    let ping = frame(Kind::Other, 0);
    times(&mut budget, |budget, _| budget.received(&ping, 0));
    times(&mut budget, |budget, time| {
        open_and_reset(budget, 2 * time + 1, 0)
    });
    assert_eq!(budget.flood(), Some(Flood::Frames));
}
