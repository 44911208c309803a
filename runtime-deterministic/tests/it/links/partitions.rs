//! Partitions, holds, and what a stream or a dial makes of them.

use super::{PORT, ask, connection, datagrams, echo, idle, ms, run, talk};
use runtime_deterministic::{Context, Crash, WorldError};
use runtime_traits::{Clock, Datagram, Error, Listener, Network, Sink, Spawner, Stream};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

/// When TCP gives up: Linux's figure.
const GIVE_UP: Duration = Duration::from_millis(924_600);
const ROOT: &[&str] = &["root"];
const SERVER: &[&str] = &["server"];

fn timed_out(context: &Context, start: Duration) -> bool {
    let took = context.monotonic() - start;
    GIVE_UP <= took && took < GIVE_UP + ms(10)
}

#[test]
fn a_stream_stalls_in_a_partition_and_goes_on_after_it() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world.partition(ROOT, SERVER).unwrap();
        sink.send(b"hello").await?;
        let mut buf = [0; 5];
        let nothing = context
            .timeout(Duration::from_secs(60), stream.recv(&mut buf))
            .await;
        assert_eq!(nothing, Err(Error::Timeout));
        world.heal();
        let healed = context.monotonic();
        stream.recv(&mut buf).await?;
        assert_eq!(&buf, b"hello");
        // TCP had sent after 51 s, and sends the next time after 102.2 s.
        let took = context.monotonic() - healed;
        assert!(ms(42_000) < took && took < ms(42_300), "{took:?}");
        ask(&mut sink, &mut stream).await?;
        Ok(())
    });
}

#[test]
fn what_is_on_its_way_does_not_cross_a_partition() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world
            .link("root", "server")
            .unwrap()
            .latency(ms(50)..=ms(50));
        (0..3).for_each(|_| drop(context.spawn("nothing", async {})));
        sink.send(b"hel").await?;
        sink.send(b"lo").await?;
        context.sleep(ms(20)).await;
        world.partition(ROOT, SERVER).unwrap();
        context.sleep(ms(100)).await;
        world.heal();
        let healed = context.monotonic();
        let mut buf = [0; 5];
        stream.recv(&mut buf).await?;
        assert_eq!(&buf, b"hello");
        // Lost at 50 ms, sent again 200 ms later.
        let took = context.monotonic() - healed;
        assert!(ms(180) < took && took < ms(182), "{took:?}");
        Ok(())
    });
}

#[test]
fn a_writer_gives_up_as_linux_does_and_its_peer_hears_when_it_sends() {
    run(async |context, world| {
        let (server, mut sink, mut stream) = talk(&context, &world).await?;
        let mut listener = server
            .context()
            .bind(SocketAddr::new(server.addr(), 1))
            .await?;
        let (mut near, mut back) = context.dial(listener.local_addr()).await?;
        let (_, mut far, mut there) = listener.accept().await?;
        world.partition(ROOT, SERVER).unwrap();
        let start = context.monotonic();
        near.send(b"x").await?;
        sink.send(b"hello").await?;
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(back.recv(&mut [0]).await, broken);
        assert!(timed_out(&context, start));
        assert_eq!(stream.recv(&mut [0]).await, broken);
        assert_eq!(
            near.send(b"y").await,
            Err(Error::SendFailed(ErrorKind::TimedOut.into()))
        );
        world.heal();
        let minutes = Duration::from_secs(600);
        let nothing = context.timeout(minutes, there.recv(&mut [0])).await;
        assert_eq!(
            nothing,
            Err(Error::Timeout),
            "who sends nothing notices nothing"
        );
        far.send(b"z").await?;
        assert_eq!(
            there.recv(&mut [0]).await,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
        Ok(())
    });
}

#[test]
fn an_idle_stream_notices_nothing() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world.partition(ROOT, SERVER).unwrap();
        context.sleep(Duration::from_secs(7200)).await;
        world.heal();
        ask(&mut sink, &mut stream).await.map(drop)
    });
}

