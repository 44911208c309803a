//! Connections on the loopback interface.

use crate::run;
use futures::{
    executor::block_on,
    future::{join, poll_fn},
    poll,
};
use runtime_tokio::{Context, Sink, Stream};
use runtime_traits::{Clock, Error, Listener, Network, Sink as _, Spawner, Stream as _};
use std::{
    io::{ErrorKind, IoSlice, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    task::Poll,
    thread,
    time::Duration,
};

pub(crate) fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

type Halves = (Sink, Stream);

/// A connection: the dialling end, then the accepting end.
async fn connected(context: &Context) -> (Halves, Halves) {
    let mut listener = context.bind(any_port()).await.unwrap();
    let dialled = context.dial(listener.local_addr()).await.unwrap();
    let (_, sink, stream) = listener.accept().await.unwrap();
    (dialled, (sink, stream))
}

async fn send_vectored(sink: &mut Sink, bufs: &[IoSlice<'_>]) -> Result<usize, Error> {
    poll_fn(|cx| sink.poll_send(cx, bufs)).await
}

pub(crate) async fn read_all(stream: &mut Stream) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut buf) = (Vec::new(), [0; 4096]);
    loop {
        match stream.recv_some(&mut buf).await? {
            0 => return Ok(bytes),
            received => bytes.extend(&buf[..received]),
        }
    }
}

/// Sends until the buffers of both ends are full.
pub(crate) async fn fill(sink: &mut Sink) -> usize {
    let mut sent = 0;
    let chunk = [7; 1 << 16];
    while let Poll::Ready(result) = poll!(poll_fn(|cx| sink.poll_send(cx, &[IoSlice::new(&chunk)])))
    {
        sent += result.unwrap();
        assert!(sent < 1 << 30, "the writer is never slowed");
    }
    sent
}

pub(crate) fn reset() -> Error {
    Error::RecvFailed(ErrorKind::ConnectionReset.into())
}

#[test]
fn a_dropped_or_failed_recv_gives_back_what_it_took() {
    run(async |context| {
        let ((mut sink, _), (_, mut stream)) = connected(&context).await;
        sink.send(b"ab").await.unwrap();
        let mut buf = [0; 4];
        let recv = context.timeout(Duration::from_millis(20), stream.recv(&mut buf));
        assert_eq!(recv.await, Err(Error::Timeout));
        sink.send(b"c").await.unwrap();
        sink.close().await.unwrap();
        let cut = Error::RecvFailed(ErrorKind::UnexpectedEof.into());
        assert_eq!(stream.recv(&mut buf).await, Err(cut));
        assert_eq!(stream.recv_some(&mut buf[..2]).await, Ok(2));
        assert_eq!(&buf[..2], b"ab");
        assert_eq!(stream.recv_some(&mut buf).await, Ok(1));
        assert_eq!(buf[0], b'c');
        assert_eq!(stream.recv_some(&mut buf).await, Ok(0));
    });
}

#[test]
fn what_was_put_back_last_comes_first() {
    run(async |context| {
        let ((mut sink, _), (_, mut stream)) = connected(&context).await;
        sink.send(b"e").await.unwrap();
        sink.close().await.unwrap();
        stream.unread(b"cd");
        stream.unread(b"ab");
        let mut buf = [0; 3];
        stream.recv(&mut buf).await.unwrap();
        assert_eq!(&buf, b"abc");
        assert_eq!(read_all(&mut stream).await, Ok(b"de".to_vec()));
    });
}

#[test]
fn empty_buffers_are_done_at_once() {
    run(async |context| {
        let ((mut sink, _), (_, mut stream)) = connected(&context).await;
        assert_eq!(poll!(sink.send(b"")), Poll::Ready(Ok(())));
        assert_eq!(poll!(stream.recv(&mut [])), Poll::Ready(Ok(())));
        assert_eq!(poll!(stream.recv_some(&mut [])), Poll::Ready(Ok(0)));
        assert_eq!(send_vectored(&mut sink, &[IoSlice::new(b"")]).await, Ok(0));
        sink.close().await.unwrap();
        assert_eq!(poll!(sink.send(b"")), Poll::Ready(Ok(())));
        sink.poison();
        assert_eq!(poll!(sink.send(b"")), Poll::Ready(Ok(())));
    });
}

