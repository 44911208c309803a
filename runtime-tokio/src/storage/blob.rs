//! An open blob: a file behind a queue, so that calls take effect in their order. A read for which
//! nothing has to be waited for goes past it.

use super::{disk::Disk, root::Hold};
use crate::{blocking::Ticket, run::Run};
use runtime_traits::{Error, blob_name};
use std::{
    collections::VecDeque,
    fmt,
    fs::File,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tokio::task::coop;

/// An open file. Clones share one handle.
///
/// A call joins the handle's queue when it is made, before its future is polled; dropping the
/// future does not take it back. On Linux a read of up to 256 KiB whose bytes lie in memory is
/// served at the call, when no other call is under way.
#[derive(Clone)]
pub struct Blob(Arc<Shared>);

struct Shared {
    run: Arc<Run>,
    /// Of the work, for the warning at the end of a run.
    label: Arc<str>,
    /// Read by those who go past the queue, written by the thread that is on it.
    disk: RwLock<Disk>,
    /// Kept while a thread is on the queue.
    hold: Hold,
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
    pub(super) fn new(
        run: Arc<Run>,
        file: File,
        hold: Hold,
        partition: String,
        name: &[u8],
    ) -> Self {
        let name = blob_name(name);
        Self(Arc::new(Shared {
            run,
            label: format!("blob {name} in {partition}").into(),
            disk: RwLock::new(Disk::new(file, partition, name)),
            hold,
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

/// The most bytes that are copied on the caller's thread.
const MOST_CACHED: usize = 256 * 1024;

fn perform<T: Send>(
    disk: &mut Disk,
    operation: impl FnOnce(&mut Disk) -> Result<T, Error>,
    ticket: Ticket<T>,
) {
    let result = disk.check().and_then(|()| operation(disk));
    ticket.finish(result);
}

impl Shared {
    /// Whether no call is under way and the page cache had it all. Calls that other threads make
    /// meanwhile are concurrent to this one; the lock keeps them from tearing it.
    fn read_cached(&self, buf: &mut [u8], offset: u64) -> bool {
        if buf.len() > MOST_CACHED || self.run.check().is_err() || lock(&self.queue).busy {
            return false;
        }
        let disk = self.disk.try_read();
        disk.is_ok_and(|disk| disk.read_cached(buf, offset))
    }

    fn push(self: &Arc<Self>, operation: Operation) {
        let mut queue = lock(&self.queue);
        queue.waiting.push_back(operation);
        if mem::replace(&mut queue.busy, true) {
            return;
        }
        drop(queue);
        let turn = Turn {
            _held: self.hold.upgrade(),
            shared: self.clone(),
            over: false,
        };
        turn.queue();
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
    /// Nobody else is let into the directory, although the run may end.
    _held: Option<Arc<File>>,
    shared: Arc<Shared>,
    over: bool,
}

/// The calls that a turn performs before those on other blobs have theirs.
const TURN: usize = 32;

impl Turn {
    fn queue(self) {
        let run = self.shared.run.clone();
        run.on_lane(move || self.run());
    }

    fn run(mut self) {
        for _ in 0..TURN {
            let Some(operation) = self.shared.next() else {
                self.over = true;
                return;
            };
            let disk = self.shared.disk.write();
            operation(&mut disk.unwrap_or_else(PoisonError::into_inner));
        }
        self.queue();
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
        let read = match self.0.read_cached(buf, offset) {
            true => None,
            false => Some(self.call(move |disk| disk.read(len, offset))),
        };
        async move {
            match read {
                Some(read) => buf.copy_from_slice(&read.await?),
                // What never waits must not keep the thread for its task, time after time.
                None => poll_fn(coop::poll_proceed).await.made_progress(),
            }
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

#[cfg(test)]
mod tests;
