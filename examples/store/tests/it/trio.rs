//! Three servers on hosts of their own, and a test that drives them.

use runtime_deterministic::{Context, Executor, Host};
use runtime_traits::{Resolver, Runner};
use std::net::SocketAddr;
use store::{Client, Config, Error};

pub(crate) const PORT: u16 = 7000;

/// Runs `test` in a simulation.
pub(crate) fn run<F: Future>(test: impl FnOnce(Context) -> F) {
    let (runner, context, _) = Executor::default();
    runner.start(test(context));
}

pub(crate) struct Trio {
    context: Context,
    pub(crate) hosts: Vec<Host<Result<(), Error>>>,
}

impl Trio {
    pub(crate) fn start(context: &Context) -> Self {
        let start = |id: u16| {
            let boot = move |context| serve(context, id);
            let host = context.world().host(&name(id), boot);
            host.expect("a new name")
        };
        Self {
            context: context.clone(),
            hosts: (1..=3).map(start).collect(),
        }
    }

    /// Where server `id` listens.
    pub(crate) fn address(&self, id: usize) -> SocketAddr {
        SocketAddr::new(self.hosts[id - 1].addr(), PORT)
    }

    /// A client that knows these servers.
    pub(crate) fn client(&self, ids: &[usize]) -> Client<Context> {
        let servers: Vec<_> = ids.iter().map(|id| self.address(*id)).collect();
        Client::new(self.context.clone(), &servers).expect("there are servers")
    }

    pub(crate) async fn promote(&self, id: usize) {
        let promoted = self.client(&[id]).promote(self.address(id)).await;
        promoted.expect("a majority is up");
    }
}

async fn serve(context: Context, id: u16) -> Result<(), Error> {
    let mut servers = Vec::new();
    for id in 1..=3 {
        let addresses = context.resolve(&name(id)).await;
        let address = addresses.expect("every server has a host")[0];
        servers.push(SocketAddr::new(address, PORT));
    }
    store::serve(context, Config::new(id, servers)?).await
}

fn name(id: u16) -> String {
    format!("server-{id}")
}
