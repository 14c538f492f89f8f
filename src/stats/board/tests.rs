use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::super::{Listener, RingSum, Sum};
use super::*;

const ADDRESS: &str = "tcp://127.0.0.1:8080";

fn listener(board: &Board, slot: usize) -> Listener {
    Listener::on_board(board, slot, ADDRESS.into(), Some(4096)).unwrap()
}

/// A process takes the lowest slot, which is this one.
fn take(board: &Board, slot: usize, pid: u32, generation: u64) {
    assert_eq!(board.claim(generation), Some(slot));
    board.set_pid(slot, pid);
}

/// The board as another process maps it.
fn adopted(board: &Board) -> Board {
    Board::adopt(board.fd().try_clone_to_owned().unwrap()).unwrap()
}

/// A board whose slots 0, 1 and 2 have counted.
fn three() -> (Board, [Listener; 3]) {
    let board = Board::create([7; 32]).unwrap();
    let listeners = [0, 1, 2].map(|slot| {
        take(&board, slot, 100 + slot as u32, 1);
        listener(&board, slot)
    });
    for (listener, n) in listeners.iter().zip([1, 10, 100]) {
        listener.bytes_in.add(n);
        listener.open.inc();
        listener.timeouts.write.add(n);
        let ring = listener.ring.as_ref().unwrap();
        ring.high_water.see(1000 - n);
        ring.waits.add(n);
    }
    (board, listeners)
}

/// What the three have counted, with so many connections open.
fn of_three(open: u64) -> Sum {
    let mut sum = Sum {
        bytes_in: 111,
        open,
        ring: Some(RingSum {
            capacity: 4096,
            high_water: 999,
            handshake_high_water: 0,
            waits: 111,
        }),
        ..Sum::default()
    };
    sum.timeouts.write = 111;
    sum
}

#[test]
fn a_new_board_is_empty_and_has_the_secret() {
    let before = now();
    let board = Board::create([7; 32]).unwrap();
    assert!((before..=now()).contains(&board.started_at()));
    assert_eq!((board.restarts(), board.reloads()), (0, 0));
    assert_eq!(board.workers(), []);
    assert_eq!(board.secret(), [7; 32]);
    let shown = format!("{board:?}");
    assert!(shown.len() < 100, "{shown}");
}

#[test]
fn every_listener_of_an_address_reads_the_sum_over_all_slots() {
    let (board, listeners) = three();
    for listener in &listeners {
        assert_eq!(listener.sum(), of_three(3));
    }
    assert_eq!(listeners[1].bytes_in.get(), 10);
    let elsewhere = Listener::on_board(&board, 1, "unix:///run/a".into(), None).unwrap();
    assert_eq!(elsewhere.sum(), Sum::default());
}

#[test]
fn the_next_process_of_a_slot_goes_on_counting_with_nothing_open() {
    let (board, listeners) = three();
    board.set_requests(1, 7);
    board.set_memory(1, 8);
    board.vacate(1);
    take(&board, 1, 201, 2);
    assert_eq!(listeners[0].sum(), of_three(2));
    let worker = board.workers()[1];
    assert_eq!((worker.pid, worker.state), (201, State::Starting));
    assert_eq!((worker.requests, worker.memory), (0, 0));

    let next = listener(&board, 1);
    next.bytes_in.add(889);
    next.open.inc();
    next.ring.as_ref().unwrap().high_water.see(5);
    let sum = listeners[0].sum();
    assert_eq!((sum.bytes_in, sum.open), (1000, 3));
    assert_eq!(sum.ring.unwrap().high_water, 999);
}

#[test]
fn a_slot_that_was_left_keeps_its_counts_and_can_be_taken_again() {
    let (board, listeners) = three();
    board.vacate(0);
    board.vacate(2);
    assert_eq!(listeners[1].sum(), of_three(1));
    let slots: Vec<_> = board.workers().iter().map(|worker| worker.slot).collect();
    assert_eq!(slots, [1]);
    take(&board, 0, 200, 2);
    take(&board, 2, 202, 2);
    assert_eq!(board.claim(2), Some(3));
}

