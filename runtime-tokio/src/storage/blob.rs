//! An open blob: a file behind a queue, so that calls take effect in their order. A read for which
//! nothing has to be waited for goes past it.

use super::{
    disk::Disk,
    queue::{self, Queue, Turn},
    root::Hold,
};
use crate::{
    metrics::{Bytes, Meter, Operation},
    run::Run,
};
use runtime_traits::{Error, Handle, blob_name};
use std::{
    fmt,
    fs::File,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};
use tokio::task::coop;

/// An open file. Clones share one handle.
///
/// A call joins the handle's queue when it is made, before its future is polled; dropping the
/// future does not take it back. On Linux a read of up to 256 KiB whose bytes lie in memory is
/// served at the call, when no other call is under way. A sync is that of
/// [`File::sync_data`]: the contents and the length.
#[derive(Clone)]
pub struct Blob(Arc<Shared>);

struct Shared {
    run: Arc<Run>,
    meter: Arc<Meter>,
    /// Of the work, for the warning at the end of a run.
    label: Arc<str>,
    /// Kept while a thread is on the queue.
    hold: Hold,
    queue: Arc<Queue<Disk>>,
}

impl Blob {
    pub(super) fn new(
        run: Arc<Run>,
        meter: Arc<Meter>,
        file: File,
        hold: Hold,
        partition: String,
        name: &[u8],
    ) -> Self {
        let name = blob_name(name);
        Self(Arc::new(Shared {
            run,
            meter,
            label: format!("blob {name} in {partition}").into(),
            hold,
            queue: Queue::new(Disk::new(file, partition, name)),
        }))
    }

    fn call<T, F>(&self, operation: Operation, work: F) -> Call<T>
    where
        T: Send + 'static,
        F: FnOnce(&Disk) -> Result<T, Error> + Send + 'static,
    {
        if self.0.run.check().is_err() {
            return Call(None);
        }
        let (ticket, handle) = self.0.run.jobs.begin(self.0.label.clone());
        let (meter, began) = (self.0.meter.clone(), Instant::now());
        self.0.push(Box::new(move |disk| {
            let result = disk.check().and_then(|()| work(disk));
            meter.note(operation, began.elapsed(), &result);
            ticket.finish(result);
        }));
        Call(Some(handle))
    }

    #[cold]
    #[inline(never)]
    fn read_queued(&self, len: usize, offset: u64) -> Call<Vec<u8>> {
        self.call(Operation::Read, move |disk| disk.read(len, offset))
    }
}

/// What a call waits for; nothing once the run is over.
struct Call<T>(Option<Handle<T>>);

impl<T: Send + 'static> Future for Call<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(handle) => Pin::new(handle).poll(cx),
            None => Poll::Ready(Err(Error::Closed)),
        }
    }
}

/// A read that waits, or one that was served already. Small, since it is moved as often as it is made.
struct Read<'buf, 'blob> {
    buf: &'buf mut [u8],
    meter: &'blob Meter,
    call: Option<Call<Vec<u8>>>,
}

impl Future for Read<'_, '_> {
    type Output = Result<(), Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(call) = &mut self.call else {
            // What never waits must not keep the thread for its task, time after time.
            return coop::poll_proceed(cx).map(|coop| {
                coop.made_progress();
                Ok(())
            });
        };
        let bytes = ready!(Pin::new(call).poll(cx))?;
        self.buf.copy_from_slice(&bytes);
        self.meter.add(Bytes::Read, bytes.len());
        Poll::Ready(Ok(()))
    }
}

/// The most bytes that are copied on the caller's thread.
const MOST_CACHED: usize = 256 * 1024;

impl Shared {
    /// Whether no call is under way and the page cache had it all.
    fn read_cached(&self, buf: &mut [u8], offset: u64) -> bool {
        if buf.len() > MOST_CACHED || self.run.is_over() {
            return false;
        }
        let read = self.queue.pass(|disk| disk.read_cached(buf, offset));
        if read == Some(true) {
            self.meter
                .note_at_once(Operation::ReadCached, Bytes::Read, buf.len());
            return true;
        }
        false
    }

    fn push(&self, operation: queue::Operation<Disk>) {
        if let Some(turn) = self.queue.push(operation) {
            go_on(self.run.clone(), turn, self.hold.upgrade());
        }
    }
}

/// Has a thread take the turn. While it is `held` nobody else is let into the directory, although
/// the run may end.
fn go_on(run: Arc<Run>, turn: Turn<Disk>, held: Option<Arc<File>>) {
    run.clone().on_lane(move || match turn.run() {
        Some(turn) => go_on(run, turn, held),
        None => drop(held),
    });
}

impl runtime_traits::Blob for Blob {
    fn len(&self) -> impl Future<Output = Result<u64, Error>> + Send {
        self.call(Operation::Len, |disk| disk.len())
    }

    // Inlined, and what is rare is not: what it returns is built where it is polled.
    #[inline]
    fn read_at(
        &self,
        buf: &mut [u8],
        offset: u64,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let call = match self.0.read_cached(buf, offset) {
            true => None,
            false => Some(self.read_queued(buf.len(), offset)),
        };
        let meter = &*self.0.meter;
        Read { buf, meter, call }
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> impl Future<Output = Result<(), Error>> + Send {
        let bytes = buf.to_vec();
        let meter = self.0.meter.clone();
        self.call(Operation::Write, move |disk| {
            disk.write(&bytes, offset)?;
            meter.add(Bytes::Written, bytes.len());
            Ok(())
        })
    }

    fn truncate(&self, len: u64) -> impl Future<Output = Result<(), Error>> + Send {
        self.call(Operation::Truncate, move |disk| disk.truncate(len))
    }

    fn sync(&self) -> impl Future<Output = Result<(), Error>> + Send {
        self.call(Operation::Sync, Disk::sync)
    }

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        let sync = self.call(Operation::Sync, Disk::sync);
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
