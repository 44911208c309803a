//! What becomes of a server's connections: at its stop, when it is dropped, when its listener is lost,
//! and when they are silent.

use crate::{
    app::{self, client, get_body},
    failure::Failure,
};
use futures::join;
use runtime_deterministic::{Context, Crash, Executor, Host};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Sink, Spawner, Stream};
use std::{
    io::ErrorKind,
    net::SocketAddr,
    task::{self, Poll, ready},
    time::Duration,
};

const HELLO: &str = "http://www/hello/moon";
const SLOW: &str = "http://www/slow";
const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

fn any() -> SocketAddr {
    ([0, 0, 0, 0], 80).into()
}

async fn server(context: &Context) -> Host<Result<(), Error>> {
    let host = context.world().host("www", |it| app::serve(it, any()));
    context.sleep(MS).await;
    host.unwrap()
}

/// The connections that a server has.
fn connections<T: Send + 'static>(host: &Host<T>) -> u64 {
    let tasks = host.context().tasks();
    let http = tasks.iter().find(|count| count.label == "http");
    http.map_or(0, |count| count.running)
}

/// Over 20 seeds, in both protocols.
fn over_seeds<F: Future<Output = ()>>(story: impl Fn(Context, bool) -> F) {
    for seed in 0..20 {
        for http2 in [false, true] {
            let (runner, context, _) = Executor::seeded(seed);
            runner.start(story(context, http2));
        }
    }
}

/// By the same client, on the connection that carries a request at the stop: HTTP/1 says that it is the
/// last, and HTTP/2 that no more are taken.
#[test]
fn after_the_stop_no_request_begins_on_a_connection_that_is_still_open() {
    over_seeds(async |context, http2| {
        let host = server(&context).await;
        let client = client(&context, http2);
        let begun = client.clone();
        let slow = async move { get_body(&begun, SLOW).await };
        let slow = context.spawn("slow", slow);
        context.sleep(SECOND).await;
        host.context().stop(0);
        context.sleep(SECOND).await;
        let refused = ErrorKind::ConnectionRefused.into();
        let refused = Error::ConnectionFailed((host.addr(), 80).into(), refused);
        let refused = Err(Failure::Runtime(refused));
        assert_eq!(get_body(&client, HELLO).await, refused);
        assert_eq!(slow.await.unwrap().unwrap(), "at last");
        assert_eq!(get_body(&client, HELLO).await, refused);
        let ended = context.timeout(SECOND, host.wait()).await;
        assert_eq!(ended, Ok(Ok(Ok(()))));
    });
}

#[test]
fn what_is_accepted_just_before_the_stop_is_not_waited_for() {
    over_seeds(async |context, http2| {
        let host = server(&context).await;
        let client = client(&context, http2);
        let mut request = Box::pin(get_body(&client, HELLO));
        let stop = async {
            while connections(&host) == 0 {
                context.sleep(MS / 20).await;
            }
            host.context().stop(0);
            context.timeout(SECOND, host.wait()).await
        };
        // Answered or not, as the seed has it.
        let (_, ended) = join!(&mut request, stop);
        assert_eq!(ended, Ok(Ok(Ok(()))));
    });
}

/// A client whose machine fell silent cannot say that it has heard of the end.
#[test]
fn pings_of_http2_end_the_wait_for_a_client_that_fell_silent() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let serve = |context| {
            app::serve_with(context, any(), |server| {
                let mut http2 = server.builder().http2();
                http2.keep_alive_interval(5 * SECOND);
                http2.keep_alive_timeout(2 * SECOND);
            })
        };
        let host = context.world().host("www", serve).unwrap();
        let asks = async |context: Context| {
            context.sleep(SECOND).await;
            let client = client(&context, true);
            get_body(&client, HELLO).await.unwrap();
            context.sleep(1000 * SECOND).await;
        };
        let silent = context.world().host("silent", asks).unwrap();
        context.sleep(3 * SECOND).await;
        assert_eq!(connections(&host), 1);
        silent.crash(Crash::Silent).unwrap();
        host.context().stop(0);
        let ended = context.timeout(10 * SECOND, host.wait()).await;
        assert_eq!(ended, Ok(Ok(Ok(()))));
    });
}

