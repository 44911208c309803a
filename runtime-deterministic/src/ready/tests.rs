//! The set against the one of std.

use super::ReadySet;
use std::collections::BTreeSet;

/// A small generator: the set is compared with a std one over many operations.
fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    *state >> 33
}

#[test]
fn it_behaves_as_an_ordered_set() {
    let (mut set, mut model, mut state) = (ReadySet::default(), BTreeSet::new(), 1);
    for _ in 0..20_000 {
        let index = (next(&mut state) % 9_000) as u32;
        if next(&mut state).is_multiple_of(3) {
            set.remove(index);
            model.remove(&index);
        } else {
            set.insert(index);
            model.insert(index);
        }
        assert_eq!(set.len() as usize, model.len());
        if !model.is_empty() {
            let rank = next(&mut state) as usize % model.len();
            assert_eq!(Some(&set.select(rank as u32)), model.iter().nth(rank));
        }
    }
}

#[test]
fn the_order_of_insertion_does_not_show() {
    let (mut up, mut down) = (ReadySet::default(), ReadySet::default());
    (0..200).for_each(|index| up.insert(index * 3));
    (0..200).rev().for_each(|index| down.insert(index * 3));
    assert!((0..200).all(|rank| up.select(rank) == down.select(rank)));
}
