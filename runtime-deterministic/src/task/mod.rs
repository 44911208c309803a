//! A spawned future, as the kernel keeps it and the runner polls it.
//!
//! [`Handle::new`] would do. A task of the simulator's own takes one allocation, its wakers hold
//! numbers and no references, and its handle can say who waits for it.

mod joint;
mod split;
mod waker;

pub(crate) use split::{Job, fetch};
pub(crate) use waker::{SERIAL_BITS, let_go, waker, wakes};

use crate::seat::Seat;
use joint::{Joint, Output, Why};
use pin_project_lite::pin_project;
use runtime_traits::{
    Current, Handle,
    panics::{Payload, catching, first, forget},
};
use split::{Outlet, Work};
use std::{
    mem,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{self, Poll, ready},
};

/// What a task panicked with, first, and who that was. Seldom made, and small where it is passed.
pub(crate) type Failure = Box<(Payload, Name)>;

/// What reports call a task.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) host: u32,
    pub(crate) label: Arc<str>,
    /// Where it was spawned.
    pub(crate) site: &'static Location<'static>,
}

impl Name {
    /// The root's, which was spawned nowhere.
    pub(crate) fn root() -> Self {
        Self {
            host: 0,
            label: Arc::default(),
            site: Location::caller(),
        }
    }
}

/// Makes a task of `future`, on the host at `seat`, and its handle.
pub(crate) fn new<F>(
    seat: Seat,
    current: Current,
    future: F,
    site: &'static Location<'static>,
) -> (Job, Handle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let task = Task {
        current,
        site,
        future: Some(future),
    };
    Job::new(Joint::new(seat), task)
}

pin_project! {
    /// What the job of a task has alone, in the order in which a poll reads it.
    #[repr(C)]
    #[project = Projection]
    struct Task<F> {
        current: Current,
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        site: &'static Location<'static>,
    }
}

type Out<'a, F> = Outlet<'a, Output<<F as Future>::Output>>;

impl<F> Work<Output<F::Output>, Joint> for Task<F>
where
    F: Future + Send,
    F::Output: Send,
{
    fn poll(
        self: Pin<&mut Self>,
        joint: &Joint,
        outlet: Out<'_, F>,
        cx: &mut task::Context<'_>,
    ) -> Poll<Option<Failure>> {
        let mut this = self.project();
        if joint.is_aborted() {
            let drops = this.drop_future();
            return Poll::Ready(this.end(joint, outlet, Err(Why::Aborted), drops));
        }
        let polled = this.current.enter(|| {
            let Some(future) = this.future.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            let result = match (ready!(future.poll(cx)), joint.ended()) {
                (output, None) => Ok(output),
                // It brought its own host down.
                (_, Some(why)) => Err(why),
            };
            Poll::Ready((result, catching(|| this.future.set(None))))
        });
        polled.map(|(result, drops)| this.end(joint, outlet, result, drops))
    }

    fn end(
        self: Pin<&mut Self>,
        joint: &Joint,
        outlet: Out<'_, F>,
        panic: Option<Payload>,
    ) -> Option<Failure> {
        if self.has_ended() {
            return None;
        }
        let name = panic.is_some().then(|| self.name(joint));
        let why = match panic {
            Some(_) => Why::Exited,
            None => joint.ended().unwrap_or(Why::Closed),
        };
        let mut this = self.project();
        let drops = this.drop_future();
        let dropped = this.end(joint, outlet, Err(why), drops);
        let Some(told) = panic.zip(name) else {
            return dropped;
        };
        dropped.into_iter().for_each(|dropped| forget(dropped.0));
        Some(Failure::new(told))
    }

    fn has_ended(&self) -> bool {
        self.future.is_none()
    }

    fn name(&self, joint: &Joint) -> Name {
        Name {
            host: joint.host(),
            label: self.current.path().clone(),
            site: self.site,
        }
    }

    fn label(&self) -> &str {
        self.current.path()
    }
}

impl<F: Future> Projection<'_, F> {
    /// As its task. Says what that panics with.
    fn drop_future(&mut self) -> Result<(), Payload> {
        let future = &mut self.future;
        let drops = catching(|| self.current.enter(|| future.set(None)));
        // No task can be entered by whoever looks at the polled task's context.
        let again = catching(|| future.set(None));
        first(drops, again)
    }

    /// Uncounts the task, whose future is gone, then resolves the handle. Returns what the task's end
    /// panicked with first.
    fn end(
        &mut self,
        joint: &Joint,
        outlet: Out<'_, F>,
        result: Output<F::Output>,
        drops: Result<(), Payload>,
    ) -> Option<Failure> {
        // Who has no handle drops its output itself, and is to be known if that panics.
        let known = drops.is_err() || outlet.is_unwanted();
        let label = known.then(|| self.current.path().clone());
        drop(mem::take(self.current));
        let (unwanted, drops) = match drops {
            Ok(()) => (joint.finish(outlet, result), Ok(())),
            panicked => {
                let woken = catching(|| drop(joint.finish(outlet, Err(Why::Exited))));
                (Some(result), first(panicked, woken))
            }
        };
        let payload = first(drops, catching(|| drop(unwanted))).err()?;
        let name = Name {
            host: joint.host(),
            label: label.unwrap_or_default(),
            site: self.site,
        };
        Some(Failure::new((payload, name)))
    }
}
