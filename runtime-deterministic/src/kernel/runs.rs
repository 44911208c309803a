//! The runs of this process, by number: for whoever has no more of a run than its number.
//!
//! A waker or a sleep that held its run would count a reference at each clone, which costs more than
//! a poll. On the run's own thread nobody asks here.

use super::{Shared, TaskId, local};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, Weak,
    atomic::{AtomicU32, Ordering::Relaxed},
};

/// A run's number: no other run has it as long as this one lasts, and none of the 16 million that begin
/// after it. Who keeps a waker, a sleep or a handle of a run that is over through so many reaches another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run(pub(crate) u32);

/// How many bits a number has.
pub(crate) const BITS: u32 = 24;
/// Runs in parallel seldom meet at one lock.
const SHELVES: usize = 16;

static NEXT: AtomicU32 = AtomicU32::new(0);
static RUNS: [Mutex<Shelf>; SHELVES] = [const { Mutex::new(Vec::new()) }; SHELVES];

type Shelf = Vec<(Run, Weak<Shared>)>;

impl Run {
    /// A number for what `make` makes with it, which [`leave`](Self::leave) gives back.
    pub(super) fn enter(make: impl FnOnce(Self) -> Arc<Shared>) -> Arc<Shared> {
        loop {
            let run = Self(NEXT.fetch_add(1, Relaxed) % (1 << BITS));
            let mut shelf = run.shelf();
            if shelf.iter().all(|(taken, _)| *taken != run) {
                let shared = make(run);
                shelf.push((run, Arc::downgrade(&shared)));
                return shared;
            }
        }
    }

    /// Nobody asks for the run any more.
    pub(super) fn leave(self) {
        let mut shelf = self.shelf();
        let place = shelf.iter().position(|(run, _)| *run == self);
        let left = place.map(|place| shelf.swap_remove(place));
        drop(shelf);
        drop(left);
    }

    /// What crosses threads of this run, while anybody holds it.
    #[cold]
    pub(crate) fn find(self) -> Option<Arc<Shared>> {
        let shelf = self.shelf();
        let (_, shared) = shelf.iter().find(|(run, _)| *run == self)?;
        shared.upgrade()
    }

    /// Wakes a task of this run, from any thread and at any time; after the task's end, or the run's,
    /// it does nothing.
    #[inline]
    pub(crate) fn wake(self, task: TaskId) {
        if !local::wake(self, task) {
            self.wake_from_afar(task);
        }
    }

    #[cold]
    fn wake_from_afar(self, task: TaskId) {
        if let Some(shared) = self.find() {
            shared.wake(task);
        }
    }

    fn shelf(self) -> MutexGuard<'static, Shelf> {
        let shelf = &RUNS[self.0 as usize % SHELVES];
        shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
