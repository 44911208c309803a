//! What it takes to count: how often all that is held is looked at, and how much of it is kept that is gone.

use super::{Count, Held};
use std::sync::Arc;

/// Of many that stay and few that come and go none makes it look at all each time, and those that are
/// gone are not kept.
#[test]
fn all_that_is_held_is_looked_at_seldom_and_what_is_gone_is_forgotten() {
    for staying in [0, 1, 7, 8, 63, 64, 1000, 1023, 1024] {
        let (count, held) = (Count::default(), |number: u32| -> Arc<Held> {
            Arc::new(number)
        });
        let stays: Vec<_> = (0..staying).map(held).collect();
        stays
            .iter()
            .for_each(|held| count.add(Arc::downgrade(held), 0));
        let (before, come) = (count.holders().looks, 8 * staying.max(1));
        for number in 0..come {
            let held = held(number);
            count.add(Arc::downgrade(&held), 0);
            let kept = count.holders().all.len();
            assert!(
                kept <= 4 * stays.len().max(1),
                "{kept} kept beside {staying}"
            );
        }
        let looks = count.holders().looks - before;
        assert!(
            looks <= 1 + come / staying.max(4),
            "{looks} beside {staying}"
        );
        assert_eq!(count.holders().tasks(), u64::from(staying));
    }
}
