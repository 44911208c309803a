//! What a pipe gives to its reader, and when.

use super::{BUFFER, Pipe, Read};
use crate::network::{Cut, Hand, How};

/// Sends bytes that arrive at `at`, or later. Returns when.
fn send(pipe: &mut Pipe, bytes: &[u8], at: u64) -> u64 {
    assert_eq!(pipe.send(bytes), None);
    assert_eq!(pipe.next(), Some(bytes.len()));
    pipe.depart(at)
}

/// Everything that waits leaves and arrives.
fn flush(pipe: &mut Pipe) {
    while pipe.next().is_some() && !pipe.is_holed() {
        pipe.depart(1);
        pipe.arrive();
    }
}

fn read_all(pipe: &mut Pipe) -> (Vec<u8>, Read) {
    let (mut bytes, mut buf) = (Vec::new(), [0; 7]);
    loop {
        match pipe.read(&mut buf) {
            Read::Bytes(len) => bytes.extend(&buf[..len]),
            other => return (bytes, other),
        }
    }
}

#[test]
fn bytes_are_read_once_they_arrive() {
    let (mut pipe, mut buf) = (Pipe::default(), [0; 8]);
    assert_eq!(send(&mut pipe, b"abc", 10), 10);
    assert_eq!(pipe.read(&mut buf), Read::Nothing);
    pipe.arrive();
    assert_eq!(pipe.read(&mut buf[..2]), Read::Bytes(2));
    assert_eq!(pipe.read(&mut buf[2..]), Read::Bytes(1));
    assert_eq!(&buf[..3], b"abc");
}

#[test]
fn nothing_overtakes() {
    let mut pipe = Pipe::default();
    assert_eq!(send(&mut pipe, b"slow", 100), 100);
    assert_eq!(send(&mut pipe, b"fast", 50), 100);
    assert!(pipe.close());
    assert_eq!(pipe.depart(20), 100);
    assert!(!pipe.close());
    assert_eq!(pipe.next(), None);
}

#[test]
fn the_end_comes_after_the_bytes() {
    let (mut pipe, mut buf) = (Pipe::default(), [0; 8]);
    send(&mut pipe, b"x", 1);
    pipe.close();
    flush(&mut pipe);
    pipe.arrive();
    assert_eq!(pipe.read(&mut buf), Read::Bytes(1));
    assert_eq!(pipe.read(&mut buf), Read::End);
}

#[test]
fn unread_bytes_take_room() {
    let mut pipe = Pipe::default();
    send(&mut pipe, &vec![7; 2 * BUFFER], 1);
    assert_eq!(pipe.room(), 0);
    pipe.arrive();
    assert_eq!(pipe.room(), 0);
    assert_eq!(pipe.read(&mut [0; 100]), Read::Bytes(100));
    assert_eq!(pipe.room(), 100);
}

#[test]
fn room_that_the_writer_has_not_heard_of_is_none() {
    let mut pipe = Pipe::default();
    send(&mut pipe, &vec![7; 2 * BUFFER], 1);
    pipe.arrive();
    assert_eq!(pipe.read(&mut [0; 100]), Read::Bytes(100));
    pipe.unheard(100);
    assert_eq!(pipe.room(), 0);
    assert!(pipe.has_unheard());
    pipe.acknowledge();
    assert_eq!(pipe.room(), 100);
    assert!(!pipe.has_unheard());
}

#[test]
fn what_is_lost_in_flight_is_sent_again_in_order() {
    let mut pipe = Pipe::default();
    send(&mut pipe, b"one", 5);
    send(&mut pipe, b"two", 6);
    pipe.lose();
    pipe.send(b"three");
    assert_eq!(pipe.next(), None, "all wait for the retransmission");
    pipe.resume();
    (0..3).for_each(|_| {
        pipe.depart(9);
    });
    assert!(pipe.is_stale(), "the arrival of `two` that was lost");
    assert!(!pipe.is_stale());
    (0..3).for_each(|_| {
        pipe.arrive();
    });
    assert_eq!(read_all(&mut pipe).0, b"onetwothree");
}

