//! A client that puts ever higher versions of its own key, and reads its own and others'.

use crate::{
    CLIENTS,
    history::{History, key},
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Random, Signal};
use std::{net::SocketAddr, time::Duration};
use store::Client;

/// The longest rest between two rounds.
const REST_MICROS: u64 = 1000;

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
    let put = client.put(&key(id), version.to_string().as_bytes()).await;
    match put {
        Ok(()) => history.acknowledge(id, version),
        Err(store::Error::Unavailable(..)) => {}
        Err(error) => panic!("put: {error}"),
    }
}

async fn get(client: &mut Client<Context>, id: usize, history: &History) {
    let acknowledged = history.acknowledged(id);
    match client.get(&key(id)).await {
        Ok(value) => history.check_read(id, acknowledged, value.as_deref()),
        Err(store::Error::Unavailable(..)) => {}
        Err(error) => panic!("get: {error}"),
    }
}