#[test]
fn a_dial_gives_up_after_127_seconds_and_gets_through_after_a_heal() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(ms(1)).await;
        let socket = SocketAddr::new(server.addr(), PORT);
        for way in [["root", "server"], ["server", "root"]] {
            world.partition_one_way(&[way[0]], &[way[1]]).unwrap();
            let start = context.monotonic();
            let failed = context.dial(socket).await.err();
            let expected = Error::ConnectionFailed(socket, ErrorKind::TimedOut.into());
            assert_eq!(failed, Some(expected));
            let took = context.monotonic() - start;
            assert!(ms(127_000) <= took && took < ms(127_010), "{took:?}");
            let dialler = context.clone();
            let dial = context.spawn("dial", async move { dialler.dial(socket).await });
            context.sleep(ms(2500)).await;
            world.heal();
            let (mut sink, mut stream) = dial.await??;
            // Its third time.
            let took = context.monotonic() - start - ms(127_000);
            assert!(ms(3000) <= took && took < ms(3010), "{took:?}");
            ask(&mut sink, &mut stream).await?;
        }
        Ok(())
    });
}

#[test]
fn a_one_way_partition_lets_the_other_way_arrive_until_the_sender_gives_up() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world.partition_one_way(SERVER, ROOT).unwrap();
        let start = context.monotonic();
        // It arrives; the echo does not, nor that it arrived.
        sink.send(b"hello").await?;
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(stream.recv(&mut [0; 5]).await, broken);
        assert!(timed_out(&context, start));
        Ok(())
    });
}

#[test]
fn a_writer_without_room_gives_up_as_well() {
    run(async |context, world| {
        let server = idle(&world);
        for before in [false, true] {
            let [(mut sink, _stream), _far] = connection(&context, &server).await?;
            if before {
                world.partition(ROOT, SERVER).unwrap();
            }
            let start = context.monotonic();
            let sending = context.spawn("sending", async move { sink.send(&[7; 100_000]).await });
            context.sleep(ms(5)).await;
            if !before {
                world.partition(ROOT, SERVER).unwrap();
            }
            let broken = Err(Error::SendFailed(ErrorKind::TimedOut.into()));
            assert_eq!(sending.await?, broken);
            assert!(
                timed_out(&context, start),
                "{:?}",
                context.monotonic() - start
            );
            world.heal();
        }
        Ok(())
    });
}

#[test]
fn a_writer_hears_of_room_once_the_way_back_is_open() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut unread)] = connection(&context, &server).await?;
        let sending = context.spawn("sending", async move {
            sink.send(&[7; 100_000]).await?;
            Ok::<_, Error>(sink)
        });
        context.sleep(ms(5)).await;
        world.partition_one_way(SERVER, ROOT).unwrap();
        unread.recv(&mut [0; 60_000]).await?;
        context.sleep(Duration::from_secs(30)).await;
        assert!(!sending.is_finished());
        world.heal();
        unread.recv(&mut [0; 40_000]).await?;
        sending.await?.map(drop)
    });
}

#[test]
fn groups_are_parted_and_the_rest_is_not() {
    run(async |context, world| {
        let names = ["a", "b", "c"];
        let hosts = names.map(|name| world.host(name, echo).unwrap());
        context.sleep(ms(1)).await;
        world.partition(&["a"], &["b", "c"]).unwrap();
        let reaches = async |from: usize, to: usize| {
            let context = hosts[from].context();
            let dial = context.dial(SocketAddr::new(hosts[to].addr(), PORT));
            context
                .timeout(ms(500), dial)
                .await
                .is_ok_and(|dialled| dialled.is_ok())
        };
        for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
            assert!(!reaches(from, to).await, "{from} reaches {to}");
        }
        for (from, to) in [(0, 0), (1, 2), (2, 1)] {
            assert!(reaches(from, to).await, "{from} does not reach {to}");
        }
        Ok(())
    });
}

