//! Making a run, and running its root on the calling thread.

use crate::{
    Config, ConfigError, Context, Threads,
    attached::Attached,
    ending::Ending,
    handles::Handles,
    panics::Panic,
    run::Run,
    signals::Signals,
    storage::{Lanes, Root},
    threads,
};
use runtime_traits::{
    Current,
    panics::{Payload, catching, first},
};
use std::{
    fmt,
    future::poll_fn,
    num::NonZero,
    panic::resume_unwind,
    pin::Pin,
    sync::Arc,
    task::{self, Poll},
    thread::available_parallelism,
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// Makes runs: each is a [`Runner`], to start it, and a [`Context`], to use it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Executor;

impl Executor {
    /// A run with the default [`Config`].
    ///
    /// # Panics
    /// With the text of [`ConfigError::Threads`].
    #[expect(
        clippy::should_implement_trait,
        reason = "a runner and its context are two values"
    )]
    pub fn default() -> (Runner, Context) {
        Self::init(Config::default())
    }

    /// A run as `config` says.
    ///
    /// # Panics
    /// With the text of the error that [`try_init`](Self::try_init) returns.
    pub fn init(config: Config) -> (Runner, Context) {
        Self::try_init(config).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A run as `config` says.
    ///
    /// # Errors
    /// [`ConfigError::NoWorkers`] and [`ConfigError::NoThreads`] for a count of 0;
    /// [`ConfigError::Threads`] where the system gives too few; [`ConfigError::Signals`] with
    /// [`Config::stop_on_signals`]; [`ConfigError::Storage`] and [`ConfigError::StorageInUse`] where
    /// [`Config::storage`] names a directory. The one that nobody named is not looked for before the
    /// first `open`.
    pub fn try_init(config: Config) -> Result<(Runner, Context), ConfigError> {
        let workers = match config.threads {
            Threads::Workers(0) => return Err(ConfigError::NoWorkers),
            Threads::Workers(workers) => Some(workers),
            Threads::PerCore => Some(available_parallelism().map_or(1, NonZero::get)),
            Threads::Current => None,
        };
        check_count("blocking_threads", config.blocking_threads)?;
        check_count("storage_threads", config.storage_threads)?;
        let mut builder = builder(workers)?;
        let threads = Arc::new(threads::Threads::default());
        let (begun, ended) = (threads.clone(), threads.clone());
        let runtime = builder
            .enable_all()
            .on_thread_start(move || begun.begin())
            .on_thread_stop(move || ended.end())
            .max_blocking_threads(config.blocking_threads)
            .thread_name("runtime-tokio")
            .build()
            .map_err(ConfigError::Threads)?;
        let grace = config.shutdown_grace;
        let context = match context(config, runtime.handle().clone(), None) {
            Ok(context) => context,
            Err(error) => {
                // A drop would wait, which no thread may that polls tasks.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let life = Life {
            runtime,
            grace,
            threads,
        };
        let runner = Runner {
            life: Some(life),
            context: context.clone(),
        };
        Ok((runner, context))
    }

    /// A run on a tokio runtime that is there already, which must have its I/O and time drivers
    /// enabled. Its tasks run there, and it ends with [`Attached::end`], or when the [`Attached`] is
    /// dropped; in any case end it before the runtime. [`Config::threads`] and
    /// [`Config::blocking_threads`] are the runtime's own affair.
    ///
    /// ```
    /// use runtime_tokio::{Config, Executor};
    /// use runtime_traits::Spawner;
    ///
    /// let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    /// runtime.block_on(async {
    ///     let here = tokio::runtime::Handle::current();
    ///     let (attached, context) = Executor::attach(here, Config::default()).unwrap();
    ///     assert_eq!(context.spawn("task", async { 1 }).await, Ok(1));
    ///     context.stop(0);
    ///     attached.end().await;
    /// });
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::NoThreads`] for [`Config::storage_threads`], [`ConfigError::Signals`],
    /// [`ConfigError::Storage`] and [`ConfigError::StorageInUse`], as [`try_init`](Self::try_init).
    ///
    /// # Panics
    /// With [`Config::stop_on_signals`] where the runtime has no I/O driver. Without its drivers the
    /// context's sleeps and sockets panic later.
    pub fn attach(
        runtime: tokio::runtime::Handle,
        config: Config,
    ) -> Result<(Attached, Context), ConfigError> {
        check_count("storage_threads", config.storage_threads)?;
        let grace = config.shutdown_grace;
        let context = context(config, runtime, Some(Handles::default()))?;
        Ok((Attached::new(context.clone(), grace), context))
    }
}

fn context(
    config: Config,
    handle: tokio::runtime::Handle,
    handles: Option<Handles>,
) -> Result<Context, ConfigError> {
    let signals = match config.stop_on_signals {
        true => {
            let _guard = handle.enter();
            Some(Signals::take().map_err(ConfigError::Signals)?)
        }
        false => None,
    };
    let root = Root::new(config.storage)?;
    let lanes = Lanes::new(config.storage_threads);
    let run = Arc::new(Run::new(handle, config.panics, root, lanes, handles));
    if let Some(signals) = signals {
        run.hear(signals);
    }
    Ok(Context::new(run))
}

/// One for so many workers, or for none but the thread that starts the run.
fn builder(workers: Option<usize>) -> Result<Builder, ConfigError> {
    let Some(workers) = workers else {
        return Ok(Builder::new_current_thread());
    };
    threads::try_out(workers).map_err(ConfigError::Threads)?;
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers);
    Ok(builder)
}

fn check_count(field: &'static str, threads: usize) -> Result<(), ConfigError> {
    match threads {
        0 => Err(ConfigError::NoThreads(field)),
        _ => Ok(()),
    }
}

/// Starts a run. Dropped without a start, it ends the run: tasks are dropped at once, also after `stop`,
/// and blocking work is waited for, on this thread, for at most [`Config::shutdown_grace`].
pub struct Runner {
    life: Option<Life>,
    context: Context,
}

struct Life {
    runtime: Runtime,
    grace: Duration,
    /// The threads of the runtime that have not ended.
    threads: Arc<threads::Threads>,
}

impl runtime_traits::Runner for Runner {
    /// Runs `root` on the calling thread, then ends the run. After `stop`, which asks tasks to end by
    /// themselves, they have [`Config::shutdown_grace`] to do so; what is still running then is named
    /// in a warning. Without it, or when a panic ends the run, they are dropped at once.
    ///
    /// # Panics
    /// When the root panics; when a task or blocking work does and [`Config::panics`] propagates it; and
    /// on a thread that polls tasks, of this backend or another use of tokio.
    fn start<F: Future>(mut self, root: F) -> F::Output {
        let life = self.life.take().expect("a runner is started once");
        let mut root = RootTask::new(&self.context, root);
        let result = catching(|| life.runtime.block_on(poll_fn(|cx| root.poll(cx))));
        let begun = root.begun;
        let result = first(result.flatten(), root.release());
        let ending = Ending::new(self.context.run(), life.grace);
        if result.is_ok() {
            life.runtime.block_on(ending.drain());
        }
        ending.shut_down(life.runtime, &life.threads);
        let late = self.context.run().carried.close();
        let result = match (result, late) {
            (Err(_), late) if !begun => {
                late.into_iter().for_each(Panic::log);
                panic!(
                    "start was called on a thread that polls tasks: call it from main, from a test, or from spawn_blocking"
                )
            }
            (Err(payload), Some(late)) => {
                late.log();
                Err(payload)
            }
            (result, late) => first(result, late.map_or(Ok(()), |late| Err(late.payload))),
        };
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Some(life) = self.life.take() {
            let ending = Ending::new(self.context.run(), life.grace);
            ending.shut_down(life.runtime, &life.threads);
            let late = self.context.run().carried.close();
            late.into_iter().for_each(Panic::log);
        }
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

struct RootTask<F> {
    current: Current,
    future: Pin<Box<F>>,
    context: Context,
    begun: bool,
}

impl<F: Future> RootTask<F> {
    fn new(context: &Context, future: F) -> Self {
        Self {
            current: context.root(),
            future: Box::pin(future),
            context: context.clone(),
            begun: false,
        }
    }

    /// Ready with the output, or with what a task panicked with.
    fn poll(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<F::Output, Payload>> {
        self.begun = true;
        if let Some(panic) = self.context.run().carried.poll(cx) {
            return Poll::Ready(Err(panic.payload));
        }
        let future = self.future.as_mut();
        self.current.enter(|| future.poll(cx)).map(Ok)
    }

    fn release(mut self) -> Result<(), Payload> {
        let future = self.future;
        catching(|| self.current.enter(|| drop(future)))
    }
}
