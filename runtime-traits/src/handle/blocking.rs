//! The handle of blocking work that runs as a task: an abort resolves it at once, and ends the task later.

use super::{Handle, JoinMut};
use crate::{
    Error,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};
use std::{
    mem,
    pin::Pin,
    sync::PoisonError,
    task::{Context, Poll, Waker},
};

struct Blocking<T> {
    task: Handle<T>,
    aborted: AtomicBool,
    /// Who waits for the task, and is told of an abort at once. Locked for a look only.
    waits: Mutex<Option<Waker>>,
}

impl<T: Send + 'static> Handle<T> {
    pub(crate) fn of_blocking(task: Self) -> Self {
        let blocking: Box<dyn JoinMut<T>> = Box::new(Blocking {
            task,
            aborted: AtomicBool::new(false),
            waits: Mutex::new(None),
        });
        Self::from(blocking)
    }
}

impl<T: Send> JoinMut<T> for Blocking<T> {
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if self.aborted.load(SeqCst) {
            return Poll::Ready(Err(Error::Aborted));
        }
        let polled = Pin::new(&mut self.task).poll(cx);
        let waits = polled.is_pending().then(|| cx.waker().clone());
        // No abort comes meanwhile: it would share what this has alone.
        let known = self.waits.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(mem::replace(known, waits));
        polled
    }

    fn abort(&self) {
        if !self.task.is_finished() {
            self.aborted.store(true, SeqCst);
            self.task.abort();
            let waits = self
                .waits
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            waits.into_iter().for_each(Waker::wake);
        }
    }

    fn is_finished(&self) -> bool {
        self.aborted.load(SeqCst) || self.task.is_finished()
    }
}
