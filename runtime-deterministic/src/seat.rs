//! One life of a host by numbers alone: what a socket keeps of its context, and counts no reference for.

use crate::{
    event::Event,
    kernel::{Injected, Kernel, Run, Spawn, local},
    task,
};
use runtime_traits::{Current, Error, Handle};
use std::{borrow::Borrow, panic::Location, task::Poll};

#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) run: Run,
    pub(crate) host: u32,
    pub(crate) life: u32,
}

impl Seat {
    /// The kernel, while this life of the host lasts.
    #[inline]
    pub(crate) fn with<R>(self, f: impl FnOnce(&mut Kernel) -> R) -> Result<R, Error> {
        self.reach(f).ok_or(Error::Closed)
    }

    /// As [`with`](Self::with); `None` afterwards.
    #[inline]
    pub(crate) fn reach<R>(self, f: impl FnOnce(&mut Kernel) -> R) -> Option<R> {
        let alive = local::with_run(self.run, |kernel| {
            let lasts = kernel.acts_on(self.host, self.life);
            lasts.then(|| f(kernel))
        });
        alive.flatten()
    }

    /// As [`with`](Self::with), and a failure enters the audit.
    #[inline]
    pub(crate) fn poll<T, E>(
        self,
        f: impl FnOnce(&mut Kernel) -> Poll<Result<T, E>>,
        error: impl FnOnce(E) -> Error,
    ) -> Poll<Result<T, Error>> {
        let polled = local::with_run(self.run, |kernel| {
            let lasts = kernel.acts_on(self.host, self.life);
            lasts.then(|| f(kernel))
        });
        match polled.flatten() {
            Some(Poll::Pending) => Poll::Pending,
            Some(Poll::Ready(Ok(value))) => Poll::Ready(Ok(value)),
            Some(Poll::Ready(Err(why))) => Poll::Ready(self.noted(Err(error(why)))),
            None => Poll::Ready(self.noted(Err(Error::Closed))),
        }
    }

    /// A call's result, with its failure in the audit.
    #[inline]
    pub(crate) fn noted<T, E: Borrow<Error>>(self, result: Result<T, E>) -> Result<T, E> {
        result.inspect_err(|error| self.note_failure(error.borrow()))
    }

    #[cold]
    fn note_failure(self, error: &Error) {
        let failure = error.into();
        let _ = self.with(|kernel| kernel.note(Event::Fail { failure }));
    }

    /// Starts a task here, from any thread.
    pub(crate) fn spawn<F>(
        self,
        current: Current,
        future: F,
        site: &'static Location<'static>,
    ) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (job, handle) = task::new(self, current, future, site);
        let (host, life, mut job) = (self.host, self.life, Some(job));
        local::with_run(self.run, |kernel| {
            job.take().map(|job| kernel.spawn(job, host, life, site))
        });
        // Where its run is gone it ends here.
        if let Some(job) = job
            && let Some(shared) = self.run.find()
        {
            shared.inject(Injected::Spawn(Spawn {
                job,
                host,
                life,
                site,
            }));
        }
        handle
    }

    /// Does `f` while this life lasts: now, or when the run's thread comes to it.
    #[inline]
    pub(crate) fn eventually(self, f: impl FnOnce(&mut Kernel) + Send + 'static) {
        let mut f = Some(f);
        let done = self.with(|kernel| f.take().map(|f| f(kernel)));
        if let (Err(_), Some(f)) = (done, f) {
            self.later(f);
        }
    }

    /// The same where the kernel is on another thread.
    #[cold]
    fn later(self, f: impl FnOnce(&mut Kernel) + Send + 'static) {
        if local::here(self.run, |_| ()).is_some() {
            return;
        }
        let Some(shared) = self.run.find() else {
            return;
        };
        if local::with(&shared, |_| ()).is_none() {
            shared.inject(Injected::Call(Box::new(move |kernel| {
                if kernel.is_alive(self.host, self.life) {
                    kernel.note_host(self.host);
                    f(kernel);
                }
            })));
        }
    }
}
