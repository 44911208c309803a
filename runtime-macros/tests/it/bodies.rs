//! Bodies stand in the user's control flow, and the futures are gone when they run.

use crate::drive::{block_on, ready_after};
use runtime_macros::select;
use std::{cell::Cell, convert::Infallible, future::pending, future::ready};

#[test]
fn break_and_continue_reach_the_users_loops() {
    let rounds = block_on(async {
        let mut rounds = 0;
        'outer: loop {
            for _ in 0..10 {
                rounds += 1;
                select! {
                    () = ready(()), if rounds == 1 => continue,
                    () = ready(()), if rounds == 2 => break,
                    () = ready(()), if rounds == 3 => continue 'outer,
                    () = ready(()), if rounds == 4 => break 'outer,
                    else => unreachable!("the fourth round left both loops"),
                };
            }
            assert_eq!(rounds, 2, "`break` left the inner loop");
        }
        rounds
    });
    assert_eq!(rounds, 4);
}

#[test]
fn break_carries_a_value() {
    let value = block_on(async {
        loop {
            select! {
                polls = ready_after(2) => break polls,
                () = pending() => {}
            }
        }
    });
    assert_eq!(value, 2);
}

#[test]
fn return_and_question_mark_leave_the_users_function() {
    async fn parse(text: &str) -> Result<i32, std::num::ParseIntError> {
        let number = select! {
            text = ready(text) => {
                if text == "nothing" {
                    return Ok(0);
                }
                text.parse::<i32>()?
            }
        };
        Ok(number + 1)
    }
    assert_eq!(block_on(parse("nothing")), Ok(0));
    assert_eq!(block_on(parse("41")), Ok(42));
    assert!(block_on(parse("x")).is_err());
}

#[test]
fn question_mark_in_a_future_expression_leaves_the_users_function() {
    async fn first(futures: &[usize]) -> Option<usize> {
        select! {
            polls = ready_after(*futures.first()?) => Some(polls),
        }
    }
    assert_eq!(block_on(first(&[])), None);
    assert_eq!(block_on(first(&[3])), Some(3));
}

#[test]
fn bodies_await() {
    let value = block_on(async {
        select! {
            polls = ready_after(1) => polls + ready_after(2).await,
            () = pending() => 0,
        }
    });
    assert_eq!(value, 3);
}

struct SetOnDrop<'a>(&'a Cell<bool>);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[test]
fn every_future_is_dropped_before_the_body_runs() {
    let (chosen, other) = (Cell::new(false), Cell::new(false));
    let hold = async |dropped, polls| {
        let _set = SetOnDrop(dropped);
        ready_after(polls).await;
    };
    block_on(async {
        select! {
            () = hold(&chosen, 1) => assert!(chosen.get() && other.get()),
            () = hold(&other, 2) => unreachable!("ready one poll later"),
        }
    });
}

#[test]
fn temporaries_of_the_futures_are_dropped_before_the_body_runs() {
    let dropped = Cell::new(false);
    async fn borrow(set: &SetOnDrop<'_>) -> bool {
        ready_after(1).await;
        set.0.get()
    }
    block_on(async {
        select! {
            early = borrow(&SetOnDrop(&dropped)) => {
                assert!(!early, "the temporary lives as long as the future");
                assert!(dropped.get());
            }
        }
    });
}

#[test]
fn every_future_is_dropped_before_else_runs() {
    let dropped = Cell::new(false);
    let set = SetOnDrop(&dropped);
    block_on(async {
        select! {
            () = async move { drop(set) }, if false => {}
            else => assert!(dropped.get()),
        }
    });
}

#[test]
fn a_body_borrows_again_what_a_future_borrowed() {
    async fn push(to: &mut Vec<usize>, polls: usize) -> usize {
        to.push(ready_after(polls).await);
        polls
    }
    let (mut a, mut b) = (Vec::new(), Vec::new());
    block_on(async {
        select! {
            polls = push(&mut a, 1) => {
                a.push(polls * 10);
                b.push(0);
            }
            _ = push(&mut b, 2) => a.clear(),
        }
    });
    assert_eq!((a, b), (vec![1, 10], vec![0]));
}

#[test]
fn an_output_that_the_pattern_drops_lives_until_the_body_ends() {
    let dropped = Cell::new(false);
    block_on(async {
        select! {
            _ = ready(SetOnDrop(&dropped)) => assert!(!dropped.get()),
        }
    });
    assert!(dropped.get());
}

#[test]
fn a_branch_that_never_ends_fits_any_value() {
    let value: u8 = block_on(async {
        select! {
            never = pending::<Infallible>() => match never {},
            () = ready(()) => 7,
        }
    });
    assert_eq!(value, 7);
}
