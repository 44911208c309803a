//! One allocation for a task, in three parts: what its [`Job`] alone reaches, what it shares with its
//! handle, and the post by which a value passes from the one to the other. The two own it together:
//! who goes last frees it. It knows neither futures nor results.
//!
//! One of the two files with unsafe code; the models in `runner/models.rs` see in every interleaving
//! that nobody reaches a job's part beside it, a value while it is left, or what is freed.
#![expect(
    unsafe_code,
    reason = "a future apart from its handle's state is one more allocation for each spawn, and a \
              lock and counted references take half of the time of a spawn and a join"
)]

use super::{Failure, Name, SERIAL_BITS};
use crate::{
    kernel::{TaskId, Waiter},
    sync::{
        UnsafeCell,
        atomic::{
            AtomicPtr,
            Ordering::{AcqRel, Acquire, Relaxed},
        },
    },
};
use runtime_traits::{
    Error, Handle, JoinAt, JoinPlace,
    panics::{Payload, forget},
};
use std::{
    marker::PhantomData,
    mem::ManuallyDrop,
    pin::Pin,
    ptr::{self, NonNull},
    task::{Context, Poll, Waker},
};

/// What passes, what is shared, and what is the job's. In this order a poll touches one cache line less,
/// and the word is found whatever the types are.
#[repr(C)]
struct Split<T, S, W> {
    post: Post<T>,
    shared: S,
    own: UnsafeCell<W>,
    #[cfg(all(loom, test))]
    _tracked: loom::alloc::Track<()>,
}

/// What a handle does with the shared part, which takes values of `T` for what the handle yields.
pub(super) trait Hold<T>: Send + Sync {
    type Yield;

    /// The kernel took the task in.
    fn admit(&self, task: TaskId);
    fn poll_join(
        &self,
        inlet: Inlet<'_, T>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Yield, Error>>;
    fn abort(&self);
}

/// What a job does with its part. It has left a value at the latest when it has ended.
pub(super) trait Work<T, S>: Send {
    fn poll(
        self: Pin<&mut Self>,
        shared: &S,
        outlet: Outlet<'_, T>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Failure>>;
    fn end(
        self: Pin<&mut Self>,
        shared: &S,
        outlet: Outlet<'_, T>,
        panic: Option<Payload>,
    ) -> Option<Failure>;
    fn has_ended(&self) -> bool;
    fn name(&self, shared: &S) -> Name;
    fn label(&self) -> &str;
}

/// A task, whatever the type of its future, as the one who polls it has it.
pub(crate) struct Job(NonNull<dyn Reach>);

// SAFETY: of what it points to the job's part and what passes are `Send`, and what is shared is that
// and `Sync`, as `Job::new` asks for.
unsafe impl Send for Job {}

/// The way to a job's part, whatever its type.
///
/// # Safety
/// Whoever calls an unsafe one is alone with the part until that returns.
trait Reach {
    fn admit(&self, task: TaskId);
    unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Failure>>;
    unsafe fn end(&self, panic: Option<Payload>) -> Option<Failure>;
    unsafe fn has_ended(&self) -> bool;
    unsafe fn name(&self) -> Name;
    unsafe fn with_label(&self, f: &mut dyn FnMut(&str));
}

impl<T, S, W> Split<T, S, W> {
    /// # Safety
    /// As [`Reach`]'s.
    #[inline]
    unsafe fn reach<R>(&self, f: impl FnOnce(Pin<&mut W>, &S, Outlet<'_, T>) -> R) -> R {
        self.own.with_mut(|own| {
            // SAFETY: the caller is alone with it, so no other reference to it exists. It is pinned:
            // it lies in a box that is never moved out of, and is dropped where it lies.
            let own = unsafe { Pin::new_unchecked(&mut *own) };
            f(own, &self.shared, Outlet(&self.post))
        })
    }
}

impl<T, S: Hold<T>, W: Work<T, S>> Reach for Split<T, S, W> {
    fn admit(&self, task: TaskId) {
        self.shared.admit(task);
    }

