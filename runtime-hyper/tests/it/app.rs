//! An axum application, as a library writes it: on traits alone.

use crate::failure::Failure;
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
    routing::{get, post},
};
use bytes::Bytes;
use futures::stream;
use http_body_util::BodyExt;
use hyper_util::service::TowerToHyperService;
use runtime_hyper::{Client, Connect, Server};
use runtime_traits::{Error, Listener, Runtime};
use std::{convert::Infallible, net::SocketAddr, time::Duration};

/// How many bytes `/large` has.
pub(crate) const LARGE: usize = 300_000;

fn router<R: Runtime>(runtime: R) -> Router {
    Router::new()
        .route("/hello/{name}", get(hello))
        .route("/sum", post(sum))
        .route("/large", get(large))
        .route("/slow", get(slow::<R>))
        .route("/old", get(old))
        .route("/drip", get(drip::<R>))
        .with_state(runtime)
}

async fn hello(Path(name): Path<String>) -> String {
    format!("hello, {name}")
}

async fn sum(Json(numbers): Json<Vec<u64>>) -> impl IntoResponse {
    Json(numbers.iter().sum::<u64>())
}

async fn large() -> Vec<u8> {
    (0..LARGE).map(|place| (place % 251) as u8).collect()
}

/// Says itself when it was made.
pub(crate) const OLD: &str = "Fri, 02 Jan 1970 00:00:00 GMT";

async fn old() -> impl IntoResponse {
    ([(header::DATE, OLD)], "old")
}

async fn slow<R: Runtime>(State(runtime): State<R>) -> &'static str {
    runtime.sleep(Duration::from_secs(10)).await;
    "at last"
}

/// A byte a second, ten of them.
async fn drip<R: Runtime>(State(runtime): State<R>) -> Body {
    Body::from_stream(stream::unfold(0, move |dripped| {
        let sleep = runtime.sleep(Duration::from_secs(1));
        async move {
            sleep.await;
            (dripped < 10).then_some((Ok::<_, Infallible>("."), dripped + 1))
        }
    }))
}

/// Answers at `socket` until the runtime is told to stop.
pub(crate) async fn serve<R: Runtime>(runtime: R, socket: SocketAddr) -> Result<(), Error> {
    serve_with(runtime, socket, |_| {}).await
}

/// As [`serve`], by a server of its own options.
pub(crate) async fn serve_with<R: Runtime>(
    runtime: R,
    socket: SocketAddr,
    configure: impl FnOnce(&mut Server<R>),
) -> Result<(), Error> {
    let listener = runtime.bind(socket).await?;
    serve_at(runtime, listener, configure).await
}

/// As [`serve_with`], at a listener that is there already.
pub(crate) async fn serve_at<R: Runtime>(
    runtime: R,
    listener: impl Listener<Sink: Send + 'static, Stream: Send + 'static>,
    configure: impl FnOnce(&mut Server<R>),
) -> Result<(), Error> {
    let mut server = Server::new(runtime.clone());
    configure(&mut server);
    let service = TowerToHyperService::new(router(runtime));
    server.serve(listener, service).await
}

pub(crate) fn client<R: Runtime>(runtime: &R, http2: bool) -> Client<R, Body> {
    Client::with(runtime.clone(), |options| {
        options.http2_only(http2);
    })
}

/// The body of a GET, or what went wrong.
pub(crate) async fn get_body<R: Runtime, C: Connect>(
    client: &Client<R, Body, C>,
    uri: &str,
) -> Result<Bytes, Failure> {
    let response = client.get(uri.parse().unwrap()).await?;
    Ok(response.into_body().collect().await?.to_bytes())
}
