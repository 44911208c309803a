//! Orders that no seed reaches: of iteration, of addresses, of wakes within one task, of locks.

use crate::ecosystem::replay::{MILLI, ROUNDS, crowd, gather, outcome, outcomes};
use futures::{StreamExt, stream::FuturesUnordered};
use indexmap::IndexMap;
use runtime_deterministic::Context;
use runtime_traits::Clock;
use std::{
    collections::BTreeMap,
    hash::{BuildHasherDefault, DefaultHasher},
    sync::{Arc, Mutex},
};
use tokio::sync;

/// Its keys are the same in every process.
type Fixed = BuildHasherDefault<DefaultHasher>;

fn pairs() -> impl Iterator<Item = (u32, u32)> {
    (0..16).map(|number| (number, number * number))
}

#[test]
#[expect(clippy::disallowed_types, reason = "they are the subject")]
fn hash_map() {
    use std::collections::{HashMap, HashSet};
    let map = outcomes(async |_| {
        pairs()
            .collect::<HashMap<_, _>>()
            .into_keys()
            .collect::<Vec<_>>()
    });
    assert!(map.len() > 1);
    let set = outcomes(async |_| {
        pairs()
            .collect::<HashSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    });
    assert!(set.len() > 1);
    let json =
        outcomes(async |_| serde_json::to_string(&pairs().collect::<HashMap<_, _>>()).unwrap());
    assert!(json.len() > 1);
    let fixed = async |_| {
        pairs()
            .collect::<HashMap<_, _, Fixed>>()
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes(fixed).len(), 1);
    let sorted = async |_| {
        pairs()
            .collect::<BTreeMap<_, _>>()
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes(sorted).len(), 1);
    let inserted = async |_| {
        pairs()
            .collect::<IndexMap<_, _>>()
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes(inserted).len(), 1);
}

/// A hasher of one's own is not enough: the number of shards follows the number of processors.
#[test]
#[expect(clippy::disallowed_types, reason = "it is the subject")]
fn dash_map() {
    use dashmap::DashMap;
    let keys = |map: DashMap<u32, u32>| map.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert!(outcomes(async |_| keys(pairs().collect())).len() > 1);
    let fixed = outcomes(async |_| {
        let map = DashMap::with_capacity_and_hasher_and_shard_amount(0, Fixed::default(), 4);
        for (key, value) in pairs() {
            map.insert(key, value);
        }
        map.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    });
    assert_eq!(fixed.len(), 1);
}

#[test]
fn addresses() {
    let kept = Mutex::new(Vec::new());
    let addresses = outcomes(async |_| {
        let value = Arc::new(7);
        let address = format!("{:p}", Arc::as_ptr(&value));
        kept.lock().unwrap().push(value);
        address
    });
    assert!(addresses.len() > 1);
}

/// Each receiver waits in a queue that is drawn from a generator of the thread. A task each is
/// chosen by the seed; futures of one task are polled as they are woken.
#[test]
fn watch_within_one_task() {
    let woken = outcomes(async |_| {
        let (sender, receiver) = sync::watch::channel(());
        let reader = |who| {
            let mut receiver = receiver.clone();
            async move { receiver.changed().await.map(|()| who).unwrap() }
        };
        let mut readers: FuturesUnordered<_> = (0..16).map(reader).collect();
        let rings = async { sender.send(()).unwrap() };
        let reads = async {
            let mut woken = Vec::new();
            while let Some(who) = readers.next().await {
                woken.push(who);
            }
            woken
        };
        futures::join!(reads, rings).0
    });
    assert!(woken.len() > 1);
}

#[test]
#[expect(clippy::disallowed_types, reason = "it is the subject")]
fn stream_map() {
    use tokio_stream::{StreamMap, iter};
    let first = outcomes(async |_| {
        let mut streams = StreamMap::new();
        (0..16).for_each(|key| drop(streams.insert(key, iter([()]))));
        streams.next().await
    });
    assert!(first.len() > 1);
}

/// Who has waited for more than 500 µs of the host's time is served first.
#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "they are the subject"
)]
fn async_mutex() {
    let served = async |context: Context, slow: bool| {
        let served = Arc::new(async_lock::Mutex::new(Vec::new()));
        let (clock, shared) = (context.clone(), served.clone());
        let crowd = crowd(&context, move |who, round| {
            let (clock, shared) = (clock.clone(), shared.clone());
            async move {
                for part in 0..ROUNDS {
                    let mut served = shared.lock().await;
                    served.push((who, round, part));
                    clock.sleep(MILLI / 10).await;
                    if slow {
                        std::thread::sleep(MILLI);
                    }
                }
            }
        });
        gather(crowd).await;
        served.lock().await.clone()
    };
    let differs = |seed| {
        let quick = outcome(seed, |context| served(context, false));
        quick != outcome(seed, |context| served(context, true))
    };
    assert!(
        (0..20).any(differs),
        "the host's time decides who is served"
    );
}
