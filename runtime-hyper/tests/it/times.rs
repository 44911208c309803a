//! Time-outs, keep-alive and shutdown, in virtual time.

use crate::{
    app::{self, client, get_body},
    failure::{Failure, sources},
};
use runtime_deterministic::{Context, Crash, Executor, Host};
use runtime_hyper::NotATarget;
use runtime_traits::{Clock, Error, Network, Runner, Sink, Spawner, Stream};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

const HTTP: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 80);
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_request_head_that_does_not_come_is_given_up_after_thirty_seconds() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = server(&context).await;
        let (mut sink, mut stream) = context.dial((host.addr(), 80).into()).await.unwrap();
        sink.send(b"GET / HTTP/1.1\r\n").await.unwrap();
        let before = context.monotonic();
        assert_eq!(stream.recv_some(&mut [0; 64]).await, Ok(0));
        let waited = context.monotonic() - before;
        assert!((30 * SECOND..31 * SECOND).contains(&waited), "{waited:?}");
    });
}

/// A limit that was set for an earlier request on the connection is not taken for this one's.
#[test]
fn each_request_on_a_connection_has_thirty_seconds_of_its_own() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = server(&context).await;
        let (mut sink, mut stream) = context.dial((host.addr(), 80).into()).await.unwrap();
        for _ in 0..5 {
            sink.send(b"GET /hello/x HTTP/1.1\r\nhost: www\r\n")
                .await
                .unwrap();
            context.sleep(20 * SECOND).await;
            sink.send(b"\r\n").await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"hello, x") {
                let mut some = [0; 256];
                let count = stream.recv_some(&mut some).await.unwrap();
                assert_ne!(count, 0, "the connection was given up");
                answer.extend_from_slice(&some[..count]);
            }
        }
        let before = context.monotonic();
        assert_eq!(stream.recv_some(&mut [0; 64]).await, Ok(0));
        let waited = context.monotonic() - before;
        assert!((29 * SECOND..31 * SECOND).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_pooled_connection_is_used_again_and_closed_after_ninety_seconds() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        // A server that closes nothing by itself.
        let serve = |context| {
            app::serve_with(context, HTTP, |server| {
                server.builder().http1().header_read_timeout(None);
            })
        };
        let host = context.world().host("www", serve).unwrap();
        context.sleep(SECOND).await;
        let connections = || running(&host.context());
        let client = client(&context, false);
        for _ in 0..3 {
            get_body(&client, "http://www/hello/x").await.unwrap();
            assert_eq!(connections(), (1, 1));
            context.sleep(20 * SECOND).await;
        }
        context.sleep(69 * SECOND).await;
        assert_eq!(connections(), (1, 1));
        context.sleep(2 * SECOND).await;
        assert_eq!(connections(), (1, 0));
        get_body(&client, "http://www/hello/x").await.unwrap();
        assert_eq!(connections(), (2, 1));
    });
}

/// A host that serves the application, and is up.
async fn server(context: &Context) -> Host<Result<(), Error>> {
    let world = context.world();
    let host = world.host("www", |context| app::serve(context, HTTP));
    context.sleep(SECOND).await;
    host.unwrap()
}

/// Connections of a server's host so far, and now.
fn running(context: &Context) -> (u64, u64) {
    let tasks = context.tasks();
    let http = tasks.iter().find(|count| count.label == "http").unwrap();
    (http.spawned, http.running)
}

#[test]
fn a_stopped_server_answers_what_it_has_begun_and_nothing_more() {
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let host = server(&context).await;
            let begun = client(&context, http2);
            let slow = async move { get_body(&begun, "http://www/slow").await };
            let slow = context.spawn("slow", slow);
            context.sleep(SECOND).await;
            host.context().stop(0);
            context.sleep(SECOND).await;
            let late = get_body(&client(&context, http2), "http://www/hello/x").await;
            let refused = ErrorKind::ConnectionRefused.into();
            let refused = Error::ConnectionFailed((host.addr(), 80).into(), refused);
            assert_eq!(late, Err(Failure::Runtime(refused)));
            let ended = context.spawn("ended", host.wait());
            context.sleep(SECOND).await;
            assert!(!ended.is_finished(), "a request is being answered");
            assert_eq!(slow.await.unwrap().unwrap(), "at last");
            assert_eq!(ended.await, Ok(Ok(Ok(()))));
            let waited = context.monotonic();
            assert!(waited < Duration::from_secs(24 * 3600 + 13), "{waited:?}");
        });
    }
}

#[test]
fn a_stopped_server_closes_what_is_idle_at_once() {
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let host = server(&context).await;
            let client = client(&context, http2);
            get_body(&client, "http://www/hello/x").await.unwrap();
            // One that has not said yet which protocol it speaks.
            let _silent = context.dial((host.addr(), 80).into()).await.unwrap();
            context.sleep(SECOND).await;
            assert_eq!(running(&host.context()), (2, 2));
            host.context().stop(0);
            let ended = context.timeout(SECOND, host.wait()).await;
            assert_eq!(ended, Ok(Ok(Ok(()))));
        });
    }
}

#[test]
fn http2_keep_alive_finds_a_silent_server() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = server(&context).await;
        let client = runtime_hyper::Client::with(context.clone(), |options| {
            options.http2_only(true);
            let http2 = options.http2();
            http2
                .keep_alive_interval(5 * SECOND)
                .keep_alive_timeout(2 * SECOND);
        });
        let begun = client.clone();
        let slow = async move { get_body(&begun, "http://www/slow").await };
        let slow = context.spawn("slow", slow);
        context.sleep(SECOND).await;
        host.crash(Crash::Silent).unwrap();
        let before = context.monotonic();
        assert_eq!(slow.await.unwrap(), Err(Failure::KeepAlive));
        let waited = context.monotonic() - before;
        assert!((6 * SECOND..8 * SECOND).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_servers_own_keep_alive_finds_a_silent_client() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let serve = |context| {
            app::serve_with(context, HTTP, |server| {
                let mut http2 = server.builder().http2();
                http2
                    .keep_alive_interval(5 * SECOND)
                    .keep_alive_timeout(2 * SECOND);
            })
        };
        let host = context.world().host("www", serve).unwrap();
        let asks = async |context: Context| {
            context.sleep(SECOND).await;
            get_body(&client(&context, true), "http://www/slow").await
        };
        let silent = context.world().host("silent", asks).unwrap();
        context.sleep(2 * SECOND).await;
        let connections = || running(&host.context()).1;
        assert_eq!(connections(), 1);
        silent.crash(Crash::Silent).unwrap();
        context.sleep(3 * SECOND).await;
        assert_eq!(connections(), 1);
        context.sleep(5 * SECOND).await;
        assert_eq!(connections(), 0);
    });
}

#[test]
fn the_runtimes_error_is_inside() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let client = client(&context, false);
        let failed = client
            .get("http://nowhere/".parse().unwrap())
            .await
            .unwrap_err();
        let found = runtime_hyper::find(&failed);
        assert!(matches!(found, Some(Error::ResolveFailed(host, _)) if host == "nowhere"));
        let failed = client
            .get("https://www/".parse().unwrap())
            .await
            .unwrap_err();
        let found = sources(&failed).find_map(|error| error.downcast_ref::<NotATarget>());
        let uri = "https://www/".parse().unwrap();
        assert_eq!(found, Some(&NotATarget::Scheme(uri)));
    });
}
