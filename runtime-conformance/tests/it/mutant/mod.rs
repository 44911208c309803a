//! A backend around another one, which breaks one rule of the contract and keeps the others.

mod audit;
mod blobs;
mod clock;
mod counts;
mod datagrams;
mod listener;
mod machine;
mod network;
mod random;
mod resolver;
mod runner;
mod sink;
mod storage;
mod stream;
mod task;
mod tasks;

pub(crate) use audit::Audit;
pub(crate) use machine::{MutantMachine, machines};
pub(crate) use runner::MutantRunner;

use crate::defect::Defect;
use runtime_traits::{Datagrams, Error, Here, Runtime};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, ThreadId},
};

/// What is wrapped: everything.
pub(crate) trait Backend: Runtime + Datagrams + Here {}

impl<C: Runtime + Datagrams + Here> Backend for C {}

#[derive(Clone)]
pub(crate) struct Mutant<C> {
    inner: C,
    flaw: Arc<Flaw>,
}

/// Which rule is broken, and what the run has seen so far.
struct Flaw {
    defect: Defect,
    home: ThreadId,
    started: AtomicBool,
    ended: AtomicBool,
    /// A machine's power has failed, or its wall clock has jumped.
    crashed: AtomicBool,
    jumped: AtomicBool,
    /// Calls of whatever the defect counts.
    calls: AtomicUsize,
    /// Values of `stop`.
    stops: Mutex<Vec<i32>>,
    /// Addresses that were bound, and names that were opened.
    addresses: Mutex<BTreeSet<SocketAddr>>,
    names: Mutex<BTreeSet<(String, Vec<u8>)>>,
    /// Tasks spawned so far.
    tasks: AtomicUsize,
    /// What happened, as far as it is seen.
    audit: Mutex<Audit>,
}

thread_local! {
    /// For `Here`, which is handed nothing.
    static FLAW: RefCell<Option<Arc<Flaw>>> = const { RefCell::new(None) };
    /// For what should belong to a run, and is the thread's.
    static DRAWN: Cell<u64> = const { Cell::new(0) };
    static STOPPED: Cell<Option<i32>> = const { Cell::new(None) };
}

pub(crate) fn wrap<R, C>(runner: R, context: C, defect: Defect) -> (MutantRunner<R>, Mutant<C>) {
    let flaw = Arc::new(Flaw {
        defect,
        home: thread::current().id(),
        started: AtomicBool::new(false),
        ended: AtomicBool::new(false),
        crashed: AtomicBool::new(false),
        jumped: AtomicBool::new(false),
        calls: AtomicUsize::new(0),
        stops: Mutex::default(),
        addresses: Mutex::default(),
        names: Mutex::default(),
        tasks: AtomicUsize::new(0),
        audit: Mutex::default(),
    });
    FLAW.set(Some(flaw.clone()));
    let context = Mutant {
        inner: context,
        flaw: flaw.clone(),
    };
    (MutantRunner::new(runner, flaw), context)
}

/// A number that depends on what ran before on this thread.
fn draw() -> u64 {
    DRAWN.set(DRAWN.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
    DRAWN.get()
}

impl Flaw {
    fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn is_any(&self, defects: &[Defect]) -> bool {
        defects.contains(&self.defect)
    }

    fn ended(&self) -> bool {
        self.ended.load(SeqCst)
    }

    /// How many calls there were before this one.
    fn count(&self) -> usize {
        self.calls.fetch_add(1, SeqCst)
    }

    /// With this defect, what should be `Closed` is `Timeout`.
    fn unclosed<T>(&self, defect: Defect, result: Result<T, Error>) -> Result<T, Error> {
        match result {
            Err(Error::Closed) if self.is(defect) => Err(Error::Timeout),
            result => result,
        }
    }
}

impl<C: Backend> Here for Mutant<C> {
    fn here() -> Option<Self> {
        let flaw = FLAW.with_borrow(Clone::clone)?;
        if flaw.is(crate::defect::tasks::here_is_the_context_of_the_polled_task) {
            return None;
        }
        C::here().map(|inner| Self { inner, flaw })
    }
}
