//! What a link can be set to.

use super::{PORT, ask, connection, datagrams, echo, idle, ms, run, talk};
use runtime_deterministic::{Link, Ratio, WorldError};
use runtime_traits::{Clock, Datagram, Error, Listener, Network, Sink, Spawner, Stream};
use std::{collections::BTreeSet, io::ErrorKind, net::SocketAddr, time::Duration};

#[test]
fn each_direction_takes_its_own_time() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(ms(1)).await;
        let socket = SocketAddr::new(server.addr(), PORT);
        world.link("root", "server").unwrap().latency(ms(7)..=ms(7));
        world
            .link("server", "root")
            .unwrap()
            .latency(ms(30)..=ms(30));
        let start = context.monotonic();
        let (mut sink, mut stream) = context.dial(socket).await?;
        assert_eq!(context.monotonic() - start, ms(37));
        ask(&mut sink, &mut stream).await?;
        assert_eq!(context.monotonic() - start, ms(74));
        let refused = context.dial(SocketAddr::new(server.addr(), 1)).await;
        assert!(matches!(refused, Err(Error::ConnectionFailed(..))));
        assert_eq!(context.monotonic() - start, ms(111));
        Ok(())
    });
}

#[test]
fn latencies_are_of_their_range_and_differ() {
    run(async |context, world| {
        let server = world.host("server", echo).unwrap();
        context.sleep(ms(1)).await;
        world.link("server", "root").unwrap().latency(ms(0)..=ms(0));
        // The bounds may come in either order.
        world
            .link("root", "server")
            .unwrap()
            .latency(ms(20)..=ms(10));
        let socket = SocketAddr::new(server.addr(), PORT);
        let (mut sink, mut stream) = context.dial(socket).await?;
        let mut took = Vec::new();
        for _ in 0..200 {
            let start = context.monotonic();
            sink.send(b"hello").await?;
            stream.recv(&mut [0; 5]).await?;
            took.push(context.monotonic() - start);
        }
        let (least, most) = (took.iter().min().unwrap(), took.iter().max().unwrap());
        assert!(ms(10) <= *least && *least < ms(12), "{least:?}");
        assert!(ms(18) < *most, "{most:?}");
        Ok(())
    });
}

#[test]
fn loopback_is_a_link_too() {
    run(async |context, world| {
        let socket = SocketAddr::new(context.addr(), PORT);
        let mut listener = context.bind(socket).await?;
        world.link("root", "root").unwrap().latency(ms(5)..=ms(5));
        let start = context.monotonic();
        let (mut sink, _stream) = context.dial(socket).await?;
        assert_eq!(context.monotonic() - start, ms(10));
        let (_, _sink, mut stream) = listener.accept().await?;
        sink.send(b"x").await?;
        stream.recv(&mut [0]).await?;
        assert_eq!(context.monotonic() - start, ms(15));
        Ok(())
    });
}

#[test]
fn a_link_of_an_unknown_host_is_an_error() {
    run(async |context, world| {
        let unknown = |name: &str| Some(WorldError::UnknownHost(name.into()));
        assert_eq!(world.link("root", "db").err(), unknown("db"));
        assert_eq!(world.link("db", "root").err(), unknown("db"));
        world.host("db", echo).unwrap();
        assert!(world.link("db", "root").is_ok());
        drop(context);
        Ok(())
    });
}

#[test]
fn a_lost_segment_is_sent_again_later_each_time() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _rest), (_far, mut stream)] = connection(&context, &server).await?;
        let link = world.link("root", "server").unwrap();
        link.latency(ms(1)..=ms(1)).loss(Ratio::new(1, 2));
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            let start = context.monotonic();
            sink.send(b"x").await?;
            stream.recv(&mut [0]).await?;
            seen.insert(context.monotonic() - start);
        }
        let expected = [1, 201, 601, 1401, 3001].map(ms);
        let first: Vec<_> = seen.into_iter().take(5).collect();
        assert_eq!(first, expected);
        Ok(())
    });
}

