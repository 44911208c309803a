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

/// Whoever is taken is out at once, though its bit goes later: nothing shows of that.
#[test]
fn one_that_was_taken_is_out() {
    let (mut set, mut model, mut state) = (ReadySet::default(), BTreeSet::new(), 1);
    for _ in 0..20_000 {
        let index = (next(&mut state) % 150) as u32;
        match next(&mut state) % 4 {
            0 => assert_eq!(set.remove(index), model.remove(&index)),
            1 if !model.is_empty() => {
                let mut same = state;
                let mut fresh = ReadySet::default();
                fresh.insert(set.span - 1);
                fresh.remove(set.span - 1);
                model.iter().for_each(|index| fresh.insert(*index));
                let draw = |state: &mut u64, bound| (next(state) % u64::from(bound)) as u32;
                let taken = set.take(|bound| draw(&mut state, bound));
                assert_eq!(taken, fresh.choose(|bound| draw(&mut same, bound)));
                assert!(model.remove(&taken));
                assert!(!set.contains(taken) && !set.remove(taken));
                if next(&mut state).is_multiple_of(2) {
                    set.insert(taken);
                    model.insert(taken);
                }
            }
            _ => {
                set.insert(index);
                model.insert(index);
            }
        }
        assert_eq!(set.len() as usize, model.len());
        assert_eq!(set.contains(index), model.contains(&index));
    }
}

#[test]
fn the_order_of_insertion_does_not_show() {
    let (mut up, mut down) = (ReadySet::default(), ReadySet::default());
    (0..200).for_each(|index| up.insert(index * 3));
    (0..200).rev().for_each(|index| down.insert(index * 3));
    assert!((0..200).all(|rank| up.select(rank) == down.select(rank)));
}

#[test]
fn one_that_is_alone_is_chosen_without_a_draw() {
    let mut set = ReadySet::default();
    set.insert(70);
    set.insert(5_000);
    set.remove(5_000);
    assert_eq!(set.take(|_| panic!("a draw")), 70);
    assert_eq!(set.len(), 0);
    set.insert(5_000);
    assert_eq!(set.take(|_| panic!("a draw")), 5_000);
}

/// By rank where few are ready, by darts where many are.
#[test]
fn each_member_is_chosen_equally_often() {
    for every in [1, 2, 5, 40] {
        let (mut set, mut state) = (ReadySet::default(), 1);
        (0..200)
            .filter(|index| index % every == 0)
            .for_each(|index| set.insert(index));
        let mut chosen = [0; 200];
        let times = 1_000 * set.len();
        for _ in 0..times {
            let index = set.take(|bound| (next(&mut state) % u64::from(bound)) as u32);
            assert!(!set.remove(index));
            set.insert(index);
            chosen[index as usize] += 1;
        }
        for (index, times) in (0..).zip(chosen) {
            let expected = if index % every == 0 { 850..1_150 } else { 0..1 };
            assert!(
                expected.contains(&times),
                "{index} of every {every}: {times}"
            );
        }
    }
}

/// Nor how much is drawn for it. To the end: of the last two each may be who came in last.
#[test]
fn the_order_of_insertion_does_not_move_a_choice() {
    for (len, every) in [(2, 1), (3, 1), (200, 1), (200, 5)] {
        for seed in 0..20 {
            let (mut up, mut down) = (ReadySet::default(), ReadySet::default());
            (0..len).for_each(|index| up.insert(index * every));
            (0..len).rev().for_each(|index| down.insert(index * every));
            let choices = |set: &mut ReadySet| {
                let mut state = seed;
                let mut below = |bound| (next(&mut state) % u64::from(bound)) as u32;
                let chosen: Vec<_> = (0..len).map(|_| set.take(&mut below)).collect();
                (chosen, state)
            };
            assert_eq!(choices(&mut up), choices(&mut down));
        }
    }
}
