//! One direction of a connection, from its sink to its stream: order, cancellation, the end, breaking
//! off, and back pressure. What takes both directions is in [`connections`](crate::connections).

use crate::connection::{PLENTY, numbers, pair, read_to_end, receive, stuff};
use runtime_traits::{Clock, Error, Network, Runner, Sink, Spawner, Stream};
use std::{
    future::poll_fn,
    io::{ErrorKind, IoSlice},
    pin::pin,
    task::Poll,
    time::Duration,
};

const SHORT: Duration = Duration::from_millis(20);

/// The bytes of many messages arrive in the order in which they were sent.
pub fn bytes_arrive_in_order<R: Runner, C: Network + Spawner>((runner, context): (R, C)) {
    const LEN: usize = 50_000;
    runner.start(async {
        let ((mut sink, _near), (_far, mut reading)) = pair(&context).await;
        let writer = context.spawn("writer", async move {
            for chunk in numbers(LEN).chunks(701) {
                sink.send(chunk).await.expect("the peer reads");
            }
        });
        let (bytes, end) = read_to_end(&mut reading).await;
        assert_eq!((bytes == numbers(LEN), end), (true, Ok(())));
        writer.await.expect("the task returns");
    });
}

/// [`poll_send`](Sink::poll_send) takes at least one byte, from several buffers in their order.
pub fn poll_send_takes_buffers_in_order<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        let parts: [&[u8]; 4] = [b"one", b"", b"two", b"three"];
        let whole = parts.concat();
        let mut sent = 0;
        while sent < whole.len() {
            let mut skip = sent;
            let rest: Vec<_> = parts
                .iter()
                .map(|part| {
                    let from = skip.min(part.len());
                    skip -= from;
                    IoSlice::new(&part[from..])
                })
                .collect();
            let taken = poll_fn(|cx| sink.poll_send(cx, &rest)).await;
            let taken = taken.expect("the peer is there");
            assert!(taken > 0 && taken <= whole.len() - sent, "{taken}");
            sent += taken;
        }
        poll_fn(|cx| sink.poll_flush(cx))
            .await
            .expect("the peer is there");
        assert_eq!(receive(&mut stream, whole.len()).await, whole);
    });
}

/// Sending nothing is `Ok` at once, by `send` on every sink, by `poll_send` on an open one.
pub fn an_empty_send_is_ok<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut open, _a), (mut closed, _b)) = pair(&context).await;
        assert_eq!(open.send(b"").await, Ok(()));
        for bufs in [&[][..], &[IoSlice::new(b"")]] {
            let polled = poll_fn(|cx| Poll::Ready(open.poll_send(cx, bufs))).await;
            assert_eq!(polled, Poll::Ready(Ok(0)));
        }
        closed.close().await.expect("it is open");
        assert_eq!(closed.send(b"").await, Ok(()));
        open.poison();
        assert_eq!(open.send(b"").await, Ok(()));
    });
}

/// Receiving into an empty buffer is `Ok(0)` at once, although nothing was sent.
pub fn receiving_nothing_is_ok_at_once<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((_sink, mut stream), _far) = pair(&context).await;
        let polled = poll_fn(|cx| Poll::Ready(stream.poll_recv(cx, &mut []))).await;
        assert_eq!(polled, Poll::Ready(Ok(0)));
    });
}

/// `recv_some` gives what is there without waiting for a full buffer.
pub fn recv_some_gives_what_is_there<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        let (mut received, mut buf) = (Vec::new(), [0; 64]);
        while received.len() < 3 {
            let some = stream.recv_some(&mut buf).await.expect("they were sent");
            assert!(some > 0, "the sink is open");
            received.extend_from_slice(&buf[..some]);
        }
        assert_eq!(received, b"abc");
    });
}

/// A `recv` that is dropped half-way gives back what it took.
pub fn a_dropped_recv_gives_back_what_it_took<R: Runner, C: Network + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        let mut five = [0; 5];
        let cut_off = context.timeout(SHORT, stream.recv(&mut five)).await;
        assert_eq!(cut_off, Err(Error::Timeout));
        sink.send(b"de").await.expect("the peer is there");
        assert_eq!(receive(&mut stream, 5).await, b"abcde");
    });
}

/// A `recv` that fails gives back what it took, too.
pub fn a_failed_recv_gives_back_what_it_took<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        sink.close().await.expect("it is open");
        let end = Error::RecvFailed(ErrorKind::UnexpectedEof.into());
        assert_eq!(stream.recv(&mut [0; 5]).await, Err(end));
        assert_eq!(read_to_end(&mut stream).await, (b"abc".to_vec(), Ok(())));
    });
}

