//! The order of `select!`'s branches is a fair permutation.

use runtime_traits::{Current, select::order};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

const DRAWS: u32 = 100_000;

/// Pearson's statistic against "all equally often".
fn chi_square(counts: impl ExactSizeIterator<Item = u32>) -> f64 {
    let expected = f64::from(DRAWS) / counts.len() as f64;
    counts
        .map(|count| (f64::from(count) - expected).powi(2) / expected)
        .sum()
}

/// How often each order of `N` branches comes.
fn orders<const N: usize>() -> BTreeMap<[u8; N], u32> {
    let mut counts = BTreeMap::new();
    for _ in 0..DRAWS {
        *counts.entry(order::<N>()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn all_orders_of_four_come_equally_often() {
    let counts = orders::<4>();
    assert_eq!(counts.len(), 24);
    // 23 degrees of freedom: one generator in a thousand is above 49.7.
    let chi_square = chi_square(counts.into_values());
    assert!(chi_square < 49.7, "{chi_square}");
}

#[test]
fn among_the_ready_each_comes_first_equally_often() {
    let counts = orders::<3>();
    for absent in 0..3 {
        let mut first = BTreeMap::new();
        for (order, count) in &counts {
            let winner = order.iter().find(|branch| **branch != absent).unwrap();
            *first.entry(*winner).or_insert(0) += count;
        }
        assert_eq!(first.len(), 2);
        // 1 degree of freedom: one generator in a thousand is above 10.8.
        let chi_square = chi_square(first.into_values());
        assert!(chi_square < 10.8, "{absent} is not ready: {chi_square}");
    }
}

#[test]
fn among_two_of_sixty_four_each_comes_first_equally_often() {
    for (one, other) in [(0, 1), (0, 63), (31, 32), (62, 63)] {
        let mut first = BTreeMap::new();
        for _ in 0..DRAWS {
            let order = order::<64>();
            let winner = order.iter().find(|branch| [one, other].contains(branch));
            *first.entry(*winner.unwrap()).or_insert(0) += 1;
        }
        // 1 degree of freedom, as above.
        let chi_square = chi_square(first.into_values());
        assert!(chi_square < 10.8, "{one} or {other}: {chi_square}");
    }
}

#[test]
fn every_draw_gives_a_permutation() {
    for bits in [0, 1, u64::MAX / 2, u64::MAX / 2 + 1, u64::MAX] {
        let mut root = Current::root(()).with_order(move || bits);
        let mut order = root.enter(order::<100>);
        order.sort();
        assert_eq!(order, std::array::from_fn(|branch| branch as u8));
    }
}

#[test]
fn a_poll_costs_one_draw_where_there_is_a_choice() {
    let draws = Arc::new(AtomicUsize::new(0));
    let counted = draws.clone();
    let mut root = Current::root(()).with_order(move || counted.fetch_add(1, SeqCst) as u64);
    root.enter(|| {
        assert_eq!(order::<0>(), []);
        assert_eq!(order::<1>(), [0]);
        assert_eq!(draws.load(SeqCst), 0);
        order::<2>();
        order::<9>();
    });
    assert_eq!(draws.load(SeqCst), 2);
}

#[test]
fn the_same_draws_give_the_same_orders_in_every_run() {
    let run = || {
        let mut root = Current::root(());
        root.enter(|| [order::<6>(), order::<6>(), order::<6>()])
    };
    let orders = run();
    assert_ne!(orders[0], orders[1]);
    order::<6>();
    assert_eq!(run(), orders);
}

#[test]
#[should_panic(expected = "at most 256 branches")]
fn too_many_branches_are_refused() {
    order::<257>();
}
