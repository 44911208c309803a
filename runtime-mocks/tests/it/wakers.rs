//! Who is woken, and that a waker may come back to the channel that wakes or drops it.

use crate::executor::{Wakes, block_on, poll_with};
use runtime_mocks::{Channel, Script, Sink, Stream};
use runtime_traits::{Error, Sink as _, Stream as _};
use std::{
    io::{ErrorKind::TimedOut, IoSlice},
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

/// A stream that waits for its first byte, and who is then woken.
fn waiting_stream() -> (Sink, Stream, Arc<Wakes>) {
    let (sink, mut stream) = Channel::init(4);
    let wakes = Arc::new(Wakes::default());
    assert_eq!(
        poll_with(&mut stream.recv_some(&mut [0; 4]), &wakes),
        Poll::Pending
    );
    (sink, stream, wakes)
}

/// A sink that waits for room, and who is then woken.
fn waiting_sink(script: Script) -> (Sink, Stream, Arc<Wakes>) {
    let (mut sink, stream) = Channel::scripted(1, Script::new(), script);
    let wakes = Arc::new(Wakes::default());
    block_on(sink.send(b"a")).unwrap();
    assert_eq!(poll_with(&mut sink.send(b"b"), &wakes), Poll::Pending);
    (sink, stream, wakes)
}

#[test]
fn a_waiting_stream_is_woken_by_a_byte() {
    let (mut sink, _stream, wakes) = waiting_stream();
    block_on(sink.send(b"a")).unwrap();
    assert_eq!(wakes.count(), 1);
    block_on(sink.send(b"b")).unwrap();
    assert_eq!(wakes.count(), 1);
}

#[test]
fn a_waiting_stream_is_woken_by_every_end() {
    let ends: [fn(Sink); 3] = [
        |mut sink| block_on(sink.close()).unwrap(),
        |mut sink| sink.poison(),
        drop,
    ];
    for end in ends {
        let (sink, _stream, wakes) = waiting_stream();
        end(sink);
        assert_eq!(wakes.count(), 1);
    }
}

#[test]
fn a_waiting_stream_is_woken_when_its_sinks_script_fails() {
    let (mut sink, mut stream) = Channel::scripted(4, Script::new().fail(TimedOut), Script::new());
    let wakes = Arc::new(Wakes::default());
    assert_eq!(
        poll_with(&mut stream.recv_some(&mut [0; 4]), &wakes),
        Poll::Pending
    );
    assert_eq!(
        block_on(sink.send(b"a")),
        Err(Error::SendFailed(TimedOut.into()))
    );
    assert_eq!(wakes.count(), 1);
}

#[test]
fn a_waiting_sink_is_woken_by_room_and_by_the_streams_end() {
    let (_sink, mut stream, wakes) = waiting_sink(Script::new());
    block_on(stream.recv(&mut [0])).unwrap();
    assert_eq!(wakes.count(), 1);

    let (_sink, stream, wakes) = waiting_sink(Script::new());
    drop(stream);
    assert_eq!(wakes.count(), 1);

    let (_sink, mut stream, wakes) = waiting_sink(Script::new().end());
    assert_eq!(block_on(stream.recv_some(&mut [0])), Ok(0));
    assert_eq!(wakes.count(), 1);
}

#[test]
fn the_last_task_that_asked_is_woken() {
    let (mut sink, mut stream, first) = waiting_stream();
    let last = Arc::new(Wakes::default());
    assert_eq!(
        poll_with(&mut stream.recv_some(&mut [0; 4]), &last),
        Poll::Pending
    );
    block_on(sink.send(b"a")).unwrap();
    assert_eq!((first.count(), last.count()), (0, 1));
}

#[test]
fn an_end_that_is_dropped_leaves_no_waker_behind() {
    let (_sink, stream, wakes) = waiting_stream();
    drop(stream);
    assert_eq!(Arc::strong_count(&wakes), 1);

    let (sink, _stream, wakes) = waiting_sink(Script::new());
    drop(sink);
    assert_eq!(Arc::strong_count(&wakes), 1);
}

/// Comes back to a channel's end when it is woken, and when it is dropped.
struct Returning<E>(Arc<Mutex<Option<E>>>, fn(&mut E));

impl<E> Returning<E> {
    fn come_back(&self) {
        // Taken: what comes back may wake another of these.
        let end = self.0.lock().unwrap().take();
        if let Some(mut end) = end {
            self.1(&mut end);
            *self.0.lock().unwrap() = Some(end);
        }
    }
}

impl<E: Send> Wake for Returning<E> {
    fn wake(self: Arc<Self>) {
        self.come_back();
    }
}

impl<E> Drop for Returning<E> {
    fn drop(&mut self) {
        self.come_back();
    }
}

/// Runs `test` on a thread of its own: where a waker is woken or dropped under the channel's lock,
/// that thread never comes back.
fn comes_back(test: fn()) {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || {
        test();
        done.send(())
    });
    wait.recv_timeout(Duration::from_secs(10))
        .expect("a waker deadlocked with the channel that woke or dropped it");
}

