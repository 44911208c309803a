//! A put counts once.

use super::Values;
use crate::{
    epoch::Epoch,
    record::{Change, Put, Record},
};

fn put(client: u64, sequence: u64, value: &str) -> Record {
    let put = Put {
        client,
        sequence,
        key: b"key".to_vec(),
        value: value.into(),
    };
    Record {
        epoch: Epoch::default(),
        change: Change::Put(put),
    }
}

#[test]
fn a_repetition_does_not_undo_what_came_after() {
    let mut values = Values::default();
    values.apply(&put(7, 1, "old"));
    values.apply(&put(8, 1, "new"));
    values.apply(&put(7, 1, "old"));
    assert_eq!(values.get(b"key"), Some(&b"new".to_vec()));
}

#[test]
fn a_late_put_of_the_same_client_is_ignored() {
    let mut values = Values::default();
    values.apply(&put(7, 2, "second"));
    values.apply(&put(7, 1, "first"));
    assert_eq!(values.get(b"key"), Some(&b"second".to_vec()));
    assert_eq!(values.get(b"other"), None);
}
