//! Servers that are not this crate's: what they say of the connection, and what becomes of it.

use crate::app::client;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use runtime_deterministic::{Context, Executor};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink, Spawner, Stream};
use std::time::Duration;

/// Answers each request with this text, and leaves the connection open.
async fn answers(context: Context, text: &'static str) -> Result<(), Error> {
    let mut listener = context.bind(([0, 0, 0, 0], 80).into()).await?;
    loop {
        let (_, mut sink, mut stream) = listener.accept().await?;
        let answering = async move {
            let mut request = Vec::new();
            loop {
                let mut some = [0; 256];
                let count = stream.recv_some(&mut some).await?;
                if count == 0 {
                    return Ok::<_, Error>(());
                }
                request.extend_from_slice(&some[..count]);
                if request.ends_with(b"\r\n\r\n") {
                    sink.send(text.as_bytes()).await?;
                    request.clear();
                }
            }
        };
        drop(context.spawn("answers", answering));
    }
}

/// Asks twice: the statuses, the bodies, and how many connections there were, and are.
fn ask_twice(method: &Method, text: &'static str) -> (Vec<(StatusCode, String)>, (u64, u64)) {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = context.world().host("www", move |it| answers(it, text));
        let host = host.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let client = client(&context, false);
        let mut told = Vec::new();
        for _ in 0..2 {
            let request = Request::builder()
                .method(method.clone())
                .uri("http://www/")
                .body(axum::body::Body::empty());
            let response = client.request(request.unwrap()).await.unwrap();
            let status = response.status();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            told.push((status, String::from_utf8(body.to_vec()).unwrap()));
            context.sleep(Duration::from_secs(1)).await;
        }
        let tasks = host.context().tasks();
        let count = tasks.iter().find(|count| count.label == "answers");
        let count = count.unwrap();
        (told, (count.spawned, count.running))
    })
}

fn twice(status: StatusCode, body: &str) -> Vec<(StatusCode, String)> {
    vec![(status, body.to_owned()); 2]
}

#[test]
fn an_answer_to_head_has_no_body_and_leaves_the_connection() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    assert_eq!(
        ask_twice(&Method::HEAD, text),
        (twice(StatusCode::OK, ""), (1, 1))
    );
}

#[test]
fn an_answer_without_a_body_leaves_the_connection() {
    let text = "HTTP/1.1 204 No Content\r\n\r\n";
    assert_eq!(
        ask_twice(&Method::GET, text),
        (twice(StatusCode::NO_CONTENT, ""), (1, 1))
    );
}

#[test]
fn what_is_said_before_the_answer_is_not_taken_for_it() {
    let text = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n\
                HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes";
    assert_eq!(
        ask_twice(&Method::GET, text),
        (twice(StatusCode::OK, "yes"), (1, 1))
    );
}

#[test]
fn a_connection_that_the_server_wants_closed_is_closed() {
    for text in [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nyes",
        "HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nyes",
    ] {
        let asked = ask_twice(&Method::GET, text);
        assert_eq!(asked, (twice(StatusCode::OK, "yes"), (2, 0)), "{text}");
    }
}

#[test]
fn a_connection_of_http10_that_the_server_wants_kept_is_kept() {
    let text = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 3\r\n\r\nyes";
    assert_eq!(
        ask_twice(&Method::GET, text),
        (twice(StatusCode::OK, "yes"), (1, 1))
    );
}