fn flush(sink: &mut Sink) {
    let _ = sink.poll_flush(&mut Context::from_waker(Waker::noop()));
}

fn look(stream: &mut Stream) {
    let _ = stream.poll_recv(&mut Context::from_waker(Waker::noop()), &mut [0]);
}

type Shared<E> = Arc<Mutex<Option<E>>>;

fn stream_with_returning_waker() -> (Shared<Sink>, Stream) {
    let (sink, mut stream) = Channel::init(1);
    let sink = Arc::new(Mutex::new(Some(sink)));
    let waker = Waker::from(Arc::new(Returning(sink.clone(), flush)));
    let mut cx = Context::from_waker(&waker);
    assert_eq!(stream.poll_recv(&mut cx, &mut [0]), Poll::Pending);
    (sink, stream)
}

fn sink_with_returning_waker() -> (Sink, Shared<Stream>) {
    let (mut sink, stream) = Channel::init(1);
    let stream = Arc::new(Mutex::new(Some(stream)));
    let waker = Waker::from(Arc::new(Returning(stream.clone(), look)));
    let mut cx = Context::from_waker(&waker);
    let bufs = [IoSlice::new(b"a")];
    assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Ready(Ok(1)));
    assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Pending);
    (sink, stream)
}

#[test]
fn a_waker_may_come_back_when_it_is_replaced() {
    comes_back(|| {
        let (_sink, mut stream) = stream_with_returning_waker();
        look(&mut stream);
    });
    comes_back(|| {
        let (mut sink, _stream) = sink_with_returning_waker();
        let mut cx = Context::from_waker(Waker::noop());
        let _ = sink.poll_send(&mut cx, &[IoSlice::new(b"b")]);
    });
}

#[test]
fn a_waker_may_come_back_when_it_is_woken() {
    comes_back(|| {
        let (mut sink, mut stream) = Channel::init(1);
        // The sink sends; the stream's waker comes back to the stream.
        let stream_waker = Arc::new(Mutex::new(None));
        let waker = Waker::from(Arc::new(Returning(stream_waker.clone(), look)));
        let mut cx = Context::from_waker(&waker);
        assert_eq!(stream.poll_recv(&mut cx, &mut [0]), Poll::Pending);
        *stream_waker.lock().unwrap() = Some(stream);
        block_on(sink.send(b"a")).unwrap();
    });
    comes_back(|| {
        let (mut sink, mut stream) = Channel::init(1);
        let back = Arc::new(Mutex::new(None));
        let waker = Waker::from(Arc::new(Returning(back.clone(), flush)));
        let mut cx = Context::from_waker(&waker);
        let bufs = [IoSlice::new(b"a")];
        assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Ready(Ok(1)));
        assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Pending);
        *back.lock().unwrap() = Some(sink);
        look(&mut stream);
    });
}

#[test]
fn a_waker_may_come_back_when_an_end_goes() {
    comes_back(|| {
        let (_sink, stream) = stream_with_returning_waker();
        drop(stream);
    });
    comes_back(|| {
        let (sink, _stream) = sink_with_returning_waker();
        drop(sink);
    });
    comes_back(|| {
        let (sink, mut stream) = Channel::init(1);
        let back = Arc::new(Mutex::new(None));
        let waker = Waker::from(Arc::new(Returning(back.clone(), look)));
        let mut cx = Context::from_waker(&waker);
        assert_eq!(stream.poll_recv(&mut cx, &mut [0]), Poll::Pending);
        *back.lock().unwrap() = Some(stream);
        drop(sink);
    });
    comes_back(|| {
        let (mut sink, stream) = Channel::init(1);
        let back = Arc::new(Mutex::new(None));
        let waker = Waker::from(Arc::new(Returning(back.clone(), flush)));
        let mut cx = Context::from_waker(&waker);
        let bufs = [IoSlice::new(b"a")];
        assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Ready(Ok(1)));
        assert_eq!(sink.poll_send(&mut cx, &bufs), Poll::Pending);
        *back.lock().unwrap() = Some(sink);
        drop(stream);
    });
}
