//! How a program enters a runtime.

/// Starts a runtime and runs one root future on it.
pub trait Runner {
    /// Polls `root` on the calling thread until it is ready, and returns its output.
    ///
    /// The root need not be `Send` or `'static`: it may borrow from the caller. When it returns,
    /// tasks that are still running are dropped, and blocking work is waited for as long as the
    /// backend's configuration says.
    ///
    /// # Panics
    /// When the root panics, and when a task panics and the backend is configured to propagate it.
    fn start<F: Future>(self, root: F) -> F::Output;
}