/// A `recv_some` that is dropped while it waits takes nothing.
pub fn a_dropped_recv_some_takes_nothing<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        let mut buf = [0; 8];
        let early = poll_fn(|cx| Poll::Ready(stream.poll_recv(cx, &mut buf).is_pending())).await;
        assert!(early, "nothing was sent");
        sink.send(b"abc").await.expect("the peer is there");
        assert_eq!(receive(&mut stream, 3).await, b"abc");
    });
}

/// Bytes that were put back come first, the last put back first of all, then those of the network.
pub fn unread_bytes_come_first<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"ef").await.expect("the peer is there");
        stream.unread(b"cd");
        stream.unread(b"ab");
        assert_eq!(receive(&mut stream, 6).await, b"abcdef");
    });
}

/// A waiting `recv` is woken by the bytes, also when it waits in another task than it began in.
pub fn a_waiting_recv_is_woken<R: Runner, C: Network + Spawner + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _near), (_far, mut stream)) = pair(&context).await;
        let mut buf = [0; 1];
        let early = poll_fn(|cx| Poll::Ready(stream.poll_recv(cx, &mut buf).is_pending())).await;
        assert!(early, "nothing was sent");
        let reader = context.spawn("reader", async move {
            let received = receive(&mut stream, 3).await;
            (received, stream)
        });
        context.sleep(SHORT).await;
        sink.send(b"abc").await.expect("the peer is there");
        let (received, _stream) = reader.await.expect("the task returns");
        assert_eq!(received, b"abc");
    });
}

/// There is no hidden time-out: a receive on an idle connection waits, and then receives.
pub fn an_idle_recv_waits<R: Runner, C: Network + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        let mut buf = [0; 1];
        let idle = context
            .timeout(Duration::from_millis(200), stream.recv(&mut buf))
            .await;
        assert_eq!(idle, Err(Error::Timeout));
        sink.send(b"a").await.expect("the peer is there");
        assert_eq!(receive(&mut stream, 1).await, b"a");
    });
}

/// After a close the peer reads what was sent, then the end, again and again.
pub fn a_clean_end_is_zero_bytes<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        sink.close().await.expect("it is open");
        assert_eq!(read_to_end(&mut stream).await, (b"abc".to_vec(), Ok(())));
        assert_eq!(stream.recv_some(&mut [0; 8]).await, Ok(0));
    });
}

/// The clean end inside an exact `recv` is [`Error::RecvFailed`] of kind `UnexpectedEof`.
pub fn a_clean_end_inside_a_recv_is_unexpected_eof<R: Runner, C: Network>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let ((mut sink, _), (_, mut stream)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        sink.close().await.expect("it is open");
        let eof = Error::RecvFailed(ErrorKind::UnexpectedEof.into());
        assert_eq!(stream.recv(&mut [0; 5]).await, Err(eof));
    });
}

/// At its end a stream stays: each further `recv` fails as the first did.
pub fn an_end_stays_the_end<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((sink, _stream), (_sink, mut reading)) = pair(&context).await;
        drop(sink);
        for _ in 0..3 {
            let end = Error::RecvFailed(ErrorKind::UnexpectedEof.into());
            assert_eq!(reading.recv(&mut [0]).await, Err(end));
        }
    });
}

/// After `close`, sending is [`Error::Closed`] and closing again is `Ok`.
pub fn after_close_send_is_closed<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _stream), _far) = pair(&context).await;
        assert_eq!(sink.close().await, Ok(()));
        assert_eq!(sink.send(b"late").await, Err(Error::Closed));
        assert_eq!(sink.close().await, Ok(()), "closing twice");
    });
}

/// Dropping a sink that is neither closed nor poisoned closes it: the peer reads a clean end.
pub fn dropping_a_sink_closes_it<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _stream), (_sink, mut reading)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        drop(sink);
        assert_eq!(read_to_end(&mut reading).await, (b"abc".to_vec(), Ok(())));
    });
}

/// What was sent is read, and then a clean end, although both halves of the sender are gone.
pub fn what_was_sent_outlives_its_sender<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, stream), (_sink, mut reading)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        drop((sink, stream));
        assert_eq!(read_to_end(&mut reading).await, (b"abc".to_vec(), Ok(())));
    });
}

