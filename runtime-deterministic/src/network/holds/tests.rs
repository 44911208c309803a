//! What waits at held ways, against one list of all that waits.

use super::Holds;
use crate::draws::{Draws, Purpose};
use std::collections::BTreeSet;

/// Whatever is done to the ways, a release gives what a look at all that waits gives.
#[test]
fn what_is_let_go_is_what_waits_at_ways_that_are_not_held() {
    for seed in 0..200 {
        let (mut holds, mut draws) = (Holds::default(), Draws::new(seed, Purpose::Network));
        let (mut model, mut held): (Vec<([u32; 2], u32)>, _) = (Vec::new(), BTreeSet::new());
        for step in 0..300 {
            let way = [draws.below(3), draws.below(3)];
            match draws.below(5) {
                0 => drop(held.insert(way)),
                // As when it is parted: nothing is let go yet, and it may be held again.
                1 => {
                    held.remove(&way);
                    holds.loosen(way);
                    continue;
                }
                2 => {
                    held.remove(&way);
                    holds.loosen(way);
                }
                3 if step % 10 == 0 => {
                    held.clear();
                    holds.loosen_all();
                }
                _ if held.contains(&way) => {
                    holds.add(way, step);
                    model.push((way, step));
                    continue;
                }
                _ => continue,
            }
            let (stay, go): (Vec<_>, Vec<_>) =
                model.into_iter().partition(|(way, _)| held.contains(way));
            let go: Vec<_> = go.into_iter().map(|(_, what)| what).collect();
            assert_eq!(holds.take(|way| held.contains(&way)), go, "seed {seed}");
            model = stay;
        }
    }
}
