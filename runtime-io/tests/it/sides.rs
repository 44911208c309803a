//! The two sides of a conversation: on two simulated hosts, or over real sockets.

use runtime_deterministic::{Context, Executor, State, Work};
use runtime_io::Io;
use runtime_traits::{Clock, Listener, Network, Runner, Spawner};
use std::{future::pending, net::SocketAddr, time::Duration};

pub(crate) type Simulated = Io<runtime_deterministic::Sink, runtime_deterministic::Stream>;
pub(crate) type Real = Io<runtime_tokio::Sink, runtime_tokio::Stream>;

/// `server` on a host of its own, and `client` in the root.
pub(crate) async fn simulated<S, C>(
    context: &Context,
    server: fn(Simulated) -> S,
    client: impl FnOnce(Simulated) -> C,
) -> C::Output
where
    S: Future<Output = ()> + Send + 'static,
    C: Future,
{
    let host = context
        .world()
        .host("server", move |context: Context| async move {
            let socket = SocketAddr::new(context.addr(), 80);
            let mut listener = context.bind(socket).await.unwrap();
            let (_, sink, stream) = listener.accept().await.unwrap();
            server(Io::new(sink, stream)).await;
        });
    let host = host.unwrap();
    context.sleep(Duration::from_millis(1)).await;
    let dialled = context.dial(SocketAddr::new(host.addr(), 80)).await;
    let output = client(Io::from(dialled.unwrap())).await;
    host.wait().await.unwrap();
    output
}

/// The same, with what the run did.
pub(crate) fn audited<S, C>(
    seed: u64,
    server: fn(Simulated) -> S,
    client: impl FnOnce(Context, Simulated) -> C,
) -> (C::Output, State, Work)
where
    S: Future<Output = ()> + Send + 'static,
    C: Future,
{
    let (runner, context, auditor) = Executor::seeded(seed);
    let output =
        runner.start(async { simulated(&context, server, |io| client(context.clone(), io)).await });
    (output, auditor.state(), auditor.work())
}

/// `server` in a task, and `client` in the root, with a socket each.
pub(crate) fn real<S, C>(server: fn(Real) -> S, client: impl FnOnce(Real) -> C) -> C::Output
where
    S: Future<Output = ()> + Send + 'static,
    C: Future,
{
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let mut listener = context.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let socket = listener.local_addr();
        let server = context.spawn("server", async move {
            let (_, sink, stream) = listener.accept().await.unwrap();
            server(Io::new(sink, stream)).await;
        });
        let output = client(Io::from(context.dial(socket).await.unwrap())).await;
        server.await.unwrap();
        output
    })
}

/// Both ends of one connection between two simulated hosts.
pub(crate) async fn pair(context: &Context) -> (Simulated, Simulated) {
    let host = context.world().host("far", async |_| pending::<()>().await);
    let far = host.unwrap().context();
    let mut listener = far.bind(SocketAddr::new(far.addr(), 80)).await.unwrap();
    let near = context.dial(listener.local_addr()).await.unwrap();
    let (_, sink, stream) = listener.accept().await.unwrap();
    (Io::from(near), Io::new(sink, stream))
}

/// Bytes that tell where they are.
pub(crate) fn numbers(len: usize) -> Vec<u8> {
    (0..len).map(|place| (place % 251) as u8).collect()
}