/// What is sent behind a segment that was lost tells of it, after a round trip of 5 ms; the last of a
/// stream has nothing behind it.
#[test]
fn a_segment_with_others_behind_it_is_sent_again_after_a_round_trip() {
    for (behind, back, after) in [(true, true, 20), (false, true, 201), (true, false, 201)] {
        run(async |context, world| {
            let server = idle(&world);
            let [(mut sink, _rest), (_far, mut stream)] = connection(&context, &server).await?;
            let link = world.link("root", "server").unwrap();
            link.latency(ms(1)..=ms(1)).loss(Ratio::ALWAYS);
            world.link("server", "root").unwrap().latency(ms(4)..=ms(4));
            let start = context.monotonic();
            sink.send(b"x").await?;
            link.loss(Ratio::NEVER);
            if !back {
                world.partition_one_way(&["server"], &["root"]).unwrap();
            }
            context.sleep(ms(14)).await;
            if behind {
                sink.send(b"y").await?;
            }
            stream.recv(&mut [0; 1]).await?;
            assert_eq!(context.monotonic() - start, ms(after));
            Ok(())
        });
    }
}

/// Answers tell of a loss once; then the timer has it, and after an answer they may tell again.
#[test]
fn a_segment_that_is_lost_again_waits_for_the_timer() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _rest), (_far, mut stream)] = connection(&context, &server).await?;
        let link = world.link("root", "server").unwrap();
        link.latency(ms(1)..=ms(1));
        world.link("server", "root").unwrap().latency(ms(4)..=ms(4));
        for _ in 0..2 {
            let start = context.monotonic();
            link.loss(Ratio::ALWAYS);
            sink.send(b"x").await?;
            link.loss(Ratio::NEVER);
            sink.send(b"y").await?;
            context.sleep(ms(1)).await;
            link.loss(Ratio::ALWAYS);
            context.sleep(ms(10)).await;
            link.loss(Ratio::NEVER);
            sink.send(b"z").await?;
            stream.recv(&mut [0; 1]).await?;
            assert_eq!(context.monotonic() - start, ms(201));
            stream.recv(&mut [0; 2]).await?;
            context.sleep(ms(1000)).await;
            let start = context.monotonic();
            link.loss(Ratio::ALWAYS);
            sink.send(b"x").await?;
            link.loss(Ratio::NEVER);
            sink.send(b"y").await?;
            stream.recv(&mut [0; 2]).await?;
            assert_eq!(context.monotonic() - start, ms(6));
            context.sleep(ms(1000)).await;
        }
        Ok(())
    });
}

#[test]
fn a_stream_whose_every_segment_is_lost_breaks() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world.link("root", "server").unwrap().loss(Ratio::ALWAYS);
        let start = context.monotonic();
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(ask(&mut sink, &mut stream).await, broken);
        assert_eq!(context.monotonic() - start, ms(924_600));
        Ok(())
    });
}

#[test]
fn bytes_take_their_turn_on_a_slow_link() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut one, _a), (_b, mut first)] = connection(&context, &server).await?;
        let [(mut other, _c), (_d, mut second)] = connection(&context, &server).await?;
        let link = world.link("root", "server").unwrap();
        link.latency(ms(1)..=ms(1)).bandwidth(10_000);
        let start = context.monotonic();
        one.send(&[7; 5_000]).await?;
        other.send(&[7; 5_000]).await?;
        let dialler = context.clone();
        let socket = SocketAddr::new(server.addr(), 2);
        let dial = context.spawn("dial", async move { dialler.dial(socket).await.err() });
        first.recv(&mut [0; 5_000]).await?;
        assert_eq!(context.monotonic() - start, ms(501));
        second.recv(&mut [0; 5_000]).await?;
        assert_eq!(context.monotonic() - start, ms(1001));
        // A dial is short, but is behind them.
        assert!(!dial.is_finished());
        assert!(matches!(dial.await?, Some(Error::ConnectionFailed(..))));
        assert!(context.monotonic() - start < ms(1003));
        Ok(())
    });
}

