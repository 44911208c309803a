//! What a server makes of what it finds on its disk.

use crate::trio::{PORT, run};
use runtime_deterministic::{Context, Crash, DiskOp};
use runtime_traits::{Blob, Clock, Error::Timeout, Spawner, Storage};
use std::{net::SocketAddr, time::Duration};
use store::{Client, Config, Error};

const SECOND: Duration = Duration::from_secs(1);

fn config(context: &Context) -> Config {
    let here = SocketAddr::new(context.addr(), PORT);
    Config::new(1, vec![here]).expect("one server")
}

/// A server that found `log` and `epoch` on its disk, a second later.
async fn find(context: &Context, log: &[u8], epoch: &[u8]) -> Result<(), Error> {
    for (name, bytes) in [(b"log".as_slice(), log), (b"epoch", epoch)] {
        let blob = context.open("store", name).await.expect("a good disk");
        blob.truncate(0).await.expect("a good disk");
        blob.write_at(bytes, 0).await.expect("a good disk");
        blob.sync().await.expect("a good disk");
    }
    let server = store::serve(context.clone(), config(context));
    let ended = context.timeout(SECOND, server).await;
    ended.unwrap_or(Ok(()))
}

async fn length(context: &Context, name: &[u8]) -> u64 {
    let blob = context.open("store", name).await.expect("a good disk");
    blob.len().await.expect("a good disk")
}

#[test]
fn a_torn_tail_is_cut_off_at_the_start() {
    run(async |context| {
        assert_eq!(find(&context, &[7; 100], &[]).await, Ok(()));
        assert_eq!(length(&context, b"log").await, 0);
    });
}

#[test]
fn a_log_of_a_later_epoch_than_its_servers_is_corrupt() {
    run(async |context| {
        serve_alone(&context, 1).await;
        let log = read(&context, b"log").await;
        let started = find(&context, &log, &[]).await;
        assert!(matches!(started, Err(Error::Corrupt(_))), "{started:?}");
    });
}

/// A process that is killed leaves its writes to the system, which has them on disk some day.
#[test]
fn what_a_killed_process_wrote_is_on_disk_before_it_is_promised() {
    run(async |context| {
        serve_alone(&context, 1).await;
        let host = context.world().host("killed", async |_| ());
        let host = host.expect("a new name");
        let inside = host.context();
        let mut written = Vec::new();
        for name in [b"log".as_slice(), b"epoch"] {
            let bytes = read(&context, name).await;
            let blob = inside.open("store", name).await.expect("a good disk");
            blob.write_at(&bytes, 0).await.expect("a good disk");
            written.push((name.to_vec(), bytes));
        }
        let server = store::serve(inside.clone(), config(&inside));
        assert_eq!(context.timeout(SECOND, server).await.err(), Some(Timeout));
        let durable = host.partition("store").expect("it was opened");
        assert_eq!(durable, written.into_iter().collect());
    });
}

/// A sync that fails leaves pages that can be read and are not on disk, and no later sync writes them.
#[test]
fn what_a_failed_sync_left_behind_is_on_disk_before_it_is_promised() {
    run(async |context| {
        let boot = async |context: Context| {
            while store::serve(context.clone(), config(&context))
                .await
                .is_err()
            {}
        };
        let host = context.world().host("failing", boot).expect("a new name");
        let here = SocketAddr::new(host.addr(), PORT);
        let mut client = Client::new(context.clone(), &[here]).expect("a server");
        let mut hasty = Client::new(context.clone(), &[here]).expect("a server");
        hasty = hasty.with_limit(SECOND / 10);
        for round in 0..20 {
            client.promote(here).await.expect("one is a majority");
            host.disk().fail_next(DiskOp::Sync);
            let put = hasty.put(b"long", &[round; 10_000]).await;
            assert!(matches!(put, Err(Error::Unavailable(..))), "{put:?}");
            client.promote(here).await.expect("it is up again");
            client.put(b"round", &[round]).await.expect("a primary");
            host.crash(Crash::Reset).expect("it is up");
            host.restart().expect("it is down");
            client.promote(here).await.expect("it is up again");
            assert_eq!(client.get(b"round").await, Ok(Some(vec![round])));
        }
    });
}

#[test]
fn an_epoch_whose_sync_failed_is_on_disk_before_it_is_promised() {
    run(async |context| {
        let boot = async |context: Context| {
            while store::serve(context.clone(), config(&context))
                .await
                .is_err()
            {}
        };
        let host = context.world().host("failing", boot).expect("a new name");
        let here = SocketAddr::new(host.addr(), PORT);
        let mut client = Client::new(context.clone(), &[here]).expect("a server");
        client.promote(here).await.expect("one is a majority");
        for _ in 0..20 {
            host.disk().fail_next(DiskOp::Sync);
            // The server ends, is started again, and is asked again.
            client.promote(here).await.expect("it is up again");
            let durable = host.partition("store").expect("it was opened");
            let seen = read(&host.context(), b"epoch").await;
            assert_eq!(durable[&b"epoch"[..]], seen);
        }
    });
}

#[test]
fn an_epoch_that_was_torn_leaves_the_one_before() {
    run(async |context| {
        serve_alone(&context, 3).await;
        let mut epoch = read(&context, b"epoch").await;
        // The first and the third epoch are in the first slot, one after the other.
        epoch[0] ^= 1;
        let here = config(&context).listen;
        let mut client = Client::new(context.clone(), &[here]).expect("a server");
        let server = context.clone();
        let server = context.spawn("server", async move { find(&server, &[], &epoch).await });
        context.sleep(SECOND / 2).await;
        let status = client.status(here).await.expect("it is up");
        assert_eq!(status.epoch.to_string(), "2.1");
        server.abort();
    });
}

/// Leaves the disk of a server that was promoted so many times.
async fn serve_alone(context: &Context, promotions: u64) {
    let server = store::serve(context.clone(), config(context));
    let server = context.spawn("server", server);
    let here = config(context).listen;
    let mut client = Client::new(context.clone(), &[here]).expect("a server");
    for _ in 0..promotions {
        client.promote(here).await.expect("one is a majority");
    }
    // What was promised is on disk: there is nothing to wait for but the port.
    server.abort();
    assert!(server.await.is_err());
}

async fn read(context: &Context, name: &[u8]) -> Vec<u8> {
    let blob = context.open("store", name).await.expect("a good disk");
    let mut bytes = vec![0; length(context, name).await as usize];
    blob.read_at(&mut bytes, 0).await.expect("a good disk");
    bytes
}
