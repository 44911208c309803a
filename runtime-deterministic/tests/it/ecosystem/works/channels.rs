//! Channels of other crates than tokio.

use crate::ecosystem::replay::{CROWD, MILLI, ROUNDS, complete, crowd, gather, replays};
use futures::{SinkExt, StreamExt, channel};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Spawner};

#[test]
fn futures_mpsc() {
    replays(async |context: Context| {
        let (sender, mut receiver) = channel::mpsc::channel(1);
        let crowd = crowd(&context, move |who, round| {
            let mut sender = sender.clone();
            async move { sender.send((who, round)).await.unwrap() }
        });
        let mut received = Vec::new();
        while let Some(message) = receiver.next().await {
            context.sleep(MILLI / 10).await;
            received.push(message);
        }
        gather(crowd).await;
        complete(received)
    });
}

#[test]
fn futures_oneshot() {
    replays(async |context: Context| {
        let (mut order, mut cancelled) = (Vec::new(), 0);
        let (done, mut ready) = channel::mpsc::unbounded();
        for who in 0..CROWD {
            let (sender, receiver) = channel::oneshot::channel();
            let (clock, done) = (context.clone(), done.clone());
            drop(context.spawn("sender", async move {
                clock.sleep(MILLI).await;
                if who > 0 {
                    sender.send(who).unwrap();
                }
            }));
            let waits = async move { done.unbounded_send(receiver.await).unwrap() };
            drop(context.spawn("receiver", waits));
        }
        drop(done);
        while let Some(received) = ready.next().await {
            match received {
                Ok(who) => order.push(who),
                Err(channel::oneshot::Canceled) => cancelled += 1,
            }
        }
        assert_eq!((order.len() as u32, cancelled), (CROWD - 1, 1));
        order
    });
}

/// Two receivers share the messages of one channel.
#[test]
fn async_channel() {
    replays(async |context: Context| {
        let (sender, receiver) = async_channel::bounded(1);
        let crowd = crowd(&context, move |who, round| {
            let sender = sender.clone();
            async move { sender.send((who, round)).await.unwrap() }
        });
        let reader = |_| {
            let (receiver, clock) = (receiver.clone(), context.clone());
            context.spawn("reader", async move {
                let mut received = Vec::new();
                while let Ok(message) = receiver.recv().await {
                    clock.sleep(MILLI / 10).await;
                    received.push(message);
                }
                received
            })
        };
        let shares = gather((0..2).map(reader).collect()).await;
        gather(crowd).await;
        let received: usize = shares.iter().map(Vec::len).sum();
        assert_eq!(received as u32, CROWD * ROUNDS);
        shares
    });
}

#[test]
fn flume() {
    replays(async |context: Context| {
        let (sender, receiver) = flume::bounded(1);
        let crowd = crowd(&context, move |who, round| {
            let sender = sender.clone();
            async move { sender.send_async((who, round)).await.unwrap() }
        });
        let mut received = Vec::new();
        let mut stream = receiver.into_stream();
        while let Some(message) = stream.next().await {
            context.sleep(MILLI / 10).await;
            received.push(message);
        }
        gather(crowd).await;
        complete(received)
    });
}
