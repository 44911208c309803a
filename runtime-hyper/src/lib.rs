//! [hyper](https://docs.rs/hyper) on any backend of `runtime-traits`: HTTP/1 and HTTP/2, client and
//! server, in production and in simulation, unchanged.
//!
//! [`serve`] answers requests at a listener until the runtime is told to stop, and [`Client`] makes
//! them. Both are hyper underneath; for hyper's own builders there are its three needs: [`Io`] makes
//! one object of a sink and a stream, [`Executor`] spawns, [`Timer`] tells the time.
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::BodyExt;
//! use hyper::{body::Incoming, service::service_fn};
//! use runtime_deterministic::Executor;
//! use runtime_hyper::{Client, serve};
//! use runtime_traits::{Clock, Error, Network, Runner, Runtime};
//! use std::{convert::Infallible, time::Duration};
//!
//! async fn server<R: Runtime>(runtime: R) -> Result<(), Error> {
//!     let listener = runtime.bind(([0, 0, 0, 0], 80).into()).await?;
//!     let hello = service_fn(async |request: Request<Incoming>| {
//!         Ok::<_, Infallible>(Response::new(format!("hello from {}", request.uri().path())))
//!     });
//!     serve(runtime, listener, hello).await
//! }
//!
//! let (runner, context, _) = Executor::seeded(7);
//! runner.start(async {
//!     context.world().host("www", server).unwrap();
//!     // The server binds first: until then a client is refused.
//!     context.sleep(Duration::from_millis(1)).await;
//!     let client: Client<_> = Client::new(context);
//!     let response = client.get("http://www/moon".parse().unwrap()).await.unwrap();
//!     let body = response.into_body().collect().await.unwrap();
//!     assert_eq!(body.to_bytes(), "hello from /moon");
//! });
//! ```
//!
//! The types of requests and bodies are those of the crates `http`, `hyper` and `http-body-util`: a
//! user depends on them beside this one.
//!
//! # Determinism
//!
//! In simulation equal seeds give equal runs: every wait is by the runtime's [`Clock`], every task
//! its own. hyper's own `Date` header is the host clock's, so [`serve`] turns it off and writes one by
//! the runtime's. What is left is h2's memory of streams that were reset: it forgets them after one
//! second of the host's clock (`DEFAULT_RESET_STREAM_SECS` of h2 0.4), in the simulation, too. A run that
//! is over by then, in real time, never comes to it. A client can be given longer, by
//! `http2().reset_stream_duration(..)` of its [`ClientOptions`]; a server cannot.
//!
//! [`Clock`]: runtime_traits::Clock

#![forbid(unsafe_code)]

mod client;
mod connect;
mod date;
mod executor;
mod graceful;
mod io;
mod opening;
mod race;
mod server;
mod target;
mod timer;

pub use client::{Client, ClientOptions, RequestError};
pub use connect::{Connect, Connector, NotATarget};
pub use executor::Executor;
pub use io::Io;
pub use runtime_io::error::find;
pub use server::{Server, serve};
pub use target::Target;
pub use timer::{Sleep, Timer};