#[test]
fn a_reset_that_is_lost_is_sent_again_when_its_peer_sends() {
    run(async |context, world| {
        let (server, mut sink, mut stream) = talk(&context, &world).await?;
        world.partition(ROOT, SERVER).unwrap();
        server.crash(Crash::Reset).unwrap();
        let minutes = Duration::from_secs(60);
        let nothing = context.timeout(minutes, stream.recv(&mut [0])).await;
        assert_eq!(nothing, Err(Error::Timeout));
        // It is sent during the partition, and arrives after it.
        sink.send(b"hello").await?;
        context.sleep(ms(1000)).await;
        world.heal();
        assert_eq!(
            stream.recv(&mut [0]).await,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
        Ok(())
    });
}

#[test]
fn what_is_held_arrives_in_order_at_the_release() {
    run(async |context, world| {
        let (server, mut sink, mut stream) = talk(&context, &world).await?;
        let [near, far] = datagrams(&context, &server).await?;
        world.hold(ROOT, SERVER).unwrap();
        for part in [&b"h"[..], b"el", b"lo"] {
            sink.send(part).await?;
        }
        near.send_to(b"datagram", far.local_addr()).await?;
        let (dialler, socket) = (context.clone(), far.local_addr());
        let dial = context.spawn("dial", async move { dialler.dial(socket).await });
        context.sleep(Duration::from_secs(100)).await;
        assert!(!dial.is_finished());
        let mut buf = [0; 8];
        let nothing = context.timeout(ms(10), far.recv_from(&mut buf)).await;
        assert_eq!(nothing, Err(Error::Timeout));
        let released = context.monotonic();
        world.release(SERVER, ROOT).unwrap();
        assert_eq!(far.recv_from(&mut buf).await?.0, 8);
        stream.recv(&mut buf[..5]).await?;
        assert_eq!(&buf[..5], b"hello");
        dial.await??;
        assert!(context.monotonic() - released < ms(10));
        Ok(())
    });
}

#[test]
fn what_is_held_where_a_link_is_parted_is_lost_with_the_next_release() {
    run(async |context, world| {
        let (server, ..) = talk(&context, &world).await?;
        let [near, far] = datagrams(&context, &server).await?;
        world.hold(ROOT, SERVER).unwrap();
        near.send_to(b"lost", far.local_addr()).await?;
        context.sleep(ms(10)).await;
        world.partition(ROOT, SERVER).unwrap();
        world.release(ROOT, ROOT).unwrap();
        world.heal();
        let mut buf = [0; 8];
        let nothing = context.timeout(ms(10), far.recv_from(&mut buf)).await;
        assert_eq!(nothing, Err(Error::Timeout));
        Ok(())
    });
}

#[test]
fn an_end_and_a_reset_are_held_too() {
    run(async |context, world| {
        let (server, _sink, mut stream) = talk(&context, &world).await?;
        let mut listener = server
            .context()
            .bind(SocketAddr::new(server.addr(), 1))
            .await?;
        let (_near, mut end) = context.dial(listener.local_addr()).await?;
        let (_, mut far, _there) = listener.accept().await?;
        world.hold(ROOT, SERVER).unwrap();
        far.close().await?;
        context.sleep(ms(10)).await;
        server.crash(Crash::Reset).unwrap();
        let (mut one, mut other) = ([0; 1], [0; 1]);
        for stream in [&mut stream, &mut end] {
            let nothing = context.timeout(ms(1000), stream.recv(&mut one)).await;
            assert_eq!(nothing, Err(Error::Timeout));
        }
        world.heal();
        let reset = Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()));
        assert_eq!(stream.recv(&mut other).await, reset);
        assert_eq!(
            end.recv(&mut other).await,
            reset,
            "the reset is behind the end"
        );
        Ok(())
    });
}

#[test]
fn a_stream_that_is_held_for_too_long_breaks() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        for held in [ROOT, SERVER] {
            world.hold(held, held).unwrap();
        }
        ask(&mut sink, &mut stream).await?;
        world.hold(ROOT, SERVER).unwrap();
        let start = context.monotonic();
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(ask(&mut sink, &mut stream).await, broken);
        assert!(timed_out(&context, start));
        Ok(())
    });
}

#[test]
fn a_call_that_names_an_unknown_host_does_nothing() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        let unknown = Err(WorldError::UnknownHost("db".into()));
        assert_eq!(world.partition(ROOT, &["server", "db"]), unknown);
        assert_eq!(world.partition_one_way(&["db"], ROOT), unknown);
        assert_eq!(world.hold(&["server", "db"], ROOT), unknown);
        assert_eq!(world.release(ROOT, &["db"]), unknown);
        assert_eq!(world.partition(&[], &["db"]), unknown);
        assert_eq!(world.partition(&["db"], &[]), unknown);
        let start = context.monotonic();
        ask(&mut sink, &mut stream).await?;
        assert!(context.monotonic() - start < ms(10));
        Ok(())
    });
}
