//! The two ends on different threads, in every interleaving.
//!
//! A wake-up that is lost is a deadlock, which loom reports.

use crate::{Channel, Sink, Stream};
use loom::{future::block_on, thread};
use runtime_traits::{Error, Sink as _, Stream as _};
use std::{
    io::{
        ErrorKind::{BrokenPipe, ConnectionReset},
        IoSlice,
    },
    sync::Arc,
    task::{Context, Wake},
};

/// A waker that wakes nobody and can be counted.
struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

/// What is received until the end, at most two bytes at a time.
fn read_to_end(mut stream: Stream) -> Result<Vec<u8>, Error> {
    let (mut all, mut buf) = (Vec::new(), [0; 2]);
    loop {
        match block_on(stream.recv_some(&mut buf))? {
            0 => return Ok(all),
            count => all.extend_from_slice(&buf[..count]),
        }
    }
}

/// Waits once, woken by nobody, as a task does that polls again in another place.
fn wait_to_receive(stream: &mut Stream) -> Arc<Nobody> {
    let nobody = Arc::new(Nobody);
    let waker = nobody.clone().into();
    let mut cx = Context::from_waker(&waker);
    assert!(stream.poll_recv(&mut cx, &mut [0]).is_pending());
    nobody
}

fn wait_to_send(sink: &mut Sink) -> Arc<Nobody> {
    let nobody = Arc::new(Nobody);
    let waker = nobody.clone().into();
    let mut cx = Context::from_waker(&waker);
    assert!(sink.poll_send(&mut cx, &[IoSlice::new(b"a")]).is_pending());
    nobody
}

#[test]
fn a_full_channel_loses_no_byte_and_no_wake_up() {
    loom::model(|| {
        let (mut sink, stream) = Channel::init(1);
        let sending = thread::spawn(move || block_on(sink.send(b"ab")));
        assert_eq!(read_to_end(stream), Ok(b"ab".to_vec()));
        assert_eq!(sending.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_waiting_reader_hears_of_bytes_and_of_the_end() {
    loom::model(|| {
        let (mut sink, mut stream) = Channel::init(2);
        let nobody = wait_to_receive(&mut stream);
        let sending = thread::spawn(move || block_on(sink.send(b"ab")));
        assert_eq!(read_to_end(stream), Ok(b"ab".to_vec()));
        assert_eq!(sending.join().unwrap(), Ok(()));
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

#[test]
fn a_waiting_reader_hears_of_a_reset() {
    loom::model(|| {
        let (mut sink, stream) = Channel::init(1);
        let breaking = thread::spawn(move || sink.poison());
        let reset = Err(Error::RecvFailed(ConnectionReset.into()));
        assert_eq!(read_to_end(stream), reset);
        breaking.join().unwrap();
    });
}

#[test]
fn a_waiting_writer_hears_of_room() {
    loom::model(|| {
        let (mut sink, stream) = Channel::init(1);
        assert_eq!(block_on(sink.send(b"a")), Ok(()));
        let nobody = wait_to_send(&mut sink);
        let reading = thread::spawn(|| read_to_end(stream));
        assert_eq!(block_on(sink.send(b"b")), Ok(()));
        drop(sink);
        assert_eq!(reading.join().unwrap(), Ok(b"ab".to_vec()));
        assert_eq!(Arc::strong_count(&nobody), 1);
    });
}

#[test]
fn a_waiting_writer_hears_that_its_reader_is_gone() {
    loom::model(|| {
        let (mut sink, stream) = Channel::init(1);
        let leaving = thread::spawn(|| drop(stream));
        let sent = block_on(sink.send(b"ab"));
        assert_eq!(sent, Err(Error::SendFailed(BrokenPipe.into())));
        leaving.join().unwrap();
    });
}

#[test]
fn a_reader_that_leaves_keeps_no_waker() {
    loom::model(|| {
        let (mut sink, mut stream) = Channel::init(1);
        let nobody = wait_to_receive(&mut stream);
        let leaving = thread::spawn(|| drop(stream));
        let sent = block_on(sink.send(b"a"));
        leaving.join().unwrap();
        assert_eq!(Arc::strong_count(&nobody), 1, "after {sent:?}");
        drop(sink);
    });
}
