//! Comparing logs, and making one follow another.

use super::Log;
use crate::{
    epoch::{Epoch, Position},
    record::{Change, Record},
};
use std::sync::Arc;

fn epoch(number: u64) -> Epoch {
    Epoch {
        number,
        primary: 1,
        draw: 0,
    }
}

fn records(epochs: &[u64]) -> Vec<Arc<Record>> {
    let record = |number: &u64| Record {
        epoch: epoch(*number),
        change: Change::Opened,
    };
    epochs.iter().map(record).map(Arc::new).collect()
}

fn log(epochs: &[u64]) -> Log {
    Log::new(records(epochs))
}

fn position(number: u64, length: u64) -> Position {
    let epoch = match number {
        0 => Epoch::default(),
        number => epoch(number),
    };
    Position { epoch, length }
}

fn epochs(log: &Log) -> Vec<u64> {
    let records = log.range(0, log.len());
    records.iter().map(|record| record.epoch.number).collect()
}

#[test]
fn the_later_epoch_is_more_recent_than_the_longer_log() {
    assert!(log(&[1, 3]).position() > log(&[1, 2, 2, 2]).position());
    assert!(log(&[1, 2, 2]).position() > log(&[1, 2]).position());
    assert!(log(&[1]).position() > log(&[]).position());
}

#[test]
fn a_shared_position_is_followed() {
    let log = log(&[1, 1, 2]);
    assert_eq!(log.follows(position(0, 0)), Ok(()));
    assert_eq!(log.follows(position(1, 2)), Ok(()));
    assert_eq!(log.follows(position(2, 3)), Ok(()));
}

#[test]
fn behind_a_gap_the_sender_is_told_the_length() {
    assert_eq!(log(&[1, 1]).follows(position(1, 5)), Err(2));
    assert_eq!(log(&[]).follows(position(1, 1)), Err(0));
}

#[test]
fn a_conflict_skips_the_whole_run_of_its_epoch() {
    assert_eq!(log(&[1, 2, 2, 2]).follows(position(3, 4)), Err(1));
    assert_eq!(log(&[2, 2]).follows(position(1, 2)), Err(0));
}

#[test]
fn grafting_keeps_what_agrees_and_cuts_what_does_not() {
    let mut log = log(&[1, 1, 2, 2]);
    assert_eq!(log.graft(1, &records(&[1, 3])), 2);
    assert_eq!(epochs(&log), [1, 1, 3]);
}

#[test]
fn a_late_repetition_cuts_nothing() {
    let mut log = log(&[1, 1, 1]);
    assert_eq!(log.graft(0, &records(&[1, 1])), 3);
    assert_eq!(log.graft(1, &[]), 3);
    assert_eq!(epochs(&log), [1, 1, 1]);
}

#[test]
fn a_batch_respects_its_budget_but_never_starves() {
    let log = log(&[1, 1, 1]);
    let size = records(&[1])[0].size();
    assert_eq!(log.batch(0, 2 * size).len(), 2);
    assert_eq!(log.batch(1, 0).len(), 1);
    assert_eq!(log.batch(3, 100).len(), 0);
    assert_eq!(log.batch(9, 100).len(), 0);
}
