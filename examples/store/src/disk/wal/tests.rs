//! What a crash can leave of the log, and what is read of it.

use super::{append, replay};
use crate::{
    epoch::Epoch,
    record::{Change, Put, Record},
};
use std::sync::Arc;

fn put(number: u64, value: &str) -> Arc<Record> {
    let put = Put {
        client: 1,
        sequence: number,
        key: b"key".to_vec(),
        value: value.into(),
    };
    Arc::new(Record {
        epoch: Epoch {
            number,
            primary: 1,
            draw: 0,
        },
        change: Change::Put(put),
    })
}

fn log(records: &[Arc<Record>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    records
        .iter()
        .fold(0, |checksum, record| append(&mut bytes, checksum, record));
    bytes
}

#[test]
fn a_whole_log_comes_back() {
    let records = vec![put(1, "a"), put(2, ""), put(3, "c")];
    let bytes = log(&records);
    let (ends, read) = replay(&bytes);
    assert_eq!(read, records);
    assert_eq!(ends.last().map(|end| end.offset), Some(bytes.len() as u64));
}

#[test]
fn a_torn_tail_costs_only_the_torn_record() {
    let whole = log(&[put(1, "a"), put(2, "b")]);
    let first = log(&[put(1, "a")]).len();
    for end in first..whole.len() {
        let (ends, read) = replay(&whole[..end]);
        assert_eq!(read, [put(1, "a")], "cut at {end}");
        assert_eq!(ends[0].offset, first as u64);
    }
}

#[test]
fn a_changed_byte_ends_the_log_there() {
    let whole = log(&[put(1, "a"), put(2, "b")]);
    let first = log(&[put(1, "a")]).len();
    for place in first..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        assert_eq!(replay(&bytes).1, [put(1, "a")], "changed at {place}");
    }
}

#[test]
fn what_an_earlier_log_left_behind_does_not_pass_for_the_rest() {
    let old = log(&[put(1, "a"), put(1, "b"), put(1, "c")]);
    let new = log(&[put(1, "a"), put(2, "B")]);
    let mut bytes = old;
    bytes[..new.len()].copy_from_slice(&new);
    assert_eq!(replay(&bytes).1, [put(1, "a"), put(2, "B")]);
}

#[test]
fn zeros_are_no_records() {
    assert_eq!(replay(&[0; 4096]).1, []);
}
