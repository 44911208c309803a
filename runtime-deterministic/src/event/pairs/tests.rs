//! The pairs, tried.

use super::{Pair, Program, pair};
use crate::{
    Config, Executor, Log, PayloadHash, Record, State,
    audit::{
        Block, Chain,
        tests::{again, read_again},
    },
    event::{Event, Kind},
};
use runtime_traits::{Panics, Runner};
use std::{collections::BTreeSet, sync::Arc};

fn run(program: Program, other: bool) -> (State, Arc<Log>) {
    let (runner, context, auditor) = Executor::init(Config {
        seed: 5,
        panics: Panics::Catch,
        record: Record::All,
        ..Config::default()
    });
    runner.start(program(context, other));
    (auditor.state(), auditor.log().expect("it is recorded"))
}

#[test]
fn each_kind_of_event_shows() {
    let mut elsewhere = Vec::new();
    for &(code, kind) in Kind::ALL {
        match pair(kind) {
            Pair::Programs(program) => {
                let [one, other] = [false, true].map(|other| run(program, other));
                assert_ne!(one.0, other.0, "{kind:?} does not show");
                again(&one.1);
                again(&other.1);
                let kinds = one.1.first_kinds(&other.1);
                if !kinds.contains(&code) {
                    elsewhere.push((kind, kinds));
                }
            }
            Pair::Events(events) => assert_distinct(code, &events),
        }
    }
    assert!(
        elsewhere.is_empty(),
        "programs part at other kinds: {elsewhere:?}"
    );
}

/// Each is of this kind, is read as it was written, and leads to a state of its own.
fn assert_distinct(code: u8, events: &[Event<'static>]) {
    let states: BTreeSet<_> = events
        .iter()
        .map(|event| {
            assert_eq!(read_again(event)[0], code);
            let mut chain = Chain::new(PayloadHash::Xxh3, Record::Off, Block::default());
            chain.enter(event, false);
            chain.state().0
        })
        .collect();
    assert!(events.len() > 1);
    assert_eq!(
        states.len(),
        events.len(),
        "kind {code}: two events are the same"
    );
}

#[test]
fn no_code_is_given_twice() {
    let codes: BTreeSet<_> = Kind::ALL.iter().map(|(code, _)| code).collect();
    assert_eq!(codes.len(), Kind::ALL.len());
}
