//! What turmoil has of what the store needs.

use crate::{
    cluster::{Lives, SERVERS, live, name},
    context::Context,
    survival,
};
use runtime_io::Tokio;
use runtime_traits::Spawner;
use std::{
    cell::{Cell, RefCell},
    io::{Error, ErrorKind, Result},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};
pub(crate) use tokio::time::{Sleep, sleep};
use turmoil::fs::shim::tokio::fs;
pub(crate) use turmoil::net::{TcpListener, TcpStream, UdpSocket};

/// As ours are by default; its clock has ticks of 1 ms.
const LATENCY: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(1));
/// Of a write that is not synced each sector may be lost.
const SECTOR: u64 = 512;
/// How many writes are durable although nobody synced them.
const DURABLE: f64 = 0.3;
/// What a call to a disk takes, at most.
const DISK: Duration = Duration::from_millis(8);
/// Longer than any run that goes well, in virtual time.
const LIMIT: Duration = Duration::from_secs(600);

/// What only the outside can do, between two ticks.
enum Act {
    Crash(u16),
    Restart(u16),
}

thread_local! {
    static ACTS: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
    static LIVES: RefCell<Option<Lives>> = const { RefCell::new(None) };
    static DRAWS: Cell<u64> = const { Cell::new(0) };
}

/// The store's test on the hosts of a fresh simulation.
pub(crate) fn run(seed: u64) {
    let lives = Lives::new();
    LIVES.set(Some(lives.clone()));
    ACTS.take();
    DRAWS.set(seed);
    let mut builder = turmoil::Builder::new();
    builder
        .rng_seed(seed)
        .enable_random_order()
        .simulation_duration(LIMIT)
        .min_message_latency(LATENCY.0)
        .max_message_latency(LATENCY.1);
    builder.fs().block_size(SECTOR).sync_probability(DURABLE);
    builder.fs().io_latency().max_latency(DISK);
    let mut world = builder.build();
    for id in 1..=SERVERS {
        let lives = lives.clone();
        world.host(name(id), move || {
            let life = live(lives.clone(), id);
            async move {
                life.await;
                Ok(())
            }
        });
    }
    world.client("operator", async {
        let context = Context::new();
        let test = survival::acknowledged_puts_survive(context.clone());
        let test = context.spawn("test", test);
        test.await.expect("it does not panic");
        Ok(())
    });
    while !world.step().expect("the run ends in time") {
        for act in ACTS.take() {
            match act {
                Act::Crash(id) => world.crash(name(id)),
                Act::Restart(id) => world.bounce(name(id)),
            }
        }
    }
}

pub(crate) fn elapsed() -> Duration {
    turmoil::sim_elapsed().expect("the run goes on")
}

/// It lends its own generator to nobody: SplitMix64.
pub(crate) fn draw() -> u64 {
    let state = DRAWS.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    DRAWS.set(state);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(task));
}

pub(crate) fn resolve(name: &str) -> IpAddr {
    turmoil::lookup(name)
}

/// What a server binds: a host has one address, and binds no other.
pub(crate) fn local(address: SocketAddr) -> SocketAddr {
    (Ipv4Addr::UNSPECIFIED, address.port()).into()
}

pub(crate) type Socket = Tokio<TcpStream>;

pub(crate) fn socket(stream: TcpStream) -> Socket {
    Tokio(stream)
}

pub(crate) async fn send_to(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> Result<()> {
    socket.send_to(bytes, to).await.map(drop)
}

pub(crate) struct File(fs::File);

impl File {
    /// The file is there after a crash, too: it and its folder are synced.
    pub(crate) async fn open(path: &str) -> Result<Self> {
        let mut options = fs::OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .open(path)
            .await?;
        file.sync_all().await?;
        fs::sync_dir("/").await?;
        Ok(Self(file))
    }

    pub(crate) async fn len(&self) -> Result<u64> {
        Ok(self.0.metadata().await?.len())
    }

    pub(crate) async fn read_at(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        let mut read = 0;
        while read < buf.len() {
            match self
                .0
                .read_at(&mut buf[read..], offset + read as u64)
                .await?
            {
                0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
                more => read += more,
            }
        }
        Ok(())
    }

    pub(crate) async fn write_at(&self, buf: &[u8], offset: u64) -> Result<()> {
        let mut written = 0;
        while written < buf.len() {
            written += self
                .0
                .write_at(&buf[written..], offset + written as u64)
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn truncate(&self, length: u64) -> Result<()> {
        self.0.set_len(length).await
    }

    pub(crate) async fn sync(&self) -> Result<()> {
        self.0.sync_all().await
    }
}

/// The servers' hosts.
pub(crate) struct World(Lives);

impl World {
    /// They are there already.
    pub(crate) fn start() -> Self {
        Self(LIVES.with_borrow(|lives| lives.clone().expect("a run has lives")))
    }

    pub(crate) fn lives(&self) -> Lives {
        self.0.clone()
    }

    /// All disks take their time.
    pub(crate) fn slow_down(&self, _: u16) {}

    /// At the next tick.
    pub(crate) fn crash(&self, id: u16) {
        ACTS.with_borrow_mut(|acts| acts.push(Act::Crash(id)));
    }

    /// At the next tick.
    pub(crate) fn restart(&self, id: u16) {
        ACTS.with_borrow_mut(|acts| acts.push(Act::Restart(id)));
    }

    pub(crate) fn part(&self, one: u16, other: u16) {
        turmoil::partition(name(one), name(other));
    }

    pub(crate) fn mend(&self, one: u16, other: u16) {
        turmoil::repair(name(one), name(other));
    }
}
