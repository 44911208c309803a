//! What a run says that it did.

use runtime_deterministic::{Context, Executor, Work};
use runtime_traits::{
    Clock, Datagram as _, Datagrams, Error, Listener, Network, Runner, Sink, Stream,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

const HERE: fn(u16) -> SocketAddr = |port| (Ipv4Addr::LOCALHOST, port).into();

fn work<F: Future<Output = Result<(), Error>>>(test: impl FnOnce(Context) -> F) -> Work {
    let (runner, context, auditor) = Executor::seeded(3);
    runner.start(async { test(context).await.unwrap() });
    auditor.work()
}

#[test]
fn a_run_that_does_nothing_sends_no_message_and_no_time_passes() {
    let idle = work(async |_| Ok(()));
    let nothing = Work {
        polls: 1,
        ..Work::default()
    };
    assert_eq!(idle, nothing);
}

#[test]
fn a_message_is_a_segment_of_a_connection_or_a_datagram() {
    // One byte is one segment; more may be sent in parts.
    let messages = work(async |context| {
        let mut listener = context.bind(HERE(80)).await?;
        let (mut sink, _) = context.dial(HERE(80)).await?;
        let (_, _, mut stream) = listener.accept().await?;
        sink.send(b"1").await?;
        sink.send(b"2").await?;
        stream.recv(&mut [0; 2]).await?;
        let socket = context.bind_datagram(HERE(53)).await?;
        socket.send_to(b"three", HERE(53)).await?;
        context.sleep(Duration::from_secs(1)).await;
        Ok(())
    });
    assert_eq!(messages.messages, 3);
}
