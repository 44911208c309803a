//! The timers against a sorted map.

use super::{Key, NIL, Timers};
use std::{cell::RefCell, collections::BTreeMap};

fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    *state >> 20
}

/// Values that fire, sorted, with their instant.
fn fire(timers: &mut Timers<u32>) -> Option<(u64, Vec<u32>)> {
    let mut values = Vec::new();
    let earliest = timers.earliest()?;
    let instant = earliest.instant;
    timers.fire(earliest, |value| values.push(value), |_, _| ());
    values.sort_unstable();
    Some((instant, values))
}

#[test]
fn it_behaves_as_a_sorted_map() {
    let mut timers = Timers::default();
    let mut model: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    let mut keys: Vec<(Key, u64, u32)> = Vec::new();
    let (mut state, mut now) = (7, 0);
    for value in 0..50_000 {
        match next(&mut state) % 8 {
            0..4 => {
                let at = now + (1 << (next(&mut state) % 44)) - 1 + next(&mut state) % 3;
                keys.push((timers.insert(at, value), at, value));
                model.entry(at).or_default().push(value);
            }
            4 if !keys.is_empty() => {
                let (key, at, value) = keys.swap_remove(next(&mut state) as usize % keys.len());
                let waits = model.get(&at).is_some_and(|values| values.contains(&value));
                assert_eq!(timers.cancel(key), waits.then_some(value));
                model.entry(at).or_default().retain(|other| *other != value);
                model.retain(|_, values| !values.is_empty());
            }
            _ => {
                let expected = model.pop_first();
                now = expected.as_ref().map_or(now, |(at, _)| *at);
                assert_eq!(fire(&mut timers), expected);
            }
        }
    }
}

#[test]
fn a_cancelled_entry_is_used_again() {
    let mut timers = Timers::default();
    for _ in 0..1_000 {
        let key = timers.insert(3_600_000_000_000, 0);
        assert_eq!(timers.cancel(key), Some(0));
        assert_eq!(timers.cancel(key), None);
    }
    assert_eq!(timers.entries.len(), 1);
}

#[test]
fn what_is_late_fires_at_the_last_instant() {
    let mut timers = Timers::default();
    timers.insert(1_000_000, 0);
    assert_eq!(fire(&mut timers), Some((1_000_000, vec![0])));
    timers.insert(2_000_000, 1);
    timers.insert(5, 2);
    assert_eq!(fire(&mut timers), Some((1_000_000, vec![2])));
    assert_eq!(fire(&mut timers), Some((2_000_000, vec![1])));
}

/// Of each that stays, and after how many.
#[test]
fn what_comes_soon_is_told() {
    let mut timers = Timers::default();
    [300, 100, 301, 1 << 20, 100, 302]
        .into_iter()
        .enumerate()
        .for_each(|(value, at)| {
            timers.insert(at, value);
        });
    let mut told = Vec::new();
    while let Some(earliest) = timers.earliest() {
        let soon = RefCell::new(Vec::new());
        let tell = |value: &usize, among| soon.borrow_mut().push((*value, among));
        timers.fire(earliest, |_| (), tell);
        soon.borrow_mut().sort_unstable();
        told.push(soon.take());
    }
    // From 300 to 302 they share all but their last six bits; what is far off is in a list of its own.
    assert_eq!(told, [vec![], vec![(2, 1), (5, 0)], vec![], vec![], vec![]]);
}

/// The hint is what it says while nobody leaves the list.
#[test]
fn an_entry_names_who_comes_later() {
    let mut timers = Timers::default();
    for value in 0..10 {
        timers.insert(1 << 20, value);
    }
    let mut order = Vec::new();
    let mut index = timers.lists[3].heads[4];
    while index != NIL {
        order.push(index);
        index = timers.entries[index as usize].next;
    }
    assert_eq!(order.len(), 10);
    for (place, index) in order.iter().enumerate() {
        let later = timers.entries[*index as usize].later;
        assert_eq!(later, *order.get(place + 3).unwrap_or(&NIL));
    }
}
