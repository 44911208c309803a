//! When and where in a run something happens, for the lines of a program's own log.

use crate::{Context, clock::Instant, kernel::local};
use runtime_traits::Current;
use std::fmt;

/// A moment of a run, told as the events of a failing seed are: the virtual time since its start, the
/// host and the task. Got from [`Context::moment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    time: Instant,
    host: String,
    task: String,
}

impl Context {
    /// Now, on this host, in the task that is being polled: what a line of the program's log begins
    /// with, so that it stands beside the events of a report. [`Clock::monotonic`] counts from
    /// elsewhere, and as wrongly as the host's clock.
    ///
    /// The host is this context's, which a task has of another host, too: [`Context::here`] is of where
    /// the task runs. Asking is no event and draws nothing. On other threads, and after the end of the
    /// run, the host goes by its address.
    ///
    /// [`Context::here`]: runtime_traits::Here::here
    ///
    /// ```
    /// use runtime_deterministic::{Context, Executor};
    /// use runtime_traits::{Clock, Here, Runner};
    /// use std::time::Duration;
    ///
    /// fn log(words: &str) -> String {
    ///     match Context::here() {
    ///         Some(context) => format!("{}: {words}", context.moment()),
    ///         None => words.to_owned(),
    ///     }
    /// }
    ///
    /// let (runner, context, _) = Executor::seeded(7);
    /// runner.start(async {
    ///     let boot = |context: Context| async move {
    ///         context.sleep(Duration::from_micros(1500)).await;
    ///         log("is up")
    ///     };
    ///     let db = context.world().host("db", boot).unwrap();
    ///     assert_eq!(db.wait().await.unwrap(), "1.500000 ms db: is up");
    /// });
    /// ```
    ///
    /// [`ecosystem`](crate::ecosystem#log-lines) has the same for `tracing`.
    ///
    /// [`Clock::monotonic`]: runtime_traits::Clock::monotonic
    pub fn moment(&self) -> Moment {
        let host = local::with(&self.shared, |kernel| kernel.names.of(self.host).to_owned());
        Moment {
            time: Instant(self.shared.now()),
            host: host.unwrap_or_else(|| self.addr().to_string()),
            task: Current::label(),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.time, self.host)?;
        match self.task.as_str() {
            "" => Ok(()),
            task => write!(f, " {task}"),
        }
    }
}
