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
//! # Where things are
//!
//! `hall` decides and knows no protocol and no runtime. `office` is a hall that many ask at once, by a
//! runtime's clock. `web` and `rpc` put it into words of HTTP and of gRPC.

#![forbid(unsafe_code)]

mod hall;
mod office;
pub mod rpc;
mod web;

pub use hall::{HOLD, Refusal, Seat, State};

use axum::Router;
use hyper_util::service::TowerToHyperService;
use office::Office;
use rpc::office_server::OfficeServer;
use runtime_traits::{Error, Runtime};
use std::net::SocketAddr;

/// Sells so many seats at `socket`, over HTTP and gRPC, until the runtime is told to
/// [stop](runtime_traits::Spawner::stop).
///
/// # Errors
/// [`Error::BindFailed`], and those of [`runtime_hyper::serve`].
pub async fn serve<R: Runtime>(runtime: R, socket: SocketAddr, seats: u32) -> Result<(), Error> {
    let listener = runtime.bind(socket).await?;
    let service = TowerToHyperService::new(router(&runtime, seats));
    runtime_hyper::serve(runtime, listener, service).await
}

/// The application by itself, for a server of one's own.
pub fn router<R: Runtime>(runtime: &R, seats: u32) -> Router {
    let office = Office::new(runtime.clone(), seats);
    let service = OfficeServer::new(office.clone());
    web::router(office).route_service("/tickets.Office/{method}", service)
}
