//! A network and servers that fail: at every byte of a response, in every way, and what the client is
//! told. It then asks again, and gets its answer.

use crate::{
    app::{self, LARGE, client, get_body},
    failure::Failure,
};
use http_body_util::BodyExt;
use runtime_deterministic::{Context, Crash, Cut, Executor, Host, How};
use runtime_hyper::Client;
use runtime_traits::{Clock, Error, Runner};
use std::{io::ErrorKind, time::Duration};

const HELLO: &str = "http://www/hello/moon";
const BODY: &str = "hello, moon";
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A host that serves the application, and is up.
async fn server(context: &Context) -> Host<Result<(), Error>> {
    let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
    let host = context.world().host("www", serve).unwrap();
    context.sleep(Duration::from_millis(1)).await;
    host
}

/// A client that asks after a silent server.
fn patient(context: &Context) -> Client<Context, axum::body::Body> {
    Client::with(context.clone(), |options| {
        options.http2_only(true);
        let http2 = options.http2();
        http2
            .keep_alive_interval(5 * SECOND)
            .keep_alive_timeout(2 * SECOND);
    })
}

/// What a client is told whose response is cut after so many bytes; `None` when it has come whole. How
/// long it took. Once the network is well again, the same client gets an answer.
fn cut(
    cut: Cut,
    client: impl FnOnce(&Context) -> Client<Context, axum::body::Body>,
) -> (Option<Result<Failure, Error>>, Duration) {
    let (runner, context, _) = Executor::seeded(1);
    runner.start(async {
        let _host = server(&context).await;
        context.world().cut("www", "root", cut).unwrap();
        let client = client(&context);
        let before = context.monotonic();
        let told = context.timeout(HOUR, get_body(&client, HELLO)).await;
        let took = context.monotonic() - before;
        context.world().heal();
        // Until the end of the connection has reached the client's pool.
        context.sleep(SECOND / 100).await;
        let again = get_body(&client, HELLO).await;
        assert_eq!(again.unwrap(), BODY, "{cut:?}");
        let told = match told {
            Ok(Ok(body)) => {
                assert_eq!(body, BODY, "{cut:?}");
                None
            }
            Ok(Err(failure)) => Some(Ok(failure)),
            Err(limit) => Some(Err(limit)),
        };
        (told, took)
    })
}

/// The same at every byte of the response, the first one first.
fn at_every_byte(
    how: How,
    client: fn(&Context) -> Client<Context, axum::body::Body>,
) -> Vec<(Result<Failure, Error>, Duration)> {
    let outcomes = (0..).map(|after_bytes| cut(Cut { after_bytes, how }, client));
    let failures = outcomes.map_while(|(told, took)| Some((told?, took)));
    let failures: Vec<_> = failures.collect();
    assert!(
        failures.len() > 100,
        "a head and a body are longer than that"
    );
    failures
}

fn http1(context: &Context) -> Client<Context, axum::body::Body> {
    client(context, false)
}

fn http2(context: &Context) -> Client<Context, axum::body::Body> {
    client(context, true)
}

#[test]
fn a_response_over_http1_that_ends_at_any_byte_is_not_taken_for_whole() {
    let failures = at_every_byte(How::Fin, http1);
    let head = failures.len() - BODY.len();
    for (after, (told, _)) in failures.into_iter().enumerate() {
        let expected = match after < head {
            true => Failure::Incomplete,
            false => Failure::Io(ErrorKind::UnexpectedEof),
        };
        assert_eq!(told, Ok(expected), "after {after} bytes");
    }
}

#[test]
fn a_response_over_http1_that_is_reset_at_any_byte_says_so() {
    let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
    for (after, (told, _)) in at_every_byte(How::Rst, http1).into_iter().enumerate() {
        assert_eq!(
            told,
            Ok(Failure::Runtime(reset.clone())),
            "after {after} bytes"
        );
    }
}

/// HTTP/1 has no pings, and a client that waits for an answer sends nothing that TCP would miss the
/// acknowledgement of: a limit is the caller's.
#[test]
fn a_response_over_http1_that_stays_away_is_waited_for() {
    let failures = at_every_byte(How::BlackHole, http1);
    let mut told = failures.into_iter().map(|(told, _)| told);
    // The server's system has not even acknowledged the request: TCP gives up.
    let timed_out = Error::RecvFailed(ErrorKind::TimedOut.into());
    assert_eq!(told.next(), Some(Ok(Failure::Runtime(timed_out))));
    told.enumerate().for_each(|(after, told)| {
        assert_eq!(told, Err(Error::Timeout), "after {} bytes", after + 1);
    });
}

