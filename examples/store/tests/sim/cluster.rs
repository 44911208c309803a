//! The servers' hosts, and what lies between them.

use runtime_deterministic::{Context, Crash, DiskFaults, DiskOp, Host};
use runtime_traits::{Clock, Resolver, Spawner, Storage};
use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};
use store::Config;

const PORT: u16 = 7000;
const PARTITION: &str = "store";
const SLOW_SYNC: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_millis(8);
/// For a server to stop once it is told to.
const STOP_LIMIT: Duration = Duration::from_secs(2);
/// Before a server that ended by itself is started again.
const RESTART: Duration = Duration::from_millis(20);

pub(crate) struct Cluster {
    context: Context,
    servers: Vec<Server>,
}

struct Server {
    host: Host<()>,
    up: bool,
}

impl Cluster {
    /// So many servers, on disks that work: none ends by itself.
    pub(crate) fn start(context: &Context, servers: u16) -> Self {
        Self::boot(context, servers, move |context, id| async move {
            let ended = serve(context, id, servers, 0).await;
            ended.unwrap_or_else(|error| panic!("it gave up: {error}"));
        })
    }

    /// So many servers, of which some may forget what they had on disk. One that ends by itself is
    /// started again; if what it has is corrupt, with nothing.
    pub(crate) fn start_again_and_again(context: &Context, servers: u16, forgetful: u16) -> Self {
        let cluster = Self::boot(context, servers, move |context, id| async move {
            while let Err(error) = serve(context.clone(), id, servers, forgetful).await {
                if let store::Error::Corrupt(_) = error {
                    // Where that fails it is tried again.
                    let _ = context.remove(PARTITION, None).await;
                }
                context.sleep(RESTART).await;
            }
        });
        let names: Vec<_> = (1..=servers).map(name).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let world = context.world();
        let limited = world.damage_at_most(usize::from(forgetful), &names);
        limited.expect("all were made");
        cluster
    }

    fn boot<F, Fut>(context: &Context, servers: u16, run: F) -> Self
    where
        F: Fn(Context, u16) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let start = |id| {
            let run = run.clone();
            let host = context
                .world()
                .host(&name(id), move |context| run(context, id));
            let host = host.expect("a new name");
            Server { host, up: true }
        };
        Self {
            context: context.clone(),
            servers: (1..=servers).map(start).collect(),
        }
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = u16> + use<> {
        1..=self.servers.len() as u16
    }

    /// The disk of a server takes its time from now on, and the more is not yet on it.
    pub(crate) fn slow_down(&self, id: u16) {
        let latency = [(DiskOp::Sync, SLOW_SYNC)].into();
        let faults = DiskFaults {
            latency,
            ..DiskFaults::default()
        };
        let disk = self.servers[place(id)].host.disk();
        disk.set(faults).expect("the run goes on");
    }

    /// Where clients reach the servers.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.ids().map(|id| self.address(id)).collect()
    }

    pub(crate) fn address(&self, id: u16) -> SocketAddr {
        SocketAddr::new(self.servers[place(id)].host.addr(), PORT)
    }

    /// The context of a server's host.
    pub(crate) fn context(&self, id: u16) -> Context {
        self.servers[place(id)].host.context()
    }

    /// The servers that are up, or those that are down.
    pub(crate) fn servers(&self, up: bool) -> Vec<u16> {
        self.ids()
            .filter(|id| self.servers[place(*id)].up == up)
            .collect()
    }

    pub(crate) fn crash(&mut self, id: u16, crash: Crash) {
        let server = &mut self.servers[place(id)];
        server.host.crash(crash).expect("it is up");
        server.up = false;
    }

    pub(crate) fn restart(&mut self, id: u16) {
        let server = &mut self.servers[place(id)];
        server.host.restart().expect("it is down");
        server.up = true;
    }

    /// Two servers do not reach each other any more; clients reach both.
    pub(crate) fn part(&self, one: u16, other: u16) {
        let world = self.context.world();
        let parted = world.partition(&[&name(one)], &[&name(other)]);
        parted.expect("both were made");
    }

    /// All servers reach each other again.
    pub(crate) fn mend(&self) {
        self.context.world().heal();
    }

    /// Tells all servers to stop, and waits until they have.
    pub(crate) async fn stop(self) {
        for server in self.servers {
            server.host.context().stop(0);
            let ended = self.context.timeout(STOP_LIMIT, server.host.wait()).await;
            let ended = ended.expect("a server stops in time");
            assert_eq!(ended, Ok(()), "{}", server.host.name());
        }
    }
}

async fn serve(
    context: Context,
    id: u16,
    servers: u16,
    forgetful: u16,
) -> Result<(), store::Error> {
    let mut addresses = Vec::new();
    for id in 1..=servers {
        let found = context.resolve(&name(id)).await;
        let address = found.expect("every server has a host")[0];
        addresses.push(SocketAddr::new(address, PORT));
    }
    let mut config = Config::new(id, addresses)?;
    config.forgetful = forgetful;
    config.partition = PARTITION.into();
    store::serve(context, config).await
}

fn place(id: u16) -> usize {
    usize::from(id) - 1
}

fn name(id: u16) -> String {
    format!("server-{id}")
}
