//! `select!`: the order in which its branches are polled, which a backend draws.

use runtime_macros::select;
use runtime_traits::{Runner, Spawner};
use std::future::{pending, ready};

const ROUNDS: usize = 600;

/// How often each of two ready branches wins, with a third between them that never is ready.
async fn wins() -> [usize; 2] {
    let mut wins = [0; 2];
    for _ in 0..ROUNDS {
        let winner = select! {
            _ = ready(()) => 0,
            _ = pending::<()>() => unreachable!("it is never ready"),
            _ = ready(()) => 1,
        };
        wins[winner] += 1;
    }
    wins
}

/// Fair is 300 of 600, give or take six deviations of 12.2. A rotation gives the first one third
/// or two thirds.
fn assert_fair(wins: [usize; 2], place: &str) {
    assert!((226..=374).contains(&wins[0]), "in {place}: {wins:?}");
}

/// In a task, each ready branch is equally likely to win, wherever it stands.
pub fn select_is_fair_in_a_task<R: Runner, C: Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let wins = context.spawn("selects", wins()).await;
        assert_fair(wins.expect("the task returns"), "a task");
    });
}

/// In the root too.
pub fn select_is_fair_in_the_root<R: Runner, C>((runner, _): (R, C)) {
    runner.start(async { assert_fair(wins().await, "the root") });
}