/// Few bytes are copied into one buffer, many are given to the system as they are.
#[test]
fn vectored_sends_keep_their_order_however_many_buffers() {
    for len in [1, 2, 255, 256, 257, 400, 5000] {
        run(async |context| {
            let ((mut sink, _), (_, mut stream)) = connected(&context).await;
            let parts = [vec![b'a'; len], vec![b'b'; len]];
            let mut bufs = vec![IoSlice::new(b""); 3000];
            bufs.extend(parts.iter().map(|part| IoSlice::new(part)));
            assert_eq!(send_vectored(&mut sink, &bufs).await, Ok(2 * len));
            let mut buf = vec![0; 2 * len];
            stream.recv(&mut buf).await.unwrap();
            assert_eq!(buf, parts.concat());
        });
    }
}

#[test]
fn half_close_works_both_ways_and_closed_is_closed() {
    run(async |context| {
        let ((mut sink, mut stream), (mut theirs, mut received)) = connected(&context).await;
        sink.send(b"question").await.unwrap();
        sink.close().await.unwrap();
        sink.close().await.unwrap();
        assert_eq!(sink.send(b"more").await, Err(Error::Closed));
        assert_eq!(poll_fn(|cx| sink.poll_flush(cx)).await, Err(Error::Closed));
        assert_eq!(read_all(&mut received).await, Ok(b"question".to_vec()));
        theirs.send(b"answer").await.unwrap();
        theirs.close().await.unwrap();
        assert_eq!(read_all(&mut stream).await, Ok(b"answer".to_vec()));
    });
}

#[test]
fn a_dropped_sink_closes_while_its_stream_lives() {
    run(async |context| {
        let ((mut sink, mut stream), (mut theirs, mut received)) = connected(&context).await;
        sink.send(b"last").await.unwrap();
        drop(sink);
        assert_eq!(read_all(&mut received).await, Ok(b"last".to_vec()));
        theirs.send(b"still").await.unwrap();
        stream.recv(&mut [0; 5]).await.unwrap();
    });
}

