//! Randomness of the host's.

use crate::ecosystem::replay::outcomes;
use rand::{RngExt, SeedableRng, rngs};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Random};
use std::time::UNIX_EPOCH;

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn rand_rng() {
    assert!(outcomes(async |_| rand::rng().random::<u64>()).len() > 1);
    assert!(outcomes(async |_| rand::random::<u64>()).len() > 1);
    assert!(outcomes(async |_| rand::make_rng::<rngs::StdRng>().random::<u64>()).len() > 1);
    let seeded = async |mut context: Context| rngs::StdRng::from_rng(&mut context).random::<u64>();
    assert_eq!(outcomes(seeded).len(), 1);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn getrandom_fill() {
    let filled = outcomes(async |_| {
        let mut buf = [0; 8];
        getrandom::fill(&mut buf).unwrap();
        buf
    });
    assert!(filled.len() > 1);
    assert_eq!(
        outcomes(async |context: Context| context.next_u64()).len(),
        1
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn uuid_new() {
    assert!(outcomes(async |_| uuid::Uuid::new_v4()).len() > 1);
    assert!(outcomes(async |_| uuid::Uuid::now_v7()).len() > 1);
    let built = outcomes(async |context: Context| {
        let (mut four, mut seven) = ([0; 16], [0; 10]);
        context.fill(&mut four);
        context.fill(&mut seven);
        let now = context.current().duration_since(UNIX_EPOCH).unwrap();
        let four = uuid::Builder::from_random_bytes(four);
        let seven = uuid::Builder::from_unix_timestamp_millis(now.as_millis() as u64, &seven);
        [four.into_uuid(), seven.into_uuid()]
    });
    assert_eq!(built.len(), 1);
}
