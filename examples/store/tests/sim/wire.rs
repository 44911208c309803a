//! The wires between the servers, which can be cut.
//!
//! A wire is a task on a server's host that carries connections on to another server; the server
//! dials it instead. That takes no time: the network between hosts is what it was.

use runtime_deterministic::{Context, Sink, Stream};
use runtime_macros::select;
use runtime_traits::{Error, Listener, Network, Signal, Signaler, Sink as _, Spawner, Stream as _};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

/// Cuts a wire, and mends it. Clones are one switch.
#[derive(Clone)]
pub(crate) struct Switch(Arc<Mutex<State>>);

/// While the wire is whole: what tells its connections that it is cut.
type State = Option<(Signaler, Signal)>;

impl Switch {
    /// The switch of a wire that is whole.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(Signaler::new()))))
    }

    /// Breaks off every connection, and refuses new ones.
    pub(crate) fn cut(&self) {
        // Dropped, the signaler tells whoever waits.
        *self.lock() = None;
    }

    pub(crate) fn mend(&self) {
        self.lock().get_or_insert_with(Signaler::new);
    }

    /// Ends when the wire is cut; `None` when it is.
    fn whole(&self) -> Option<Signal> {
        self.lock().as_ref().map(|(_, cut)| cut.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder panics")
    }
}

/// Listens on `here`, and carries each connection on to `there` while the wire is whole.
pub(crate) async fn run(
    context: Context,
    here: SocketAddr,
    there: SocketAddr,
    switch: Switch,
) -> Result<(), Error> {
    let mut listener = context.bind(here).await?;
    loop {
        let (_, sink, stream) = listener.accept().await?;
        if let Some(cut) = switch.whole() {
            let connection = connect(context.clone(), there, sink, stream);
            drop(context.spawn("connection", until(cut, connection)));
        }
    }
}

async fn until(cut: Signal, connection: impl Future<Output = Result<(), Error>>) {
    // However it ends, both of its ends are told by what they are dropped with.
    select! {
        _ = cut => {}
        _ = connection => {}
    }
}

/// Carries bytes both ways until one end breaks off; then the other is broken off too.
async fn connect(
    context: Context,
    there: SocketAddr,
    sink: Sink,
    stream: Stream,
) -> Result<(), Error> {
    let (far_sink, far_stream) = context.dial(there).await?;
    select! {
        ended = carry(stream, far_sink) => ended,
        ended = carry(far_stream, sink) => ended,
    }
}

async fn carry(mut from: Stream, mut to: Sink) -> Result<(), Error> {
    let mut bytes = [0; 4096];
    loop {
        let length = from.recv_some(&mut bytes).await?;
        if length == 0 {
            return Ok(());
        }
        to.send(&bytes[..length]).await?;
    }
}
