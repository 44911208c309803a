//! Of a group of hosts no more lose what they had made durable than was said.

use super::{NAMES, ms, run};
use runtime_deterministic::{Context, FaultKind, Faults, Host, Ratio, World};
use runtime_traits::{Blob, Clock, Error, Storage};
use std::{
    mem::take,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

const PAGE: usize = 4096;
const PAGES: usize = 64;

/// Writes page after page in its first life, says how many are durable, and reads them all.
async fn keep(context: Context, first: bool, durable: Arc<AtomicUsize>) -> Result<(), Error> {
    let kept = context.open("wal", b"kept").await?;
    let scratch = context.open("wal", b"scratch").await?;
    for page in (0..PAGES).cycle().take(if first { 500 } else { 0 }) {
        if durable.load(Relaxed) == page {
            kept.write_at(&content(page), (page * PAGE) as u64).await?;
            kept.sync().await?;
            durable.store(page + 1, Relaxed);
        }
        let mut read = vec![0; durable.load(Relaxed) * PAGE];
        kept.read_at(&mut read, 0).await?;
        scratch.write_at(&[255; PAGE], 0).await?;
        scratch.sync().await?;
        context.sleep(ms(1)).await;
    }
    Ok(())
}

fn content(page: usize) -> [u8; PAGE] {
    [page as u8 + 1; PAGE]
}

/// A host that has no more what it had made durable.
fn is_damaged<T: Send + 'static>(host: &Host<T>, pages: usize) -> bool {
    let mut disk = host.partition("wal").unwrap_or_default();
    let kept = disk.remove(&b"kept"[..]).unwrap_or_default();
    (0..pages).any(|page| kept.get(page * PAGE..(page + 1) * PAGE) != Some(&content(page)))
}

/// How many of the hosts are damaged by these kinds at last.
fn damaged(seed: u64, kinds: &[FaultKind], say: impl Fn(&World)) -> usize {
    let faults = Faults::of(kinds.iter().map(|kind| (*kind, Ratio::new(1, 2))));
    let faults = faults.pace(ms(5)).outage(ms(100));
    let (damaged, _) = run(seed, faults, async |context, world| {
        let hosts = NAMES.map(|name| {
            let (mut first, durable) = (true, Arc::new(AtomicUsize::new(0)));
            let pages = durable.clone();
            let boot = move |context| keep(context, take(&mut first), pages.clone());
            (world.host(name, boot).unwrap(), durable)
        });
        say(&world);
        context.sleep(ms(400)).await;
        world.calm();
        let damaged = hosts
            .iter()
            .filter(|(host, durable)| is_damaged(host, durable.load(Relaxed)));
        damaged.count()
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
