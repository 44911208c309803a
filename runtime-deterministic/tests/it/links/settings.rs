//! What a link can be set to.

use super::{PORT, ask, echo, ms, run};
use runtime_deterministic::WorldError;
use runtime_traits::{Clock, Error, Listener, Network, Sink, Stream};
use std::net::SocketAddr;

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
