//! Which task is polled on this thread: its label, its context, and what orders its `select!`s.

#[cfg(all(loom, test))]
mod models;

mod branch;

use crate::label::Tasks;
use branch::Branch;
use std::{
    any::Any,
    cell::RefCell,
    fmt,
    mem::{self, ManuallyDrop},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

thread_local! {
    // Who enters leaves again: nothing is there for a destructor, without which a look is cheaper, and
    // which a thread that ends may take as well.
    static CURRENT: RefCell<ManuallyDrop<Current>> =
        const { RefCell::new(ManuallyDrop::new(Current(None))) };
}

/// The context of the task that is being polled, for code that cannot be handed one: a callback of a
/// library, a destructor. What can be handed a context is handed it.
///
/// ```
/// use runtime_traits::{Clock, Here};
/// use std::time::Duration;
///
/// /// When something happened, for a log line; `None` where no task runs.
/// fn now<C: Here + Clock>() -> Option<Duration> {
///     Some(C::here()?.monotonic())
/// }
/// ```
pub trait Here: Sized {
    /// The context, or `None` outside any task of this backend, as on a thread of one's own. In a
    /// destructor of a task's future it is the task's.
    fn here() -> Option<Self>;
}

/// What a task carries and a thread shows while the task is polled. For backends.
///
/// A backend makes one for its root and one per task, and [enters](Self::enter) it around each poll
/// and each drop of the task's future. [`Handle::new`](crate::Handle::new) does so by itself.
///
/// ```
/// use runtime_traits::Current;
///
/// let mut root = Current::root("the backend's context");
/// let mut have = root.enter(|| Current::child("have"));
/// let mut fun = have.enter(|| Current::child("fun"));
/// assert_eq!(fun.enter(Current::label), "have_fun");
/// assert_eq!(fun.enter(Current::context::<&str>), Some("the backend's context"));
/// ```
#[derive(Default)]
pub struct Current(Option<Arc<Branch>>);

struct Home<C: ?Sized = dyn Any + Send + Sync> {
    /// Else `numbers`.
    order: Option<Box<dyn Fn() -> u64 + Send + Sync>>,
    numbers: Numbers,
    context: C,
}

impl Current {
    /// What the root carries: `context`, and no label. The context is kept once for this and all tasks
    /// below it, and lives until the last of them is dropped.
    ///
    /// Tasks that are spawned through another context than the polled task's, or from outside any
    /// task, are made inside `root(context).enter(..)`, so that they carry that context.
    pub fn root<C: Clone + Send + Sync + 'static>(context: C) -> Self {
        let home = Arc::new(Home {
            order: None,
            numbers: Numbers::default(),
            context,
        });
        Self(Some(Arc::new(Branch::root(Some(home)))))
    }

    /// Counts the tasks below this root in `tasks`. It is for what [`root`](Self::root) has just made.
    #[must_use]
    pub fn with_tasks(mut self, tasks: Tasks) -> Self {
        if let Some(branch) = self.0.as_mut().and_then(Arc::get_mut) {
            branch.count_in(tasks);
        }
        self
    }

    /// Draws the branch order of `select!` from `order`, which returns 64 random bits at each call.
    /// It belongs to the run: every task below this root draws from it.
    ///
    /// Without it the order is drawn from a generator with a fixed start: fair, but the same in each
    /// run. `order` is called from each thread that polls. Like [`with_tasks`](Self::with_tasks) it is
    /// for what [`root`](Self::root) has just made.
    #[must_use]
    pub fn with_order(mut self, order: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let branch = self.0.as_mut().and_then(Arc::get_mut);
        let home = branch.and_then(|branch| branch.home.as_mut());
        if let Some(home) = home.and_then(Arc::get_mut) {
            home.order = Some(Box::new(order));
        }
        self
    }

    /// What a task carries that the polled task spawns: its label below the polled task's, and the
    /// same context. It counts as running until it is dropped.
    ///
    /// Outside any task it has the label alone.
    pub fn child(label: &str) -> Self {
        look(|branch| match branch {
            Some(branch) => Self::counted(branch.child(label)),
            None => Self::counted(Branch::root(None).child(label)),
        })
    }

    /// As [`child`](Self::child), in a task whose context is a `C` of which `whose` holds; elsewhere
    /// nothing. A backend asks so whether the polled task is of the run that spawns.
    ///
    /// # Panics
    /// When `whose` enters a task.
    #[inline]
    pub fn child_where<C: 'static>(label: &str, whose: impl FnOnce(&C) -> bool) -> Option<Self> {
        look(|branch| {
            let branch = branch?;
            let ours = whose(branch.context()?);
            ours.then(|| Self::counted(branch.child(label)))
        })
    }

    fn counted(branch: Arc<Branch>) -> Self {
        if let Some(count) = &branch.count {
            count.spawn();
        }
        Self(Some(branch))
    }

    /// Carries the context of `other` instead of its own, and draws from its order.
    #[must_use]
    pub fn with_context_of(mut self, other: &Self) -> Self {
        let home = other.0.as_ref().and_then(|branch| branch.home.clone());
        if let Some(branch) = &mut self.0 {
            *branch = branch.moved(home);
        }
        self
    }

    /// Runs `f` as this task. What the thread showed before is restored afterwards, also when `f`
    /// panics, so that runs may nest or take turns on a thread.
    ///
    /// A backend enters around each poll and each drop of the future, the root's too: destructors spawn,
    /// sleep and ask for labels as the rest of a task does.
    #[inline]
    pub fn enter<R>(&mut self, f: impl FnOnce() -> R) -> R {
        CURRENT.with(|shown| {
            let _entered = Entered::new(shown, self);
            f()
        })
    }

    /// Ends what a task carried: it counts as running no more, and then `f` is told, with the task's
    /// context when that is a `C`.
    pub fn end<C: 'static>(self, f: impl FnOnce(&C)) {
        let home = self.0.as_ref().and_then(|branch| branch.home.clone());
        drop(self);
        let context = home.as_ref().and_then(|home| home.context.downcast_ref());
        if let Some(context) = context {
            f(context);
        }
    }

    /// The label of the task that is being polled, with its parents' in front; empty in a root and
    /// outside any task.
    pub fn label() -> String {
        look(|branch| branch.map_or_else(String::new, |branch| branch.path().into()))
    }

    /// The label that [`label`](Self::label) shows once this is entered, for a backend's reports.
    pub fn path(&self) -> &Arc<str> {
        static NONE: LazyLock<Arc<str>> = LazyLock::new(Arc::default);
        let path = self.0.as_ref().and_then(|branch| branch.path.as_ref());
        path.unwrap_or_else(|| &NONE)
    }

    /// The context of the task that is being polled, when it is a `C`.
    pub fn context<C: Clone + 'static>() -> Option<C> {
        Self::with_context(C::clone)
    }

    /// What `f` says of the polled task's context, when it is a `C`.
    ///
    /// # Panics
    /// When `f` enters a task.
    pub fn with_context<C: 'static, R>(f: impl FnOnce(&C) -> R) -> Option<R> {
        look(|branch| branch?.context().map(f))
    }

    /// 64 random bits for the order of a `select!`, or `None` outside any task.
    pub(crate) fn draw() -> Option<u64> {
        let home = look(|branch| branch?.home.clone())?;
        Some(
            home.order
                .as_ref()
                .map_or_else(|| home.numbers.next(), |order| order()),
        )
    }
}

