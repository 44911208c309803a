//! Keepalive, buffers, closing in haste, full backlogs, ports that run out.

use super::{PORT, connection, echo, idle, ms, run};
use runtime_deterministic::{
    Context, Crash, Cut, Executor, Host, How, Listener, Ratio, Sink, Stream,
};
use runtime_traits::{
    Clock, Error, Keepalive, Listener as _, Network, Runner, Sink as _, SocketConfig, Stream as _,
};
use std::{
    future::poll_fn,
    io::{ErrorKind, IoSlice},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

const ROOT: &[&str] = &["root"];
const SERVER: &[&str] = &["server"];
/// Idle for 60 s, then three probes of 10 s each.
const GIVE_UP: Duration = Duration::from_secs(60 + 3 * 10);

/// A connection that its dialler has probed: the root's end, and the host's.
async fn probed(context: &Context, server: &Host<()>) -> Result<[(Sink, Stream); 2], Error> {
    let mut keepalive = Keepalive::after(Duration::from_secs(60));
    keepalive.interval = Some(Duration::from_secs(10));
    keepalive.retries = Some(3);
    let mut config = SocketConfig::default();
    config.keepalive = Some(keepalive);
    configured(context, server, &config).await
}

async fn configured(
    context: &Context,
    server: &Host<()>,
    config: &SocketConfig,
) -> Result<[(Sink, Stream); 2], Error> {
    let socket = SocketAddr::new(server.addr(), 0);
    let mut listener = server.context().bind(socket).await?;
    let near = context.dial_with(listener.local_addr(), config).await?;
    let (_, sink, stream) = listener.accept().await?;
    Ok([near, (sink, stream)])
}

/// How many bytes are taken before the writer has to wait.
async fn fill(context: &Context, sink: &mut Sink) -> usize {
    let mut taken = 0;
    loop {
        let sent = poll_fn(|cx| sink.poll_send(cx, &[IoSlice::new(&[7; 700])]));
        match context.timeout(ms(10), sent).await {
            Ok(Ok(len)) => taken += len,
            _ => return taken,
        }
    }
}

#[test]
fn buffers_hold_what_was_asked_for() {
    const HALF: usize = 32 * 1024;
    let cases = [
        (None, None, 2 * HALF, 2 * HALF),
        (Some(5_000), None, HALF + 5_000, 2 * HALF),
        (None, Some(100_000), 2 * HALF, HALF + 100_000),
        (Some(0), Some(1), HALF + 2_048, HALF + 2_048),
    ];
    for touched in [false, true] {
        for (send, recv, out, back) in cases {
            run(async |context, world| {
                let server = idle(&world);
                if touched {
                    world.link("root", "server").unwrap().loss(Ratio::NEVER);
                }
                let mut config = SocketConfig::default();
                (config.send_buffer, config.recv_buffer) = (send, recv);
                let [(mut sink, mut stream), (mut far, mut there)] =
                    configured(&context, &server, &config).await?;
                assert_eq!(fill(&context, &mut sink).await, out, "{config:?}");
                assert_eq!(fill(&context, &mut far).await, back, "{config:?}");
                // What is read makes room.
                there.recv(&mut [0; 900]).await?;
                stream.recv(&mut [0; 900]).await?;
                assert_eq!(fill(&context, &mut sink).await, 900);
                assert_eq!(fill(&context, &mut far).await, 900);
                Ok(())
            });
        }
    }
}

/// What a peer reads, and how it ends, when `end` of the connection is dropped with bytes under way.
fn dropped(seed: u64, linger: Option<Duration>, end: usize) -> (usize, Result<(), Error>) {
    let (runner, context, _) = Executor::seeded(seed);
    let server = idle(&context.world());
    runner.start(async {
        let mut config = SocketConfig::default();
        config.linger = linger;
        let mut ends = Vec::from(configured(&context, &server, &config).await.unwrap());
        let (mut sink, stream) = ends.remove(end);
        sink.send(&[7; 700]).await.unwrap();
        drop((sink, stream));
        let (mut received, mut buf) = (0, [0; 1_000]);
        loop {
            match ends[0].1.recv_some(&mut buf).await {
                Ok(0) => return (received, Ok(())),
                Ok(len) => received += len,
                Err(error) => return (received, Err(error)),
            }
        }
    })
}

#[test]
fn who_does_not_linger_resets_what_is_left() {
    let reset = Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()));
    let hasty: Vec<_> = (0..40)
        .map(|seed| dropped(seed, Some(Duration::ZERO), 0))
        .collect();
    // A drop closes before it resets: either may be there first.
    let is_either = |(_, end): &(usize, Result<(), Error>)| *end == Ok(()) || *end == reset;
    assert!(hasty.iter().all(is_either), "{hasty:?}");
    assert!(hasty.contains(&(0, reset)), "no bytes are lost");
    for seed in 0..40 {
        for (linger, end) in [
            (None, 0),
            (Some(ms(1)), 0),
            // The dialler's configuration is not its peer's.
            (Some(Duration::ZERO), 1),
        ] {
            assert_eq!(dropped(seed, linger, end), (700, Ok(())), "{linger:?}");
        }
    }
}

