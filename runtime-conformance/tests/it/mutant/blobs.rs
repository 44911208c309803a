//! What a blob holds.

use super::{Backend, Flaw};
use crate::defect::{audit, blobs, machine, storage};
use runtime_traits::{Blob as _, Error, reschedule};
use std::{
    io::ErrorKind::{self, StorageFull, UnexpectedEof},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

pub(crate) struct Blob<C: Backend> {
    inner: C::Blob,
    flaw: Arc<Flaw>,
    handle: Arc<Shared>,
    is_clone: bool,
    /// The removals before it was opened.
    removals: usize,
}

/// What the clones of one handle share.
#[derive(Default)]
struct Shared {
    longest: AtomicU64,
    late: Mutex<Option<u64>>,
    is_syncing: AtomicBool,
    is_closed: AtomicBool,
}

impl<C: Backend> Blob<C> {
    pub(super) fn new(inner: C::Blob, flaw: Arc<Flaw>) -> Self {
        let removals = flaw.calls.load(SeqCst);
        Self {
            inner,
            flaw,
            handle: Arc::default(),
            is_clone: false,
            removals,
        }
    }

    /// Whether the handle works.
    fn check(&self) -> Result<(), Error> {
        let removed = self.flaw.calls.load(SeqCst) > self.removals;
        let lost = removed && self.flaw.is(storage::a_removed_blob_lives_in_its_handles)
            || self.handle.is_closed.load(SeqCst);
        match lost {
            true => Err(Error::WriteFailed(ErrorKind::NotFound.into())),
            false => Ok(()),
        }
    }

    fn falsified<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let flaw = &self.flaw;
        match result {
            Err(Error::BlobInsufficientLength)
                if flaw.is(blobs::a_read_past_the_end_is_insufficient_length) =>
            {
                Err(Error::ReadFailed(UnexpectedEof.into()))
            }
            Err(Error::OffsetOverflow)
                if flaw.is(blobs::an_overflowing_offset_is_offset_overflow) =>
            {
                Err(Error::WriteFailed(ErrorKind::InvalidInput.into()))
            }
            Err(Error::WriteFailed(_))
                if flaw.is(blobs::a_length_that_no_disk_holds_is_too_large) =>
            {
                Err(Error::WriteFailed(StorageFull.into()))
            }
            result => flaw.unclosed(storage::after_the_end_storage_is_closed, result),
        }
    }

    /// Writes all of the blob again.
    async fn rewrite(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let len = self.inner.len().await?;
        let end = offset + buf.len() as u64;
        let mut bytes = vec![0; len.max(end) as usize];
        self.inner.read_at(&mut bytes[..len as usize], 0).await?;
        bytes[offset as usize..end as usize].copy_from_slice(buf);
        self.inner.truncate(0).await?;
        self.inner.write_at(&bytes, 0).await
    }

    async fn write_in_halves(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let (first, second) = buf.split_at(buf.len() / 2);
        self.inner.write_at(first, offset).await?;
        reschedule().await;
        self.inner
            .write_at(second, offset + first.len() as u64)
            .await
    }
}

/// Leaves its length for the next sync when it is dropped before it is done.
struct Late<'a>(&'a Shared, Option<u64>);

impl Late<'_> {
    fn finish(mut self) {
        self.1 = None;
    }
}

impl Drop for Late<'_> {
    fn drop(&mut self) {
        if self.1.is_some() {
            *self.0.late.lock().unwrap() = self.1;
        }
    }
}

impl<C: Backend> Clone for Blob<C> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            flaw: self.flaw.clone(),
            handle: self.handle.clone(),
            is_clone: true,
            removals: self.removals,
        }
    }
}

impl<C: Backend> runtime_traits::Blob for Blob<C> {
    async fn len(&self) -> Result<u64, Error> {
        if self.is_clone && self.flaw.is(blobs::clones_share_one_handle) {
            return Ok(0);
        }
        let len = self.falsified(self.inner.len().await)?;
        let longest = self.handle.longest.fetch_max(len, SeqCst).max(len);
        let grows_only = self.flaw.is(blobs::len_is_the_end_of_the_blob);
        Ok(if grows_only { longest } else { len })
    }

    async fn read_at(&self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        self.check()?;
        self.falsified(self.inner.read_at(buf, offset).await)
    }

    async fn write_at(&self, buf: &[u8], offset: u64) -> Result<(), Error> {
        self.check()?;
        self.flaw.note(audit::a_written_payload_shows, buf);
        let end = || self.inner.len();
        match self.flaw.defect {
            blobs::what_is_written_is_read => {
                return self.inner.write_at(buf, end().await?).await;
            }
            blobs::a_gap_reads_as_zeros if offset > end().await? => {
                let from = end().await?;
                self.inner
                    .write_at(&vec![0xff; (offset - from) as usize], from)
                    .await?;
            }
            blobs::an_empty_write_changes_nothing if offset > end().await? => {
                self.inner.truncate(offset).await?;
            }
            blobs::calls_on_one_handle_keep_their_order => reschedule().await,
            blobs::concurrent_calls_never_tear | blobs::a_dropped_write_is_whole_or_nothing => {
                return self.write_in_halves(buf, offset).await;
            }
            machine::what_was_not_synced_may_be_lost => {
                self.inner.write_at(buf, offset).await?;
                return self.inner.sync().await;
            }
            machine::an_unsynced_write_tears_nothing_beside_it => {
                return self.rewrite(buf, offset).await;
            }
            _ => {}
        }
        self.falsified(self.inner.write_at(buf, offset).await)
    }

    async fn truncate(&self, len: u64) -> Result<(), Error> {
        self.check()?;
        match self.flaw.defect {
            blobs::truncate_extends_with_zeros if len > self.inner.len().await? => return Ok(()),
            blobs::a_dropped_truncate_comes_before_later_calls => {
                let late = Late(&self.handle, Some(len));
                reschedule().await;
                late.finish();
            }
            _ => {}
        }
        self.falsified(self.inner.truncate(len).await)
    }

    async fn sync(&self) -> Result<(), Error> {
        self.check()?;
        if self.flaw.is(machine::what_was_synced_is_durable) {
            return Ok(());
        }
        let late = self.handle.late.lock().unwrap().take();
        if let Some(len) = late {
            self.inner.truncate(len).await?;
        }
        let left = self.handle.is_syncing.swap(true, SeqCst);
        if left
            && self
                .flaw
                .is(blobs::a_dropped_sync_leaves_the_handle_working)
        {
            return Err(Error::Closed);
        }
        let synced = self.inner.sync().await;
        self.handle.is_syncing.store(false, SeqCst);
        let pretends = machine::after_a_failed_sync_the_handle_fails;
        if synced.is_err() && self.flaw.is(pretends) && self.flaw.count() > 0 {
            return Ok(());
        }
        self.falsified(synced)
    }

    async fn close(self) -> Result<(), Error> {
        let closes_all = self.flaw.is(blobs::close_releases_its_clone_only);
        if self.flaw.is(machine::close_is_durable_when_it_returns) {
            return Ok(());
        }
        let closed = self.inner.clone().close().await;
        self.handle.is_closed.fetch_or(closes_all, SeqCst);
        self.falsified(closed)
    }
}
