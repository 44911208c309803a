//! The handle of blocking work that runs as a task: an abort resolves it at once, and ends the task later.

use super::{Handle, JoinMut};
use crate::{
    Error,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

struct Blocking<T> {
    task: Handle<T>,
    aborted: AtomicBool,
}

impl<T: Send + 'static> Handle<T> {
    pub(crate) fn of_blocking(task: Self) -> Self {
        let aborted = AtomicBool::new(false);
        let blocking: Box<dyn JoinMut<T>> = Box::new(Blocking { task, aborted });
        Self::from(blocking)
    }
}

impl<T: Send> JoinMut<T> for Blocking<T> {
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, Error>> {
        match self.aborted.load(SeqCst) {
            true => Poll::Ready(Err(Error::Aborted)),
            false => Pin::new(&mut self.task).poll(cx),
        }
    }

    fn abort(&self) {
        if !self.task.is_finished() {
            self.aborted.store(true, SeqCst);
            self.task.abort();
        }
    }

    fn is_finished(&self) -> bool {
        self.aborted.load(SeqCst) || self.task.is_finished()
    }
}
