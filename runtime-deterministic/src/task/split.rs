//! One allocation for a task, in two parts: what its [`Job`] alone reaches, and what it shares with
//! its handle. It knows neither futures nor results.
//!
//! One of the two files with unsafe code; the models in `runner/models.rs` see in every interleaving
//! that nobody reaches a job's part beside it.
#![expect(
    unsafe_code,
    reason = "a future apart from its handle's state is one more allocation for each spawn"
)]

use super::{Failure, Name, Payload};
use crate::{kernel::TaskId, sync::UnsafeCell};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// What is shared, and what is the job's. In this order a poll touches one cache line less: what it
/// reads of the shared part lies at its end.
#[repr(C)]
pub(super) struct Split<S, W> {
    pub(super) shared: S,
    own: UnsafeCell<W>,
}

// SAFETY: a shared reference gives the shared part, which is `Sync`, and the job's part through
// `Reach` alone, whose callers promise that they are alone with it. Who that is may be on another
// thread each time, and whoever is last drops it: so it is `Send`.
unsafe impl<S: Sync, W: Send> Sync for Split<S, W> {}

/// What the shared part is told.
pub(super) trait Admit: Send + Sync {
    /// The kernel took the task in.
    fn admit(&self, task: TaskId);
}

/// What a job does with its part.
pub(super) trait Work<S>: Send {
    fn poll(self: Pin<&mut Self>, shared: &S, cx: &mut Context<'_>) -> Poll<Option<Failure>>;
    fn end(self: Pin<&mut Self>, shared: &S, panic: Option<Payload>) -> Option<Failure>;
    fn has_ended(&self) -> bool;
    fn name(&self, shared: &S) -> Name;
    fn label(&self) -> &str;
}

/// A task, whatever the type of its future, as the one who polls it has it.
pub(crate) struct Job(Arc<dyn Reach>);

/// The way to a job's part, whatever its type.
///
/// # Safety
/// Whoever calls an unsafe one is alone with the part until that returns.
trait Reach: Send + Sync {
    fn admit(&self, task: TaskId);
    unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Failure>>;
    unsafe fn end(&self, panic: Option<Payload>) -> Option<Failure>;
    unsafe fn has_ended(&self) -> bool;
    unsafe fn name(&self) -> Name;
    unsafe fn with_label(&self, f: &mut dyn FnMut(&str));
}

impl<S, W> Split<S, W> {
    /// # Safety
    /// As [`Reach`]'s.
    #[inline]
    unsafe fn reach<R>(&self, f: impl FnOnce(Pin<&mut W>, &S) -> R) -> R {
        self.own.with_mut(|own| {
            // SAFETY: the caller is alone with it, so no other reference to it exists. It is pinned:
            // it lies in an `Arc`, which moves nothing, and is dropped where it lies.
            let own = unsafe { Pin::new_unchecked(&mut *own) };
            f(own, &self.shared)
        })
    }
}

impl<S: Admit, W: Work<S>> Reach for Split<S, W> {
    fn admit(&self, task: TaskId) {
        self.shared.admit(task);
    }

    unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Failure>> {
        // SAFETY: as promised by the caller, here and below.
        unsafe { self.reach(|own, shared| own.poll(shared, cx)) }
    }

    unsafe fn end(&self, panic: Option<Payload>) -> Option<Failure> {
        // SAFETY: as above.
        unsafe { self.reach(|own, shared| own.end(shared, panic)) }
    }

    unsafe fn has_ended(&self) -> bool {
        // SAFETY: as above.
        unsafe { self.reach(|own, _| own.has_ended()) }
    }

    unsafe fn name(&self) -> Name {
        // SAFETY: as above.
        unsafe { self.reach(|own, shared| own.name(shared)) }
    }

    unsafe fn with_label(&self, f: &mut dyn FnMut(&str)) {
        // SAFETY: as above.
        unsafe { self.reach(|own, _| f(own.label())) }
    }
}

// Each unsafe call below is of the one job that `new` made for the part, which is neither cloned nor
// shared: it is borrowed mutably, so no other call overlaps, and nothing of the part is returned.
impl Job {
    /// The job of a task, and the task as its handle has it.
    pub(super) fn new<S, W>(shared: S, own: W) -> (Self, Arc<Split<S, W>>)
    where
        S: Admit + 'static,
        W: Work<S> + 'static,
    {
        let own = UnsafeCell::new(own);
        let task = Arc::new(Split { shared, own });
        (Self(task.clone()), task)
    }

    /// It has become this task.
    pub(crate) fn admit(&self, task: TaskId) {
        self.0.admit(task);
    }

    /// Goes on. Once it is ready it has dropped its future as itself and resolved its handle; what
    /// that panicked with is returned. What the future's poll panics with is not caught, and is to
    /// be [told](Self::end).
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Failure>> {
        // SAFETY: see above.
        unsafe { self.0.poll(cx) }
    }

    /// Ends it by a panic of its future, or else unfinished. Returns what it panicked with first.
    pub(crate) fn end(&mut self, panic: Option<Payload>) -> Option<Failure> {
        // SAFETY: see above.
        unsafe { self.0.end(panic) }
    }

    /// Whether its future is gone.
    pub(crate) fn has_ended(&mut self) -> bool {
        // SAFETY: see above.
        unsafe { self.0.has_ended() }
    }

    /// What reports call it, until it has ended.
    pub(crate) fn name(&mut self) -> Name {
        // SAFETY: see above.
        unsafe { self.0.name() }
    }

    /// Asks the processor for what a poll reads first.
    #[inline]
    pub(crate) fn fetch(&self) {
        let at = Arc::as_ptr(&self.0).cast::<u8>();
        for line in 0..LINES {
            fetch(at.wrapping_add(line * LINE));
        }
    }

    /// As its name has it.
    pub(crate) fn with_label(&mut self, mut f: impl FnMut(&str)) {
        // SAFETY: see above.
        unsafe { self.0.with_label(&mut f) }
    }
}

/// Bytes that a processor reads at once, and in how many of them a small task lies.
const LINE: usize = 64;
const LINES: usize = 3;

/// Asks the processor for what lies there: it is about to be read, and nobody waits for it now.
#[inline(always)]
pub(crate) fn fetch<T>(at: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every processor of this kind has the instruction, and it is a hint: it reads nothing that
    // shows, and faults nowhere, whatever the address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = at;
}

impl Drop for Job {
    /// It was never taken in, or its run is over, or it has ended.
    fn drop(&mut self) {
        drop(self.end(None));
    }
}
