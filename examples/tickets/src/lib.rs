//! A box office that sells the seats of a hall, over HTTP by [axum](https://docs.rs/axum) and over
//! gRPC by [tonic](https://docs.rs/tonic), on one port and any backend of `runtime-traits`.
//!
//! A seat is free, held or sold. A hold lasts ten minutes; who holds a seat may buy it. Each request
//! may be sent again, and then does what it did before: a client whose connection broke off asks once
//! more.
//!
//! | over HTTP | over gRPC | |
//! |---|---|---|
//! | `GET /seats`, `GET /seats/7` | | who has which seat |
//! | `PUT /seats/7/hold` of `{"by": "ada"}` | `Hold` | keeps it for ten minutes |
//! | `PUT /seats/7/sale` of the same | `Buy` | sells it to its holder |
//! | | `Watch` | all sales, those that were and those to come |
//!
//! Neither axum nor tonic has its runtime here: routers, services, codecs and the code that tonic
//! generates are made of futures alone, and `runtime-hyper` serves them. What tonic calls `transport`,
//! which is tokio's, is not built; deadlines are the caller's, by
//! [`Clock::timeout`](runtime_traits::Clock::timeout).
//!
//! # TLS in a simulation
//!
//! [`tls`] is rustls over `runtime-io`. With a stock provider of cryptography a run's order and times
//! are the seed's, and its bytes are not: keys are of the provider's own making. The audit's states
//! then differ from run to run, so that a sweep calls such a simulation not deterministic, while what
//! the application sees is the same, and the auditor's `work()`. That holds where lengths do not
//! depend on keys: with certificates of Ed25519 or RSA; the signatures of ECDSA vary in length. A
//! provider whose chance is the seed's makes equal states of equal seeds:
//! `tests/it/tls/provider.rs` in this example is one, in 80 lines, to be copied.
//!
//! # Where things are
//!
//! `hall` decides and knows no protocol and no runtime. `office` is a hall that many ask at once, by a
//! runtime's clock. `web` and `rpc` put it into words of HTTP and of gRPC. [`tls`] secures either.

#![forbid(unsafe_code)]

mod hall;
mod office;
pub mod rpc;
pub mod tls;
mod web;

pub use hall::{HOLD, Refusal, Seat, State};

use axum::Router;
use hyper_util::service::TowerToHyperService;
use office::Office;
use rpc::office_server::OfficeServer;
use runtime_traits::{Error, Listener, Runtime};
use rustls::ServerConfig;
use std::{net::SocketAddr, sync::Arc};

/// Sells so many seats at `socket`, over HTTP and gRPC, until the runtime is told to
/// [stop](runtime_traits::Spawner::stop).
///
/// # Errors
/// [`Error::BindFailed`], and those of [`runtime_hyper::serve`].
pub async fn serve<R: Runtime>(runtime: R, socket: SocketAddr, seats: u32) -> Result<(), Error> {
    let listener = runtime.bind(socket).await?;
    serve_at(runtime, listener, seats).await
}

/// As [`serve`], over TLS alone.
///
/// # Errors
/// As [`serve`]. A connection whose handshake fails ends by itself.
pub async fn serve_tls<R: Runtime>(
    runtime: R,
    socket: SocketAddr,
    seats: u32,
    config: Arc<ServerConfig>,
) -> Result<(), Error> {
    let tcp = runtime.bind(socket).await?;
    let listener = tls::Listener::new(runtime.clone(), tcp, config);
    serve_at(runtime, listener, seats).await
}

/// As [`serve`], at a listener that is there already, for TLS a [`tls::Listener`].
///
/// # Errors
/// Those of [`runtime_hyper::serve`].
pub async fn serve_at<R, L>(runtime: R, listener: L, seats: u32) -> Result<(), Error>
where
    R: Runtime,
    L: Listener<Sink: Send + 'static, Stream: Send + 'static>,
{
    let service = TowerToHyperService::new(router(&runtime, seats));
    runtime_hyper::serve(runtime, listener, service).await
}

/// The application by itself, for a server of one's own.
pub fn router<R: Runtime>(runtime: &R, seats: u32) -> Router {
    let office = Office::new(runtime.clone(), seats);
    let service = OfficeServer::new(office.clone());
    web::router(office).route_service("/tickets.Office/{method}", service)
}
