//! hyper's tasks, spawned on a runtime.

use hyper::rt;
use runtime_traits::Spawner;

/// Spawns what hyper asks for: the streams of HTTP/2. The tasks are labelled `http` below the task that
/// drives the connection.
///
/// It is `Unpin` whatever the runtime is, as hyper's HTTP/2 asks.
#[derive(Clone, Debug)]
pub struct Executor<S>(S);

impl<S: Spawner> Executor<S> {
    /// Spawns on this runtime.
    pub fn new(spawner: S) -> Self {
        Self(spawner)
    }
}

impl<S> Unpin for Executor<S> {}

impl<S, F> rt::Executor<F> for Executor<S>
where
    S: Spawner,
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        drop(self.0.spawn("http", future));
    }
}
