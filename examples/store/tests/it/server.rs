//! What a server does with its connections and its tasks.

use crate::trio::{PORT, Trio, run};
use runtime_deterministic::Crash;
use runtime_traits::{Clock, Network, Sink, Spawner, Stream};
use std::{net::SocketAddr, time::Duration};
use store::{Client, Config, Error};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_silent_connection_is_closed_after_a_minute() {
    run(async |context| {
        let trio = Trio::start(&context);
        context.sleep(SECOND).await;
        let (_sink, mut stream) = context.dial(trio.address(1)).await.expect("a server");
        let start = context.monotonic();
        assert_eq!(stream.recv_some(&mut [0]).await, Ok(0));
        let waited = (context.monotonic() - start).as_secs();
        assert_eq!(waited, 60);
    });
}

#[test]
fn a_stranger_is_shown_out() {
    run(async |context| {
        let trio = Trio::start(&context);
        context.sleep(SECOND).await;
        let (mut sink, mut stream) = context.dial(trio.address(1)).await.expect("a server");
        sink.send(b"GET / HTTP/1.1\r\n\r\n")
            .await
            .expect("it takes bytes");
        let ended = context.timeout(SECOND, stream.recv_some(&mut [0])).await;
        assert!(!matches!(ended, Err(_) | Ok(Ok(1..))), "{ended:?}");
        trio.promote(1).await;
    });
}

#[test]
fn beyond_its_limit_a_server_drops_connections_and_recovers() {
    run(async |context| {
        let trio = Trio::start(&context);
        context.sleep(SECOND).await;
        let mut idle = Vec::new();
        for _ in 0..1024 {
            idle.push(context.dial(trio.address(1)).await.expect("a server"));
        }
        context.sleep(SECOND).await;
        let mut client = trio.client(&[1]);
        let refused = client.status(trio.address(1)).await;
        assert!(matches!(refused, Err(Error::Call(..))), "{refused:?}");
        drop(idle);
        context.sleep(SECOND).await;
        let status = client.status(trio.address(1)).await;
        assert!(status.is_ok(), "{status:?}");
    });
}

#[test]
fn a_server_that_is_dropped_leaves_no_task_behind() {
    run(async |context| {
        let here = SocketAddr::new(context.addr(), PORT);
        let other = SocketAddr::new(context.addr(), PORT + 1);
        let config = Config::new(1, vec![here, other]).expect("two servers");
        let server = store::serve(context.clone(), config);
        let server = context.spawn("server", server);
        context.sleep(SECOND).await;
        let mut client = Client::new(context.clone(), &[here]).expect("a server");
        client.status(here).await.expect("it is up");
        let running = || context.tasks().iter().map(|task| task.running).sum::<u64>();
        assert_eq!(running(), 4, "server, disk, link, session");
        server.abort();
        context.sleep(SECOND).await;
        assert_eq!(running(), 0);
    });
}

#[test]
fn without_a_word_from_clients_a_backup_catches_up() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(1).await;
        trio.hosts[2].crash(Crash::Reset).expect("it is up");
        let mut client = trio.client(&[1]);
        client
            .put(b"key", b"value")
            .await
            .expect("a majority is up");
        trio.hosts[2].restart().expect("it is down");
        context.sleep(3 * SECOND).await;
        for id in 1..=3 {
            let status = client.status(trio.address(id)).await.expect("it is up");
            assert_eq!((status.length, status.committed), (2, 2), "{status}");
        }
    });
}

#[test]
fn the_same_address_for_two_servers_is_a_clear_error() {
    run(async |context| {
        let here = SocketAddr::new(context.addr(), PORT);
        let _listener = context.bind(here).await.expect("a free port");
        let config = Config::new(1, vec![here]).expect("one server");
        let ended = store::serve(context.clone(), config).await;
        assert!(matches!(ended, Err(Error::Listen(_))), "{ended:?}");
    });
}
