//! What a user of either library relies on, each over a connection between two simulated hosts.

use crate::sides::{numbers, pair};
use runtime_deterministic::{Context, simulate};
use runtime_io::error::find;
use runtime_traits::{Clock, Error, Sink, Spawner, Stream};
use std::{
    io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof},
    time::Duration,
};

const SHORT: Duration = Duration::from_millis(20);

macro_rules! library {
    ($library:ident, $shutdown:ident) => {
        mod $library {
            use super::*;
            use ::$library::io::{AsyncReadExt, AsyncWriteExt};

            #[simulate]
            async fn the_end_is_zero_bytes(context: Context) {
                let (mut near, mut far) = pair(&context).await;
                near.write_all(b"abc").await.unwrap();
                near.$shutdown().await.unwrap();
                let mut all = Vec::new();
                assert_eq!(far.read_to_end(&mut all).await.unwrap(), 3);
                assert_eq!(all, b"abc");
                assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0);
                let early = far.read_exact(&mut [0; 8]).await.unwrap_err();
                assert_eq!(early.kind(), UnexpectedEof);
            }

            #[simulate]
            async fn a_dropped_read_loses_nothing(context: Context) {
                let (mut near, mut far) = pair(&context).await;
                let mut buf = [0; 8];
                let early = context.timeout(SHORT, far.read(&mut buf)).await;
                assert_eq!(early.err(), Some(Error::Timeout));
                near.write_all(b"abc").await.unwrap();
                far.read_exact(&mut buf[..3]).await.unwrap();
                assert_eq!(&buf[..3], b"abc");
            }

            #[simulate]
            async fn a_slow_reader_slows_its_writer(context: Context) {
                const LEN: usize = 2 << 20;
                let (mut near, mut far) = pair(&context).await;
                let writer = context.spawn("writer", async move {
                    near.write_all(&numbers(LEN)).await.unwrap();
                    near.$shutdown().await.unwrap();
                });
                context.sleep(Duration::from_secs(60)).await;
                assert!(!writer.is_finished(), "{LEN} bytes are on their way");
                let mut all = Vec::new();
                far.read_to_end(&mut all).await.unwrap();
                assert!(all == numbers(LEN), "{} bytes", all.len());
                writer.await.unwrap();
            }

            #[simulate]
            async fn shutting_down_leaves_the_other_direction_open(context: Context) {
                let (mut near, mut far) = pair(&context).await;
                near.write_all(b"question").await.unwrap();
                near.$shutdown().await.unwrap();
                let late = near.write_all(b"late").await.unwrap_err();
                assert_eq!(late.kind(), BrokenPipe);
                assert_eq!(find(&late), Some(&Error::Closed));
                let mut asked = Vec::new();
                far.read_to_end(&mut asked).await.unwrap();
                assert_eq!(asked, b"question");
                far.write_all(b"answer").await.unwrap();
                drop(far);
                let mut answer = Vec::new();
                near.read_to_end(&mut answer).await.unwrap();
                assert_eq!(answer, b"answer");
            }

            #[simulate]
            async fn a_reset_is_connection_reset(context: Context) {
                let (mut near, mut far) = pair(&context).await;
                let waiting = context.spawn("reader", async move {
                    let failed = near.read(&mut [0; 8]).await.unwrap_err();
                    (failed, near)
                });
                context.sleep(SHORT).await;
                far.sink_mut().poison();
                let (read, mut near) = waiting.await.unwrap();
                assert_eq!(read.kind(), ConnectionReset);
                let expected = Error::RecvFailed(ConnectionReset.into());
                assert_eq!(find(&read), Some(&expected));
                let written = near.write_all(b"anybody?").await.unwrap_err();
                assert_eq!(written.kind(), ConnectionReset);
                let expected = Error::SendFailed(ConnectionReset.into());
                assert_eq!(find(&written), Some(&expected));
            }

            /// The peer cannot take a message that was cut off for a whole one.
            #[simulate]
            async fn a_message_cut_off_can_still_be_poisoned(context: Context) {
                let (mut near, mut far) = pair(&context).await;
                let message = vec![7; 2 << 20];
                let cut_off = context.timeout(SHORT, near.write_all(&message)).await;
                assert_eq!(cut_off.err(), Some(Error::Timeout));
                let (mut sink, stream) = near.into_parts();
                sink.poison();
                drop((sink, stream));
                let failed = far.read_to_end(&mut Vec::new()).await.unwrap_err();
                assert_eq!(failed.kind(), ConnectionReset);
            }
        }
    };
}

library!(tokio, shutdown);
library!(futures, close);

#[simulate]
async fn the_halves_know_their_addresses(context: Context) {
    let (near, far) = pair(&context).await;
    assert_eq!(near.stream().peer_addr(), far.stream().local_addr());
    assert!(near.stream().peer_addr().is_some());
}
