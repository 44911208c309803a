//! What is on its way when something goes wrong, and what is lost twice.

use super::{connection, datagrams, idle, ms, run};
use runtime_deterministic::{Crash, Cut, How};
use runtime_traits::{
    Clock, Datagram, Error, Keepalive, Listener, Network, Sink, SocketConfig, Spawner, Stream,
};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

const ROOT: &[&str] = &["root"];
const SERVER: &[&str] = &["server"];

fn reset<T>() -> Result<T, Error> {
    Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
}

#[test]
fn a_reset_on_its_way_does_not_cross_a_partition() {
    for leaves_before in [true, false] {
        run(async |context, world| {
            let server = idle(&world);
            let [(mut sink, mut stream), _far] = connection(&context, &server).await?;
            world
                .link("server", "root")
                .unwrap()
                .latency(ms(10)..=ms(10));
            if leaves_before {
                server.crash(Crash::Reset).unwrap();
                context.sleep(ms(5)).await;
                world.partition(ROOT, SERVER).unwrap();
                context.sleep(ms(10)).await;
            } else {
                world.partition(ROOT, SERVER).unwrap();
                server.crash(Crash::Reset).unwrap();
                context.sleep(ms(5)).await;
            }
            world.heal();
            let minute = Duration::from_secs(60);
            let nothing = context.timeout(minute, stream.recv(&mut [0])).await;
            assert_eq!(nothing, Err(Error::Timeout));
            sink.send(b"x").await?;
            assert_eq!(stream.recv(&mut [0]).await, reset());
            Ok(())
        });
    }
}

#[test]
fn a_reset_that_answers_is_asked_for_again_when_it_gets_lost() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, mut stream), _far] = connection(&context, &server).await?;
        world.partition_one_way(SERVER, ROOT).unwrap();
        server.crash(Crash::Reset).unwrap();
        // It arrives where nobody knows of the connection, who says so in vain.
        sink.send(b"x").await?;
        context.sleep(ms(1000)).await;
        world.heal();
        let start = context.monotonic();
        assert_eq!(stream.recv(&mut [0]).await, reset());
        // Sent again after 1.4 s.
        assert!(context.monotonic() - start < ms(410));
        Ok(())
    });
}

#[test]
fn a_probe_finds_out_of_a_reset_that_got_lost_long_ago() {
    run(async |context, world| {
        let server = idle(&world);
        let mut config = SocketConfig::default();
        config.keepalive = Some(Keepalive::after(Duration::from_secs(60)));
        let mut listener = server
            .context()
            .bind(SocketAddr::new(server.addr(), 1))
            .await?;
        let (_sink, mut stream) = context.dial_with(listener.local_addr(), &config).await?;
        let _far = listener.accept().await?;
        world
            .link("server", "root")
            .unwrap()
            .latency(ms(10)..=ms(10));
        // The partition begins and ends while the reset is on its way, as do the probes for it.
        server.crash(Crash::Reset).unwrap();
        context.sleep(ms(9)).await;
        world.partition(ROOT, SERVER).unwrap();
        context.sleep(ms(2)).await;
        world.heal();
        let start = context.monotonic();
        assert_eq!(stream.recv(&mut [0]).await, reset());
        assert!(context.monotonic() - start < Duration::from_secs(61));
        Ok(())
    });
}

#[test]
fn what_is_sent_and_unanswered_is_not_probed() {
    run(async |context, world| {
        let server = idle(&world);
        let mut config = SocketConfig::default();
        config.keepalive = Some(Keepalive::after(Duration::from_secs(1)));
        let mut listener = server
            .context()
            .bind(SocketAddr::new(server.addr(), 1))
            .await?;
        let (mut sink, mut stream) = context.dial_with(listener.local_addr(), &config).await?;
        let _far = listener.accept().await?;
        world.partition(ROOT, SERVER).unwrap();
        let start = context.monotonic();
        sink.send(b"x").await?;
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(stream.recv(&mut [0]).await, broken);
        assert_eq!(context.monotonic() - start, ms(924_600));
        Ok(())
    });
}