#[test]
fn a_connection_that_is_over_is_not_reset() {
    run(async |context, world| {
        let server = idle(&world);
        let mut config = SocketConfig::default();
        config.linger = Some(Duration::ZERO);
        let [(mut sink, mut stream), (mut far, mut there)] =
            configured(&context, &server, &config).await?;
        sink.close().await?;
        far.close().await?;
        assert_eq!(there.recv_some(&mut [0]).await, Ok(0));
        assert_eq!(stream.recv_some(&mut [0]).await, Ok(0));
        drop((sink, stream));
        context.sleep(ms(10)).await;
        assert_eq!(there.recv_some(&mut [0]).await, Ok(0));
        Ok(())
    });
}

#[test]
fn a_probed_connection_breaks_when_nobody_answers() {
    for how in 0..5 {
        run(async |context, world| {
            let server = idle(&world);
            let [(_sink, mut stream), (mut far, _there)] = probed(&context, &server).await?;
            // What arrives puts the probes off.
            context.sleep(Duration::from_secs(500)).await;
            far.send(b"x").await?;
            stream.recv(&mut [0]).await?;
            let heard = context.monotonic();
            context.sleep(Duration::from_secs(20)).await;
            let cut = Cut {
                after_bytes: 0,
                how: How::BlackHole,
            };
            match how {
                0 => world.partition(ROOT, SERVER).unwrap(),
                1 => world.partition_one_way(SERVER, ROOT).unwrap(),
                2 => world.hold(ROOT, SERVER).unwrap(),
                3 => world.cut("server", "root", cut).unwrap(),
                _ => server.crash(Crash::Silent).unwrap(),
            }
            assert_eq!(
                stream.recv(&mut [0]).await,
                Err(Error::RecvFailed(ErrorKind::TimedOut.into()))
            );
            assert_eq!(context.monotonic() - heard, GIVE_UP, "{how}");
            Ok(())
        });
    }
}

#[test]
fn a_probed_connection_lives_when_the_partition_ends_in_time() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut there)] = probed(&context, &server).await?;
        context.sleep(Duration::from_secs(55)).await;
        for _ in 0..5 {
            world.partition(ROOT, SERVER).unwrap();
            // Two probes fall into it, and the third is answered.
            context.sleep(Duration::from_secs(19)).await;
            world.heal();
            context.sleep(Duration::from_secs(101)).await;
        }
        sink.send(b"x").await?;
        there.recv(&mut [0]).await
    });
}

