//! Every value comes back from its bytes, and no other bytes are taken for one.

use super::{Malformed, Wire};
use std::{fmt::Debug, sync::Arc};

fn bytes(value: &impl Wire) -> Vec<u8> {
    let mut out = Vec::new();
    value.encode(&mut out);
    out
}

fn round_trip<T: Wire + PartialEq + Debug>(value: T) {
    let bytes = bytes(&value);
    assert_eq!(T::from_bytes(&bytes), Ok(value));
    for end in 0..bytes.len() {
        assert_eq!(T::from_bytes(&bytes[..end]), Err(Malformed::Short));
    }
}

#[test]
fn values_come_back_and_cut_ones_are_refused() {
    round_trip(7_u8);
    round_trip(0x0102_0304_0506_0708_u64);
    round_trip(b"key".to_vec());
    round_trip(String::from("why"));
    round_trip(Some(9_u16));
    round_trip(vec![Arc::new(1_u32), Arc::new(2)]);
}

#[test]
fn numbers_are_big_endian() {
    assert_eq!(bytes(&0x0102_u16), [1, 2]);
}

#[test]
fn what_follows_a_value_is_refused() {
    assert_eq!(u8::from_bytes(&[1, 2, 3]), Err(Malformed::Trailing(2)));
}

#[test]
fn an_unknown_tag_is_named() {
    let refused = Option::<u8>::from_bytes(&[2, 0]);
    assert_eq!(refused, Err(Malformed::Tag("option", 2)));
}

#[test]
fn a_huge_count_reserves_nothing() {
    let mut claim = bytes(&u32::MAX);
    claim.push(0);
    assert_eq!(Vec::<Arc<u64>>::from_bytes(&claim), Err(Malformed::Short));
    assert_eq!(Vec::<u8>::from_bytes(&claim), Err(Malformed::Short));
}

#[test]
fn an_epoch_that_leaves_no_later_one_is_refused() {
    let epoch = |number| {
        bytes(&crate::epoch::Epoch {
            number,
            primary: 1,
            draw: 0,
        })
    };
    let read = <crate::epoch::Epoch as Wire>::from_bytes;
    assert_eq!(read(&epoch(u64::MAX)), Err(Malformed::LastEpoch));
    assert_eq!(
        read(&epoch(u64::MAX - 1)).map(|epoch| epoch.number),
        Ok(u64::MAX - 1)
    );
}