impl Branch {
    #[inline]
    fn context<C: 'static>(&self) -> Option<&C> {
        self.home.as_ref()?.context.downcast_ref()
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.0.as_ref().map(|branch| branch.path());
        f.debug_struct("Current")
            .field("label", &label)
            .finish_non_exhaustive()
    }
}

/// Restores on drop what the thread showed before. It moves, and never clones.
struct Entered<'a> {
    shown: &'a RefCell<ManuallyDrop<Current>>,
    other: &'a mut Current,
}

impl<'a> Entered<'a> {
    #[inline]
    fn new(shown: &'a RefCell<ManuallyDrop<Current>>, other: &'a mut Current) -> Self {
        mem::swap(&mut **shown.borrow_mut(), other);
        Self { shown, other }
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        mem::swap(&mut **self.shown.borrow_mut(), self.other);
    }
}

#[inline]
fn look<R>(f: impl FnOnce(Option<&Branch>) -> R) -> R {
    CURRENT.with(|current| f(current.borrow().0.as_deref()))
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from a fixed start.
#[derive(Default)]
pub(crate) struct Numbers(AtomicU64);

impl Numbers {
    pub(crate) fn next(&self) -> u64 {
        mix(self.0.fetch_add(STEP, Relaxed).wrapping_add(STEP))
    }
}

pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

pub(crate) fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