#[test]
fn a_probe_finds_out_that_its_peer_has_restarted() {
    run(async |context, world| {
        let server = idle(&world);
        let [(_sink, mut stream), _far] = probed(&context, &server).await?;
        world.partition(ROOT, SERVER).unwrap();
        server.crash(Crash::Reset).unwrap();
        context.sleep(Duration::from_secs(75)).await;
        world.heal();
        let start = context.monotonic();
        assert_eq!(
            stream.recv(&mut [0]).await,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
        assert!(context.monotonic() - start < Duration::from_secs(10));
        Ok(())
    });
}

#[test]
fn who_does_not_ask_for_probes_notices_nothing() {
    run(async |context, world| {
        let server = idle(&world);
        let [(_sink, mut stream), _far] = connection(&context, &server).await?;
        world.partition(ROOT, SERVER).unwrap();
        let day = Duration::from_secs(86_400);
        let nothing = context.timeout(day, stream.recv(&mut [0])).await;
        assert_eq!(nothing, Err(Error::Timeout));
        Ok(())
    });
}

#[test]
fn a_dial_beyond_the_backlog_waits_for_room() {
    run(async |context, _world| {
        let socket = SocketAddr::new(context.addr(), PORT);
        let mut listener = context.bind(socket).await?;
        let mut dialled = Vec::new();
        for _ in 0..1024 {
            dialled.push(context.dial(socket).await?);
        }
        let start = context.monotonic();
        let one_more = context.timeout(ms(2_900), context.dial(socket)).await;
        assert!(matches!(one_more, Err(Error::Timeout)));
        let dial = context.dial(socket);
        let accept = async {
            context.sleep(ms(500)).await;
            listener.accept().await.map(drop)
        };
        let (dialled, accepted) = futures::future::join(dial, accept).await;
        accepted?;
        drop(dialled?);
        assert_eq!(context.monotonic() - start, ms(2_900 + 1_000));
        Ok(())
    });
}

#[test]
fn no_two_connections_share_an_address() {
    run(async |context, _world| {
        let socket = SocketAddr::new(context.addr(), PORT);
        let mut listener = context.bind(socket).await?;
        let mut kept = Vec::new();
        for _ in 0..40 {
            kept.push(context.dial(socket).await?);
            kept.push({
                let (_, sink, stream) = listener.accept().await?;
                (sink, stream)
            });
        }
        let taken: Vec<_> = kept.iter().map(|(_, stream)| stream.local_addr()).collect();
        // All ports once, and some of them again.
        for _ in 0..28_300 {
            let (_sink, stream) = context.dial(socket).await?;
            assert!(!taken.contains(&stream.local_addr()));
            listener.accept().await?;
        }
        Ok(())
    });
}

#[test]
fn a_host_without_a_port_left_cannot_dial() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(ms(1)).await;
        for from in [&world, &world] {
            from.link("root", "server").unwrap().latency(ms(0)..=ms(0));
            from.link("server", "root").unwrap().latency(ms(0)..=ms(0));
        }
        let socket = SocketAddr::new(server.addr(), PORT);
        let mut kept = Vec::new();
        let failed = loop {
            match context.dial(socket).await {
                Ok(connection) => kept.push(connection),
                Err(error) => break error,
            }
        };
        assert_eq!(kept.len(), 28_232);
        let kind = ErrorKind::AddrNotAvailable;
        assert_eq!(failed, Error::ConnectionFailed(socket, kind.into()));
        kept.truncate(28_231);
        context.sleep(ms(1)).await;
        context.dial(socket).await.map(drop)
    });
}

/// A dialler that names its own address: what it does, and which the listener sees.
async fn dial_from(
    local: IpAddr,
    context: &Context,
    listener: &mut Listener,
    socket: SocketAddr,
) -> Result<IpAddr, Error> {
    let mut config = SocketConfig::default();
    config.local = Some(local);
    let (_sink, stream) = context.dial_with(socket, &config).await?;
    let (peer, ..) = listener.accept().await?;
    assert_eq!(stream.local_addr(), Some(peer));
    Ok(peer.ip())
}

#[test]
fn a_dial_comes_from_the_address_that_it_names() {
    run(|context, world| async move {
        let [own, home] = [context.addr(), Ipv4Addr::LOCALHOST.into()];
        let any: IpAddr = Ipv4Addr::UNSPECIFIED.into();
        let server = idle(&world);
        let away = SocketAddr::new(server.addr(), PORT);
        let mut far = server.context().bind(away).await?;
        assert_eq!(dial_from(any, &context, &mut far, away).await, Ok(own));
        let unseen = Error::ConnectionFailed(away, ErrorKind::InvalidInput.into());
        assert_eq!(dial_from(home, &context, &mut far, away).await, Err(unseen));

        let mut near = context.bind(SocketAddr::new(any, PORT)).await?;
        let here = SocketAddr::new(home, PORT);
        assert_eq!(dial_from(own, &context, &mut near, here).await, Ok(own));
        assert_eq!(dial_from(home, &context, &mut near, here).await, Ok(home));

        let dead = server.context();
        server.crash(Crash::Reset).unwrap();
        let nobodys = "1.2.3.4".parse().unwrap();
        let dialled = dial_from(nobodys, &dead, &mut far, away).await;
        assert_eq!(dialled, Err(Error::Closed));
        Ok(())
    });
}
