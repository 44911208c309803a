//! What comes of a stop that another thread calls in the turn in which the supervisor acts.

use crate::{
    Context, Executor,
    kernel::{Kernel, local},
};
use runtime_traits::{Clock, Runner};
use std::time::Duration;

#[test]
fn a_stop_counts_until_the_moment_of_the_restart() {
    let (runner, context, _) = Executor::seeded(1);
    let stopping = context.clone();
    runner.start(async move {
        let (world, shared) = (stopping.world(), &stopping.shared);
        let a = world.host("a", async |_: Context| ()).unwrap();
        a.wait().await.unwrap();
        let host = a.context().host;
        local::with(shared, |kernel| kernel.supervise(host));
        // As another thread would once this turn has looked for what threads want.
        shared.stop_from_afar(host, 0, 7);
        local::with(shared, |kernel| kernel.start_again(host, 0, true));
        stopping.sleep(Duration::from_secs(1)).await;
        let state = |kernel: &mut Kernel| {
            let state = &kernel.hosts[host as usize];
            (state.life, state.stopped)
        };
        assert_eq!(local::with(shared, state), Some((0, true)));
    });
}