#[test]
fn a_datagram_on_its_way_does_not_cross_a_partition() {
    run(async |context, world| {
        let server = idle(&world);
        let [near, far] = datagrams(&context, &server).await?;
        world
            .link("root", "server")
            .unwrap()
            .latency(ms(10)..=ms(10));
        near.send_to(b"x", far.local_addr()).await?;
        context.sleep(ms(5)).await;
        world.partition(ROOT, SERVER).unwrap();
        context.sleep(ms(10)).await;
        world.heal();
        let nothing = context.timeout(ms(100), far.recv_from(&mut [0])).await;
        assert_eq!(nothing, Err(Error::Timeout));
        Ok(())
    });
}

#[test]
fn what_is_held_keeps_its_order() {
    run(async |context, world| {
        let server = idle(&world);
        let [near, far] = datagrams(&context, &server).await?;
        world.hold(ROOT, SERVER).unwrap();
        for number in 0..9 {
            near.send_to(&[number], far.local_addr()).await?;
            context.sleep(ms(2)).await;
        }
        world.release(ROOT, SERVER).unwrap();
        for number in 0..9 {
            let mut buf = [0];
            far.recv_from(&mut buf).await?;
            assert_eq!(buf, [number]);
        }
        Ok(())
    });
}

#[test]
fn a_writer_hears_of_room_at_the_release() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut there)] = connection(&context, &server).await?;
        let sending = context.spawn("sending", async move {
            sink.send(&[7; 100_000]).await?;
            Ok::<_, Error>(sink)
        });
        context.sleep(ms(5)).await;
        world.hold(ROOT, SERVER).unwrap();
        there.recv(&mut [0; 60_000]).await?;
        context.sleep(ms(5)).await;
        assert!(!sending.is_finished());
        world.release(ROOT, SERVER).unwrap();
        let start = context.monotonic();
        there.recv(&mut [0; 40_000]).await?;
        assert!(context.monotonic() - start < ms(10));
        sending.await?.map(drop)
    });
}

#[test]
fn a_dial_whose_answer_gets_lost_makes_one_connection() {
    for heals in [true, false] {
        run(async |context, world| {
            let server = idle(&world);
            let mut listener = server
                .context()
                .bind(SocketAddr::new(server.addr(), 1))
                .await?;
            world
                .link("server", "root")
                .unwrap()
                .latency(ms(10)..=ms(10));
            let (dialler, socket) = (context.clone(), listener.local_addr());
            let dial = context.spawn("dial", async move { dialler.dial(socket).await });
            context.sleep(ms(5)).await;
            world.partition_one_way(SERVER, ROOT).unwrap();
            context.sleep(ms(100)).await;
            let (_, _sink, mut stream) = listener.accept().await?;
            if heals {
                world.heal();
                let (mut near, _rest) = dial.await??;
                near.send(b"x").await?;
                stream.recv(&mut [0]).await?;
                let second = context.timeout(ms(1000), listener.accept()).await;
                assert!(matches!(second, Err(Error::Timeout)));
            } else {
                let expected = Error::ConnectionFailed(socket, ErrorKind::TimedOut.into());
                assert_eq!(dial.await?.err(), Some(expected));
                assert_eq!(stream.recv(&mut [0]).await, reset(), "no clean end");
            }
            Ok(())
        });
    }
}

#[test]
fn one_way_is_one_way() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut there)] = connection(&context, &server).await?;
        world.partition_one_way(SERVER, ROOT).unwrap();
        sink.send(b"x").await?;
        context.timeout(ms(10), there.recv(&mut [0])).await?
    });
}

#[test]
fn a_direction_that_was_closed_is_not_cut() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut there)] = connection(&context, &server).await?;
        sink.close().await?;
        let cut = Cut {
            after_bytes: 0,
            how: How::Rst,
        };
        world.cut("root", "server", cut).unwrap();
        context.sleep(ms(10)).await;
        assert_eq!(there.recv_some(&mut [0]).await, Ok(0));
        Ok(())
    });
}
