//! In-memory connections for unit tests of code that is written on `runtime-traits`.
//!
//! [`Channel::init`] makes one direction of a connection: a [`Sink`] and the [`Stream`] that
//! receives what it sends, with no runtime, no socket and no clock behind them. They follow the
//! contract to the letter: the end of the stream, resets, and a slow reader that slows its writer.
//! [`Channel::scripted`] makes such a pair misbehave in the ways that a network may: short reads and
//! writes, waits, an error or the end at a given byte.
//!
//! Does a reader of length-prefixed frames survive the smallest reads there are?
//!
//! ```
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let mut future = std::pin::pin!(future);
//! #     let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
//! #     loop { if let std::task::Poll::Ready(v) = future.as_mut().poll(&mut cx) { return v } }
//! # }
//! use runtime_mocks::{Channel, Script};
//! use runtime_traits::{Error, Sink, Stream};
//!
//! /// The next frame, or `None` at a clean end between two frames.
//! async fn frame(stream: &mut impl Stream) -> Result<Option<Vec<u8>>, Error> {
//!     let mut len = [0; 2];
//!     match stream.recv_some(&mut len).await? {
//!         0 => return Ok(None),
//!         1 => stream.recv(&mut len[1..]).await?,
//!         _ => {}
//!     }
//!     let mut body = vec![0; u16::from_be_bytes(len).into()];
//!     stream.recv(&mut body).await?;
//!     Ok(Some(body))
//! }
//!
//! // Every byte comes alone, and late.
//! let bytewise = Script::new().pending(1).bytes(1).repeat();
//! let (mut sink, mut stream) = Channel::scripted(64, Script::new(), bytewise);
//!
//! // Any executor does.
//! block_on(async {
//!     sink.send(b"\0\x05hello\0\x00").await?;
//!     sink.close().await?;
//!     assert_eq!(frame(&mut stream).await?, Some(b"hello".to_vec()));
//!     assert_eq!(frame(&mut stream).await?, Some(Vec::new()));
//!     assert_eq!(frame(&mut stream).await?, None);
//!     Ok::<_, Error>(())
//! })?;
//! # Ok::<_, Error>(())
//! ```
//!
//! For both directions make two channels and give each side a sink of one and the stream of the
//! other. Tests of time, of several hosts or of faults on the way belong in the simulator.

#![forbid(unsafe_code)]

mod channel;
mod script;
mod sink;
mod stream;
mod sync;

pub use channel::Channel;
pub use script::Script;
pub use sink::Sink;
pub use stream::Stream;