#[test]
fn a_response_over_http2_that_ends_at_any_byte_is_not_taken_for_whole() {
    let failures = at_every_byte(How::Fin, http2);
    for (after, (told, _)) in failures.into_iter().enumerate() {
        match told.unwrap() {
            // The end was seen before the request was taken up, which is the seed's to decide.
            Failure::Canceled => assert_eq!(after, 0),
            // Within a frame, and between two.
            Failure::Io(ErrorKind::Other | ErrorKind::BrokenPipe) => {}
            failure => panic!("{failure:?} after {after} bytes"),
        }
    }
}

#[test]
fn a_response_over_http2_that_is_reset_at_any_byte_says_so() {
    for (after, (told, _)) in at_every_byte(How::Rst, http2).into_iter().enumerate() {
        let reset = match after {
            // The client was still to send.
            0 => Failure::Runtime(Error::SendFailed(ErrorKind::ConnectionReset.into())),
            _ => Failure::Io(ErrorKind::ConnectionReset),
        };
        assert_eq!(told, Ok(reset), "after {after} bytes");
    }
}

#[test]
fn http2_keep_alive_finds_a_black_hole_at_any_byte() {
    let failures = at_every_byte(How::BlackHole, patient);
    // A frame has a head of 9 bytes.
    let head = failures.len() - BODY.len() - 9;
    for (after, (told, took)) in failures.into_iter().enumerate() {
        let expected = match after < head {
            true => Failure::KeepAlive,
            // Of a connection that was given up its bodies are told no more than that.
            false => Failure::Io(ErrorKind::BrokenPipe),
        };
        assert_eq!(told, Ok(expected), "after {after} bytes");
        assert!(
            (6 * SECOND..8 * SECOND).contains(&took),
            "{took:?} after {after} bytes"
        );
    }
}

#[test]
fn a_response_over_a_slow_link_takes_its_time() {
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let _host = server(&context).await;
            context
                .world()
                .link("www", "root")
                .unwrap()
                .bandwidth(LARGE as u64 / 600);
            let before = context.monotonic();
            let large = get_body(&client(&context, http2), "http://www/large").await;
            assert_eq!(large.unwrap().len(), LARGE);
            let took = context.monotonic() - before;
            assert!((600 * SECOND..605 * SECOND).contains(&took), "{took:?}");
        });
    }
}

/// A server that fell silent before the request: its system answers nothing, and TCP gives up.
#[test]
fn a_request_on_a_half_open_connection_is_given_up_as_tcp_does() {
    let timed_out = |http2| match http2 {
        true => Failure::Io(ErrorKind::TimedOut),
        false => Failure::Runtime(Error::RecvFailed(ErrorKind::TimedOut.into())),
    };
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let host = server(&context).await;
            let client = client(&context, http2);
            get_body(&client, HELLO).await.unwrap();
            host.crash(Crash::Silent).unwrap();
            let before = context.monotonic();
            assert_eq!(get_body(&client, HELLO).await, Err(timed_out(http2)));
            let took = context.monotonic() - before;
            assert!((924 * SECOND..926 * SECOND).contains(&took), "{took:?}");
        });
    }
}

#[test]
fn a_server_that_crashes_before_and_within_a_response_is_an_error_and_the_new_one_is_found() {
    for http2 in [false, true] {
        for (uri, bytes) in [("http://www/slow", 0), ("http://www/drip", 3)] {
            let (runner, context, _) = Executor::default();
            runner.start(async {
                let host = server(&context).await;
                let client = client(&context, http2);
                let crash = async {
                    context.sleep(3 * SECOND + SECOND / 2).await;
                    host.crash(Crash::Reset).unwrap();
                };
                let ((came, failure), ()) = futures::join!(read(&client, uri), crash);
                assert_eq!(came, bytes);
                let reset = match http2 {
                    true => Failure::Io(ErrorKind::ConnectionReset),
                    false => Failure::Runtime(Error::RecvFailed(ErrorKind::ConnectionReset.into())),
                };
                assert_eq!(failure, reset);
                host.restart().unwrap();
                context.sleep(Duration::from_millis(1)).await;
                assert_eq!(get_body(&client, HELLO).await.unwrap(), BODY);
            });
        }
    }
}

/// Reads a response until it breaks off: how many bytes came, and what the client is told.
async fn read(client: &Client<Context, axum::body::Body>, uri: &str) -> (usize, Failure) {
    let mut response = match client.get(uri.parse().unwrap()).await {
        Ok(response) => response.into_body(),
        Err(error) => return (0, error.into()),
    };
    let mut bytes = 0;
    loop {
        match response.frame().await.expect("it breaks off") {
            Ok(frame) => bytes += frame.data_ref().map_or(0, |data| data.len()),
            Err(error) => return (bytes, error.into()),
        }
    }
}
