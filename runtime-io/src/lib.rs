//! Libraries for tokio's or futures' `AsyncRead` and `AsyncWrite` on the connections of
//! `runtime-traits`, and the other way round.
//!
//! | you have | you need | take |
//! |---|---|---|
//! | a `Sink` and a `Stream` | one object that is `AsyncRead + AsyncWrite` | [`Io`] |
//! | a `Stream` | `AsyncRead` | [`Reader`] |
//! | a `Sink` | `AsyncWrite` | [`Writer`] |
//! | an object that is `AsyncRead + AsyncWrite` | a `Sink` and a `Stream` | [`split`], of `Tokio(object)` or `Futures(object)` |
//!
//! Codecs, WebSocket, TLS and whatever else is written for such objects then run on every backend, and
//! in the simulator.
//!
#![cfg_attr(feature = "tokio-1", doc = "```")]
#![cfg_attr(not(feature = "tokio-1"), doc = "```ignore")]
//! use futures::{SinkExt, StreamExt};
//! use runtime_deterministic::Executor;
//! use runtime_io::Io;
//! use runtime_traits::{Listener, Network, Runner};
//! use tokio_util::codec::{Framed, LinesCodec};
//!
//! let (runner, context, _) = Executor::seeded(7);
//! runner.start(async {
//!     let mut listener = context.bind("127.0.0.1:0".parse()?).await?;
//!     let near = Io::from(context.dial(listener.local_addr()).await?);
//!     let (_peer, sink, stream) = listener.accept().await?;
//!     let mut near = Framed::new(near, LinesCodec::new());
//!     let mut far = Framed::new(Io::new(sink, stream), LinesCodec::new());
//!     near.send("hello").await?;
//!     assert_eq!(far.next().await.transpose()?, Some("hello".to_string()));
//!     Ok::<_, Box<dyn std::error::Error>>(())
//! })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! Neither is on by default, for each asks for a dependency; both may be.
//!
//! | feature | `AsyncRead` and `AsyncWrite` of | dependency |
//! |---|---|---|
//! | `tokio-1` | tokio 1 | `tokio`, of which no feature is turned on: no runtime, no sockets, no clock |
//! | `futures-03` | futures 0.3 | `futures-io` |
//!
//! [`Io`], [`Reader`] and [`Writer`] then implement both libraries' traits. A module that imports both
//! pairs must say which it means: `tokio::io::AsyncReadExt::read(&mut io, buf)`.
//!
//! For a third library's traits there are the methods that these are made of, such as
//! [`Io::poll_read`], and the trait [`Duplex`].
//!
//! # Errors
//! [`error::into_io`] makes an `io::Error` of the contract's; [`error::send_failed`] and
//! [`error::recv_failed`] make it the contract's again, as in
//! `codec.send(frame).await.map_err(send_failed)?`; [`error::find`] looks for it inside a library's
//! own.
//!
//! # In a simulation
//! A library that depends on nothing but its connection does the same in every run of a seed. One that
//! asks for time, threads or randomness elsewhere does not, and what it sends enters the audit.
//!
//! **WebSocket** clients ask for randomness: as RFC 6455 demands (sections 5.3 and 4.1), they mask each
//! frame with a random number, and make the key of their handshake of one. So the bytes of two runs of a
//! seed differ, and with them the audit's states. How many bytes there are does not differ, so order and time
//! are still the seed's: compare the auditor's `work()` and what your own code saw. Frames from server to
//! client are not masked. The key of a handshake may be drawn from the context, in a request of your own.
//! A sweep, which runs seeds twice, calls a simulation with such a client not deterministic: make it a
//! plain `#[test]` that calls the function `simulate`, which a sweep passes by.
//!
//! **TLS** asks for randomness and for the time: its provider of cryptography makes the keys. rustls
//! (`tokio-rustls`, `futures-rustls`) accepts a provider that draws them from the context, and a clock
//! that is the runtime's; then all of it is the seed's. `examples/tickets` in this project's repository
//! has both: `tests/it/tls/provider.rs` is to be copied, and `src/tls.rs` secures a listener and a client.

#![forbid(unsafe_code)]

mod duplex;
pub mod error;
#[cfg(feature = "futures-03")]
mod futures;
mod io;
mod reader;
mod sink;
mod split;
mod stream;
#[cfg(feature = "tokio-1")]
mod tokio;
mod writer;

#[cfg(feature = "futures-03")]
pub use self::futures::Futures;
#[cfg(feature = "tokio-1")]
pub use self::tokio::Tokio;
pub use duplex::Duplex;
pub use io::Io;
pub use reader::Reader;
pub use sink::Sink;
pub use split::{split, split_with};
pub use stream::Stream;
pub use writer::Writer;
