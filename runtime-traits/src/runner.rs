//! How a program enters a runtime.

/// Starts a runtime and runs one root future on it.
///
/// A backend's `Executor` makes it together with a context, which is what everything else is asked of.
/// A library sees neither: its binary or its test starts it. Dropped without a start, it ends the run
/// in the same way as [`start`](Self::start) does: what was spawned is dropped, and the context is
/// closed.
pub trait Runner {
    /// Polls `root` on the calling thread until it is ready, and returns its output.
    ///
    /// The root need not be `Send` or `'static`: it may borrow from the caller.
    ///
    /// ```
    /// use runtime_traits::{Runner, Spawner};
    ///
    /// fn main_of<R: Runner, C: Spawner>(runner: R, context: C) -> usize {
    ///     let mut words = vec!["borrowed"];
    ///     runner.start(async {
    ///         words.push("by the root");
    ///         let counter = context.spawn("counter", async { 7 });
    ///         counter.await.unwrap_or(0) + words.len()
    ///     })
    /// }
    /// ```
    ///
    /// # The end of the run
    /// When the root returns, tasks that are still running are dropped, each where it waits, before
    /// this returns. A backend may first give them time to end by themselves where
    /// [`stop`](crate::Spawner::stop) was called, as `runtime-tokio` does. Blocking work is waited for
    /// as long as the backend's configuration says, then named and abandoned. What every call does
    /// afterwards is said [here](crate#before-during-and-after-a-run).
    ///
    /// # Panics
    /// When the root panics, and when a task panics and the backend is configured to propagate it: of
    /// several tasks with the payload of the first, and the others are logged. The run then ends as it
    /// does after a return. A backend may
    /// refuse to start on a thread that polls tasks already, and a simulator panics when nothing can
    /// go on.
    fn start<F: Future>(self, root: F) -> F::Output;
}