    unsafe fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Failure>> {
        // SAFETY: as promised by the caller, here and below.
        unsafe { self.reach(|own, shared, outlet| own.poll(shared, outlet, cx)) }
    }

    unsafe fn end(&self, panic: Option<Payload>) -> Option<Failure> {
        // SAFETY: as above.
        unsafe { self.reach(|own, shared, outlet| own.end(shared, outlet, panic)) }
    }

    unsafe fn has_ended(&self) -> bool {
        // SAFETY: as above.
        unsafe { self.reach(|own, _, _| own.has_ended()) }
    }

    unsafe fn name(&self) -> Name {
        // SAFETY: as above.
        unsafe { self.reach(|own, shared, _| own.name(shared)) }
    }

    unsafe fn with_label(&self, f: &mut dyn FnMut(&str)) {
        // SAFETY: as above.
        unsafe { self.reach(|own, _, _| f(own.label())) }
    }
}

// Each unsafe call below is of the one job that `new` made for the part, which is neither cloned nor
// shared: it is borrowed mutably, so no other call overlaps, and nothing of the part is returned. What it
// points to is there until it is released, which is the last that is done with a job.
impl Job {
    /// The job of a task, and its handle.
    pub(super) fn new<T, S, W>(shared: S, own: W) -> (Self, Handle<S::Yield>)
    where
        T: Send + 'static,
        S: Hold<T> + 'static,
        W: Work<T, S> + 'static,
    {
        let task = Box::leak(Box::new(Split {
            post: Post::new(),
            shared,
            own: UnsafeCell::new(own),
            #[cfg(all(loom, test))]
            _tracked: loom::alloc::Track::new(()),
        }));
        let task = NonNull::from(task);
        let held = Box::new(Held::<T, S, W>(PhantomData));
        (Self(task), Handle::at(held, task.as_ptr().cast()))
    }

    /// It has become this task.
    pub(crate) fn admit(&self, task: TaskId) {
        // SAFETY: see above.
        unsafe { self.0.as_ref() }.admit(task);
    }

    /// Goes on. Once it is ready it has dropped its future as itself and resolved its handle; what
    /// that panicked with is returned. What the future's poll panics with is not caught, and is to
    /// be [told](Self::end).
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Failure>> {
        // SAFETY: see above.
        unsafe { self.0.as_ref().poll(cx) }
    }

    /// Ends it by a panic of its future, or else unfinished. Returns what it panicked with first.
    pub(crate) fn end(&mut self, panic: Option<Payload>) -> Option<Failure> {
        // SAFETY: see above.
        unsafe { self.0.as_ref().end(panic) }
    }

    /// Whether its future is gone.
    pub(crate) fn has_ended(&mut self) -> bool {
        // SAFETY: see above.
        unsafe { self.0.as_ref().has_ended() }
    }

    /// What reports call it, until it has ended.
    pub(crate) fn name(&mut self) -> Name {
        // SAFETY: see above.
        unsafe { self.0.as_ref().name() }
    }

    /// Asks the processor for what a poll reads first.
    #[inline]
    pub(crate) fn fetch(&self) {
        let at = self.0.cast::<u8>().as_ptr();
        for line in 0..LINES {
            fetch(at.wrapping_add(line * LINE));
        }
    }

    /// As its name has it.
    pub(crate) fn with_label(&mut self, mut f: impl FnMut(&str)) {
        // SAFETY: see above.
        unsafe { self.0.as_ref().with_label(&mut f) }
    }

