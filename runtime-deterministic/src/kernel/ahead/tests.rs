//! That to look ahead changes no choice.

use super::{AT_HAND, Ahead, FEW, PLACES};
use crate::{
    draws::{Draws, Picks, Purpose},
    kernel::tasks::Tasks,
    ready::ReadySet,
};

const TASKS: u32 = 2 * AT_HAND;

/// Two of everything: one chooses by the set alone.
struct Pair {
    ahead: Ahead,
    tasks: Tasks,
    sets: [ReadySet; 2],
    picks: [Picks; 2],
    state: u64,
}

impl Pair {
    fn new() -> Self {
        let mut tasks = Tasks::default();
        for _ in 0..TASKS {
            tasks.occupy(0, 0);
        }
        Self {
            ahead: Ahead::default(),
            tasks,
            sets: Default::default(),
            picks: [(); 2].map(|()| Picks::new(Draws::new(7, Purpose::Schedule))),
            state: 1,
        }
    }

    fn next(&mut self) -> u32 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005) + 1;
        (self.state >> 33) as u32
    }

    /// Now and then there is a draw, soon, that is drawn again.
    fn take(&mut self) -> u32 {
        if self.next().is_multiple_of(32) {
            for picks in &mut self.picks {
                picks.look_ahead(PLACES);
                picks.spoil(picks.drawn() + PLACES - 1);
            }
        }
        let Self { ahead, tasks, .. } = self;
        let ([one, other], [left, right]) = (&mut self.sets, &mut self.picks);
        let taken = ahead.take(one, left, tasks);
        assert_eq!(taken, other.take(|bound| right.below(bound)));
        assert_eq!(left.drawn(), right.drawn());
        taken
    }

    fn insert(&mut self, index: u32) {
        self.sets.iter_mut().for_each(|set| set.insert(index));
    }

    fn remove(&mut self, index: u32) {
        let [one, other] = &mut self.sets;
        assert_eq!(one.remove(index), other.remove(index));
    }
}

#[test]
fn all_are_chosen_in_the_same_order() {
    let mut pair = Pair::new();
    (0..TASKS).for_each(|index| pair.insert(index));
    for _ in 0..TASKS {
        pair.take();
    }
    assert_eq!(pair.sets[0].len(), 0);
}

/// Seldom, so that some are foreseen; the one that was taken too, and one that is foreseen.
#[test]
fn who_comes_or_goes_is_seen() {
    for rarity in [1, 3, 40] {
        let mut pair = Pair::new();
        (0..TASKS).for_each(|index| pair.insert(index));
        for _ in 0..8 * TASKS {
            if pair.sets[0].len() <= FEW {
                (0..TASKS / 4).for_each(|index| pair.insert(index * 4));
            }
            let taken = pair.take();
            if !pair.next().is_multiple_of(rarity) {
                continue;
            }
            let (kind, index) = (pair.next() % 4, pair.next() % TASKS);
            let foreseen = pair.ahead.turns.front().map_or(0, |turn| turn.index);
            match kind {
                0 => pair.insert(taken),
                1 => pair.insert(index),
                2 => pair.remove(index),
                _ => pair.remove(foreseen),
            }
        }
    }
}

/// Or all of the above would hold of one who looks at nothing.
#[test]
fn who_is_foreseen_is_taken() {
    let mut pair = Pair::new();
    (0..TASKS / 4).for_each(|index| pair.insert(index));
    pair.insert(TASKS - 1);
    pair.take();
    let mut right = 0;
    for _ in 0..TASKS / 8 {
        let foreseen = pair.ahead.turns.front().map(|turn| turn.index);
        right += u32::from(foreseen == Some(pair.take()));
    }
    // All but who comes after one that was drawn again.
    assert!(right > TASKS / 8 * 9 / 10, "{right} of {}", TASKS / 8);
}
