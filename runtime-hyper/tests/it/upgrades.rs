//! Connections that speak something else after their first request: `Upgrade` and CONNECT.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::server::conn::auto;
use runtime_deterministic::Executor;
use runtime_hyper::{Client, Io, serve};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Runtime, Sink, Spawner, Stream};
use std::{convert::Infallible, time::Duration};

/// Answers what is no HTTP in capital letters.
async fn loud<R: Runtime>(runtime: R, listener: R::Listener) -> Result<(), Error> {
    let host = runtime.clone();
    let answer = service_fn(move |mut request: Request<Incoming>| {
        let mut response = Response::new(String::new());
        if request.headers().contains_key(header::UPGRADE) {
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            let loud = HeaderValue::from_static("loud");
            response.headers_mut().insert(header::UPGRADE, loud);
        }
        if request.headers().contains_key(header::UPGRADE) || request.method() == Method::CONNECT {
            let upgraded = hyper::upgrade::on(&mut request);
            let speaks = async move {
                let upgraded = upgraded.await.unwrap();
                let parts = auto::upgrade::downcast::<Io<R::Sink, R::Stream>>(upgraded).unwrap();
                assert_eq!(parts.read_buf, "");
                let (mut sink, mut stream) = parts.io.into_parts();
                let mut some = [0; 64];
                loop {
                    let count = stream.recv_some(&mut some).await.unwrap();
                    if count == 0 {
                        return;
                    }
                    let heard = some[..count].to_ascii_uppercase();
                    sink.send(&heard).await.unwrap();
                }
            };
            drop(host.spawn("loud", speaks));
        }
        async { Ok::<_, Infallible>(response) }
    });
    serve(runtime, listener, answer).await
}

/// Asks for something else than HTTP, speaks it, and asks for HTTP again.
async fn speak<R: Runtime>(runtime: R, request: Request<String>, plain: &str) {
    let client: Client<R> = Client::new(runtime);
    let response = client.request(request).await.unwrap();
    let upgraded = hyper::upgrade::on(response).await.unwrap();
    let parts = upgraded.downcast::<Io<R::Sink, R::Stream>>().unwrap();
    assert_eq!(parts.read_buf, "");
    let (mut sink, mut stream) = parts.io.into_parts();
    for _ in 0..3 {
        sink.send(b"hello").await.unwrap();
        let mut heard = [0; 5];
        stream.recv(&mut heard).await.unwrap();
        assert_eq!(heard, *b"HELLO");
        // The connection is no more the client's.
        let response = client.get(plain.parse().unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}

/// Both requests of [`speak`] to this authority.
fn requests(authority: &str) -> [Request<String>; 2] {
    let upgrade = Request::get(format!("http://{authority}/"))
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "loud")
        .body(String::new());
    let connect = Request::builder()
        .method(Method::CONNECT)
        .uri(authority)
        .body(String::new());
    [upgrade.unwrap(), connect.unwrap()]
}

#[test]
fn in_simulation_a_connection_becomes_something_else() {
    for seed in 0..20 {
        for request in requests("www:80") {
            let (runner, context, _) = Executor::seeded(seed);
            runner.start(async {
                let host = context.world().host("www", |context| async move {
                    let listener = context.bind(([0, 0, 0, 0], 80).into()).await?;
                    loud(context, listener).await
                });
                let host = host.unwrap();
                context.sleep(Duration::from_millis(1)).await;
                speak(context.clone(), request, "http://www/").await;
                host.context().stop(0);
                assert_eq!(host.wait().await, Ok(Ok(())));
            });
        }
    }
}

#[test]
fn on_tokio_a_connection_becomes_something_else() {
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let listener = context.bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let authority = listener.local_addr().to_string();
        let served = context.spawn("server", loud(context.clone(), listener));
        for request in requests(&authority) {
            speak(context.clone(), request, &format!("http://{authority}/")).await;
        }
        context.stop(0);
        assert_eq!(served.await, Ok(Ok(())));
    });
}
