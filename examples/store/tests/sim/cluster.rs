//! The servers' hosts, and the wires between them.

use crate::wire::{self, Switch};
use runtime_deterministic::{Context, Crash, Host};
use runtime_traits::{Clock, Resolver, Spawner};
use std::{net::SocketAddr, time::Duration};
use store::Config;

const SERVERS: u16 = 3;
/// Where clients reach a server. Its wire to server 2 is two ports further, and so on.
const PORT: u16 = 7000;
/// For a server to stop once it is told to.
const STOP_LIMIT: Duration = Duration::from_secs(1);

pub(crate) struct Cluster {
    servers: Vec<Server>,
    wires: Vec<Wire>,
}

struct Server {
    host: Host<Result<(), store::Error>>,
    up: bool,
}

/// The wires between two servers, one each way.
#[derive(Clone)]
struct Wire {
    ends: [u16; 2],
    switch: Switch,
}

impl Cluster {
    pub(crate) fn start(context: &Context) -> Self {
        let wires: Vec<_> = [[1, 2], [2, 3], [3, 1]].map(Wire::new).into();
        let servers = ids().map(|id| Server::start(context, id, &wires)).collect();
        Self { servers, wires }
    }

    /// Where clients reach the servers.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        ids().map(|id| self.address(id)).collect()
    }

    pub(crate) fn address(&self, id: u16) -> SocketAddr {
        SocketAddr::new(self.servers[place(id)].host.addr(), PORT)
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
    }

    /// Cuts the wires between `id` and the next server. Returns both.
    pub(crate) fn cut(&self, id: u16) -> [u16; 2] {
        let wire = &self.wires[place(id)];
        wire.switch.cut();
        wire.ends
    }

    /// Mends all wires.
    pub(crate) fn mend(&self) {
        self.wires.iter().for_each(|wire| wire.switch.mend());
    }

    /// Tells all servers to stop, and waits until they have.
    pub(crate) async fn stop(&self, context: &Context) {
        for server in &self.servers {
            server.host.context().stop(0);
            let ended = context.timeout(STOP_LIMIT, server.host.wait()).await;
            let ended = ended.expect("a server stops in time");
            assert_eq!(ended, Ok(Ok(())), "{} stops cleanly", server.host.name());
        }
    }
}

impl Server {
    fn start(context: &Context, id: u16, wires: &[Wire]) -> Self {
        let wires = wires.to_vec();
        let boot = move |context| serve(context, id, wires.clone());
        let host = context.world().host(&name(id), boot);
        let host = host.expect("a new name");
        Self { host, up: true }
    }
}

impl Wire {
    fn new(ends: [u16; 2]) -> Self {
        let switch = Switch::new();
        Self { ends, switch }
    }

    fn is_between(&self, one: u16, other: u16) -> bool {
        self.ends == [one, other] || self.ends == [other, one]
    }
}

/// A server that knows itself by its own address, and the others by its wires to them.
async fn serve(context: Context, id: u16, wires: Vec<Wire>) -> Result<(), store::Error> {
    let mut servers = Vec::new();
    for other in ids() {
        let wire = wires.iter().find(|wire| wire.is_between(id, other));
        let port = match wire {
            Some(_) => PORT + other,
            None => PORT,
        };
        let here = SocketAddr::new(context.addr(), port);
        servers.push(here);
        if let Some(wire) = wire {
            let there = context.resolve(&name(other)).await;
            let there = there.expect("every server has a host")[0];
            let there = SocketAddr::new(there, PORT);
            let wire = wire::run(context.clone(), here, there, wire.switch.clone());
            drop(context.spawn("wire", wire));
        }
    }
    store::serve(context, Config::new(id, servers)?).await
}

fn ids() -> impl Iterator<Item = u16> {
    1..=SERVERS
}

fn place(id: u16) -> usize {
    usize::from(id) - 1
}

fn name(id: u16) -> String {
    format!("server-{id}")
}
