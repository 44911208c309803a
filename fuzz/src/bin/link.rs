//! A connection while a test does what it likes to the link below it: what arrives is the beginning
//! of what was sent; all of it and the end, unless the link was cut or away for long.

#![no_main]
#![forbid(unsafe_code)]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use runtime_deterministic::{Cut, Executor, How, Ratio, Stream, World};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink, Spawner, Stream as _};
use std::{net::SocketAddr, time::Duration};

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    Sleep(u16),
    Part,
    Hold,
    Release,
    Heal,
    Loss(u8),
    Latency(u8, u8),
    Cut(u8, u8),
}

const NAMES: [&str; 2] = ["root", "db"];
const MOST: usize = 1 << 17; // more than both buffers hold
/// A sender gives up after 924.6 s without an answer.
const LONG: Duration = Duration::from_secs(900);

// The seed, how long the messages are, and what happens from the sender to the receiver (or back).
fuzz_target!(|input: (u64, Vec<u16>, Vec<(bool, Step)>)| {
    let (seed, messages, steps) = input;
    let (runner, context, _) = Executor::seeded(seed);
    runner.start(async {
        let world = context.world();
        let host = world.host("db", async |_| ()).unwrap();
        let socket = SocketAddr::new(host.addr(), 80);
        let mut listener = host.context().bind(socket).await.unwrap();
        let (mut sink, _back) = context.dial(socket).await.unwrap();
        let (_, _answer, stream) = listener.accept().await.unwrap();
        let len = messages.iter().map(|len| usize::from(*len)).sum::<usize>();
        let sent: Vec<u8> = (0..len.min(MOST)).map(|at| (at * 31 >> 4) as u8).collect();
        let mut rest = sent.clone();
        drop(context.spawn("write", async move {
            for len in messages {
                let message = rest.drain(..rest.len().min(len.into()));
                sink.send(message.as_slice()).await?;
            }
            sink.close().await
        }));
        let reader = context.spawn("read", read(stream));
        let start = context.monotonic();
        for (back, step) in &steps {
            match *step {
                Step::Sleep(time) => context.sleep(Duration::from_millis(time.into())).await,
                step => act(&world, *back, step),
            }
        }
        let cut = steps.iter().any(|(_, step)| matches!(step, Step::Cut(..)));
        let broken = cut || context.monotonic() - start > LONG;
        world.heal();
        act(&world, false, Step::Loss(0));
        act(&world, true, Step::Loss(0));
        let end = context.timeout(8 * LONG, reader).await;
        let (arrived, end) = end.map_or_else(|late| (Vec::new(), Err(late)), Result::unwrap);
        assert!(sent.starts_with(&arrived), "something else was sent");
        assert!(broken || arrived == sent && end.is_ok(), "{end:?}");
    });
});

async fn read(mut stream: Stream) -> (Vec<u8>, Result<usize, Error>) {
    let (mut arrived, mut buf) = (Vec::new(), [0; 777]);
    loop {
        match stream.recv_some(&mut buf).await {
            Ok(len @ 1..) => arrived.extend(&buf[..len]),
            end => return (arrived, end),
        }
    }
}

fn act(world: &World, back: bool, step: Step) {
    let [from, to] = if back { [NAMES[1], NAMES[0]] } else { NAMES };
    let link = world.link(from, to).unwrap();
    let ms = |count: u8| Duration::from_millis(count.into());
    match step {
        Step::Sleep(_) => {}
        Step::Part => world.partition_one_way(&[from], &[to]).unwrap(),
        Step::Hold => world.hold(&[from], &[to]).unwrap(),
        Step::Release => world.release(&[from], &[to]).unwrap(),
        Step::Heal => world.heal(),
        Step::Loss(of) => drop(link.loss(Ratio::new(of.into(), 512))),
        Step::Latency(one, other) => drop(link.latency(ms(one)..=ms(other))),
        Step::Cut(after, how) => {
            let after_bytes = 100 * u64::from(after);
            let how = [How::Fin, How::Rst, How::BlackHole][usize::from(how) % 3];
            world.cut(from, to, Cut { after_bytes, how }).unwrap();
        }
    }
}
