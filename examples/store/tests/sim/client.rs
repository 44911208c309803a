//! Clients that put ever higher versions of their own keys, and read their own and others'.

use crate::{
    history::{History, key},
    value::value,
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Handle, Random, Signal, Signaler, Spawner};
use std::{net::SocketAddr, time::Duration};
use store::Client;

/// How many put and get; each has a key.
pub(crate) const CLIENTS: usize = 5;
/// How many only get.
const READERS: usize = 2;
/// The longest rest of one that only gets.
const READER_REST: Duration = Duration::from_millis(20);
/// For a client to end what it is at.
const CLIENT_LIMIT: Duration = Duration::from_secs(10);

pub(crate) struct Clients {
    context: Context,
    tasks: Vec<Handle<()>>,
    finish: Signaler,
}

impl Clients {
    /// Clients that rest between two rounds, at most so long.
    pub(crate) fn start(
        context: &Context,
        servers: &[SocketAddr],
        history: &History,
        rest: Duration,
    ) -> Self {
        let (finish, finished) = Signaler::new();
        let args = || (context.clone(), servers.to_vec());
        let mut tasks = Vec::new();
        for id in 0..CLIENTS {
            let (inside, servers) = args();
            let history = history.clone();
            let client = run(inside, servers, id, history, rest, finished.clone());
            tasks.push(context.spawn("client", client));
        }
        for _ in 0..READERS {
            let (inside, servers) = args();
            let reader = read(inside, servers, history.clone(), finished.clone());
            tasks.push(context.spawn("reader", reader));
        }
        Self {
            context: context.clone(),
            tasks,
            finish,
        }
    }

    /// Every client ends in time.
    pub(crate) async fn finish(mut self) {
        self.finish.signal(0);
        for client in self.tasks {
            let ended = self.context.timeout(CLIENT_LIMIT, client).await;
            ended
                .expect("a client ends in time")
                .expect("it does not panic");
        }
    }
}

/// A client that puts nothing, so that nothing tells it that its primary is none any more.
async fn read(context: Context, servers: Vec<SocketAddr>, history: History, mut finished: Signal) {
    let mut client = Client::new(context.clone(), &servers).expect("there are servers");
    loop {
        let id = (context.next_u64() % CLIENTS as u64) as usize;
        get(&mut client, id, &history).await;
        if is_over(&context, READER_REST, &mut finished).await {
            return;
        }
    }
}

async fn run(
    context: Context,
    servers: Vec<SocketAddr>,
    id: usize,
    history: History,
    rest: Duration,
    mut finished: Signal,
) {
    let mut client = Client::new(context.clone(), &servers).expect("there are servers");
    loop {
        put(&mut client, id, &history).await;
        get(&mut client, id, &history).await;
        let other = (context.next_u64() % CLIENTS as u64) as usize;
        get(&mut client, other, &history).await;
        if is_over(&context, rest, &mut finished).await {
            return;
        }
    }
}

/// Rests a while; says whether it is told to end.
async fn is_over(context: &Context, longest: Duration, finished: &mut Signal) -> bool {
    let rest = context.next_u64() % longest.as_micros() as u64;
    let finished = context.timeout(Duration::from_micros(rest), finished);
    finished.await.is_ok()
}

async fn put(client: &mut Client<Context>, id: usize, history: &History) {
    let version = history.attempt(id);
    match client.put(&key(id), &value(id, version)).await {
        Ok(()) => history.acknowledge(id, version),
        Err(store::Error::Unavailable(..)) => {}
        Err(error) => panic!("put: {error}"),
    }
}

/// Gets a client's key, and says whether anybody answered.
pub(crate) async fn get(client: &mut Client<Context>, id: usize, history: &History) -> bool {
    let settled = history.settled(id);
    match client.get(&key(id)).await {
        Ok(value) => history.check_read(id, settled, value.as_deref()),
        Err(store::Error::Unavailable(..)) => return false,
        Err(error) => panic!("get: {error}"),
    }
    true
}
