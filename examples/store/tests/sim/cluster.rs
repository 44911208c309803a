//! The servers' hosts, and what lies between them.

use runtime_deterministic::{Context, Crash, DiskFaults, DiskOp, Host};
use runtime_traits::{Clock, Error, Handle, Resolver, Spawner};
use std::{net::SocketAddr, ops::RangeInclusive, time::Duration};
use store::Config;

const SERVERS: u16 = 3;
const PORT: u16 = 7000;
const SLOW_SYNC: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_millis(8);
/// For a server to stop once it is told to.
const STOP_LIMIT: Duration = Duration::from_secs(1);

pub(crate) struct Cluster {
    context: Context,
    servers: Vec<Server>,
}

struct Server {
    host: Host<Result<(), store::Error>>,
    up: bool,
    /// Ends when the server does.
    watch: Handle<()>,
}

impl Cluster {
    pub(crate) fn start(context: &Context) -> Self {
        Self {
            context: context.clone(),
            servers: ids().map(|id| Server::start(context, id)).collect(),
        }
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
        ids().map(|id| self.address(id)).collect()
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
        ids()
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
        server.watch = watch(&self.context, &server.host);
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
            let ended = self.context.timeout(STOP_LIMIT, server.watch).await;
            let ended = ended.expect("a server stops in time");
            assert_eq!(ended, Ok(()), "{}", server.host.name());
        }
    }
}

impl Server {
    fn start(context: &Context, id: u16) -> Self {
        let boot = move |context| serve(context, id);
        let host = context.world().host(&name(id), boot);
        let host = host.expect("a new name");
        let watch = watch(context, &host);
        let up = true;
        Self { host, up, watch }
    }
}

/// No server ends but by a crash, or because it was told to.
fn watch(context: &Context, host: &Host<Result<(), store::Error>>) -> Handle<()> {
    let (name, ended) = (host.name().to_owned(), host.wait());
    context.spawn("watch", async move {
        match ended.await {
            Ok(Ok(())) | Err(Error::Exited) => {}
            Ok(Err(error)) => panic!("{name} gave up: {error}"),
            Err(error) => panic!("{name} gave up: {error}"),
        }
    })
}

async fn serve(context: Context, id: u16) -> Result<(), store::Error> {
    let mut servers = Vec::new();
    for id in ids() {
        let addresses = context.resolve(&name(id)).await;
        let address = addresses.expect("every server has a host")[0];
        servers.push(SocketAddr::new(address, PORT));
    }
    store::serve(context, Config::new(id, servers)?).await
}

pub(crate) fn ids() -> impl Iterator<Item = u16> {
    1..=SERVERS
}

fn place(id: u16) -> usize {
    usize::from(id) - 1
}

fn name(id: u16) -> String {
    format!("server-{id}")
}
