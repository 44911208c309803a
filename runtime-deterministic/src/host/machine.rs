//! What a host runs: how its lives begin, whatever they return.

use crate::{Context, kernel::local, seat::Seat};
use runtime_traits::Handle;
use std::{
    any::Any,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What a test has of a host.
pub(super) struct Machine<T> {
    pub(super) root: Context,
    pub(super) number: u32,
    pub(super) name: Box<str>,
    starter: Starter<T>,
    /// Of the latest life, until somebody waits for it.
    main: Mutex<Option<Handle<T>>>,
}

/// Starts a life of a host: which boot function that calls is known here alone.
pub(super) struct Starter<T> {
    start: fn(Context, &'static Location<'static>) -> Handle<T>,
    site: &'static Location<'static>,
}

/// Starts lives of a host, whatever they return.
pub(crate) trait Lives: Send + Sync {
    fn begin(&self, life: u32);
}

/// A boot function, as the kernel keeps it until the run is over: it may hold the host itself.
pub(crate) type Boot = Box<dyn Any + Send>;

impl<T> Machine<T> {
    /// A host in its first life.
    pub(super) fn new(root: Context, number: u32, name: &str, starter: Starter<T>) -> Arc<Self> {
        let main = starter.start(&root, number, 0, starter.site);
        Arc::new(Self {
            root,
            number,
            name: name.into(),
            starter,
            main: Mutex::new(Some(main)),
        })
    }

    pub(super) fn start(&self, life: u32, site: &'static Location<'static>) {
        let main = self.starter.start(&self.root, self.number, life, site);
        let before = self.main().replace(main);
        drop(before);
    }

    pub(super) fn main(&self) -> MutexGuard<'_, Option<Handle<T>>> {
        self.main.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Lives for Machine<T> {
    fn begin(&self, life: u32) {
        self.start(life, self.starter.site);
    }
}

impl<T: Send + 'static> Starter<T> {
    /// Of lives that call an `F`, which the kernel is to have.
    pub(super) fn of<F, Fut>(site: &'static Location<'static>) -> Self
    where
        F: FnMut(Context) -> Fut + Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
    {
        let start = start::<F, Fut>;
        Self { start, site }
    }
}

impl<T> Starter<T> {
    fn start(
        &self,
        root: &Context,
        number: u32,
        life: u32,
        site: &'static Location<'static>,
    ) -> Handle<T> {
        let context = Context::new(root.shared.clone(), number, life);
        (self.start)(context, site)
    }
}

fn start<F, Fut>(context: Context, site: &'static Location<'static>) -> Handle<Fut::Output>
where
    F: FnMut(Context) -> Fut + Send + 'static,
    Fut: Future<Output: Send> + Send + 'static,
{
    let (seat, current) = (context.seat(), context.clone().root_current());
    let future = async move {
        let output = Lent::<F>::of(seat).call(context).await;
        local::with_run(seat.run, |kernel| {
            kernel.boot_returned(seat.host, seat.life)
        });
        output
    };
    seat.spawn(current, future, site)
}

/// A boot function, out of the kernel while it is called.
struct Lent<F: Send + 'static> {
    seat: Seat,
    boot: Option<Box<F>>,
}

impl<F: Send + 'static> Lent<F> {
    fn of(seat: Seat) -> Self {
        let boot = local::with_run(seat.run, |kernel| kernel.boot_of(seat.host).take());
        let boot = boot.flatten().and_then(|boot| boot.downcast().ok());
        Self { seat, boot }
    }

    fn call<Fut>(mut self, context: Context) -> Fut
    where
        F: FnMut(Context) -> Fut,
    {
        let boot = self.boot.as_mut();
        boot.expect("lives of a host begin one after the other, in its run")(context)
    }
}

impl<F: Send + 'static> Drop for Lent<F> {
    fn drop(&mut self) {
        let mut boot = self.boot.take().map(|boot| boot as Boot);
        local::with_run(self.seat.run, |kernel| {
            *kernel.boot_of(self.seat.host) = boot.take();
        });
    }
}
