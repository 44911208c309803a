//! What goes wrong by itself.

mod budget;
mod nemesis;
mod replay;
mod report;
mod sites;
mod story;
mod taken;

use runtime_deterministic::{Auditor, Config, Context, Executor, FaultKind, Faults, Ratio, World};
use runtime_traits::{
    Blob, Buggify, Clock, Datagram as _, Datagrams, Error, Listener, Network, Resolver, Runner,
    Sink, Spawner, Storage, Stream,
};
use std::{net::SocketAddr, time::Duration};

const NAMES: [&str; 3] = ["a", "b", "c"];
const PORT: u16 = 7000;
const RETRY: Duration = Duration::from_millis(10);

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A run of one seed with these faults.
fn run<F: Future>(
    seed: u64,
    faults: Faults,
    test: impl FnOnce(Context, World) -> F,
) -> (F::Output, Auditor) {
    let mut config = Config::default();
    (config.seed, config.faults) = (seed, faults);
    config.timeout = Some(Duration::from_secs(3600));
    let (runner, context, auditor) = Executor::init(config);
    let world = context.world();
    (runner.start(test(context, world)), auditor)
}

/// Three hosts that use all there is, for so long.
pub(crate) async fn busy(context: Context, world: World, long: Duration) {
    for name in NAMES {
        world.host(name, node).unwrap();
    }
    world.damage_at_most(1, &NAMES).unwrap();
    context.sleep(long).await;
}

/// Never gives up, and expects nothing.
async fn node(context: Context) {
    drop(context.spawn("listen", again(context.clone(), listen)));
    drop(context.spawn("store", again(context.clone(), store)));
    drop(context.spawn("gossip", again(context.clone(), gossip)));
    again(context.clone(), talk).await;
}

async fn again<F>(context: Context, task: impl Fn(Context) -> F)
where
    F: Future<Output = Result<(), Error>>,
{
    loop {
        let _ = context.timeout(ms(200), task(context.clone())).await;
        context.sleep(RETRY).await;
    }
}

async fn listen(context: Context) -> Result<(), Error> {
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

/// Writes pages, makes them durable, and reads them again.
async fn store(context: Context) -> Result<(), Error> {
    let blob = context.open("wal", b"log").await?;
    for page in 0..4 {
        let page = page * context.knob("faults/page", 4096, 1..=10_000);
        blob.write_at(&[7; 4096], page).await?;
        blob.sync().await?;
        blob.read_at(&mut [0; 4096], page).await?;
    }
    context.remove("wal", Some(b"log")).await
}

async fn talk(context: Context) -> Result<(), Error> {
    loop {
        for name in NAMES {
            let ip = context.resolve(name).await?[0];
            let (mut sink, mut stream) = context.dial(SocketAddr::new(ip, PORT)).await?;
            sink.send(b"hello").await?;
            stream.recv(&mut [0; 5]).await?;
            if context.buggify("faults/pause") {
                context.sleep(RETRY).await;
            }
            sink.send(b"again").await?;
            stream.recv(&mut [0; 5]).await?;
        }
    }
}

async fn gossip(context: Context) -> Result<(), Error> {
    let socket = context
        .bind_datagram(SocketAddr::new(context.addr(), PORT))
        .await?;
    for name in NAMES {
        let ip = context.resolve(name).await?[0];
        socket.send_to(b"gossip", SocketAddr::new(ip, PORT)).await?;
        socket.recv_from(&mut [0; 6]).await?;
    }
    Ok(())
}

/// A kind alone, often.
fn only(kind: FaultKind) -> Faults {
    Faults::of([(kind, Ratio::new(1, 2))])
        .pace(ms(5))
        .outage(ms(100))
}
