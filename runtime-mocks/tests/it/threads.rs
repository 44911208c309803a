//! Two ends on two threads.

use crate::executor::block_on;
use runtime_mocks::{Channel, Script};
use runtime_traits::{Error, Sink, Stream};
use std::thread;

fn pattern(len: u32) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

async fn read_to_end(mut stream: impl Stream) -> Result<Vec<u8>, Error> {
    let (mut all, mut buf) = (Vec::new(), [0; 7]);
    loop {
        match stream.recv_some(&mut buf).await? {
            0 => return Ok(all),
            count => all.extend_from_slice(&buf[..count]),
        }
    }
}

fn carry(capacity: usize, sink: Script, stream: Script, len: u32) {
    let (mut sink, stream) = Channel::scripted(capacity, sink, stream);
    let sent = pattern(len);
    let expected = sent.clone();
    let writer = thread::spawn(move || {
        block_on(async {
            for message in sent.chunks(11) {
                sink.send(message).await?;
            }
            sink.close().await
        })
    });
    assert_eq!(block_on(read_to_end(stream)), Ok(expected));
    assert_eq!(writer.join().unwrap(), Ok(()));
}

#[test]
fn no_byte_and_no_wake_up_is_lost_between_threads() {
    for capacity in [1, 3, 64] {
        carry(capacity, Script::new(), Script::new(), 20_000);
    }
}

#[test]
fn scripts_on_both_ends_lose_no_byte_either() {
    let short = Script::new().pending(1).bytes(2).bytes(5).repeat();
    let shorter = Script::new().bytes(1).pending(2).bytes(3).repeat();
    carry(4, short, shorter, 20_000);
}
