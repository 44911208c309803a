//! Which task is polled on this thread: its label, its context, and what orders its `select!`s.

use crate::label::{Counted, Tasks};
use std::{
    any::Any,
    cell::RefCell,
    fmt, mem,
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

thread_local! {
    static CURRENT: RefCell<Option<Inner>> = const { RefCell::new(None) };
}

/// The context of the task that is being polled, for code that cannot be handed one.
pub trait Here: Sized {
    /// The context, or `None` outside any task of this backend.
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
pub struct Current(Option<Inner>);

struct Inner {
    label: Label,
    home: Option<Arc<Home>>,
}

enum Label {
    /// Made when it is asked for, where a backend counts no tasks.
    Root(OnceLock<Tasks>),
    Task(Counted),
}

struct Home {
    context: Box<dyn Any + Send + Sync>,
    /// Else `numbers`.
    order: Option<Box<dyn Fn() -> u64 + Send + Sync>>,
    numbers: Numbers,
}

impl Current {
    /// What the root carries: `context`, and no label.
    ///
    /// Tasks that are spawned through another context than the polled task's, or from outside any
    /// task, are made inside `root(context).enter(..)`, so that they carry that context.
    pub fn root<C: Clone + Send + Sync + 'static>(context: C) -> Self {
        let home = Arc::new(Home {
            context: Box::new(context),
            order: None,
            numbers: Numbers::default(),
        });
        Self(Some(Inner {
            label: Label::Root(OnceLock::new()),
            home: Some(home),
        }))
    }

    /// Counts the tasks below this root in `tasks`.
    #[must_use]
    pub fn with_tasks(mut self, tasks: Tasks) -> Self {
        if let Some(inner) = &mut self.0 {
            inner.label = Label::Root(tasks.into());
        }
        self
    }

    /// Draws the branch order of `select!` from `order`, which returns 64 random bits at each call.
    /// It belongs to the run: every task below this root draws from it.
    ///
    /// Without it the order is drawn from a generator with a fixed start.
    #[must_use]
    pub fn with_order(mut self, order: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let home = self.0.as_mut().and_then(|inner| inner.home.as_mut());
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
        look(|inner| match inner {
            Some(inner) => inner.child(label),
            None => {
                let label = Label::Task(Counted::new(Tasks::new().child(label)));
                Self(Some(Inner { label, home: None }))
            }
        })
    }

    /// As [`child`](Self::child), in a task whose context is a `C` of which `whose` holds; elsewhere
    /// nothing. A backend asks so whether the polled task is of the run that spawns.
    ///
    /// # Panics
    /// When `whose` enters a task.
    pub fn child_where<C: 'static>(label: &str, whose: impl FnOnce(&C) -> bool) -> Option<Self> {
        look(|inner| {
            let (inner, home) = (inner?, inner?.home.as_ref()?);
            let context = home.context.downcast_ref()?;
            whose(context).then(|| inner.child(label))
        })
    }

    /// Carries the context of `other` instead of its own, and draws from its order.
    #[must_use]
    pub fn with_context_of(mut self, other: &Self) -> Self {
        let home = other.0.as_ref().and_then(|inner| inner.home.clone());
        if let Some(inner) = &mut self.0 {
            inner.home = home;
        }
        self
    }

    /// Runs `f` as this task. What the thread showed before is restored afterwards, also when `f`
    /// panics, so that runs may nest or take turns on a thread.
    pub fn enter<R>(&mut self, f: impl FnOnce() -> R) -> R {
        let mut f = Some(f);
        let mut call = || (f.take().expect("called once"))();
        let entered = CURRENT.try_with(|shown| {
            let _entered = Entered::new(shown, &mut self.0);
            call()
        });
        // While a thread ends it shows nothing.
        entered.unwrap_or_else(|_| call())
    }

    /// Ends what a task carried: it counts as running no more, and then `f` is told, with the task's
    /// context when that is a `C`.
    pub fn end<C: 'static>(self, f: impl FnOnce(&C)) {
        let Some(Inner { label, home }) = self.0 else {
            return;
        };
        drop(label);
        let context = home.as_ref().and_then(|home| home.context.downcast_ref());
        if let Some(context) = context {
            f(context);
        }
    }

    /// The label of the task that is being polled, with its parents' in front; empty in a root and
    /// outside any task.
    pub fn label() -> String {
        look(|inner| inner.map_or_else(String::new, |inner| inner.label.tasks().path().to_string()))
    }

    /// The label that [`label`](Self::label) shows once this is entered, for a backend's reports.
    pub fn path(&self) -> &Arc<str> {
        static NONE: LazyLock<Arc<str>> = LazyLock::new(Arc::default);
        self.0
            .as_ref()
            .map_or_else(|| &*NONE, |inner| inner.label.tasks().path())
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
        look(|inner| inner?.home.as_ref()?.context.downcast_ref().map(f))
    }

    /// 64 random bits for the order of a `select!`, or `None` outside any task.
    pub(crate) fn draw() -> Option<u64> {
        let home = look(|inner| inner?.home.clone())?;
        Some(
            home.order
                .as_ref()
                .map_or_else(|| home.numbers.next(), |order| order()),
        )
    }
}

impl Inner {
    fn child(&self, label: &str) -> Current {
        let label = Label::Task(Counted::new(self.label.tasks().child(label)));
        let home = self.home.clone();
        Current(Some(Self { label, home }))
    }
}

impl Label {
    fn tasks(&self) -> &Tasks {
        match self {
            Self::Root(tasks) => tasks.get_or_init(Tasks::new),
            Self::Task(counted) => counted.label(),
        }
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.0.as_ref().map(|inner| inner.label.tasks().path());
        f.debug_struct("Current")
            .field("label", &label)
            .finish_non_exhaustive()
    }
}

/// Restores on drop what the thread showed before. It moves, and never clones.
struct Entered<'a> {
    shown: &'a RefCell<Option<Inner>>,
    other: &'a mut Option<Inner>,
}

impl<'a> Entered<'a> {
    fn new(shown: &'a RefCell<Option<Inner>>, other: &'a mut Option<Inner>) -> Self {
        mem::swap(&mut *shown.borrow_mut(), other);
        Self { shown, other }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        mem::swap(&mut *self.shown.borrow_mut(), self.other);
    }
}

fn look<R>(f: impl FnOnce(Option<&Inner>) -> R) -> R {
    let mut f = Some(f);
    let mut ask = |inner: Option<&Inner>| (f.take().expect("asked once"))(inner);
    CURRENT
        .try_with(|current| ask(current.borrow().as_ref()))
        .unwrap_or_else(|_| ask(None))
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
