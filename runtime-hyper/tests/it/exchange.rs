//! Requests and responses, the same on both backends.

use crate::app::{self, LARGE, OLD, client, get_body};
use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use runtime_deterministic::{Executor, State};
use runtime_hyper::Client;
use runtime_traits::{Clock, Error, Listener, Network, Runner, Runtime, Sink, Spawner, Stream};
use std::{convert::Infallible, net::SocketAddr, task::Poll, time::Duration};

/// What a client sees of the application, in one connection of either protocol.
async fn talk<R: Runtime>(runtime: R, base: String, http2: bool) {
    let client = client(&runtime, http2);
    let hello = get_body(&client, &format!("{base}/hello/moon")).await;
    assert_eq!(hello.unwrap(), "hello, moon");

    let request = Request::post(format!("{base}/sum"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("[1, 2, 39]"));
    let response = client.request(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "42"
    );

    let large = get_body(&client, &format!("{base}/large")).await.unwrap();
    assert_eq!(large.len(), LARGE);
    assert!(
        large
            .iter()
            .enumerate()
            .all(|(place, byte)| *byte == (place % 251) as u8)
    );

    let missing = client.get(format!("{base}/nothing").parse().unwrap()).await;
    assert_eq!(missing.unwrap().status(), StatusCode::NOT_FOUND);
}

fn simulated(seed: u64, http2: bool) -> State {
    let (runner, context, auditor) = Executor::seeded(seed);
    runner.start(async {
        let host = context
            .world()
            .host("www", |context| app::serve(context, any(80)));
        let host = host.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        talk(context.clone(), "http://www".into(), http2).await;
        host.context().stop(0);
        assert_eq!(host.wait().await, Ok(Ok(())));
    });
    auditor.state()
}

fn any(port: u16) -> SocketAddr {
    ([0, 0, 0, 0], port).into()
}

#[test]
fn both_protocols_in_simulation() {
    for seed in 0..1000 {
        for http2 in [false, true] {
            assert_eq!(
                simulated(seed, http2),
                simulated(seed, http2),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn a_thread_of_its_own_gives_the_same_run() {
    let here = simulated(3, true);
    let there = std::thread::spawn(|| simulated(3, true)).join().unwrap();
    assert_eq!(here, there);
}

#[test]
fn both_protocols_on_tokio() {
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let listener = context.bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let socket = listener.local_addr();
        let serve = app::serve_at(context.clone(), listener, |_| {});
        let server = context.spawn("server", serve);
        for http2 in [false, true] {
            talk(context.clone(), format!("http://{socket}"), http2).await;
        }
        context.stop(0);
        assert_eq!(server.await, Ok(Ok(())));
    });
}

#[test]
fn a_response_is_dated_by_the_runtimes_clock_unless_it_is_dated() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let serve = |context| app::serve(context, any(80));
        context.world().host("www", serve).unwrap();
        for (at, date) in [
            (90, "Thu, 01 Jan 2026 00:01:30 GMT"),
            (91, "Thu, 01 Jan 2026 00:01:31 GMT"),
        ] {
            let start = Duration::from_secs(24 * 60 * 60);
            context
                .sleep_until_monotonic(start + Duration::from_secs(at))
                .await;
            for http2 in [false, true] {
                let client = client(&context, http2);
                assert_eq!(date_of(&client, "http://www/hello/x").await, date);
                assert_eq!(date_of(&client, "http://www/old").await, OLD);
            }
        }
    });
}

async fn date_of<R: Runtime>(client: &Client<R, Body>, uri: &str) -> String {
    let response = client.get(uri.parse().unwrap()).await.unwrap();
    let dates: Vec<_> = response.headers().get_all(header::DATE).iter().collect();
    assert_eq!(dates.len(), 1);
    dates[0].to_str().unwrap().to_owned()
}

#[test]
fn http1_is_written_as_to_a_server_and_not_as_to_a_proxy() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let listens = |context: runtime_deterministic::Context| async move {
            let mut listener = context.bind(any(80)).await.unwrap();
            let (_, _sink, mut stream) = listener.accept().await.unwrap();
            let mut head = [0; 256];
            let count = stream.recv_some(&mut head).await.unwrap();
            String::from_utf8(head[..count].to_vec()).unwrap()
        };
        let host = context.world().host("www", listens).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let asked = client(&context, false);
        let asked = asked.get("http://www/moon?x=1".parse().unwrap()).await;
        assert!(asked.is_err(), "the server has closed the connection");
        let head = host.wait().await.unwrap();
        assert_eq!(head, "GET /moon?x=1 HTTP/1.1\r\nhost: www\r\n\r\n");
    });
}

/// A listener that is lost at once.
struct Lost;

impl Listener for Lost {
    type Sink = runtime_mocks::Sink;
    type Stream = runtime_mocks::Stream;

    fn poll_accept(
        &mut self,
        _cx: &mut std::task::Context<'_>,
    ) -> Poll<Result<(SocketAddr, Self::Sink, Self::Stream), Error>> {
        Poll::Ready(Err(lost()))
    }

    fn local_addr(&self) -> SocketAddr {
        any(80)
    }
}

fn lost() -> Error {
    Error::ConnectionFailed(any(80), std::io::ErrorKind::Other.into())
}

#[test]
fn a_server_whose_listener_is_lost_says_so() {
    let (runner, context, _) = Executor::default();
    let hello =
        hyper::service::service_fn(async |_| Ok::<_, Infallible>(Response::new(String::new())));
    let served = runner.start(runtime_hyper::serve(context, Lost, hello));
    assert_eq!(served, Err(lost()));
}

#[test]
fn hypers_own_answers_carry_no_date_of_the_host() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = context
            .world()
            .host("www", |context| app::serve(context, any(80)));
        context.sleep(Duration::from_millis(1)).await;
        let (mut sink, mut stream) = context
            .dial((host.unwrap().addr(), 80).into())
            .await
            .unwrap();
        sink.send(b"no request\r\n\r\n").await.unwrap();
        let mut head = [0; 1024];
        let count = stream.recv_some(&mut head).await.unwrap();
        let head = String::from_utf8_lossy(&head[..count]).to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 400"), "{head}");
        assert!(!head.contains("date:"), "{head}");
    });
}
