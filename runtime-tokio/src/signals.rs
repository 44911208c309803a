//! Ctrl-C and SIGTERM, as a run hears them.

use crate::run::Run;
#[cfg(unix)]
use std::{future::poll_fn, task::Poll};
use std::{io, process, sync::Weak};

/// What the system sends to end the process, from now on.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes the signals over from the system. Inside a tokio runtime only.
    pub(crate) fn take() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next one, as the exit code of a process that it ends.
    async fn next(&mut self) -> i32 {
        poll_fn(|cx| {
            if self.interrupt.poll_recv(cx).is_ready() {
                return Poll::Ready(130);
            }
            self.terminate.poll_recv(cx).map(|_| 143)
        })
        .await
    }
}

/// Ctrl-C, from now on.
#[cfg(not(unix))]
pub(crate) struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn take() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> i32 {
        self.0.recv().await;
        130
    }
}

/// The first signal stops the run; the second ends the process, as without this.
pub(crate) async fn stop(run: Weak<Run>, mut signals: Signals) {
    let value = signals.next().await;
    if let Some(run) = run.upgrade() {
        tracing::info!(value, "stopping on a signal; one more ends the process");
        run.stop(value);
    }
    process::exit(signals.next().await);
}
