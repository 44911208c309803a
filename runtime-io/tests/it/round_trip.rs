//! There and back again is the same bytes, whatever the sizes in which they move.

use fastrand::Rng;
use futures::executor::block_on;
use runtime_io::{Futures, Io, Tokio, split};
use runtime_mocks::{Channel, Script};
use runtime_traits::{Error, Sink, Stream};
use std::{future::poll_fn, io::IoSlice};

const SEEDS: u64 = 300;

/// Short reads and waits, in any order, for ever.
fn script(rng: &mut Rng) -> Script {
    let script = Script::new().bytes(rng.usize(1..9));
    let steps = (0..rng.usize(0..6)).fold(script, |script, _| match rng.bool() {
        true => script.bytes(rng.usize(1..200)),
        false => script.pending(rng.usize(1..3)),
    });
    steps.repeat()
}

fn channel(rng: &mut Rng) -> (runtime_mocks::Sink, runtime_mocks::Stream) {
    let capacity = rng.usize(1..300);
    Channel::scripted(capacity, script(rng), script(rng))
}

fn bytes(rng: &mut Rng) -> Vec<u8> {
    let len = rng.usize(0..3_000);
    std::iter::repeat_with(|| rng.u8(..)).take(len).collect()
}

/// Sends all of `bytes`, from up to three buffers at a time, some of them empty.
async fn send(sink: &mut impl Sink, bytes: &[u8], mut rng: Rng) -> Result<(), Error> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (mut bufs, mut behind) = (Vec::new(), rest);
        for _ in 0..rng.usize(1..4) {
            let (buf, after) = behind.split_at(rng.usize(..=behind.len().min(400)));
            bufs.push(IoSlice::new(buf));
            behind = after;
        }
        let sent = poll_fn(|cx| sink.poll_send(cx, &bufs)).await?;
        rest = &rest[sent..];
    }
    sink.close().await
}

async fn receive(stream: &mut impl Stream, mut rng: Rng) -> Result<Vec<u8>, Error> {
    let mut received = Vec::new();
    loop {
        let mut buf = vec![0; rng.usize(1..400)];
        match stream.recv_some(&mut buf).await? {
            0 => return Ok(received),
            count if rng.u8(..) < 20 => stream.unread(&buf[..count]),
            count => received.extend_from_slice(&buf[..count]),
        }
    }
}

/// Both ways at once, between a plain end and `sink` and `stream`.
fn exchange(
    rng: &mut Rng,
    wrap: impl FnOnce(
        Io<runtime_mocks::Sink, runtime_mocks::Stream>,
    ) -> (Box<dyn Sink>, Box<dyn Stream>),
) {
    let ((near, mut from_near), (mut to_near, stream)) = (channel(rng), channel(rng));
    let (mut sink, mut stream) = wrap(Io::new(near, stream));
    let (out, back) = (bytes(rng), bytes(rng));
    let (mut one, mut two, three, four) = (rng.fork(), rng.fork(), rng.fork(), rng.fork());
    let (sent, answered, received, answer) = block_on(async {
        futures::join!(
            send(&mut sink, &out, one.fork()),
            send(&mut to_near, &back, two.fork()),
            receive(&mut from_near, three),
            receive(&mut stream, four),
        )
    });
    assert_eq!((sent, answered), (Ok(()), Ok(())));
    assert!(received == Ok(out) && answer == Ok(back));
}

#[test]
fn through_tokios_traits_and_back_is_the_identity() {
    for seed in 0..SEEDS {
        exchange(&mut Rng::with_seed(seed), |io| {
            let (sink, stream) = split(Tokio(io));
            (Box::new(sink), Box::new(stream))
        });
    }
}

#[test]
fn through_futures_traits_and_back_is_the_identity() {
    for seed in 0..SEEDS {
        exchange(&mut Rng::with_seed(seed), |io| {
            let (sink, stream) = split(Futures(io));
            (Box::new(sink), Box::new(stream))
        });
    }
}

/// Four adapters in a row, of both libraries.
#[test]
fn through_everything_twice_is_the_identity() {
    for seed in 0..SEEDS {
        exchange(&mut Rng::with_seed(seed), |io| {
            let io = Io::from(split(Futures(io)));
            let (sink, stream) = split(Tokio(io));
            (Box::new(sink), Box::new(stream))
        });
    }
}