/// Asks on the connection that it has, now and later.
async fn connection_goes_on(context: &Context, host: &Host<()>, http2: bool) {
    let client = client(context, http2);
    // It is there when the server goes.
    let slow = get_body(&client, SLOW).await;
    assert_eq!(slow.unwrap(), "at last");
    for _ in 0..3 {
        assert_eq!(get_body(&client, HELLO).await.unwrap(), "hello, moon");
        context.sleep(10 * SECOND).await;
    }
    assert_eq!(connections(host), 1);
}

#[test]
fn connections_go_on_when_the_server_is_dropped() {
    over_seeds(async |context, http2| {
        let serve = async |context: Context| {
            let served = context.timeout(5 * SECOND, app::serve(context.clone(), any()));
            assert_eq!(served.await, Err(Error::Timeout));
            context.sleep(1000 * SECOND).await;
        };
        let host = context.world().host("www", serve).unwrap();
        context.sleep(MS).await;
        connection_goes_on(&context, &host, http2).await;
    });
}

/// A listener that is lost after its first connection.
struct Lost<L>(L, bool);

impl<L: Listener> Listener for Lost<L> {
    type Sink = L::Sink;
    type Stream = L::Stream;

    fn poll_accept(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<(SocketAddr, L::Sink, L::Stream), Error>> {
        if self.1 {
            return Poll::Ready(Err(Error::Closed));
        }
        let accepted = ready!(self.0.poll_accept(cx));
        self.1 = true;
        Poll::Ready(accepted)
    }

    fn local_addr(&self) -> SocketAddr {
        self.0.local_addr()
    }
}

#[test]
fn connections_go_on_when_the_listener_is_lost() {
    over_seeds(async |context, http2| {
        let serve = async |context: Context| {
            let listener = context.bind(any()).await.unwrap();
            let lost = Lost(listener, false);
            let served = app::serve_at(context.clone(), lost, |_| {}).await;
            assert_eq!(served, Err(Error::Closed));
            context.sleep(1000 * SECOND).await;
        };
        let host = context.world().host("www", serve).unwrap();
        context.sleep(MS).await;
        connection_goes_on(&context, &host, http2).await;
    });
}

/// How long a server keeps a connection that has sent this much of a request and no more.
async fn kept(context: &Context, host: &Host<Result<(), Error>>, sent: &[u8]) -> Duration {
    let (mut sink, mut stream) = context.dial((host.addr(), 80).into()).await.unwrap();
    sink.send(sent).await.unwrap();
    let before = context.monotonic();
    let mut some = [0; 64];
    let ended = context.timeout(1000 * SECOND, stream.recv_some(&mut some));
    assert!(matches!(ended.await, Ok(Ok(0)) | Err(Error::Timeout)));
    context.monotonic() - before
}

#[test]
fn a_connection_that_does_not_say_what_it_speaks_is_closed_after_thirty_seconds() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let host = server(&context).await;
        for sent in ["", "P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
            let kept = kept(&context, &host, sent.as_bytes()).await;
            assert!((29 * SECOND..31 * SECOND).contains(&kept), "{kept:?}");
        }
        assert_eq!(connections(&host), 0);
    });
}

#[test]
fn the_limit_of_a_silent_connection_is_the_servers_to_set() {
    for (limit, least) in [(Some(7 * SECOND), 6), (None, 1000)] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let serve = move |context| {
                app::serve_with(context, any(), move |server| {
                    server.opening_timeout(limit);
                })
            };
            let host = context.world().host("www", serve).unwrap();
            context.sleep(MS).await;
            let kept = kept(&context, &host, b"").await;
            assert!(
                (least * SECOND..(least + 2) * SECOND).contains(&kept),
                "{kept:?}"
            );
        });
    }
}
