//! Macros that choose among ready branches by a generator of the thread.

use crate::ecosystem::replay::{MILLI, outcomes, panic_in, replays};
use futures::FutureExt;
use runtime_deterministic::Context;
use runtime_traits::Clock;

/// Which of two sleeps with one deadline wins each of eight rounds.
macro_rules! winners {
    ($context:ident, $left:ident, $right:ident, $select:expr) => {{
        let mut winners = Vec::new();
        for _ in 0..8 {
            let ($left, $right) = ($context.sleep(MILLI), $context.sleep(MILLI));
            $context.sleep(MILLI * 2).await;
            winners.push($select);
        }
        winners
    }};
}

#[test]
fn tokio_select() {
    let drawn = async |context: Context| {
        winners!(
            context,
            left,
            right,
            tokio::select! { () = left => 0, () = right => 1 }
        )
    };
    assert!(outcomes(drawn).len() > 1, "the seed does not decide");
    let panic = panic_in(|| replays(drawn));
    assert!(panic.contains("does not replay"), "the other tests see it");
    let biased = outcomes(async |context: Context| {
        winners!(
            context,
            left,
            right,
            tokio::select! { biased; () = left => 0, () = right => 1 }
        )
    });
    assert_eq!(biased, [format!("{:?}", [0; 8])].into());
    let ours = outcomes(async |context: Context| {
        winners!(
            context,
            left,
            right,
            runtime_macros::select! { () = left => 0, () = right => 1 }
        )
    });
    assert_eq!(ours.len(), 1);
}

#[test]
#[expect(clippy::disallowed_macros, reason = "it is the subject")]
fn futures_select() {
    let drawn = outcomes(async |context: Context| {
        winners!(
            context,
            left,
            right,
            futures::select! { () = left.fuse() => 0, () = right.fuse() => 1 }
        )
    });
    assert!(drawn.len() > 1, "the seed does not decide");
    let biased = outcomes(async |context: Context| {
        winners!(
            context,
            left,
            right,
            futures::select_biased! { () = left.fuse() => 0, () = right.fuse() => 1 }
        )
    });
    assert_eq!(biased, [format!("{:?}", [0; 8])].into());
}