#[test]
fn a_cut_lets_exactly_its_bytes_pass() {
    for (how, end) in [
        (How::Fin, Read::End),
        (How::Rst, Read::Nothing),
        (How::BlackHole, Read::Nothing),
    ] {
        for after_bytes in 0..7_usize {
            let mut pipe = Pipe::default();
            let cut = Cut {
                after_bytes: after_bytes as u64,
                how,
            };
            assert_eq!(pipe.cut(cut, Hand::Test), Some(after_bytes == 0));
            let cuts: Vec<_> = [&b"abc"[..], b"def", b"ghi"]
                .into_iter()
                .filter_map(|bytes| {
                    let cut = pipe.send(bytes);
                    flush(&mut pipe);
                    cut
                })
                .collect();
            assert_eq!(cuts, vec![how; usize::from(after_bytes > 0)]);
            let expected = (b"abcdefghi"[..after_bytes].to_vec(), end);
            assert_eq!(read_all(&mut pipe), expected, "{how:?} after {after_bytes}");
            assert_eq!(pipe.resets_writer(), how != How::BlackHole);
            assert_eq!(pipe.is_holed(), how == How::BlackHole);
            assert_eq!(
                pipe.cut(cut, Hand::Test),
                None,
                "each connection is cut once"
            );
            pipe.close();
            flush(&mut pipe);
            pipe.heal();
            flush(&mut pipe);
            if how == How::BlackHole {
                let rest = (b"abcdefghi"[after_bytes..].to_vec(), Read::End);
                assert_eq!(read_all(&mut pipe), rest, "healed");
            }
        }
    }
}

#[test]
fn a_fin_resets_the_writer_that_sends_beyond_it() {
    let mut pipe = Pipe::default();
    let cut = Cut {
        after_bytes: 3,
        how: How::Fin,
    };
    pipe.cut(cut, Hand::Test);
    assert_eq!(pipe.send(b"abc"), Some(How::Fin));
    flush(&mut pipe);
    assert!(!pipe.resets_writer());
    pipe.send(b"d");
    assert!(pipe.resets_writer());
}

#[test]
fn what_leaves_at_once_is_sent_as_well() {
    let mut pipe = Pipe::default();
    assert_eq!(pipe.launch(b"slow", 100), 100);
    assert_eq!(pipe.launch(b"fast", 50), 100);
    assert_eq!(pipe.launch_end(60), 100);
    assert!(pipe.is_closed() && !pipe.close());
    (0..3).for_each(|_| assert!(!pipe.arrive()));
    assert_eq!(read_all(&mut pipe), (b"slowfast".to_vec(), Read::End));
}

#[test]
fn a_reset_lands_behind_the_bytes() {
    let mut pipe = Pipe::default();
    let cut = Cut {
        after_bytes: 2,
        how: How::Rst,
    };
    pipe.cut(cut, Hand::Test);
    pipe.send(b"abc");
    pipe.depart(1);
    pipe.depart(1);
    assert!(!pipe.arrive());
    assert!(!pipe.resets_writer());
    assert!(pipe.arrive());
    assert_eq!(pipe.unread(), 2);
}

#[test]
fn what_the_test_cuts_is_its_own() {
    let cut = |after_bytes, how| Cut { after_bytes, how };
    let (hole, late) = (cut(0, How::BlackHole), cut(5, How::Rst));

    let mut pipe = Pipe::default();
    assert_eq!(pipe.cut(late, Hand::Test), Some(false));
    assert_eq!(pipe.cut(hole, Hand::Nemesis), None, "the test's is to come");
    assert!(pipe.is_cut_by(Hand::Test) && !pipe.is_holed());
    assert_eq!(
        pipe.cut(hole, Hand::Test),
        Some(true),
        "the test may change its mind"
    );

    let mut pipe = Pipe::default();
    assert_eq!(pipe.cut(hole, Hand::Nemesis), Some(true));
    assert!(pipe.is_cut_by(Hand::Nemesis) && pipe.is_holed());
    assert_eq!(
        pipe.cut(late, Hand::Test),
        Some(false),
        "in place of the hole"
    );
    assert!(pipe.is_cut_by(Hand::Test) && !pipe.is_holed());

    let mut pipe = Pipe::default();
    pipe.close();
    assert_eq!(pipe.cut(hole, Hand::Test), None, "it has ended");
}