#[test]
fn a_worker_is_shown_as_it_says() {
    let board = Board::create([7; 32]).unwrap();
    let before = now();
    take(&board, 0, 77, 3);
    board.set_requests(0, 12);
    board.set_memory(0, 1 << 40);
    for state in [State::Starting, State::Ready, State::Draining] {
        board.set_state(0, state);
        let workers = board.workers();
        let since = workers[0].since;
        assert!((before..=now()).contains(&since));
        let expected = Worker {
            slot: 0,
            pid: 77,
            state,
            generation: 3,
            since,
            requests: 12,
            memory: 1 << 40,
        };
        assert_eq!((workers, board.state(0)), (vec![expected], state));
    }
    board.set_state(0, State::Free);
    assert_eq!(board.workers(), []);
}

#[test]
fn every_slot_can_be_used_and_there_are_no_more() {
    let board = Board::create([7; 32]).unwrap();
    for slot in 0..Board::SLOTS {
        take(&board, slot, 1, 1);
    }
    assert_eq!(board.claim(1), None);
    assert_eq!(board.workers().len(), Board::SLOTS);
    let last = listener(&board, Board::SLOTS - 1);
    last.accepted.inc();
    assert_eq!(listener(&board, 0).sum().accepted, 1);
    let error = Listener::on_board(&board, Board::SLOTS, ADDRESS.into(), None).unwrap_err();
    assert_eq!(error.kind(), Kind::Server);
    assert!(error.message().contains("none is number 2560"), "{error}");
}

#[test]
fn two_mappings_of_one_board_see_each_other() {
    let (board, _) = three();
    let other = adopted(&board);
    assert_eq!(other.secret(), board.secret());
    assert_eq!(other.started_at(), board.started_at());
    assert_eq!(other.workers(), board.workers());
    other.count_restart();
    board.count_reload();
    board.count_reload();
    assert_eq!((board.restarts(), other.reloads()), (1, 2));

    let (here, there) = (listener(&board, 0), listener(&other, 3));
    there.bytes_in.add(89);
    assert_eq!(here.sum().bytes_in, 200);
    assert_eq!(here.sum(), there.sum());
}

#[test]
fn what_is_no_board_of_this_layout_is_refused() {
    let small = SharedMemory::create(4096).unwrap();
    let empty = SharedMemory::create(SIZE).unwrap();
    let later = SharedMemory::create(SIZE).unwrap();
    later.cells()[0].store(MAGIC + (1 << 8), Ordering::Relaxed);
    for (memory, why) in [
        (
            small,
            format!("has 4096 bytes of shared memory, not {SIZE}"),
        ),
        (empty, "another version of Sluice has laid them out".into()),
        (later, "another version of Sluice has laid them out".into()),
    ] {
        let error = Board::adopt(memory.fd().try_clone_to_owned().unwrap()).unwrap_err();
        assert_eq!(error.kind(), Kind::Server);
        let message = error.message();
        assert!(message.starts_with("the workers' statistics that were handed over"));
        assert!(message.contains(&why), "{message}");
    }
}

#[test]
fn a_row_is_found_again_by_its_address() {
    let board = Board::create([7; 32]).unwrap();
    let longest = "x".repeat(layout::ADDRESS);
    let addresses = [
        ADDRESS,
        "",
        "unix:///run/a",
        "unix:///run/ab",
        "12345678",
        &longest,
    ];
    for (row, address) in addresses.into_iter().enumerate() {
        assert_eq!(board.row(address).unwrap(), row);
    }
    let other = adopted(&board);
    for (row, address) in addresses.into_iter().enumerate() {
        assert_eq!(other.row(address).unwrap(), row);
    }
    let error = board.row(&format!("{longest}x")).unwrap_err();
    assert_eq!(error.kind(), Kind::Server);
    assert!(
        error.message().contains("addresses of 128 bytes"),
        "{error}"
    );
}

