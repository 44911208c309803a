//! Connections that are cut at a byte.

use super::{PORT, ask, ms, run, talk};
use runtime_deterministic::{Cut, How, WorldError};
use runtime_traits::{Clock, Error, Network, Sink, Stream};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

/// What arrives before the stream ends, and how it ends: within a minute, or not.
async fn read(
    context: &runtime_deterministic::Context,
    stream: &mut impl Stream,
) -> (usize, Result<(), Error>) {
    let mut received = 0;
    loop {
        let mut buf = [0; 4];
        let limit = Duration::from_secs(60);
        match context.timeout(limit, stream.recv_some(&mut buf)).await {
            Ok(Ok(0)) => return (received, Ok(())),
            Ok(Ok(len)) => received += len,
            Ok(Err(error)) | Err(error) => return (received, Err(error)),
        }
    }
}

fn reset<T>() -> Result<T, Error> {
    Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
}

#[test]
fn exactly_its_bytes_are_seen_and_then_its_end() {
    run(async |context, world| {
        let ends = [
            (How::Fin, Ok(())),
            (How::Rst, reset()),
            (How::BlackHole, Err(Error::Timeout)),
        ];
        let (server, sink, stream) = talk(&context, &world).await?;
        drop((sink, stream));
        let socket = SocketAddr::new(server.addr(), PORT);
        for (how, end) in ends {
            for after_bytes in [0, 1, 17, 20, 39] {
                // Bytes that echo, whole fives of them.
                let cut = Cut { after_bytes, how };
                world.cut("server", "root", cut).unwrap();
                let (mut sink, mut stream) = context.dial(socket).await?;
                sink.send(&[7; 40]).await?;
                let seen = read(&context, &mut stream).await;
                assert_eq!(seen, (after_bytes as usize, end.clone()), "{cut:?}");
                world.heal();
            }
        }
        Ok(())
    });
}

#[test]
fn a_connection_that_there_is_is_cut_once_from_the_call_on() {
    run(async |context, world| {
        let (server, mut sink, mut stream) = talk(&context, &world).await?;
        let cut = Cut {
            after_bytes: 8,
            how: How::Fin,
        };
        world.cut("server", "root", cut).unwrap();
        ask(&mut sink, &mut stream).await?;
        sink.send(b"hello").await?;
        assert_eq!(read(&context, &mut stream).await, (3, Ok(())));
        // The next is cut too, and once healed no more.
        let socket = SocketAddr::new(server.addr(), PORT);
        for (healed, seen) in [(false, (8, Ok(()))), (true, (40, Err(Error::Timeout)))] {
            if healed {
                world.heal();
            }
            let (mut sink, mut stream) = context.dial(socket).await?;
            sink.send(&[7; 40]).await?;
            assert_eq!(read(&context, &mut stream).await, seen);
        }
        Ok(())
    });
}

#[test]
fn the_other_direction_is_not_cut() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        let cut = Cut {
            after_bytes: 100,
            how: How::Rst,
        };
        world.cut("root", "server", cut).unwrap();
        for (from, to) in [("root", "server"), ("server", "root")] {
            world.link(from, to).unwrap().latency(ms(1)..=ms(1));
        }
        for _ in 0..19 {
            ask(&mut sink, &mut stream).await?;
        }
        sink.send(b"hello").await?;
        // The server is reset before it can answer.
        assert_eq!(read(&context, &mut stream).await, (0, reset()));
        assert_eq!(
            sink.send(b"x").await,
            Err(Error::SendFailed(ErrorKind::ConnectionReset.into()))
        );
        Ok(())
    });
}

#[test]
fn a_writer_hears_of_a_fin_once_it_sends_beyond_it() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        let cut = Cut {
            after_bytes: 5,
            how: How::Fin,
        };
        world.cut("root", "server", cut).unwrap();
        // The server reads its five bytes and the end, answers, and closes.
        ask(&mut sink, &mut stream).await?;
        sink.send(b"beyond").await?;
        context.sleep(ms(10)).await;
        assert_eq!(
            sink.send(b"x").await,
            Err(Error::SendFailed(ErrorKind::ConnectionReset.into()))
        );
        Ok(())
    });
}

#[test]
fn a_black_hole_takes_the_answers_too_until_it_heals() {
    run(async |context, world| {
        let (_server, mut sink, mut stream) = talk(&context, &world).await?;
        let cut = Cut {
            after_bytes: 0,
            how: How::BlackHole,
        };
        world.cut("root", "server", cut).unwrap();
        sink.send(b"hello").await?;
        let seen = read(&context, &mut stream).await;
        assert_eq!(seen, (0, Err(Error::Timeout)));
        world.heal();
        let mut buf = [0; 5];
        stream.recv(&mut buf).await?;
        assert_eq!(&buf, b"hello");
        // Now the other way: the echo arrives, and that it arrived is lost.
        world.cut("server", "root", cut).unwrap();
        let start = context.monotonic();
        let broken = Err(Error::RecvFailed(ErrorKind::TimedOut.into()));
        assert_eq!(ask(&mut sink, &mut stream).await, broken);
        let took = context.monotonic() - start;
        assert!(ms(924_600) <= took && took < ms(924_610), "{took:?}");
        Ok(())
    });
}

#[test]
fn a_cut_of_an_unknown_host_is_an_error() {
    run(async |context, world| {
        let cut = Cut {
            after_bytes: 1,
            how: How::Fin,
        };
        let unknown = Err(WorldError::UnknownHost("db".into()));
        assert_eq!(world.cut("root", "db", cut), unknown);
        assert_eq!(world.cut("db", "root", cut), unknown);
        drop(context);
        Ok(())
    });
}
