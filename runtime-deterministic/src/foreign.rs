//! A context on a thread that the simulation does not run.
//!
//! The kernel is on another thread then. A call travels there as a task; a destructor as a message, from a [`Seat`](crate::seat::Seat).

use crate::{Context, kernel::local};
use runtime_traits::{Current, Error};
use std::panic::Location;

impl Context {
    /// Whether the run goes on, on another thread than this.
    pub(crate) fn is_elsewhere(&self) -> bool {
        local::with(&self.shared, |_| ()).is_none() && !self.shared.is_over()
    }

    /// What `call` yields as a task of this host.
    pub(crate) async fn travel<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(Self) -> Fut + Send,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let current = self
            .clone()
            .root_current()
            .enter(|| Current::child("foreign"));
        let handle = self
            .seat()
            .spawn(current, call(self.clone()), Location::caller());
        handle.await.unwrap_or(Err(Error::Closed))
    }
}
