//! What a test can do to the ways between hosts, and what the library under test sees of it.

mod cuts;
mod partitions;
mod settings;

use runtime_deterministic::{Context, Executor, Host, Sink, Stream, World};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink as _, Spawner, Stream as _};
use std::{net::SocketAddr, time::Duration};

const PORT: u16 = 7000;

/// Sends back what it receives, on as many connections as there are.
async fn echo(context: Context) -> Result<(), Error> {
    let mut listener = context.bind(SocketAddr::new(context.addr(), PORT)).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        drop(context.spawn("connection", async move {
            let mut buf = [0; 5];
            while stream.recv(&mut buf).await.is_ok() {
                sink.send(&buf).await?;
            }
            Ok::<_, Error>(())
        }));
    }
}

/// A round trip on a connection.
async fn ask(sink: &mut Sink, stream: &mut Stream) -> Result<[u8; 5], Error> {
    let mut buf = [0; 5];
    sink.send(b"hello").await?;
    stream.recv(&mut buf).await?;
    Ok(buf)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn run<F: Future<Output = Result<(), Error>>>(test: impl FnOnce(Context, World) -> F) {
    let (runner, context, _) = Executor::seeded(3);
    let world = context.world();
    runner.start(async { test(context, world).await.unwrap() });
}

/// A host that echoes, and a connection to it.
async fn talk(
    context: &Context,
    world: &World,
) -> Result<(Host<Result<(), Error>>, Sink, Stream), Error> {
    let server = world.host("server", echo).unwrap();
    context.sleep(ms(1)).await;
    let socket = SocketAddr::new(server.addr(), PORT);
    let (mut sink, mut stream) = context.dial(socket).await?;
    ask(&mut sink, &mut stream).await?;
    Ok((server, sink, stream))
}

/// A host that does nothing by itself.
fn idle(world: &World) -> Host<()> {
    world.host("server", async |_| ()).unwrap()
}

/// A connection to a host that does nothing by itself: the root's end, and the host's.
async fn connection(context: &Context, server: &Host<()>) -> Result<[(Sink, Stream); 2], Error> {
    let socket = SocketAddr::new(server.addr(), 0);
    let mut listener = server.context().bind(socket).await?;
    let near = context.dial(listener.local_addr()).await?;
    let (_, sink, stream) = listener.accept().await?;
    Ok([near, (sink, stream)])
}
