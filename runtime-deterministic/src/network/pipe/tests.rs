//! What a pipe gives to its reader, and when.

use super::{CAPACITY, Pipe, Read};

#[test]
fn bytes_are_read_once_they_arrive() {
    let (mut pipe, mut buf) = (Pipe::default(), [0; 8]);
    assert_eq!(pipe.send(b"abc", 10), 10);
    assert_eq!(pipe.read(&mut buf), Read::Nothing);
    pipe.arrive();
    assert_eq!(pipe.read(&mut buf[..2]), Read::Bytes(2));
    assert_eq!(pipe.read(&mut buf[2..]), Read::Bytes(1));
    assert_eq!(&buf[..3], b"abc");
}

#[test]
fn nothing_overtakes() {
    let mut pipe = Pipe::default();
    assert_eq!(pipe.send(b"slow", 100), 100);
    assert_eq!(pipe.send(b"fast", 50), 100);
    assert_eq!(pipe.close(20), Some(100));
    assert_eq!(pipe.close(20), None);
}

#[test]
fn the_end_comes_after_the_bytes() {
    let (mut pipe, mut buf) = (Pipe::default(), [0; 8]);
    pipe.send(b"x", 1);
    pipe.close(1);
    pipe.arrive();
    pipe.arrive();
    assert_eq!(pipe.read(&mut buf), Read::Bytes(1));
    assert_eq!(pipe.read(&mut buf), Read::End);
}

#[test]
fn unread_bytes_take_room() {
    let mut pipe = Pipe::default();
    pipe.send(&vec![7; CAPACITY], 1);
    assert_eq!(pipe.room(), 0);
    pipe.arrive();
    assert_eq!(pipe.room(), 0);
    assert_eq!(pipe.read(&mut [0; 100]), Read::Bytes(100));
    assert_eq!(pipe.room(), 100);
}
