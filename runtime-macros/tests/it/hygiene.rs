//! Names of the user and of the expansion do not meet.

use crate::drive::{block_on, ready_after};
use runtime_macros::select;
use std::future::{pending, ready};

#[test]
fn locals_of_the_user_mean_what_they_mean_outside() {
    let (output, cx, branch, selected) = (1, 2, 3, 4);
    let (future0, future1, enabled0, enabled1) = (ready(5), ready(6), false, true);
    let sum = block_on(async {
        select! {
            future0 = future1, if enabled1 => future0 + output + cx + branch + selected,
            selected = future0, if enabled0 => selected,
        }
    });
    assert_eq!(sum, 16);
}

#[test]
fn a_pattern_may_bind_any_name() {
    let sum = block_on(async {
        select! {
            (output, selected, cx) = ready((1, 2, 3)) => output + selected + cx,
        }
    });
    assert_eq!(sum, 6);
}

#[test]
fn types_and_modules_of_the_user_are_not_taken_for_those_of_core() {
    mod core {}
    #[expect(non_camel_case_types, reason = "named like the primitive type")]
    enum bool {}
    enum Poll {}
    enum Branch0 {}
    enum Disabled {}
    struct T0(u8);

    let value = block_on(async {
        select! {
            T0(value) = ready(T0(7)), if 1 < 2 => value,
            else => 0,
        }
    });
    assert_eq!(value, 7);
    let _ = |a: bool, b: Poll, c: Branch0, d: Disabled| (a, b, c, d);
}

#[test]
fn selects_nest() {
    let value = block_on(async {
        select! {
            inner = async {
                select! {
                    polls = ready_after(1) => polls,
                    () = pending() => 0,
                }
            } => select! {
                polls = ready_after(2) => inner + polls,
                () = pending() => 0,
            },
            outer = ready_after(3) => outer,
        }
    });
    assert_eq!(value, 3);
}

#[test]
fn a_select_may_stand_in_a_future_expression() {
    let value = block_on(async {
        select! {
            value = ready(select! { polls = ready_after(1) => polls + 1 }) => value,
        }
    });
    assert_eq!(value, 2);
}

#[test]
fn declarative_macros_may_fill_in_every_part() {
    macro_rules! first {
        ($pattern:pat, $future:expr, $condition:expr, $body:block, $otherwise:expr) => {
            select! {
                $pattern = $future, if $condition => $body
                else => $otherwise
            }
        };
    }
    let value = block_on(async { first!((a, b), ready((1, 2)), 1 < 2, { a + b }, 0) });
    assert_eq!(value, 3);
}