    /// Drops it, which has ended.
    #[inline]
    pub(crate) fn let_go(mut self) {
        debug_assert!(self.has_ended(), "its handle has no result");
        drop(Release(ManuallyDrop::new(self).0));
    }
}

/// Bytes that a processor reads at once, and in how many of them a task lies that sleeps: its 192 bytes
/// begin anywhere in the first.
const LINE: usize = 64;
const LINES: usize = 4;

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
        let _release = Release(self.0);
        let failure = self.end(None);
        failure.into_iter().for_each(|failure| forget(failure.0));
    }
}

/// Ends a job's share in its task.
struct Release(NonNull<dyn Reach>);

impl Drop for Release {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a post lies at the beginning, and a word at the beginning of that. Its task is there:
        // the handle frees it where it reads `ALONE`, which is written here and last.
        let word = unsafe { self.0.cast::<Word>().as_ref() };
        let before = word.swap(ALONE, AcqRel);
        if before == GONE {
            // SAFETY: `Job::new` took it out of a box, and the handle has done its last with it.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
        debug_assert!(is_closed(before), "its handle has no result");
    }
}

/// Tasks, as their handles have them.
///
/// It is nowhere but in the handles that [`Job::new`] makes, with tasks of these types. So each place below
/// is of such a task; and the task is there until its handle is dropped, which comes last, since the job
/// frees none that is not [`GONE`].
struct Held<T, S, W>(PhantomData<fn(T, S, W)>);

impl<T, S, W> Held<T, S, W> {
    #[inline]
    fn task<'a>(&self, place: &'a JoinPlace) -> &'a Split<T, S, W> {
        // SAFETY: see above.
        unsafe { &*place.pointer().cast() }
    }
}

impl<T, S: Hold<T>, W> JoinAt<S::Yield> for Held<T, S, W> {
    fn poll_join(
        &self,
        place: &mut JoinPlace,
        cx: &mut Context<'_>,
    ) -> Poll<Result<S::Yield, Error>> {
        let task = self.task(place);
        task.shared.poll_join(Inlet(&task.post), cx)
    }

    fn abort(&self, place: &JoinPlace) {
        self.task(place).shared.abort();
    }

    fn is_finished(&self, place: &JoinPlace) -> bool {
        is_closed(self.task(place).post.word.load(Acquire))
    }

    fn detach(&self, place: &mut JoinPlace) {
        let task: *mut Split<T, S, W> = place.pointer().cast();
        // SAFETY: see above. No more of the task is borrowed: as soon as it is `GONE` it may be freed.
        let post = unsafe { &(*task).post };
        let mut unwanted = None;
        loop {
            let word = post.word.load(Acquire);
            if word == ALONE {
                // SAFETY: `Job::new` took it out of a box, and the job has done its last with it.
                return drop(unsafe { Box::from_raw(task) });
            }
            if word == LEFT {
                unwanted = Inlet(post).take();
            }
            let gone = post.word.compare_exchange(word, GONE, AcqRel, Relaxed);
            if gone.is_ok() {
                // SAFETY: the word was swapped out, so nobody else has what it owns.
                drop((word != LEFT).then(|| unsafe { unpack(word) }));
                return drop(unwanted);
            }
        }
    }
}

/// Where one value is left by a job, and taken by its handle.
///
/// Its word is one of those below, or a [`pack`]ed waiter, of whom it is the owner: who swaps the word
/// out owns the waiter. Nobody waits any more once a value was left.
#[repr(C)]
struct Post<T> {
    word: Word,
    /// The job's, until the word is [`LEFT`], then the handle's.
    value: UnsafeCell<Option<T>>,
}

type Word = AtomicPtr<Waker>;

/// Nobody waits yet.
const OPEN: *mut Waker = ptr::null_mut();
/// A value was left.
const LEFT: *mut Waker = ptr::without_provenance_mut(CLOSED);
/// The job has left a value and is gone: the handle owns the task.
const ALONE: *mut Waker = ptr::without_provenance_mut(CLOSED | 0b0100);
/// The handle is gone: the job owns the task.
const GONE: *mut Waker = ptr::without_provenance_mut(CLOSED | 0b1000);

/// A bit of words that are no waiter.
const CLOSED: usize = 0b10;
/// A bit of words that are a task of the run. The others are the place of a waker, which is even.
const TASK: usize = 0b01;

impl<T> Post<T> {
    fn new() -> Self {
        Self {
            word: Word::new(OPEN),
            value: UnsafeCell::new(None),
        }
    }
}

/// A post, as the handle has it: it alone has one, and one at a time.
pub(super) struct Inlet<'a, T>(&'a Post<T>);

