//! A slot is believed only when it is whole.

use super::{SIZE, decode, encode};
use crate::epoch::Epoch;

const EPOCH: Epoch = Epoch {
    number: 0x0102_0304,
    primary: 3,
    draw: 9,
};

fn slot() -> [u8; SIZE] {
    encode(EPOCH).try_into().expect("a slot's size")
}

#[test]
fn an_epoch_comes_back() {
    assert_eq!(decode(&slot()), Some(EPOCH));
}

#[test]
fn a_damaged_slot_is_none() {
    for place in 0..SIZE {
        let mut torn = slot();
        torn[place] ^= 0x10;
        assert_eq!(decode(&torn), None, "changed at {place}");
    }
}

#[test]
fn a_slot_that_was_never_written_holds_nothing_but_the_first_epoch() {
    assert_eq!(decode(&[0; SIZE]).unwrap_or_default(), Epoch::default());
}
