//! Running the root on the calling thread.

use crate::Context;
use std::{
    panic::resume_unwind,
    sync::Arc,
    task::{self, Poll, Wake, Waker},
    thread::{self, JoinHandle, Thread},
};

/// Starts a run. Dropped without a start, it ends the run in the same way.
pub struct Runner {
    context: Context,
    threads: Vec<JoinHandle<()>>,
}

impl Runner {
    pub(crate) fn new(context: Context, threads: Vec<JoinHandle<()>>) -> Self {
        Self { context, threads }
    }
}

impl runtime_traits::Runner for Runner {
    fn start<F: Future>(self, root: F) -> F::Output {
        let shared = &self.context.0;
        shared.lock().root = Some(thread::current());
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut cx = task::Context::from_waker(&waker);
        let mut current = self.context.root();
        let mut root = Box::pin(root);
        let output = loop {
            let payload = shared.lock().payload.take();
            if let Some(payload) = payload {
                current.enter(|| drop(root));
                resume_unwind(payload);
            }
            match current.enter(|| root.as_mut().poll(&mut cx)) {
                Poll::Ready(output) => break output,
                Poll::Pending => thread::park(),
            }
        };
        current.enter(|| drop(root));
        output
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.context.0.end();
        for thread in self.threads.drain(..) {
            // A thread may drop the last runner that it holds itself; it cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
