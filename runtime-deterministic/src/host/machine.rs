//! A host and what it runs, in one piece: the test's hand on it, the kernel and its tasks share it.

use crate::{Context, kernel::local};
use runtime_traits::Handle;
use std::{
    panic::Location,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

/// What a host is, whatever it runs.
pub(super) struct Inner<T> {
    pub(super) root: Context,
    pub(super) number: u32,
    pub(super) name: Arc<str>,
    main: Mutex<Option<Handle<T>>>,
    /// How many lives there have been up to the last whose boot function returned.
    pub(super) returned: AtomicU32,
}

impl<T> Inner<T> {
    pub(super) fn new(root: Context, number: u32, name: Arc<str>) -> Self {
        Self {
            root,
            number,
            name,
            main: Mutex::new(None),
            returned: AtomicU32::new(0),
        }
    }

    /// The handle of what the boot function runs in its latest life, until somebody waits for it.
    pub(super) fn main(&self) -> MutexGuard<'_, Option<Handle<T>>> {
        lock(&self.main)
    }
}

/// A host and what it runs.
pub(super) struct Machine<T, F> {
    inner: Inner<T>,
    site: &'static Location<'static>,
    /// Until the run is over.
    boot: Mutex<Option<F>>,
}

/// A machine of any boot function.
pub(super) trait Boots<T>: Lives {
    fn inner(&self) -> &Inner<T>;
    fn boot(self: Arc<Self>, life: u32, site: &'static Location<'static>);
}

/// Starts lives of a host, whatever they return.
pub(crate) trait Lives: Send + Sync {
    fn begin(self: Arc<Self>, life: u32);
    fn end(&self);
}

/// What the kernel keeps of a machine. Dropped, it takes the boot function from it, which may hold the
/// host itself.
pub(crate) struct Kept(Arc<dyn Lives>);

impl Kept {
    pub(super) fn new(lives: Arc<dyn Lives>) -> Self {
        Self(lives)
    }

    pub(crate) fn lives(&self) -> Arc<dyn Lives> {
        self.0.clone()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<T, F, Fut> Lives for Machine<T, F>
where
    T: Send + 'static,
    F: FnMut(Context) -> Fut + Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    fn begin(self: Arc<Self>, life: u32) {
        let site = self.site;
        self.boot(life, site);
    }

    fn end(&self) {
        let boot = lock(&self.boot).take();
        drop(boot);
    }
}

impl<T, F, Fut> Boots<T> for Machine<T, F>
where
    T: Send + 'static,
    F: FnMut(Context) -> Fut + Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    fn inner(&self) -> &Inner<T> {
        &self.inner
    }

    fn boot(self: Arc<Self>, life: u32, site: &'static Location<'static>) {
        let context = Context::new(self.inner.root.shared.clone(), self.inner.number, life);
        let (seat, current) = (context.seat(), context.root_current());
        let machine = self.clone();
        let future = async move {
            let output = machine.main(context).await;
            machine.inner.returned.store(life + 1, Relaxed);
            local::with_run(seat.run, |kernel| kernel.boot_returned(seat.host, life));
            output
        };
        let main = seat.spawn(current, future, site);
        let before = self.inner.main().replace(main);
        drop(before);
    }
}

impl<T, F> Machine<T, F> {
    pub(super) fn new(inner: Inner<T>, boot: F, site: &'static Location<'static>) -> Self {
        let boot = Mutex::new(Some(boot));
        Self { inner, site, boot }
    }

    /// Calls the boot function.
    fn main<Fut>(&self, context: Context) -> Fut
    where
        F: FnMut(Context) -> Fut,
    {
        let mut boot = lock(&self.boot);
        boot.as_mut()
            .expect("a task is polled while its run goes on")(context)
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
