//! The server command.

use crate::arguments::Server;
use runtime_tokio::{Config, Context, Executor};
use runtime_traits::{Runner, Spawner};
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a server until it is told to stop.
pub(crate) fn run(server: Server) -> anyhow::Result<()> {
    let mut config = store::Config::new(server.id, server.peers)?;
    config.listen = server.listen.unwrap_or(config.listen);
    let mut backend = Config::default();
    backend.storage = Some(server.data);
    let (runner, context) = Executor::try_init(backend)?;
    runner.start(async move {
        drop(context.spawn("signals", stop_on_signal(context.clone())));
        eprintln!(
            "server {} starts on {}, Ctrl-C stops it",
            config.id, config.listen
        );
        Ok(store::serve(context, config).await?)
    })
}

async fn stop_on_signal(context: Context) {
    match signalled().await {
        Ok(()) => context.stop(0),
        // The signals then end the process as they do by default, which costs nothing but grace.
        Err(error) => eprintln!("store: cannot watch for signals: {error}"),
    }
}

/// Waits for Ctrl-C or SIGTERM.
async fn signalled() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    runtime_macros::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}