/// Every call on a poisoned sink is [`Error::Closed`].
pub fn a_poisoned_sink_is_closed<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _stream), _far) = pair(&context).await;
        sink.poison();
        assert_eq!(sink.send(b"late").await, Err(Error::Closed));
        let flushed = poll_fn(|cx| sink.poll_flush(cx)).await;
        assert_eq!(flushed, Err(Error::Closed));
        let closed = poll_fn(|cx| sink.poll_close(cx)).await;
        assert_eq!(closed, Err(Error::Closed));
        assert_eq!(sink.close().await, Err(Error::Closed));
    });
}

/// The peer of a poisoned sink sees a reset, at the latest when both halves are dropped, and never a
/// clean end.
pub fn poison_resets_the_connection<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, stream), (_far, mut reading)) = pair(&context).await;
        sink.send(b"abc").await.expect("the peer is there");
        sink.poison();
        drop((sink, stream));
        let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
        assert_eq!(read_to_end(&mut reading).await.1, Err(reset));
    });
}

/// A `send` that is dropped after its first byte has left poisons its sink: no later message can be
/// mistaken for the rest of this one.
pub fn a_send_dropped_half_way_poisons<R: Runner, C: Network + Clock>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, stream), (_far, mut reading)) = pair(&context).await;
        let message = vec![7; PLENTY];
        let mut one = [0];
        {
            let mut sending = pin!(sink.send(&message));
            let mut arrival = pin!(reading.recv(&mut one));
            let arrived = poll_fn(|cx| {
                assert!(sending.as_mut().poll(cx).is_pending(), "nobody reads more");
                arrival.as_mut().poll(cx)
            });
            assert_eq!(arrived.await, Ok(()));
        }
        let next = context.timeout(SHORT, sink.send(b"next")).await;
        assert_eq!(next, Ok(Err(Error::Closed)));
        drop((sink, stream));
        let (_, end) = read_to_end(&mut reading).await;
        assert_eq!(
            end,
            Err(Error::RecvFailed(ErrorKind::ConnectionReset.into()))
        );
    });
}

/// A `send` that fails after its first byte has left poisons its sink as well.
pub fn a_send_failed_half_way_poisons<R: Runner, C: Network + Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _near), (mut rude, mut reading)) = pair(&context).await;
        let writer = context.spawn("writer", async move {
            let message = vec![7; PLENTY];
            (sink.send(&message).await, sink.send(b"next").await)
        });
        receive(&mut reading, 1).await;
        rude.poison();
        drop((rude, reading));
        let (failed, next) = writer.await.expect("the task returns");
        assert!(matches!(failed, Err(Error::SendFailed(_))), "{failed:?}");
        assert_eq!(next, Err(Error::Closed));
    });
}

/// Where the peer has dropped both its halves, a `send` fails in the end, and so does the next.
pub fn sending_to_nobody_fails_and_goes_on_failing<R: Runner, C: Network + Clock>(
    (runner, context): (R, C),
) {
    runner.start(async {
        let ((mut sink, _stream), far) = pair(&context).await;
        drop(far);
        let mut sent = sink.send(b"?").await;
        for _ in 0..100 {
            if sent.is_err() {
                break;
            }
            context.sleep(Duration::from_millis(1)).await;
            sent = sink.send(b"?").await;
        }
        for again in [sent, sink.send(b"?").await] {
            assert!(matches!(again, Err(Error::SendFailed(_))), "{again:?}");
        }
    });
}

/// Where the connection is known to have broken off, closing it fails as sending does, however often.
pub fn closing_what_broke_off_fails<R: Runner, C: Network>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, mut reading), (mut rude, stream)) = pair(&context).await;
        rude.poison();
        drop((rude, stream));
        let (_, end) = read_to_end(&mut reading).await;
        assert!(matches!(end, Err(Error::RecvFailed(_))), "{end:?}");
        for _ in 0..2 {
            let closed = sink.close().await;
            assert!(matches!(closed, Err(Error::SendFailed(_))), "{closed:?}");
        }
    });
}

/// Buffers are bounded: a reader that does not read stops its writer, and lets it go on by reading.
pub fn a_slow_reader_slows_its_writer<R: Runner, C: Network + Spawner>((runner, context): (R, C)) {
    runner.start(async {
        let ((mut sink, _near), (_far, mut reading)) = pair(&context).await;
        let taken = stuff(&mut sink).await;
        assert!(taken < PLENTY, "{taken} bytes and more are on their way");
        let reader = context.spawn("reader", async move { read_to_end(&mut reading).await });
        sink.send(b"end").await.expect("the reader reads");
        sink.close().await.expect("it is open");
        let (bytes, end) = reader.await.expect("the task returns");
        assert_eq!((bytes.len(), end), (taken + 3, Ok(())));
    });
}