#[test]
fn a_dropped_stream_leaves_its_sink_open() {
    run(async |context| {
        let ((mut sink, stream), (_theirs, mut received)) = connected(&context).await;
        drop(stream);
        sink.send(b"more").await.unwrap();
        sink.close().await.unwrap();
        assert_eq!(read_all(&mut received).await, Ok(b"more".to_vec()));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn poison_resets_at_once_while_both_halves_live() {
    run(async |context| {
        let ((mut sink, mut stream), (_theirs, mut received)) = connected(&context).await;
        sink.poison();
        assert_eq!(received.recv_some(&mut [0]).await, Err(reset()));
        assert_eq!(sink.send(b"x").await, Err(Error::Closed));
        assert_eq!(sink.close().await, Err(Error::Closed));
        for _ in 0..3 {
            assert_eq!(stream.recv_some(&mut [0]).await, Err(reset()));
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn poison_after_both_ends_closed_is_an_error_still() {
    run(async |context| {
        let ((mut sink, mut stream), (mut theirs, received)) = connected(&context).await;
        sink.close().await.unwrap();
        theirs.close().await.unwrap();
        sink.poison();
        assert_eq!(sink.close().await, Err(Error::Closed));
        assert_eq!(stream.recv_some(&mut [0]).await, Err(reset()));
        drop(received);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn poison_wakes_the_own_stream() {
    run(async |context| {
        let ((mut sink, mut stream), _theirs) = connected(&context).await;
        let receiver = context.spawn("receiver", async move { stream.recv_some(&mut [0]).await });
        context.sleep(Duration::from_millis(10)).await;
        sink.poison();
        assert_eq!(receiver.await, Ok(Err(reset())));
    });
}

#[test]
fn a_send_dropped_half_way_never_ends_cleanly() {
    run(async |context| {
        let ((mut sink, stream), (_theirs, mut received)) = connected(&context).await;
        let message = vec![1; 64 << 20];
        let send = context.timeout(Duration::from_millis(50), sink.send(&message));
        assert_eq!(send.await, Err(Error::Timeout));
        drop((sink, stream));
        assert_eq!(read_all(&mut received).await, Err(reset()));
    });
}

#[test]
fn a_send_dropped_before_its_first_byte_leaves_the_connection_whole() {
    run(async |context| {
        let ((mut sink, _stream), (_theirs, mut received)) = connected(&context).await;
        let filled = fill(&mut sink).await;
        let send = context.timeout(Duration::from_millis(5), sink.send(b"late"));
        assert_eq!(send.await, Err(Error::Timeout));
        let reader = context.spawn("reader", async move { read_all(&mut received).await });
        sink.send(b"end").await.unwrap();
        sink.close().await.unwrap();
        let read = reader.await.unwrap().unwrap();
        assert_eq!((read.len(), &read[filled..]), (filled + 3, &b"end"[..]));
    });
}

#[test]
fn a_reset_is_an_error_on_both_halves_in_either_order() {
    run(async |context| {
        for send_first in [true, false] {
            let ((mut sink, mut stream), (mut theirs, received)) = connected(&context).await;
            theirs.poison();
            drop((theirs, received));
            if send_first {
                let failed = fail(&mut sink).await;
                assert!(matches!(failed, Error::SendFailed(_)), "{failed:?}");
            }
            assert_eq!(stream.recv_some(&mut [0]).await, Err(reset()));
            let failed = fail(&mut sink).await;
            assert!(matches!(failed, Error::SendFailed(_)), "{failed:?}");
            let broken = Error::SendFailed(ErrorKind::BrokenPipe.into());
            assert_eq!(sink.close().await, Err(broken));
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_clean_end_stays_clean_when_later_sends_are_reset() {
    run(async |context| {
        let ((mut sink, mut stream), (mut theirs, received)) = connected(&context).await;
        theirs.send(b"bye").await.unwrap();
        drop((theirs, received));
        let failed = fail(&mut sink).await;
        assert_eq!(failed, Error::SendFailed(ErrorKind::BrokenPipe.into()));
        assert_eq!(read_all(&mut stream).await, Ok(b"bye".to_vec()));
    });
}

/// Sends until that fails.
async fn fail(sink: &mut Sink) -> Error {
    loop {
        if let Err(error) = send_vectored(sink, &[IoSlice::new(b"x")]).await {
            return error;
        }
    }
}

#[test]
fn a_slow_reader_slows_its_writer() {
    run(async |context| {
        let ((mut sink, _stream), (_theirs, mut received)) = connected(&context).await;
        let filled = fill(&mut sink).await;
        let reader = context.spawn("reader", async move {
            let mut bytes = vec![0; filled];
            received.recv(&mut bytes).await
        });
        assert_eq!(reader.await, Ok(Ok(())));
        sink.send(b"goes on").await.unwrap();
    });
}

#[test]
fn an_idle_recv_waits() {
    run(async |context| {
        let ((mut sink, _stream), (_theirs, mut received)) = connected(&context).await;
        let mut buf = [0];
        let idle = context.timeout(Duration::from_millis(200), received.recv(&mut buf));
        assert_eq!(idle.await, Err(Error::Timeout));
        sink.send(b"x").await.unwrap();
        assert_eq!(received.recv(&mut buf).await, Ok(()));
    });
}

#[test]
fn both_halves_work_at_once_from_two_tasks() {
    run(async |context| {
        let ((mut sink, mut stream), (mut theirs, mut received)) = connected(&context).await;
        let message = vec![5; 8 << 20];
        let echo = context.spawn("echo", async move {
            let mut buf = vec![0; 1 << 16];
            loop {
                match received.recv_some(&mut buf).await? {
                    0 => return theirs.close().await,
                    some => theirs.send(&buf[..some]).await?,
                }
            }
        });
        let sent = message.clone();
        let sender = context.spawn("sender", async move {
            sink.send(&sent).await?;
            sink.close().await
        });
        assert!(read_all(&mut stream).await.unwrap() == message);
        assert_eq!((sender.await, echo.await), (Ok(Ok(())), Ok(Ok(()))));
    });
}

#[test]
fn a_peer_outside_the_runtime_sees_plain_tcp() {
    run(async |context| {
        let peer = TcpListener::bind(any_port()).unwrap();
        let address = peer.local_addr().unwrap();
        let echo = thread::spawn(move || {
            let (mut stream, _) = peer.accept().unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            stream.write_all(&bytes).unwrap();
        });
        let (mut sink, mut stream) = context.dial(address).await.unwrap();
        sink.send(b"hello").await.unwrap();
        sink.close().await.unwrap();
        assert_eq!(read_all(&mut stream).await, Ok(b"hello".to_vec()));
        echo.join().unwrap();
    });
}

/// Tokio would register it with the runtime of whoever asks, or panic where there is none.
#[test]
fn who_accepts_on_another_thread_has_a_connection_of_the_run() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        let (mut near, _unread) = context.dial(address).await.unwrap();
        let (mut far, _rest) = context.dial(address).await.unwrap();
        let accepting = thread::spawn(move || {
            let plain = block_on(listener.accept());
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().unwrap();
            let other = runtime.block_on(listener.accept());
            drop(runtime);
            [plain, other].map(|accepted| accepted.unwrap().2)
        });
        let accepted = accepting.join().unwrap();
        for (mut stream, sink) in accepted.into_iter().zip([&mut near, &mut far]) {
            let mut bytes = [0; 5];
            let (received, sent) = join(stream.recv(&mut bytes), sink.send(b"hello")).await;
            assert_eq!((received, sent, &bytes), (Ok(()), Ok(()), b"hello"));
        }
    });
}
