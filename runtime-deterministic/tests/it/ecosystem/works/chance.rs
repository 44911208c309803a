//! Chance that comes from the context.

use crate::ecosystem::replay::{MILLI, crowd, gather, replays};
use rand::{RngExt, SeedableRng, rngs, seq::SliceRandom};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Random};
use std::sync::{Arc, Mutex};

/// A context is a generator of `rand`, and seeds others.
#[test]
fn rand_from_the_context() {
    replays(async |mut context: Context| {
        let mut ours = rngs::ChaCha8Rng::from_rng(&mut context);
        let drawn = Arc::new(Mutex::new(Vec::new()));
        let (shared, source) = (drawn.clone(), context.clone());
        let crowd = crowd(&context, move |who, _| {
            let (shared, mut context) = (shared.clone(), source.clone());
            async move {
                let number = context.random_range(0..10);
                context.sleep(MILLI / 10 * number).await;
                shared.lock().unwrap().push((who, number));
            }
        });
        gather(crowd).await;
        let mut drawn = Arc::into_inner(drawn).unwrap().into_inner().unwrap();
        assert!(drawn.iter().all(|(_, number)| *number < 10));
        drawn.shuffle(&mut ours);
        (drawn, ours.random_bool(0.5), context.random::<u64>())
    });
}

#[test]
fn uuids_from_the_context() {
    replays(async |context: Context| {
        let drawn = Arc::new(Mutex::new(Vec::new()));
        let (shared, source) = (drawn.clone(), context.clone());
        let crowd = crowd(&context, move |_, _| {
            let mut bytes = [0; 16];
            source.fill(&mut bytes);
            let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
            assert_eq!(id.get_version_num(), 4);
            shared.lock().unwrap().push(id);
            std::future::ready(())
        });
        gather(crowd).await;
        drawn.lock().unwrap().clone()
    });
}
