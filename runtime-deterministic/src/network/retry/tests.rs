//! How long TCP waits, and when it gives up.

use super::{GIVE_UP, LONGEST, Passed, Retry, SHORTEST};

/// The waits of a run that nobody answers.
fn waits() -> Vec<u64> {
    let mut retry = Retry::default();
    let (run, first) = retry.start().unwrap();
    let mut waits = vec![first];
    while retry.pass(run) == Passed::Again {
        waits.push(retry.next(run).unwrap());
    }
    waits
}

#[test]
fn waits_double_up_to_the_longest_and_then_it_gives_up() {
    let waits = waits();
    assert_eq!(waits[..3], [SHORTEST, 2 * SHORTEST, 4 * SHORTEST]);
    assert_eq!(waits.last(), Some(&LONGEST));
    assert_eq!(waits.iter().sum::<u64>(), GIVE_UP);
}

#[test]
fn an_answer_starts_the_count_anew() {
    let mut retry = Retry::default();
    let (run, _) = retry.start().unwrap();
    (0..10).for_each(|_| assert_eq!(retry.pass(run), Passed::Again));
    retry.progress();
    assert_eq!(retry.next(run), Some(SHORTEST));
    (0..15).for_each(|_| assert_eq!(retry.pass(run), Passed::Again));
    assert_eq!(retry.pass(run), Passed::GiveUp);
}

#[test]
fn a_timer_of_an_earlier_run_is_of_no_concern() {
    let mut retry = Retry::default();
    let (first, _) = retry.start().unwrap();
    assert_eq!(retry.start(), None);
    retry.stop();
    assert_eq!(retry.pass(first), Passed::Nothing);
    assert_eq!(retry.next(first), None);
    let (second, _) = retry.start().unwrap();
    assert_eq!(retry.pass(first), Passed::Nothing);
    assert_eq!(retry.pass(second), Passed::Again);
}

#[test]
fn answers_tell_of_a_loss_once_beside_the_wait() {
    let mut retry = Retry::default();
    assert!(!retry.may_hasten(), "nothing was lost");
    let (run, _) = retry.start().unwrap();
    assert!(retry.may_hasten());
    let fast = retry.hasten();
    assert!(!retry.may_hasten(), "once");
    assert_eq!(retry.pass(fast), Passed::Again);
    assert_eq!(retry.next(fast), None, "it is no wait");
    assert_eq!(retry.pass(fast), Passed::Nothing);
    assert_eq!(
        retry.next(run),
        Some(SHORTEST),
        "the wait goes on, and is the first"
    );
    retry.progress();
    assert!(retry.may_hasten(), "after an answer again");
    let fast = retry.hasten();
    retry.progress();
    assert!(!retry.may_hasten(), "it is under way");
    assert_eq!(retry.pass(fast), Passed::Again);
    retry.progress();
    let fast = retry.hasten();
    assert_eq!(retry.pass(run), Passed::Again);
    assert_eq!(
        retry.pass(fast),
        Passed::Nothing,
        "the wait was over before"
    );
    assert!(!retry.may_hasten(), "the timer has it");
    retry.stop();
    assert!(!retry.may_hasten());
    retry.start().unwrap();
    let fast = retry.hasten();
    retry.stop();
    assert_eq!(retry.pass(fast), Passed::Nothing, "all was answered");
}
