//! Many connections at once, and peers that misbehave among them.

use crate::{
    network::{any_port, fill},
    run,
};
use futures::future::join_all;
use runtime_tokio::{Context, Listener, Sink, Stream};
use runtime_traits::{Error, Listener as _, Network, Sink as _, Spawner, Stream as _, reschedule};
use std::{
    env,
    net::SocketAddr,
    process::{Command, Stdio},
};

const LEN: usize = 64;

/// Sends back what each connection sends, until it ends or fails.
async fn echo(context: Context, mut listener: Listener) {
    while let Ok((_, mut sink, mut stream)) = listener.accept().await {
        let echo = async move {
            let mut bytes = [0; 1024];
            loop {
                match stream.recv_some(&mut bytes).await? {
                    0 => return sink.close().await,
                    len => sink.send(&bytes[..len]).await?,
                }
            }
        };
        drop(context.spawn("echo", echo));
    }
}

/// A server in a task of its own, and where it listens.
async fn serve(context: &Context) -> SocketAddr {
    let listener = context.bind(any_port()).await.unwrap();
    let address = listener.local_addr();
    drop(context.spawn("server", echo(context.clone(), listener)));
    address
}

/// One message there and back.
async fn exchange(sink: &mut Sink, stream: &mut Stream, byte: u8) -> Result<(), Error> {
    sink.send(&[byte; LEN]).await?;
    let mut answer = [0; LEN];
    stream.recv(&mut answer).await?;
    assert_eq!(answer, [byte; LEN]);
    Ok(())
}

/// Echoes `count` connections, all open at once, of a client in a process of its own.
fn echo_crowd(count: usize) {
    raise_limit();
    run(async |context| {
        let address = serve(&context).await;
        let client = context.spawn_blocking("client", move || {
            let test = ["crowd::connect_a_crowd", "--exact", "--ignored"];
            let client = Command::new(env::current_exe().unwrap())
                .args(test)
                .env("CROWD_ADDRESS", address.to_string())
                .env("CROWD_COUNT", count.to_string())
                .stderr(Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&client.stdout).into_owned();
            (client.status.success() && said.contains("1 passed"), said)
        });
        let (succeeded, said) = client.await.unwrap();
        assert!(succeeded, "{said}");
        let counts = context.tasks();
        let echoes = counts.iter().find(|count| count.label == "server_echo");
        assert_eq!(echoes.map(|count| count.spawned), Some(count as u64));
    });
}

/// As many descriptors as the system lets this process have.
fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let current = maximum;
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
}

#[test]
#[ignore = "the tests of crowds run it"]
fn connect_a_crowd() {
    let Ok(address) = env::var("CROWD_ADDRESS") else {
        return;
    };
    let address: SocketAddr = address.parse().unwrap();
    let count: usize = env::var("CROWD_COUNT").unwrap().parse().unwrap();
    raise_limit();
    run(async |context| {
        // A few at a time, so that the queue of the listener never overflows.
        const DIALLERS: usize = 50;
        let open = join_all((0..DIALLERS).map(async |dialler| {
            let mut open = Vec::new();
            for number in (dialler..count).step_by(DIALLERS) {
                let (mut sink, mut stream) = context.dial(address).await.unwrap();
                exchange(&mut sink, &mut stream, number as u8)
                    .await
                    .unwrap();
                open.push((sink, stream, number as u8));
            }
            open
        }));
        let mut open: Vec<_> = open.await.into_iter().flatten().collect();
        assert_eq!(open.len(), count);
        join_all(open.iter_mut().map(async |(sink, stream, byte)| {
            exchange(sink, stream, byte.wrapping_add(1)).await.unwrap();
            sink.close().await.unwrap();
            assert_eq!(stream.recv_some(&mut [0]).await, Ok(0));
        }))
        .await;
    });
}

#[test]
fn a_crowd_is_echoed() {
    echo_crowd(300);
}

#[test]
#[ignore = "needs 10,100 descriptors: cargo test -p runtime-tokio --test it -- --ignored ten_thousand"]
fn ten_thousand_connections_are_echoed() {
    echo_crowd(10_000);
}

#[test]
fn peers_that_misbehave_harm_nobody_else() {
    run(async |context| {
        let address = serve(&context).await;
        let (mut good_sink, mut good_stream) = context.dial(address).await.unwrap();
        let mut bad = Vec::new();
        for number in 0..30_usize {
            let (mut sink, stream) = context.dial(address).await.unwrap();
            match number % 3 {
                // It sends and never reads, until neither end takes more.
                0 => {
                    fill(&mut sink).await;
                    bad.push((sink, stream));
                }
                // It is reset, sooner or later, with something on the way in both directions.
                1 => {
                    sink.send(&[9; 3000]).await.unwrap();
                    for _ in 0..number {
                        reschedule().await;
                    }
                    sink.poison();
                }
                // It is reset at once.
                _ => sink.poison(),
            }
            exchange(&mut good_sink, &mut good_stream, number as u8)
                .await
                .unwrap();
            let (mut sink, mut stream) = context.dial(address).await.unwrap();
            exchange(&mut sink, &mut stream, number as u8)
                .await
                .unwrap();
        }
        assert_eq!(bad.len(), 10);
    });
}