#[test]
fn one_address_more_than_there_are_rows_is_refused() {
    let board = Board::create([7; 32]).unwrap();
    let address = |row: usize| format!("tcp://127.0.0.1:{row}");
    for row in 0..Board::LISTENERS {
        assert_eq!(board.row(&address(row)).unwrap(), row);
    }
    let error = board.row(&address(64)).unwrap_err();
    assert_eq!(error.kind(), Kind::Server);
    let expected = "statistics have room for 64 addresses, and all are taken: none is left for \"tcp://127.0.0.1:64\"";
    assert_eq!(error.message(), expected);
    assert_eq!(board.row(&address(63)).unwrap(), 63);
}

#[test]
fn a_row_whose_process_died_before_it_wrote_the_address_is_left_alone() {
    let board = Board::create([7; 32]).unwrap();
    board.header(Header::Rows).store(1, Ordering::Relaxed);
    assert_eq!(board.row(ADDRESS).unwrap(), 1);
    assert_eq!(board.row(ADDRESS).unwrap(), 1);
}

#[test]
fn processes_that_ask_at_once_get_one_row_for_each_address() {
    let board = Board::create([7; 32]).unwrap();
    let ask = || {
        let board = adopted(&board);
        let address = |row: usize| format!("tcp://127.0.0.1:{row}");
        (0..Board::LISTENERS)
            .map(|row| board.row(&address(row)).unwrap())
            .collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let asking = [0; 4].map(|_| scope.spawn(ask));
        let rows = asking.map(|thread| thread.join().unwrap());
        assert!(rows.iter().all(|each| *each == rows[0]), "{rows:?}");
    });
}

#[test]
fn what_is_read_while_others_count_and_change_hands_never_goes_back() {
    let board = Board::create([7; 32]).unwrap();
    take(&board, 0, 1, 1);
    let reader = listener(&board, 0);
    let done = AtomicBool::new(false);
    const ROUNDS: u64 = 200;
    thread::scope(|scope| {
        for process in 1..3 {
            let (board, done) = (adopted(&board), &done);
            scope.spawn(move || {
                for generation in 0..ROUNDS {
                    let slot = board.claim(generation).unwrap();
                    let listener = listener(&board, slot);
                    for n in 0..500 {
                        listener.bytes_out.add(1);
                        listener.ring.as_ref().unwrap().high_water.see(n);
                    }
                    board.vacate(slot);
                }
                if process == 1 {
                    done.store(true, Ordering::Release);
                }
            });
        }
        let mut last = (0, 0);
        while !done.load(Ordering::Acquire) {
            let sum = reader.sum();
            let now = (sum.bytes_out, sum.ring.unwrap().high_water);
            assert!(now.0 >= last.0 && now.1 >= last.1, "{now:?} after {last:?}");
            last = now;
        }
    });
    let sum = reader.sum();
    assert_eq!(sum.bytes_out, 2 * ROUNDS * 500);
    assert_eq!(sum.ring.unwrap().high_water, 499);
}

#[test]
fn a_small_server_touches_few_pages() {
    let (board, _) = three();
    board.claim(1);
    board.workers();
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::File::from(board.fd().try_clone_to_owned().unwrap());
    let held = file.metadata().unwrap().blocks() * 512;
    assert!(held <= 16 * 4096, "{held} bytes");
}

#[test]
fn a_slot_is_compared_with_ready_ones_of_its_generation() {
    let board = Board::create([7; 32]).unwrap();
    let listeners = [1, 1, 2].map(|generation| {
        let slot = board.claim(generation).unwrap();
        board.set_state(slot, State::Ready);
        listener(&board, slot)
    });
    let other = Listener::on_board(&board, 0, "unix:///run/a".into(), None).unwrap();
    let excess = || [0, 1, 2].map(|slot| board.excess(slot));
    assert_eq!(excess(), [0, 0, 0]);
    listeners[0].open.inc();
    other.open.inc();
    listeners[2].open.inc();
    assert_eq!(excess(), [2, 0, 0]);
    board.set_state(1, State::Draining);
    assert_eq!(excess(), [0, 0, 0]);
    board.set_state(1, State::Ready);
    for _ in 0..16 {
        listeners[0].open.inc();
        listeners[1].open.inc();
    }
    // 18 are no more than an eighth above 16.
    assert_eq!(excess(), [0, 0, 0]);
    other.open.inc();
    assert_eq!(excess(), [1, 0, 0]);
}
