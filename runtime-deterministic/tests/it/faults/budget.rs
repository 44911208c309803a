//! Of a group of hosts no more lose what they had made durable than was said.

use super::{NAMES, ms, run};
use runtime_deterministic::{Context, FaultKind, Faults, Host, Ratio, World};
use runtime_traits::{Blob, Clock, Error, Storage};
use std::mem::take;

const KEPT: [u8; 64 * 1024] = [7; 64 * 1024];

/// Writes in its first life what is to be kept, then reads it for ever, and writes elsewhere.
async fn keep(context: Context, first: bool) {
    let Ok(kept) = context.open("wal", b"kept").await else {
        return;
    };
    let work = async {
        if first {
            kept.write_at(&KEPT, 0).await?;
            kept.sync().await?;
        }
        let scratch = context.open("wal", b"scratch").await?;
        loop {
            kept.read_at(&mut [0; KEPT.len()], 0).await?;
            scratch.write_at(&[8; KEPT.len()], 0).await?;
            scratch.sync().await?;
            context.sleep(ms(1)).await;
        }
    };
    let _: Result<(), Error> = work.await;
}

/// A host that had made durable what it was to keep, and has it no more.
fn is_damaged(host: &Host<()>) -> bool {
    let disk = host.partition("wal").unwrap_or_default();
    disk.get(&b"kept"[..]).is_none_or(|kept| *kept != KEPT)
}

/// How many of the hosts are damaged by these kinds at last.
fn damaged(seed: u64, kinds: &[FaultKind], say: impl Fn(&World)) -> usize {
    let faults = Faults::of(kinds.iter().map(|kind| (*kind, Ratio::new(1, 2))));
    let faults = faults.pace(ms(5)).outage(ms(100));
    let (damaged, _) = run(seed, faults, async |context, world| {
        let hosts = NAMES.map(|name| {
            let mut first = true;
            let boot = move |context| keep(context, take(&mut first));
            world.host(name, boot).unwrap()
        });
        say(&world);
        context.sleep(ms(500)).await;
        world.calm();
        context.sleep(ms(100)).await;
        hosts.iter().filter(|host| is_damaged(host)).count()
    });
    damaged
}

#[test]
fn no_more_hosts_are_damaged_than_was_said() {
    for kind in FaultKind::DAMAGING {
        for most in [1, 2, 3] {
            let say = |world: &World| world.damage_at_most(most, &NAMES).unwrap();
            let counts: Vec<_> = (0..10).map(|seed| damaged(seed, &[*kind], say)).collect();
            let worst = counts.iter().max().copied();
            assert_eq!(worst, Some(most), "{kind}: {counts:?}");
        }
    }
    for seed in 0..30 {
        let say = |world: &World| world.damage_at_most(1, &NAMES).unwrap();
        assert!(damaged(seed, FaultKind::DAMAGING, say) <= 1, "seed {seed}");
    }
}

#[test]
fn hosts_of_which_nothing_was_said_are_not_damaged() {
    for seed in 0..10 {
        assert_eq!(damaged(seed, FaultKind::DAMAGING, |_| ()), 0);
    }
}
