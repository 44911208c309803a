//! The servers' hosts.

use runtime_deterministic::{Context, Crash, Host};
use runtime_traits::{Clock, Resolver, Spawner};
use std::{net::SocketAddr, time::Duration};
use store::Config;

pub(crate) const SERVERS: usize = 3;
const PORT: u16 = 7000;
/// For a server to stop once it is told to.
const STOP_LIMIT: Duration = Duration::from_secs(1);

pub(crate) struct Cluster {
    servers: Vec<Server>,
}

struct Server {
    host: Host<Result<(), store::Error>>,
    up: bool,
}

impl Cluster {
    pub(crate) fn start(context: &Context) -> Self {
        let start = |id: usize| {
            let boot = move |context| serve(context, id as u16);
            let host = context.world().host(&name(id), boot);
            let host = host.expect("a new name");
            Server { host, up: true }
        };
        let servers = (1..=SERVERS).map(start).collect();
        Self { servers }
    }

    pub(crate) fn servers(&self) -> Vec<SocketAddr> {
        let address = |server: &Server| SocketAddr::new(server.host.addr(), PORT);
        self.servers.iter().map(address).collect()
    }

    /// The places of the servers that are up, or down.
    pub(crate) fn places(&self, up: bool) -> Vec<usize> {
        let places = 0..self.servers.len();
        places
            .filter(|place| self.servers[*place].up == up)
            .collect()
    }

    pub(crate) fn crash(&mut self, place: usize, crash: Crash) {
        let server = &mut self.servers[place];
        server.host.crash(crash).expect("a host that is up");
        server.up = false;
    }

    pub(crate) fn restart(&mut self, place: usize) {
        let server = &mut self.servers[place];
        server.host.restart().expect("a host that is down");
        server.up = true;
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

async fn serve(context: Context, id: u16) -> Result<(), store::Error> {
    let mut servers = Vec::new();
    for id in 1..=SERVERS {
        let addresses = context.resolve(&name(id)).await;
        let address = addresses.expect("every server has a host")[0];
        servers.push(SocketAddr::new(address, PORT));
    }
    store::serve(context, Config::new(id, servers)?).await
}

fn name(id: usize) -> String {
    format!("server-{id}")
}