impl<T> Inlet<'_, T> {
    /// Waits in place of who waited before, unless a value was left. Whoever does not wait comes back.
    #[inline]
    pub(super) fn wait(&mut self, waiter: Waiter) -> (Poll<()>, Option<Waiter>) {
        let word = pack(waiter);
        let waits = |before| (!is_closed(before)).then_some(word);
        match self.0.word.fetch_update(AcqRel, Relaxed, waits) {
            // SAFETY: the word was swapped out, so nobody else has what it owns.
            Ok(before) => (Poll::Pending, unsafe { unpack(before) }),
            // SAFETY: the word was never in.
            Err(_) => (Poll::Ready(()), unsafe { unpack(word) }),
        }
    }

    /// Whether a value was left.
    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        is_closed(self.0.word.load(Acquire))
    }

    /// The value that was left, once.
    #[inline]
    pub(super) fn take(&mut self) -> Option<T> {
        // SAFETY: the job left the value before it wrote the word that is read here, and reaches for it
        // no more. The caller is the handle, which alone does from then on.
        let take = |value: *mut Option<T>| unsafe { (*value).take() };
        self.is_closed().then(|| self.0.value.with_mut(take))?
    }
}

/// A post, as the job has it: it alone has one, and one at a time.
pub(super) struct Outlet<'a, T>(&'a Post<T>);

impl<T> Outlet<'_, T> {
    /// Whether nobody wants the value, as far as is known.
    pub(super) fn is_unwanted(&self) -> bool {
        self.0.word.load(Relaxed) == GONE
    }

    /// Leaves the value, once. Says who waits for it; or gives it back, where nobody wants it.
    #[inline]
    pub(super) fn leave(self, value: T) -> Result<Option<Waiter>, T> {
        let Self(Post { word, value: place }) = self;
        if is_closed(word.load(Relaxed)) {
            return Err(value);
        }
        // SAFETY: the word was not `LEFT`, which is written further down by the job alone: so the value
        // is still the job's, and the caller is the job.
        place.with_mut(|place| unsafe { *place = Some(value) });
        let before = word.swap(LEFT, AcqRel);
        if before == GONE {
            word.store(GONE, Relaxed);
            // SAFETY: the handle is gone, so the value is the job's again.
            let value = place.with_mut(|place| unsafe { (*place).take() });
            return value.map_or(Ok(None), Err);
        }
        // SAFETY: the word was swapped out, so nobody else has what it owns.
        Ok(unsafe { unpack(before) })
    }
}

#[inline]
fn is_closed(word: *mut Waker) -> bool {
    word.addr() & CLOSED != 0
}

/// A task's place, and of its serial all but two bits, of which wakers know fewer.
#[inline]
fn pack(waiter: Waiter) -> *mut Waker {
    match waiter {
        Waiter::Task(TaskId { index, serial }) => {
            let number = u64::from(index) << 32 | u64::from(serial << 2);
            ptr::without_provenance_mut(number as usize | TASK)
        }
        Waiter::Other(waker) => Box::into_raw(Box::new(waker)),
    }
}

/// # Safety
/// The word is open, and no other call is given the same one of [`pack`]'s.
#[inline]
unsafe fn unpack(word: *mut Waker) -> Option<Waiter> {
    if word.addr() & TASK != 0 {
        let number = word.addr() as u64;
        let (index, serial) = ((number >> 32) as u32, number as u32 >> 2);
        return Some(Waiter::Task(TaskId { index, serial }));
    }
    // SAFETY: it is `OPEN`, or the box of a waker that `pack` gave up.
    (word != OPEN).then(|| Waiter::Other(*unsafe { Box::from_raw(word) }))
}

const _: () = assert!(SERIAL_BITS <= 30 && align_of::<Waker>() >= 4);

/// Who frees a task is alone with all of it, as the models see; and that somebody does.
#[cfg(all(loom, test))]
impl<T, S, W> Drop for Split<T, S, W> {
    fn drop(&mut self) {
        self.post.value.with_mut(|_| ());
        self.own.with_mut(|_| ());
    }
}
