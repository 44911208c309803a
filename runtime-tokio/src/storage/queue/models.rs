//! Callers and the threads of their turns, in every interleaving.

use super::{Operation, Queue, Turn, lock};
use loom::{sync::Mutex, thread};
use std::sync::Arc;

/// What was done, one by one: between two of a call's steps others may look.
type Done = Mutex<Vec<u8>>;

fn adds<const LEN: usize>(numbers: [u8; LEN]) -> Operation<Done> {
    Box::new(move |done| numbers.into_iter().for_each(|one| lock(done).push(one)))
}

fn queue() -> Arc<Queue<Done>> {
    Queue::new(Mutex::new(Vec::new()))
}

fn push(queue: &Arc<Queue<Done>>, number: u8) -> Option<Turn<Done>> {
    queue.push(adds([number]))
}

fn perform(turn: Option<Turn<Done>>) {
    let mut turn = turn;
    while let Some(rest) = turn {
        turn = rest.run();
    }
}

fn look(queue: &Queue<Done>) -> Option<Vec<u8>> {
    queue.pass(|done| lock(done).clone())
}

fn done(queue: &Queue<Done>) -> Vec<u8> {
    look(queue).unwrap()
}

#[test]
fn what_joins_while_a_turn_ends_is_performed() {
    loom::model(|| {
        let queue = queue();
        let other = queue.clone();
        let calling = thread::spawn(move || perform(push(&other, 1)));
        perform(push(&queue, 2));
        calling.join().unwrap();
        let mut done = done(&queue);
        done.sort_unstable();
        assert_eq!(done, [1, 2]);
    });
}

#[test]
fn calls_of_one_caller_take_effect_in_their_order() {
    loom::model(|| {
        let queue = queue();
        let mut turns = Vec::new();
        for number in 1..=3 {
            let turn = push(&queue, number);
            turns.extend(turn.map(|turn| thread::spawn(|| perform(Some(turn)))));
        }
        for turn in turns {
            turn.join().unwrap();
        }
        assert_eq!(done(&queue), [1, 2, 3]);
    });
}

#[test]
fn a_turn_that_is_dropped_leaves_nothing_behind_and_nobody_locked_out() {
    loom::model(|| {
        let queue = queue();
        let kept = Arc::new(());
        let keeps = || -> Operation<Done> {
            let kept = kept.clone();
            Box::new(move |_| drop(kept))
        };
        let turn = queue.push(keeps());
        let dropping = thread::spawn(|| drop(turn));
        perform(queue.push(keeps()));
        dropping.join().unwrap();
        assert_eq!(Arc::strong_count(&kept), 1);
        perform(push(&queue, 2));
        assert_eq!(done(&queue), [2]);
    });
}

#[test]
fn who_passes_the_queue_sees_whole_calls_and_all_that_were_made_before() {
    loom::model(|| {
        let queue = queue();
        let turn = push(&queue, 1);
        let performing = thread::spawn(|| perform(turn));
        // Two halves of one call, which nobody may see apart.
        let twice = queue.push(adds([2, 3]));
        assert!(look(&queue).is_none_or(|seen| seen == [1, 2, 3]));
        perform(twice);
        performing.join().unwrap();
        assert_eq!(done(&queue), [1, 2, 3]);
    });
}

#[test]
fn who_is_overtaken_by_a_call_sees_all_of_it_or_nothing() {
    loom::model(|| {
        let queue = queue();
        let other = queue.clone();
        let calling = thread::spawn(move || perform(other.push(adds([1, 2]))));
        let seen = look(&queue);
        assert!(
            seen.as_ref()
                .is_none_or(|seen| seen.is_empty() || *seen == [1, 2]),
            "{seen:?}"
        );
        calling.join().unwrap();
        assert_eq!(done(&queue), [1, 2]);
    });
}
