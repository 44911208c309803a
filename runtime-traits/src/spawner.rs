//! Tasks, and the word to stop.

use crate::{Handle, Signal};

/// Starts tasks, and tells them when the program is to end.
pub trait Spawner: Clone + Send + Sync + 'static {
    /// Starts a task. It runs without being awaited, and dropping the handle detaches it.
    ///
    /// `label` counts and names tasks of one kind; labels nest, so that `fun` spawned by a task
    /// labelled `have` is `have_fun`. Use few: each different label is kept for the life of the
    /// runtime.
    ///
    /// # Panics
    /// A panic of the task is propagated to [`Runner::start`](crate::Runner::start), or caught,
    /// logged and given to the handle as [`Error::Exited`](crate::Error::Exited), as the backend is
    /// configured.
    #[track_caller]
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Starts work that blocks its thread.
    ///
    /// Aborting it resolves the handle at once; the work itself runs on. A backend without threads
    /// to spare, such as a simulator, runs it in a task, in one poll.
    #[track_caller]
    fn spawn_blocking<F, T>(&self, label: &str, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.spawn(label, async move { work() })
    }

    /// Tells every task that watches [`stopped`](Self::stopped) to finish. It kills none. The first
    /// value wins.
    fn stop(&self, value: i32);

    /// Resolves once [`stop`](Self::stop) has been called, at once if it was called before, with
    /// `stop`'s value; with [`Error::Closed`](crate::Error::Closed) once the runtime is gone.
    fn stopped(&self) -> Signal;
}
