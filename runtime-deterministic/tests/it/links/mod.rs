//! What a test can do to the ways between hosts, and what the library under test sees of it.

mod chaos;
mod crossing;
mod cuts;
mod losses;
mod partitions;
mod settings;
mod sockets;
mod story;

use runtime_deterministic::{
    Context, Cut, Datagram, Executor, Host, How, Ratio, Simulation, Sink, State, Stream, World,
    simulate,
};
use runtime_traits::{
    Clock, Datagrams, Error, Listener, Network, Runner, Sink as _, Spawner, Stream as _,
};
use std::{env, net::SocketAddr, process::Command, time::Duration};

const PORT: u16 = 7000;

/// Sends back what it receives, on as many connections as there are.
async fn echo(context: Context) -> Result<(), Error> {
    let mut listener = context.bind(SocketAddr::new(context.addr(), PORT)).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        drop(context.spawn("connection", async move {
            let mut buf = [0; 5];
            while stream.recv(&mut buf).await.is_ok() {
                sink.send(&buf).await?;
            }
            Ok::<_, Error>(())
        }));
    }
}

/// A round trip on a connection.
async fn ask(sink: &mut Sink, stream: &mut Stream) -> Result<[u8; 5], Error> {
    let mut buf = [0; 5];
    sink.send(b"hello").await?;
    stream.recv(&mut buf).await?;
    Ok(buf)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn run<F: Future<Output = Result<(), Error>>>(test: impl FnOnce(Context, World) -> F) {
    let (runner, context, _) = Executor::seeded(3);
    let world = context.world();
    runner.start(async { test(context, world).await.unwrap() });
}

/// A host that echoes, and a connection to it.
async fn talk(
    context: &Context,
    world: &World,
) -> Result<(Host<Result<(), Error>>, Sink, Stream), Error> {
    let server = world.host("server", echo).unwrap();
    context.sleep(ms(1)).await;
    let socket = SocketAddr::new(server.addr(), PORT);
    let (mut sink, mut stream) = context.dial(socket).await?;
    ask(&mut sink, &mut stream).await?;
    Ok((server, sink, stream))
}

/// A host that does nothing by itself.
fn idle(world: &World) -> Host<()> {
    world.host("server", async |_| ()).unwrap()
}

/// A connection to a host that does nothing by itself: the root's end, and the host's.
async fn connection(context: &Context, server: &Host<()>) -> Result<[(Sink, Stream); 2], Error> {
    let socket = SocketAddr::new(server.addr(), 0);
    let mut listener = server.context().bind(socket).await?;
    let near = context.dial(listener.local_addr()).await?;
    let (_, sink, stream) = listener.accept().await?;
    Ok([near, (sink, stream)])
}

/// Datagram sockets: the root's, and the host's.
async fn datagrams<T: Send + 'static>(
    context: &Context,
    host: &Host<T>,
) -> Result<[Datagram; 2], Error> {
    let near = SocketAddr::new(context.addr(), 1);
    let far = SocketAddr::new(host.addr(), PORT);
    let far = host.context().bind_datagram(far).await?;
    Ok([context.bind_datagram(near).await?, far])
}

/// The audit state of a run in which a call is made, once with each of two arguments.
fn states(call: impl Fn(&World, bool)) -> [State; 2] {
    [false, true].map(|which| {
        let (runner, context, auditor) = Executor::seeded(5);
        runner.start(async {
            let world = context.world();
            world.host("server", async |_| ()).unwrap();
            call(&world, which);
        });
        auditor.state()
    })
}

#[test]
fn each_call_shows_in_the_audit() {
    let link = |world: &World| world.link("root", "server").unwrap();
    let ratio = |which| Ratio::new(1 + u32::from(which), 10);
    let span = |which| ms(1)..=ms(1 + u64::from(which));
    let groups = |which| match which {
        true => [["root"], ["server"]],
        false => [["server"], ["server"]],
    };
    let cut = |after_bytes, how| Cut { after_bytes, how };
    type Call<'a> = &'a dyn Fn(&World, bool);
    let calls: [(&str, Call<'_>); 12] = [
        ("latency", &|world, which| {
            link(world).latency(span(which));
        }),
        ("tail", &|world, which| {
            link(world).tail(ratio(which), span(true));
        }),
        ("bandwidth", &|world, which| {
            link(world).bandwidth(which.into());
        }),
        ("loss", &|world, which| {
            link(world).loss(ratio(which));
        }),
        ("duplicate", &|world, which| {
            link(world).duplicate(ratio(which));
        }),
        ("reorder", &|world, which| {
            link(world).reorder(ratio(true), span(which));
        }),
        ("partition", &|world, which| {
            let [one, other] = groups(which);
            world.partition(&one, &other).unwrap();
        }),
        ("hold", &|world, which| {
            let [one, other] = groups(which);
            world.hold(&one, &other).unwrap();
        }),
        ("release", &|world, which| {
            let [one, other] = groups(which);
            world.release(&one, &other).unwrap();
        }),
        ("heal", &|world, which| {
            if which {
                world.heal();
            }
        }),
        ("where a cut is", &|world, which| {
            let cut = cut(u64::from(which), How::Fin);
            world.cut("root", "server", cut).unwrap();
        }),
        ("how it is cut", &|world, which| {
            let cut = cut(1, if which { How::Rst } else { How::BlackHole });
            world.cut("root", "server", cut).unwrap();
        }),
    ];
    for (what, call) in calls {
        let [one, other] = states(call);
        assert_ne!(one, other, "{what} does not show");
    }
}

/// Fails, after the network did all that it can. Its report is read by the next test.
#[test]
#[ignore = "fails on purpose"]
fn fails_after_faults() {
    let once = Simulation {
        seeds: 0..1,
        ..Simulation::default()
    };
    simulate(once, |context| async move {
        let world = context.world();
        let (server, mut sink, mut stream) = talk(&context, &world).await.unwrap();
        let link = world.link("root", "server").unwrap();
        link.latency(ms(1)..=ms(2)).loss(Ratio::new(1, 3));
        world.partition_one_way(&["root"], &["server"]).unwrap();
        sink.send(b"hello").await.unwrap();
        context.sleep(ms(300)).await;
        world.heal();
        link.loss(Ratio::NEVER);
        stream.recv(&mut [0; 5]).await.unwrap();
        let cut = Cut {
            after_bytes: 2,
            how: How::Rst,
        };
        world.cut("root", "server", cut).unwrap();
        sink.send(b"hello").await.unwrap();
        let broken = stream.recv(&mut [0; 5]).await;
        assert_eq!(broken, Ok(()), "{} is to fail", server.name());
    });
}

#[test]
fn the_last_events_say_what_went_wrong() {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["links::fails_after_faults", "--exact", "--ignored"]);
    let output = test.arg("--nocapture").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    for line in [
        "root: sets the link from root to server: loss 0/1",
        "is lost: nothing crosses",
        "network: connection 0 (out) sends again what has no answer",
        "root: heals every link",
        "root: cuts connections from root to server after 2 bytes by a RST",
        "root: connection 0 (out) is cut by a RST",
    ] {
        assert!(text.contains(line), "{line:?} is not in:\n{text}");
    }
}
