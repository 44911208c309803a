//! The servers' hosts on a peer, as the store's test has them on ours.

use crate::{context::Context, peer};
use runtime_traits::{Clock, Spawner};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::Config;

pub(crate) const SERVERS: u16 = 3;
const PORT: u16 = 7000;
/// For a server to stop once it is told to.
const STOP_LIMIT: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(5);

/// How a host crashes. No peer knows more than one way.
#[derive(Clone, Copy)]
pub enum Crash {
    Reset,
    Silent,
}

/// The lives that the servers are in.
#[derive(Clone)]
pub(crate) struct Lives(Arc<Mutex<Vec<Life>>>);

#[derive(Clone, Default)]
struct Life {
    /// `None` before the first.
    context: Option<Context>,
    /// Whether it ended as it should.
    ended: bool,
}

impl Lives {
    pub(crate) fn new() -> Self {
        let none = vec![Life::default(); usize::from(SERVERS)];
        Self(Arc::new(Mutex::new(none)))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Life>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server's life, from its start to its end.
pub(crate) async fn live(lives: Lives, id: u16) {
    let context = Context::new();
    lives.lock()[place(id)] = Life {
        context: Some(context.clone()),
        ended: false,
    };
    let addresses = (1..=SERVERS).map(address).collect();
    let config = Config::new(id, addresses).expect("the servers have different addresses");
    let server = context.spawn("server", store::serve(context.clone(), config));
    let ended = server.await.expect("it does not panic");
    ended.unwrap_or_else(|error| panic!("it gave up: {error}"));
    lives.lock()[place(id)].ended = true;
}

pub(crate) struct Cluster {
    context: Context,
    world: peer::World,
    up: Vec<bool>,
}

impl Cluster {
    pub(crate) fn start(context: &Context, servers: u16) -> Self {
        assert_eq!(servers, SERVERS, "the test is written for so many");
        Self {
            context: context.clone(),
            world: peer::World::start(),
            up: vec![true; usize::from(servers)],
        }
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = u16> + use<> {
        1..=self.up.len() as u16
    }

    pub(crate) fn slow_down(&self, id: u16) {
        self.world.slow_down(id);
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.ids().map(address).collect()
    }

    pub(crate) fn address(&self, id: u16) -> SocketAddr {
        address(id)
    }

    /// The operator's own: a look at a server takes a round trip.
    pub(crate) fn context(&self, _: u16) -> Context {
        self.context.clone()
    }

    pub(crate) fn servers(&self, up: bool) -> Vec<u16> {
        self.ids().filter(|id| self.up[place(*id)] == up).collect()
    }

    pub(crate) fn crash(&mut self, id: u16, _: Crash) {
        assert!(self.up[place(id)], "it is up");
        self.world.crash(id);
        self.up[place(id)] = false;
    }

    pub(crate) fn restart(&mut self, id: u16) {
        assert!(!self.up[place(id)], "it is down");
        self.world.restart(id);
        self.up[place(id)] = true;
    }

    pub(crate) fn part(&self, one: u16, other: u16) {
        self.world.part(one, other);
    }

    pub(crate) fn mend(&self) {
        for one in self.ids() {
            for other in self.ids().filter(|other| *other > one) {
                self.world.mend(one, other);
            }
        }
    }

    pub(crate) async fn stop(self) {
        let lives = self.world.lives();
        for life in &*lives.lock() {
            life.context.as_ref().expect("it was started").stop(0);
        }
        let end = self.context.monotonic() + STOP_LIMIT;
        while !lives.lock().iter().all(|life| life.ended) {
            assert!(self.context.monotonic() < end, "a server stops in time");
            self.context.sleep(GLANCE).await;
        }
    }
}

fn address(id: u16) -> SocketAddr {
    SocketAddr::new(peer::resolve(&name(id)), PORT)
}

pub(crate) fn name(id: u16) -> String {
    format!("server-{id}")
}

fn place(id: u16) -> usize {
    usize::from(id) - 1
}
