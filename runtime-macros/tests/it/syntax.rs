//! Every form that the syntax allows.

use crate::drive::{block_on, ready_after};
use runtime_macros::select;
use std::future::{pending, ready};

#[test]
fn a_comma_may_be_left_out_after_a_block_and_at_the_end() {
    let mut polls = 0;
    block_on(async {
        select! {
            _ = ready_after(1) => { polls += 1; }
            () = pending() => if polls == 0 { polls += 2; }
            () = pending() => match polls { 0 => polls += 3, _ => polls += 4 }
            () = pending() => for more in 0..3 { polls += more; }
            () = pending() => while polls < 9 { polls += 5; }
            () = pending() => loop { polls += 6; if polls > 9 { break; } }
            () = pending() => { polls += 7; },
            () = pending() => polls += 8,
            else => {}
        }
        select! {
            more = ready(10) => polls += more
        }
        select! {
            () = pending(), if false => polls += 100,
            else => polls += 20
        }
    });
    assert_eq!(polls, 31);
}

#[test]
fn a_block_may_be_the_start_of_a_longer_body() {
    let text = block_on(async {
        select! {
            number = ready(7) => { number }.to_string(),
        }
    });
    assert_eq!(text, "7");
}

#[test]
fn patterns_are_those_of_let_and_alternatives() {
    struct Point {
        x: u8,
        y: u8,
    }
    let sum = block_on(async {
        let mut sum = 0;
        for round in 0..4 {
            select! {
                Point { x, .. } = ready(Point { x: 1, y: 2 }), if round == 0 => sum += x,
                mut point = ready(Point { x: 10, y: 20 }), if round == 1 => {
                    point.y += 1;
                    sum += point.y;
                }
                Ok(n) | Err(n) = ready(Err::<u8, u8>(100)), if round == 2 => sum += n,
                whole @ (_, _) = ready((2, 3)), if round == 3 => sum += whole.0 * whole.1,
                else => unreachable!("four rounds"),
            }
        }
        sum
    });
    assert_eq!(sum, 1 + 21 + 100 + 6);
}

#[test]
fn biased_is_also_a_name() {
    let value = block_on(async {
        select! {
            biased = ready(1) => biased,
        }
    });
    assert_eq!(value, 1);
}

#[test]
fn commas_and_arrows_inside_a_future_expression_are_its_own() {
    let value = block_on(async {
        select! {
            value = match 1 < 2 { true => ready::<(u8, u8)>((1, 2)), false => ready((3, 4)) } => value.0,
            value = ready(Vec::<(u8, u8)>::new()), if Option::<(u8, u8)>::None.is_some() => value[0].1,
        }
    });
    assert_eq!(value, 1);
}

#[test]
fn it_is_an_expression() {
    let length = block_on(async { select! { text = ready("four") => text }.len() });
    assert_eq!(length, 4);
}

#[test]
fn each_of_sixty_four_branches_wins_its_share() {
    let mut wins = [0_u32; 64];
    for _ in 0..6_400 {
        wins[block_on(first_of_64())] += 1;
    }
    // A share is 100, with a deviation of 10.
    assert!(wins.iter().all(|wins| (50..160).contains(wins)), "{wins:?}");
}

macro_rules! repeat {
    ($($index:literal)*) => {
        select! { $(index = ready($index) => index,)* }
    };
}

#[rustfmt::skip]
async fn first_of_64() -> usize {
    repeat!(
         0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
    )
}
