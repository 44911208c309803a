//! A context on a thread that the simulation does not run.
//!
//! The kernel is on another thread then. A call travels there as a task, a destructor as a message.

use crate::{
    Context,
    kernel::{Injected, Kernel, local},
};
use runtime_traits::{Current, Error};
use std::panic::Location;

impl Context {
    /// Whether the run goes on, on another thread than this.
    pub(crate) fn is_elsewhere(&self) -> bool {
        local::with(&self.shared, |_| ()).is_none() && !self.shared.ending().over
    }

    /// What `call` yields as a task of this host.
    pub(crate) async fn travel<T, F, Fut>(&self, call: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(Self) -> Fut + Send,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let current = self.root_current().enter(|| Current::child("foreign"));
        let handle = self.spawn_as(current, call(self.clone()), Location::caller());
        handle.await.unwrap_or(Err(Error::Closed))
    }

    /// Does `f` while this life lasts: now, or when the run's thread comes to it.
    pub(crate) fn eventually(&self, f: impl FnOnce(&mut Kernel) + Send + 'static) {
        let mut f = Some(f);
        let done = self.with(|kernel| f.take().map(|f| f(kernel)));
        if let (Err(_), Some(f)) = (done, f)
            && self.is_elsewhere()
        {
            let (host, life) = (self.host, self.life);
            self.shared.inject(Injected::Call(Box::new(move |kernel| {
                if kernel.is_alive(host, life) {
                    kernel.note_host(host);
                    f(kernel);
                }
            })));
        }
    }
}
