//! Callers and the threads of their turns, in every interleaving.

use super::{Operation, Queue, Turn};
use loom::thread;
use std::sync::Arc;

type Done = Vec<u8>;

fn adds(number: u8) -> Operation<Done> {
    Box::new(move |done| done.push(number))
}

fn push(queue: &Arc<Queue<Done>>, number: u8) -> Option<Turn<Done>> {
    queue.push(adds(number))
}

fn perform(turn: Option<Turn<Done>>) {
    let mut turn = turn;
    while let Some(rest) = turn {
        turn = rest.run();
    }
}

fn done(queue: &Queue<Done>) -> Done {
    queue.pass(Done::clone).unwrap()
}

#[test]
fn what_joins_while_a_turn_ends_is_performed() {
    loom::model(|| {
        let queue = Queue::new(Done::new());
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
        let queue = Queue::new(Done::new());
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
        let queue = Queue::new(Done::new());
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
fn who_passes_the_queue_sees_all_that_was_done_before() {
    loom::model(|| {
        let queue = Queue::new(Done::new());
        let turn = push(&queue, 1);
        let performing = thread::spawn(|| perform(turn));
        // Two halves of one call, which nobody may see apart.
        let twice = queue.push(Box::new(|done| done.extend([2, 3])));
        let seen = queue.pass(Done::clone);
        assert!(seen.is_none_or(|seen| seen == [1, 2, 3]));
        perform(twice);
        performing.join().unwrap();
        assert_eq!(done(&queue), [1, 2, 3]);
    });
}
