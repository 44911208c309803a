//! What a run can be told before it begins, and why it may refuse.

use runtime_traits::Panics;
use std::{io, path::PathBuf, time::Duration};

/// How a run behaves. Making one changes nothing in the process.
///
/// ```
/// use runtime_tokio::{Config, Executor, Threads};
/// use std::time::Duration;
///
/// let mut config = Config::default();
/// config.threads = Threads::Workers(2);
/// config.shutdown_grace = Duration::from_secs(1);
/// let (runner, context) = Executor::init(config);
/// # drop((runner, context));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The threads that tasks run on. Default: [`Threads::PerCore`].
    pub threads: Threads,
    /// What becomes of a panic in a task or in blocking work. Default: [`Panics::Catch`]. The first that
    /// is propagated leaves `start` at once, that of an attached run leaves [`Attached::end`]; later ones
    /// are logged.
    ///
    /// [`Attached::end`]: crate::Attached::end
    pub panics: Panics,
    /// The directory that holds the partitions; it is made when it is missing. One run at a time
    /// uses it, over all processes.
    ///
    /// Default: a directory of its own in the system's temporary directory, made at the first
    /// `open` and removed with the run.
    pub storage: Option<PathBuf>,
    /// The most threads for blocking work, at least one: `spawn_blocking`, the resolution of names,
    /// storage. They come and go as needed; what finds none waits. Default: 512.
    pub blocking_threads: usize,
    /// How many of them storage may occupy at once, at least one. Reads that the page cache serves
    /// need none. Default: 32.
    pub storage_threads: usize,
    /// Whether Ctrl-C and SIGTERM call `stop`, with 130 and 143: 128 and the signal's number, as shells
    /// say it. A second signal ends the process with these as its exit code. The system's own way of
    /// ending the process does not come back when the run is over: they then do nothing. Where there is
    /// no SIGTERM, as on Windows, it is Ctrl-C alone. Default: no.
    pub stop_on_signals: bool,
    /// How long the end of a run waits, in all: for tasks, if `stop` was called and the root returned,
    /// and for blocking work, storage's own included. Tasks that take longer are named in a warning and dropped. Work that takes
    /// longer is named in a warning and abandoned: it runs on unobserved. So is a task that blocks
    /// its thread, though not within the first second. Default: 5 s.
    pub shutdown_grace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threads: Threads::PerCore,
            panics: Panics::Catch,
            storage: None,
            blocking_threads: 512,
            storage_threads: 32,
            stop_on_signals: false,
            shutdown_grace: Duration::from_secs(5),
        }
    }
}

/// The threads that tasks run on. The root runs on the thread that calls `start`, in any case.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// The thread that calls `start`, and no other. Tasks wait until it is called.
    Current,
    /// As many workers as cores that the process may use
    /// ([`available_parallelism`](std::thread::available_parallelism)).
    PerCore,
    /// This many workers, at least one.
    Workers(usize),
}

/// Why a run cannot begin.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// [`Threads::Workers`] of none.
    #[error("Threads::Workers(0) runs no task: give at least 1, or use Threads::Current")]
    NoWorkers,
    /// The named field of [`Config`] is 0.
    #[error("Config.{0} is 0, and what needs such a thread would wait for ever: give at least 1")]
    NoThreads(&'static str),
    /// The system does not let its signals be heard.
    #[error("cannot stop on signals: {0}; set Config.stop_on_signals to false to go without")]
    Signals(#[source] io::Error),
    /// The directory for storage cannot be made, locked or read.
    #[error(
        "cannot keep storage in {path}: {source}; let this user write there, or name another \
         directory in Config.storage",
        path = path.display()
    )]
    Storage {
        /// `Config.storage`.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another run, in this process or another, keeps its storage there.
    #[error("{path} is in use by another run: stop it, or name another directory", path = path.display())]
    StorageInUse {
        /// `Config.storage`.
        path: PathBuf,
    },
    /// The system gives fewer threads than the workers need, or no event queue.
    #[error(
        "cannot start the runtime's threads: {0}; ask for fewer in Config.threads, or let this user \
         have more threads and files (ulimit -u, ulimit -n)"
    )]
    Threads(#[source] io::Error),
}
