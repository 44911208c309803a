//! A client that puts ever higher versions of its own key, and reads its own and others'.

use crate::{
    CLIENTS,
    history::{History, key},
    value::value,
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Random, Signal};
use std::{net::SocketAddr, time::Duration};
use store::Client;

/// The longest rest between two rounds.
const REST_MICROS: u64 = 1000;
/// The longest rest of a reader.
const READER_REST_MICROS: u64 = 20_000;

/// A client that puts nothing, so that nothing tells it that its primary is none any more.
pub(crate) async fn read(
    context: Context,
    servers: Vec<SocketAddr>,
    history: History,
    mut finished: Signal,
) {
    let mut client = Client::new(context.clone(), &servers).expect("there are servers");
    loop {
        let id = (context.next_u64() % CLIENTS as u64) as usize;
        get(&mut client, id, &history).await;
        let rest = Duration::from_micros(context.next_u64() % READER_REST_MICROS);
        if context.timeout(rest, &mut finished).await.is_ok() {
            return;
        }
    }
}

pub(crate) async fn run(
    context: Context,
    servers: Vec<SocketAddr>,
    id: usize,
    history: History,
    mut finished: Signal,
) {
    let mut client = Client::new(context.clone(), &servers).expect("there are servers");
    loop {
        put(&mut client, id, &history).await;
        get(&mut client, id, &history).await;
        let other = (context.next_u64() % CLIENTS as u64) as usize;
        get(&mut client, other, &history).await;
        let rest = Duration::from_micros(context.next_u64() % REST_MICROS);
        if context.timeout(rest, &mut finished).await.is_ok() {
            return;
        }
    }
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
