//! Conditions, `else`, and which futures are evaluated and polled.

use crate::drive::{block_on, count_polls, ready_after};
use runtime_macros::select;
use std::{
    cell::RefCell,
    future::{Ready, pending, ready},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

#[test]
fn the_value_is_that_of_the_chosen_body() {
    let value = block_on(async {
        select! {
            polls = ready_after(3) => polls * 10,
            polls = ready_after(2) => polls * 100,
        }
    });
    assert_eq!(value, 200);
}

#[test]
fn a_disabled_branch_is_not_polled() {
    let polls = AtomicU64::new(0);
    block_on(async {
        select! {
            _ = count_polls(&polls), if false => unreachable!("disabled"),
            _ = ready_after(3), if true => {}
        }
    });
    assert_eq!(polls.load(Relaxed), 0);
}

#[test]
fn an_enabled_branch_is_polled_until_another_is_ready() {
    let polls = AtomicU64::new(0);
    block_on(async {
        select! {
            biased;
            _ = count_polls(&polls), if true => {}
            _ = ready_after(3) => {}
        }
    });
    assert_eq!(polls.load(Relaxed), 4);
}

#[test]
fn conditions_come_first_and_once_then_every_future_in_order() {
    let log = RefCell::new(Vec::new());
    let condition = |name, value: bool| {
        log.borrow_mut().push(name);
        value
    };
    let future = |name| {
        log.borrow_mut().push(name);
        ready_after(3)
    };
    block_on(async {
        select! {
            _ = future("first future") => {}
            _ = future("second future"), if condition("second condition", false) => {}
            _ = future("third future"), if condition("third condition", true) => {}
        }
    });
    assert_eq!(
        log.take(),
        [
            "second condition",
            "third condition",
            "first future",
            "second future",
            "third future",
        ]
    );
}

#[test]
fn a_condition_may_read_what_the_future_borrows() {
    let mut left = vec![1, 2];
    let sum = block_on(async {
        let mut sum = 0;
        loop {
            select! {
                next = take(&mut left), if !left.is_empty() => sum += next,
                else => break sum,
            }
        }
    });
    assert_eq!(sum, 3);
}

async fn take(left: &mut Vec<i32>) -> i32 {
    left.pop()
        .expect("the branch is enabled while some are left")
}

#[test]
fn else_runs_when_every_branch_is_disabled() {
    let evaluated = RefCell::new(0);
    let future = || -> Ready<()> {
        *evaluated.borrow_mut() += 1;
        ready(())
    };
    let value = block_on(async {
        select! {
            () = future(), if false => "branch",
            () = future(), if false => "branch",
            else => "else",
        }
    });
    assert_eq!(value, "else");
    assert_eq!(evaluated.take(), 2);
}

#[test]
fn else_does_not_run_while_one_branch_is_enabled() {
    let value = block_on(async {
        select! {
            () = pending(), if false => "disabled",
            _ = ready_after(2), if true => "enabled",
            else => "else",
        }
    });
    assert_eq!(value, "enabled");
}

#[test]
fn a_biased_select_has_an_else_too() {
    let value = block_on(async {
        select! {
            biased;
            () = ready(()), if false => "branch",
            else => "else",
        }
    });
    assert_eq!(value, "else");
}

#[test]
#[should_panic(expected = "every branch of this select! is disabled and it has no `else`")]
fn without_else_it_panics_when_every_branch_is_disabled() {
    block_on(async {
        select! {
            () = ready(()), if false => {}
            () = ready(()), if false => {}
        }
    });
}