#[test]
fn some_take_longer_and_a_stream_stays_in_order() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        world.link("server", "root").unwrap().latency(ms(1)..=ms(1));
        let link = world.link("root", "server").unwrap();
        link.latency(ms(1)..=ms(1));
        link.tail(Ratio::new(1, 10), ms(300)..=ms(400));
        let mut slow = 0;
        for _ in 0..200 {
            let start = context.monotonic();
            ask(&mut sink, &mut stream).await?;
            match context.monotonic() - start {
                took if took == ms(2) => {}
                took => {
                    assert!(ms(302) <= took && took <= ms(402), "{took:?}");
                    slow += 1;
                }
            }
        }
        assert!((5..50).contains(&slow), "{slow}");
        for _ in 0..50 {
            sink.send(b"abcde").await?;
        }
        let mut buf = [0; 250];
        stream.recv(&mut buf).await?;
        assert_eq!(buf[..], b"abcde".repeat(50)[..]);
        Ok(())
    });
}

/// What arrives of the numbers 0 to 99, each a datagram, over a link that is set.
fn received(set: impl Fn(&Link)) -> Vec<u8> {
    let mut numbers = Vec::new();
    run(async |context, world| {
        let host = world.host("peer", async |_| ()).unwrap();
        let [near, far] = datagrams(&context, &host).await?;
        set(world.link("root", "peer").unwrap().latency(ms(1)..=ms(1)));
        for number in 0..100 {
            near.send_to(&[number], far.local_addr()).await?;
            context.sleep(ms(1)).await;
        }
        context.sleep(ms(100)).await;
        let mut buf = [0; 8];
        while let Ok(received) = context.timeout(ms(0), far.recv_from(&mut buf)).await {
            assert_eq!(received?.0, 1);
            numbers.push(buf[0]);
        }
        Ok(())
    });
    numbers
}

#[test]
fn datagrams_arrive_once_and_in_order_on_a_steady_link() {
    assert_eq!(received(|_| ()), Vec::from_iter(0..100));
}

#[test]
fn datagrams_get_lost() {
    let numbers = received(|link| {
        link.loss(Ratio::new(1, 4));
    });
    assert!((50..95).contains(&numbers.len()), "{}", numbers.len());
    assert!(numbers.is_sorted_by(|one, next| one < next));
}

#[test]
fn datagrams_arrive_twice() {
    let numbers = received(|link| {
        link.duplicate(Ratio::new(1, 4));
    });
    assert!((105..150).contains(&numbers.len()), "{}", numbers.len());
    let distinct: BTreeSet<_> = numbers.into_iter().collect();
    assert_eq!(distinct.len(), 100);
}

#[test]
fn datagrams_are_overtaken() {
    let numbers = received(|link| {
        link.reorder(Ratio::new(1, 4), ms(5)..=ms(9));
    });
    assert_eq!(numbers.len(), 100);
    assert!(!numbers.is_sorted());
    // One that was held up by 5 to 9 ms was overtaken by as many.
    let late = |(place, number): (usize, &u8)| place.abs_diff(usize::from(*number)) > 9;
    assert!(!numbers.iter().enumerate().any(late), "{numbers:?}");
}

#[test]
fn a_datagram_that_finds_the_queue_of_a_link_full_is_lost() {
    run(async |context, world| {
        let host = world.host("peer", async |_| ()).unwrap();
        let [near, far] = datagrams(&context, &host).await?;
        let socket = far.local_addr();
        world.link("root", "peer").unwrap().bandwidth(65_507);
        let reader = host.context().spawn("reader", {
            let context = context.clone();
            async move {
                let (mut buf, mut received) = (vec![0; 65_507], 0);
                let limit = Duration::from_secs(100);
                while context
                    .timeout(limit, far.recv_from(&mut buf))
                    .await
                    .is_ok()
                {
                    received += 1;
                }
                received
            }
        });
        for _ in 0..100 {
            near.send_to(&[7; 65_507], socket).await?;
        }
        // 1,500,000 bytes wait, and the one that finds as many.
        assert_eq!(reader.await?, 23);
        Ok(())
    });
}
