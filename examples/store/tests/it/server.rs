//! What a server does with its connections and its tasks.

use crate::trio::{PORT, Trio, run};
use runtime_deterministic::Crash;
use runtime_traits::{Clock, Datagram, Datagrams, Network, Sink, Spawner, Stream};
use std::{net::SocketAddr, time::Duration};
use store::{Client, Config, Error, Role};

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
        assert_eq!(running(), 5, "server, disk, link, beacon, session");
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

/// What a primary says by datagram: its epoch.
#[test]
fn a_primary_that_hears_of_a_later_one_gives_way() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(1).await;
        let mut client = trio.client(&[1]);
        let here = SocketAddr::new(context.addr(), PORT);
        let socket = context.bind_datagram(here).await.expect("a free port");
        let later = [&7_u64.to_be_bytes()[..], &3_u16.to_be_bytes(), &[0; 4]].concat();
        for (sent, role) in [(&later[1..], Role::Primary), (&later[..], Role::Backup)] {
            let sent = socket.send_to(sent, trio.address(1)).await;
            sent.expect("it is taken");
            context.sleep(SECOND / 100).await;
            let status = client.status(trio.address(1)).await.expect("it is up");
            assert_eq!(status.role, role);
        }
    });
}

#[test]
fn a_primary_says_by_datagram_that_it_is() {
    run(async |context| {
        let here = SocketAddr::new(context.addr(), PORT);
        let other = SocketAddr::new(context.addr(), PORT + 1);
        let socket = context.bind_datagram(other).await.expect("a free port");
        let second = context.world().host("second", async |_| ());
        let second = second.expect("a new name");
        let backup = SocketAddr::new(second.addr(), PORT);
        let config = |id| Config::new(id, vec![here, backup, other]).expect("three servers");
        let first = context.spawn("first", store::serve(context.clone(), config(1)));
        let second = second.context();
        let second = context.spawn("second", store::serve(second, config(2)));
        let mut client = Client::new(context.clone(), &[here]).expect("a server");
        let epoch = client.promote(here).await.expect("two of three are up");
        let mut bytes = [0; 64];
        let (length, from) = socket.recv_from(&mut bytes).await.expect("a datagram");
        assert_eq!((length, from), (14, here));
        assert_eq!(bytes[..8], epoch.number.to_be_bytes());
        first.abort();
        second.abort();
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
