//! Frames over a connection in memory.

use super::{Failure, recv, send};
use crate::{limits::FRAME_LIMIT, wire::Malformed};
use futures::executor::block_on;
use runtime_mocks::{Channel, Script};
use runtime_traits::{Error, Sink};
use std::io::ErrorKind;

/// What is received after `bytes` and the end came, each byte alone.
fn receive(bytes: &[u8]) -> Result<u64, Failure> {
    let bytewise = Script::new().bytes(1).repeat();
    let (mut sink, mut stream) = Channel::scripted(64, Script::new(), bytewise);
    block_on(async {
        sink.send(bytes).await?;
        sink.close().await?;
        recv(&mut stream).await
    })
}

fn malformed(bytes: &[u8]) -> Malformed {
    match receive(bytes) {
        Err(Failure::Malformed(malformed)) => malformed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_come_one_after_the_other() {
    let (mut sink, mut stream) = Channel::init(64);
    block_on(async {
        send(&mut sink, &7_u64).await.expect("the first leaves");
        send(&mut sink, &8_u64).await.expect("the second leaves");
        assert_eq!(recv::<u64>(&mut stream).await.expect("the first"), 7);
        assert_eq!(recv::<u64>(&mut stream).await.expect("the second"), 8);
    });
}

#[test]
fn a_message_may_come_byte_by_byte() {
    let frame = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 5];
    assert_eq!(receive(&frame).expect("a whole frame"), 5);
}

#[test]
fn garbage_is_refused_before_anything_is_reserved() {
    let length = u32::from_be_bytes(*b"GET ");
    assert_eq!(malformed(b"GET / HTTP/1.1"), Malformed::Frame(length));
    let long = (FRAME_LIMIT + 1).to_be_bytes();
    assert_eq!(malformed(&long), Malformed::Frame(FRAME_LIMIT + 1));
}

#[test]
fn a_frame_holds_one_message_and_no_more() {
    assert_eq!(malformed(&[0, 0, 0, 1, 9]), Malformed::Short);
    let long = [0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(malformed(&long), Malformed::Trailing(1));
}

#[test]
fn a_frame_that_is_cut_off_is_a_broken_connection() {
    let cut = receive(&[0, 0, 0, 8, 1]);
    let Err(Failure::Broken(error)) = cut else {
        panic!("{cut:?}");
    };
    assert_eq!(error, Error::RecvFailed(ErrorKind::UnexpectedEof.into()));
}
