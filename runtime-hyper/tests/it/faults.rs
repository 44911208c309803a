//! A response that breaks off: at every byte, in every way.

use crate::app::{self, client, get_body};
use runtime_deterministic::{Context, Crash, Executor};
use runtime_traits::{Clock, Listener, Network, Runner, Sink, Spawner, Stream};
use std::time::Duration;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Clean,
    Reset,
}

/// Sends so much of the response to each request's connection, and ends it.
async fn break_off(context: Context, after: usize, end: End) {
    let mut listener = context.bind(([0, 0, 0, 0], 80).into()).await.unwrap();
    while let Ok((_, mut sink, mut stream)) = listener.accept().await {
        let mut request = [0; 1024];
        let _ = stream.recv_some(&mut request).await;
        let _ = sink.send(&RESPONSE[..after]).await;
        // What was sent arrives before the reset.
        context.sleep(Duration::from_millis(5)).await;
        match end {
            End::Clean => drop(sink.close().await),
            End::Reset => sink.poison(),
        }
    }
}

/// What a client gets of a response that ends after so many bytes, over some seeds.
fn outcome(seed: u64, after: usize, end: End) -> Result<String, String> {
    let (runner, context, _) = Executor::seeded(seed);
    runner.start(async {
        let serve = move |context| break_off(context, after, end);
        context.world().host("www", serve).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        let client = client(&context, false);
        let limit = Duration::from_secs(60);
        let body = context
            .timeout(limit, get_body(&client, "http://www/"))
            .await;
        let body = body.expect("the end is noticed, whichever it is")?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    })
}

#[test]
fn a_response_that_is_cut_at_any_byte_is_an_error_that_says_so() {
    let head = RESPONSE.len() - 5;
    for after in 0..RESPONSE.len() {
        let clean = outcome(1, after, End::Clean).unwrap_err();
        let expected = match after {
            0 => "connection closed before message completed",
            _ if after < head => "connection closed before message completed",
            _ => "end of file before message length reached",
        };
        assert!(clean.contains(expected), "after {after}: {clean}");
        let reset = outcome(1, after, End::Reset).unwrap_err();
        assert!(reset.contains("reset"), "after {after}: {reset}");
    }
}

#[test]
fn a_whole_response_is_one_however_its_connection_ends() {
    for end in [End::Clean, End::Reset] {
        assert_eq!(outcome(1, RESPONSE.len(), end), Ok("hello".into()));
    }
}

#[test]
fn a_server_that_crashes_inside_a_response_is_an_error_and_the_next_request_finds_the_new_one() {
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
            let host = context.world().host("www", serve).unwrap();
            context.sleep(Duration::from_millis(1)).await;
            let client = client(&context, http2);
            let begun = client.clone();
            let slow = async move { get_body(&begun, "http://www/slow").await };
            let slow = context.spawn("slow", slow);
            context.sleep(Duration::from_secs(1)).await;
            host.crash(Crash::Reset).unwrap();
            let error = slow.await.unwrap().unwrap_err();
            assert!(error.contains("reset"), "{error}");
            host.restart().unwrap();
            context.sleep(Duration::from_millis(1)).await;
            let hello = get_body(&client, "http://www/hello/again").await;
            assert_eq!(hello.unwrap(), "hello, again");
        });
    }
}

#[test]
fn a_pooled_connection_that_a_crash_ended_is_not_used_again() {
    for seed in 0..100 {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async {
            let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
            let host = context.world().host("www", serve).unwrap();
            context.sleep(Duration::from_millis(1)).await;
            let client = client(&context, false);
            get_body(&client, "http://www/hello/x").await.unwrap();
            host.crash(Crash::Reset).unwrap();
            host.restart().unwrap();
            // The reset takes its way.
            context.sleep(Duration::from_millis(2)).await;
            let again = get_body(&client, "http://www/hello/again").await;
            assert_eq!(
                again.as_deref(),
                Ok("hello, again".as_bytes()),
                "seed {seed}"
            );
        });
    }
}
