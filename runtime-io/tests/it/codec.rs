//! tokio-util's codecs over an adapter: the same code on two simulated hosts and over real sockets.

use crate::sides::{audited, numbers, pair, real, simulated};
use futures::{SinkExt, StreamExt};
use runtime_deterministic::{Context, simulate};
use runtime_traits::{Clock, Error, Stream as _};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::{
    bytes::{Bytes, BytesMut},
    codec::{Framed, FramedRead, LengthDelimitedCodec, LinesCodec},
};

/// Smaller than a header, larger than every buffer on the way, and nothing at all.
const FRAMES: [usize; 6] = [5, 0, 1, 300_000, 8_192, 3];

async fn echo_frames(io: impl AsyncRead + AsyncWrite + Unpin) {
    let mut frames = Framed::new(io, LengthDelimitedCodec::new());
    while let Some(frame) = frames.next().await {
        frames.send(frame.unwrap().freeze()).await.unwrap();
    }
    SinkExt::<Bytes>::close(&mut frames).await.unwrap();
}

async fn send_frames(io: impl AsyncRead + AsyncWrite + Unpin) {
    let mut frames = Framed::new(io, LengthDelimitedCodec::new());
    for len in FRAMES {
        frames.send(Bytes::from(numbers(len))).await.unwrap();
        let echo = frames.next().await.unwrap().unwrap();
        assert!(echo == numbers(len), "{} bytes of {len}", echo.len());
    }
    SinkExt::<Bytes>::close(&mut frames).await.unwrap();
    assert!(frames.next().await.is_none(), "the echo ends cleanly");
}

async fn shout_lines(io: impl AsyncRead + AsyncWrite + Unpin) {
    let mut lines = Framed::new(io, LinesCodec::new());
    while let Some(line) = lines.next().await {
        lines.send(line.unwrap().to_uppercase()).await.unwrap();
    }
    SinkExt::<&str>::close(&mut lines).await.unwrap();
}

/// All lines are on their way before the first answer is read.
async fn send_lines(io: impl AsyncRead + AsyncWrite + Unpin) -> Vec<String> {
    let mut lines = Framed::new(io, LinesCodec::new());
    for line in ["to be", "", "or not", "to be"] {
        lines.feed(line).await.unwrap();
    }
    SinkExt::<&str>::close(&mut lines).await.unwrap();
    lines.map(Result::unwrap).collect().await
}

const SHOUTED: [&str; 4] = ["TO BE", "", "OR NOT", "TO BE"];

#[simulate]
async fn frames_are_echoed_between_hosts(context: Context) {
    simulated(&context, echo_frames, send_frames).await;
}

#[test]
fn frames_are_echoed_over_sockets() {
    real(echo_frames, send_frames);
}

#[simulate]
async fn lines_are_shouted_between_hosts(context: Context) {
    assert_eq!(simulated(&context, shout_lines, send_lines).await, SHOUTED);
}

#[test]
fn lines_are_shouted_over_sockets() {
    assert_eq!(real(shout_lines, send_lines), SHOUTED);
}

#[test]
fn two_runs_of_a_seed_have_one_audit_state() {
    let frames = |seed| audited(seed, echo_frames, |_, io| send_frames(io));
    let lines = |seed| audited(seed, shout_lines, |_, io| send_lines(io));
    for seed in 0..20 {
        assert_eq!(frames(seed), frames(seed));
        assert_eq!(lines(seed), lines(seed));
    }
    assert_ne!(frames(1).1, frames(2).1);
}

/// A frame that comes in parts is waited for, and a wait that is given up loses none of them.
#[simulate]
async fn a_dropped_read_keeps_the_parts_of_its_frame(context: Context) {
    let (mut near, far) = pair(&context).await;
    let mut frames = FramedRead::new(far, LengthDelimitedCodec::new());
    for part in [&b"\0\0"[..], b"\0\x05he"] {
        near.write_all(part).await.unwrap();
        let early = context.timeout(Duration::from_millis(20), frames.next());
        assert_eq!(early.await.err(), Some(Error::Timeout));
    }
    near.write_all(b"llo").await.unwrap();
    assert_eq!(frames.next().await.unwrap().unwrap(), b"hello"[..]);
}

/// After the last line the connection is used plainly: what the codec has read ahead is put back.
#[simulate]
async fn what_a_codec_read_ahead_can_be_put_back(context: Context) {
    let (mut near, far) = pair(&context).await;
    near.write_all(b"upgrade\nplain bytes").await.unwrap();
    near.shutdown().await.unwrap();
    let mut lines = Framed::new(far, LinesCodec::new());
    assert_eq!(lines.next().await.unwrap().unwrap(), "upgrade");
    let mut parts = lines.into_parts();
    let ahead: BytesMut = parts.read_buf.split();
    let (_sink, mut stream) = parts.io.into_parts();
    stream.unread(&ahead);
    let mut plain = [0; 11];
    stream.recv(&mut plain).await.unwrap();
    assert_eq!(&plain, b"plain bytes");
    assert_eq!(stream.recv_some(&mut plain).await, Ok(0));
}
