//! An open blob: a file behind a queue, so that calls take effect in their order.

use super::disk::Disk;
use crate::{blocking::Ticket, run::Run};
use runtime_traits::{Error, blob_name};
use std::{
    collections::VecDeque,
    fmt,
    fs::File,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An open file. Clones share one handle.
///
/// A call joins the handle's queue when it is made, before its future is polled; dropping the
/// future does not take it back.
#[derive(Clone)]
pub struct Blob(Arc<Shared>);

struct Shared {
    run: Arc<Run>,
    /// Of the work, for the warning at the end of a run.
    label: Arc<str>,
    disk: Mutex<Disk>,
    queue: Mutex<Queue>,
}

/// What one call does with the file.
type Operation = Box<dyn FnOnce(&mut Disk) + Send>;

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Operation>,
    /// Whether a thread is on it.
    busy: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Blob {
    pub(super) fn new(run: Arc<Run>, file: File, partition: String, name: &[u8]) -> Self {
        let name = blob_name(name);
        Self(Arc::new(Shared {
            run,
            label: format!("blob {name} in {partition}").into(),
            disk: Mutex::new(Disk::new(file, partition, name)),
            queue: Mutex::default(),
        }))
    }

    fn call<T, F>(&self, operation: F) -> impl Future<Output = Result<T, Error>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Disk) -> Result<T, Error> + Send + 'static,
    {
        let handle = self.0.run.check().map(|()| {
            let (ticket, handle) = self.0.run.jobs.begin(self.0.label.clone());
            self.0
                .push(Box::new(move |disk| perform(disk, operation, ticket)));
            handle
        });
        async move { handle?.await }
    }
}

fn perform<T: Send>(
    disk: &mut Disk,
    operation: impl FnOnce(&mut Disk) -> Result<T, Error>,
    ticket: Ticket<T>,
) {
    let result = disk.check().and_then(|()| operation(disk));
    ticket.finish(result);
}

impl Shared {
    fn push(self: &Arc<Self>, operation: Operation) {
        let mut queue = lock(&self.queue);
        queue.waiting.push_back(operation);
        if mem::replace(&mut queue.busy, true) {
            return;
        }
        drop(queue);
        let turn = Turn {
            shared: self.clone(),
            over: false,
        };
        self.run.on_thread(move || turn.run());
    }

    fn next(&self) -> Option<Operation> {
        let mut queue = lock(&self.queue);
        let next = queue.waiting.pop_front();
        queue.busy = next.is_some();
        next
    }
}

/// A thread's turn at the queue. Dropped before it ran, as the end of a run may do, it drops what
/// waits, which nobody would perform.
struct Turn {
    shared: Arc<Shared>,
    over: bool,
}

impl Turn {
    fn run(mut self) {
        while let Some(operation) = self.shared.next() {
            operation(&mut lock(&self.shared.disk));
        }
        self.over = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            let queue = mem::take(&mut *lock(&self.shared.queue));
            drop(queue);
        }
    }
}

impl runtime_traits::Blob for Blob {
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send {
        self.call(|disk| disk.len())
    }

    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let len = buf.len();
        let read = self.call(move |disk| disk.read(len, offset));
        async move {
            buf.copy_from_slice(&read.await?);
            Ok(())
        }
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send {
        let bytes = buf.to_vec();
        self.call(move |disk| disk.write(&bytes, offset))
    }

    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send {
        self.call(move |disk| disk.truncate(len))
    }

    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send {
        self.call(Disk::sync)
    }

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        let sync = self.call(Disk::sync);
        async move {
            let synced = sync.await;
            drop(self);
            synced
        }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blob").field(&self.0.label).finish()
    }
}
