//! Each ready branch wins equally often, whatever else is in the `select!`.

use crate::drive::{bits, block_on, counting_run, ready_after, run_with};
use runtime_macros::select;
use std::{
    future::{pending, ready},
    sync::atomic::Ordering::Relaxed,
};

const ROUNDS: u64 = 10_000;

/// How often, of [`ROUNDS`], each branch was chosen.
fn wins<const N: usize>(mut choose: impl AsyncFnMut() -> usize) -> [u64; N] {
    let mut wins = [0; N];
    run_with(bits(7)).enter(|| {
        for _ in 0..ROUNDS {
            wins[block_on(choose())] += 1;
        }
    });
    wins
}

fn assert_percent(wins: u64, range: std::ops::RangeInclusive<u64>) {
    let (low, high) = (range.start() * ROUNDS / 100, range.end() * ROUNDS / 100);
    assert!((low..=high).contains(&wins), "{wins} of {ROUNDS}");
}

#[test]
fn three_ready_branches_share_the_wins() {
    let wins = wins::<3>(async || {
        select! {
            () = ready(()) => 0,
            () = ready(()) => 1,
            () = ready(()) => 2,
        }
    });
    for wins in wins {
        assert_percent(wins, 30..=37);
    }
}

#[test]
fn two_ready_of_three_share_the_wins_wherever_the_third_stands() {
    let last: [u64; 3] = wins(async || {
        select! {
            () = ready(()) => 0,
            () = ready(()) => 1,
            () = pending() => 2,
        }
    });
    let middle: [u64; 3] = wins(async || {
        select! {
            () = ready(()) => 0,
            () = pending() => 2,
            () = ready(()) => 1,
        }
    });
    let first: [u64; 3] = wins(async || {
        select! {
            () = pending() => 2,
            () = ready(()) => 0,
            () = ready(()) => 1,
        }
    });
    for wins in [last, middle, first] {
        assert_percent(wins[0], 47..=53);
        assert_percent(wins[1], 47..=53);
        assert_eq!(wins[2], 0);
    }
}

#[test]
fn a_disabled_branch_does_not_tilt_the_others() {
    let wins: [u64; 3] = wins(async || {
        select! {
            () = ready(()) => 0,
            () = ready(()), if false => 2,
            () = ready(()) => 1,
        }
    });
    assert_percent(wins[0], 47..=53);
    assert_percent(wins[1], 47..=53);
    assert_eq!(wins[2], 0);
}

#[test]
fn branches_that_become_ready_in_a_later_poll_share_the_wins() {
    let wins: [u64; 3] = wins(async || {
        select! {
            _ = ready_after(2) => 0,
            _ = ready_after(2) => 1,
            _ = ready_after(3) => 2,
        }
    });
    assert_percent(wins[0], 47..=53);
    assert_percent(wins[1], 47..=53);
    assert_eq!(wins[2], 0);
}

#[test]
fn each_poll_draws_once() {
    let (mut run, draws) = counting_run();
    run.enter(|| {
        block_on(async {
            select! {
                _ = ready_after(4) => {}
                () = pending() => {}
            }
        });
    });
    assert_eq!(draws.load(Relaxed), 5);
}

#[test]
fn biased_polls_top_to_bottom_and_draws_nothing() {
    let (mut run, draws) = counting_run();
    let order = run.enter(|| {
        block_on(async {
            let order = std::cell::RefCell::new(Vec::new());
            let polled = |branch, at| {
                let order = &order;
                let mut left = at;
                std::future::poll_fn(move |_| {
                    order.borrow_mut().push(branch);
                    left -= 1;
                    match left {
                        0 => std::task::Poll::Ready(()),
                        _ => std::task::Poll::Pending,
                    }
                })
            };
            select! {
                biased;
                () = polled('a', 3) => {}
                () = polled('b', 2), if false => {}
                () = polled('c', 2) => {}
            }
            order.take()
        })
    });
    assert_eq!(order, ['a', 'c', 'a', 'c']);
    assert_eq!(draws.load(Relaxed), 0);
}

#[test]
fn the_run_decides_the_winners() {
    let winners = |seed| {
        run_with(bits(seed)).enter(|| {
            let choose = || {
                block_on(async {
                    select! {
                        () = ready(()) => 'a',
                        () = ready(()) => 'b',
                    }
                })
            };
            (0..64).map(|_| choose()).collect::<String>()
        })
    };
    assert_eq!(winners(1), winners(1));
    assert_ne!(winners(1), winners(2));
}
