//! The test's hand on faults: whom they spare, and when they end.

use crate::{World, WorldError};
use std::collections::BTreeSet;

impl World {
    /// Ends all [`Faults`](crate::Faults) of the run for good, and mends what they did: hosts are
    /// up and go on (but for those that ended by themselves, see [`supervise`](Self::supervise)),
    /// links, disks and clocks are well, and no [site](runtime_traits::Buggify) misbehaves. What the
    /// test did itself stays, and so do damage, jumps of clocks and knobs. From here on a test can
    /// ask for progress.
    ///
    /// What waited for an answer of a host that did not answer may wait on, as long as TCP does:
    /// about twice as long as the longest outage. After the run nothing happens.
    pub fn calm(&self) {
        let _ = self.root().with(|kernel| kernel.calm());
    }

    /// Hosts that the run's [`Faults`](crate::Faults) leave alone, and their links too. `root`, the
    /// test's own, is never crashed, but its links are troubled unless it is spared.
    ///
    /// # Errors
    /// [`WorldError::UnknownHost`] when a host was not made yet; [`WorldError::RunEnded`].
    pub fn spare(&self, hosts: &[&str]) -> Result<(), WorldError> {
        self.drive(|kernel| {
            let hosts = numbers(kernel, hosts)?;
            kernel.spare(hosts);
            Ok(())
        })
    }

    /// Of these hosts at most so many ever lose what they had made durable, by the kinds of
    /// [`FaultKind::DAMAGING`](crate::FaultKind::DAMAGING). Which is left to the faults. What
    /// damage the test does counts as well, though nothing keeps it from doing more. A host that
    /// was damaged once counts until the run ends.
    ///
    /// Hosts of which this was never said are not damaged at all: where there is one copy, no
    /// program survives its loss. Of three replicas name one, of five two:
    ///
    /// ```
    /// # use runtime_deterministic::Executor;
    /// # use runtime_traits::Runner;
    /// # use std::future::pending;
    /// # let (runner, context, _) = Executor::default();
    /// # runner.start(async move {
    /// let world = context.world();
    /// for name in ["db-1", "db-2", "db-3"] {
    ///     world.host(name, |_| pending::<()>())?;
    /// }
    /// world.damage_at_most(1, &["db-1", "db-2", "db-3"])?;
    /// # Ok::<_, runtime_deterministic::WorldError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`spare`](Self::spare).
    pub fn damage_at_most(&self, most: usize, of: &[&str]) -> Result<(), WorldError> {
        self.drive(|kernel| {
            let group = numbers(kernel, of)?;
            kernel.budgets.add(group, most);
            Ok(())
        })
    }
}

fn numbers(kernel: &crate::kernel::Kernel, hosts: &[&str]) -> Result<BTreeSet<u32>, WorldError> {
    let numbers = hosts.iter().map(|host| crate::world::number(kernel, host));
    numbers.collect()
}
