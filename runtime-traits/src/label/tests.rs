//! What it takes to count: how often all that is held is looked at, and how much of it is kept that is gone.

use super::{Count, Held};
use std::sync::{Arc, Weak};

/// Of many that stay and few that come and go none makes it look at all each time.
#[test]
fn all_that_is_held_is_looked_at_seldom() {
    for staying in [0, 1, 7, 8, 63, 64, 1000, 1023, 1024] {
        let (count, held) = (Count::default(), |number: u32| -> Arc<Held> {
            Arc::new(number)
        });
        let stays: Vec<_> = (0..staying).map(held).collect();
        stays
            .iter()
            .for_each(|held| count.add(Arc::downgrade(held)));
        let (mut looks, come) = (0, 8 * staying.max(1));
        for number in 0..come {
            let all = count.held();
            looks += u32::from(all.len() == all.capacity());
            assert!(all.len() as u32 <= 4 * staying.max(4));
            drop(all);
            let held = held(number);
            count.add(Arc::downgrade(&held));
        }
        assert!(
            looks <= 1 + come / staying.max(4),
            "{looks} beside {staying}"
        );
        let running: usize = count.held().iter().map(Weak::strong_count).sum();
        assert_eq!(running as u32, staying);
    }
}
