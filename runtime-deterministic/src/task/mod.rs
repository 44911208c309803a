//! A spawned future, as the kernel keeps it and the runner polls it.
//!
//! [`Handle::new`] would do. A task of the simulator's own takes one allocation, its wakers hold
//! numbers and no references, and its handle can say who waits for it.

mod joint;
mod split;
mod waker;

pub(crate) use split::{Job, fetch};
pub(crate) use waker::{SERIAL_BITS, let_go, waker, wakes};

use crate::Context;
use joint::{Joint, Why};
use pin_project_lite::pin_project;
use runtime_traits::{Current, Handle};
use split::Work;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, Location, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{self, Poll},
};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

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

/// Makes a task of `future`, on the host of `context`, and its handle.
pub(crate) fn new<F>(
    context: &Context,
    current: Current,
    future: F,
    site: &'static Location<'static>,
) -> (Job, Handle<F::Output>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let task = Task {
        current: Some(current),
        site,
        future: Some(future),
    };
    let (job, task) = Job::new(Joint::new(context), task);
    (job, Handle::from(task as Arc<_>))
}

pin_project! {
    /// What the job of a task has alone.
    #[project = Projection]
    struct Task<F> {
        current: Option<Current>,
        site: &'static Location<'static>,
        #[pin]
        future: Option<F>,
    }
}

type Shared<F> = Joint<<F as Future>::Output>;

impl<F> Work<Shared<F>> for Task<F>
where
    F: Future + Send,
    F::Output: Send,
{
    fn poll(
        self: Pin<&mut Self>,
        joint: &Shared<F>,
        cx: &mut task::Context<'_>,
    ) -> Poll<Option<Failure>> {
        let mut this = self.project();
        if joint.is_aborted() {
            return Poll::Ready(this.end(joint, Err(Why::Aborted)));
        }
        let (Some(current), Some(future)) =
            (this.current.as_mut(), this.future.as_mut().as_pin_mut())
        else {
            return Poll::Pending;
        };
        let poll = || {
            future.poll(cx).map(|output| match joint.ended() {
                None => Ok(output),
                // It brought its own host down.
                Some(why) => {
                    drop(output);
                    Err(why)
                }
            })
        };
        current.enter(poll).map(|result| this.end(joint, result))
    }

    fn end(self: Pin<&mut Self>, joint: &Shared<F>, panic: Option<Payload>) -> Option<Failure> {
        let name = panic.is_some().then(|| self.name(joint));
        let why = match panic {
            Some(_) => Why::Exited,
            None => joint.ended().unwrap_or(Why::Closed),
        };
        let dropped = self.project().end(joint, Err(why));
        panic.zip(name).map(Failure::new).or(dropped)
    }

    fn has_ended(&self) -> bool {
        self.current.is_none()
    }

    fn name(&self, joint: &Shared<F>) -> Name {
        let label = self.current.as_ref().map(Current::path);
        Name {
            host: joint.host(),
            label: label.cloned().unwrap_or_default(),
            site: self.site,
        }
    }

    fn label(&self) -> &str {
        self.current.as_ref().map_or("", |current| current.path())
    }
}

impl<F: Future> Projection<'_, F> {
    /// Drops the future as its task, then uncounts the task, then resolves the handle. Returns what
    /// that panicked with first.
    fn end(&mut self, joint: &Shared<F>, result: Result<F::Output, Why>) -> Option<Failure> {
        let mut current = self.current.take()?;
        let drops = catching(|| current.enter(|| self.future.set(None)));
        // Who has no handle drops its output itself, and is to be known if that panics.
        let known = drops.is_err() || joint.is_detached();
        let label = known.then(|| current.path().clone());
        drop(current);
        let (unwanted, payload) = match drops {
            Ok(()) => (joint.finish(result), None),
            Err(payload) => {
                let unwanted = joint.finish(Err(Why::Exited));
                (unwanted.and(Some(result)), Some(payload))
            }
        };
        let payload = payload.or(catching(|| drop(unwanted)).err())?;
        let name = Name {
            host: joint.host(),
            label: label.unwrap_or_default(),
            site: self.site,
        };
        Some(Failure::new((payload, name)))
    }
}

fn catching(f: impl FnOnce()) -> Result<(), Payload> {
    catch_unwind(AssertUnwindSafe(f))
}
