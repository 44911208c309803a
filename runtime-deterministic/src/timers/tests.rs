//! The timers against a sorted map.

use super::{Key, Timers};
use std::collections::BTreeMap;

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
    timers.fire(earliest, |value| values.push(value));
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
