//! What is sent again by itself, and what is not.

use crate::app::{self, get_body};
use axum::body::Body;
use futures::join;
use http::{Request, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use runtime_deterministic::{Context, Crash, Executor};
use runtime_hyper::{Client, Connect, Connector, RequestError, find};
use runtime_traits::{Clock, Error, Listener, Network, Runner};
use std::{
    io::{self, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

const MS: Duration = Duration::from_millis(1);
const HELLO: &str = "http://www/hello/again";

/// Asks for a second time, with a body, at the very moment at which the end of the pooled connection
/// arrives: which of both is seen first, is the seed's to decide.
fn ask_at_the_end(seed: u64, http2: bool, retries: bool) -> Result<(), RequestError> {
    let (runner, context, _) = Executor::seeded(seed);
    runner.start(async {
        let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
        let host = context.world().host("www", serve).unwrap();
        context
            .world()
            .link("www", "root")
            .unwrap()
            .latency(MS..=MS);
        context.sleep(MS).await;
        let client: Client<Context, Body> = Client::with(context.clone(), |options| {
            options.http2_only(http2).retry_canceled_requests(retries);
        });
        get_body(&client, HELLO).await.unwrap();
        let reset = context.sleep(MS);
        host.crash(Crash::Reset).unwrap();
        host.restart().unwrap();
        reset.await;
        let request = Request::post("http://www/sum")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from("[1, 2, 39]"));
        let response = client.request(request.unwrap()).await?;
        let sum = response.into_body().collect().await.unwrap();
        assert_eq!(sum.to_bytes(), "42");
        Ok(())
    })
}

#[test]
fn a_request_that_was_not_sent_is_sent_on_a_new_connection() {
    let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
    for http2 in [false, true] {
        let mut not_sent = 0;
        for seed in 0..200 {
            let told = ask_at_the_end(seed, http2, true);
            match ask_at_the_end(seed, http2, false) {
                Ok(()) => assert!(told.is_ok(), "{told:?} in seed {seed}"),
                Err(RequestError::NotSent(error)) => {
                    assert!(told.is_ok(), "{told:?} in seed {seed}");
                    if !http2 {
                        assert_eq!(find(&error), Some(&reset), "seed {seed}");
                    }
                    not_sent += 1;
                }
                Err(RequestError::Failed(_)) => {
                    let failed = matches!(told, Err(RequestError::Failed(_)));
                    assert!(failed, "{told:?} in seed {seed}");
                }
                Err(error) => panic!("{error:?} in seed {seed}"),
            }
        }
        assert!(
            (20..180).contains(&not_sent),
            "not sent in {not_sent} of 200 seeds"
        );
    }
}

#[test]
fn a_request_that_was_sent_is_not_sent_again() {
    for http2 in [false, true] {
        let (runner, context, _) = Executor::default();
        runner.start(async {
            let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
            let host = context.world().host("www", serve).unwrap();
            context.sleep(MS).await;
            let client = app::client(&context, http2);
            get_body(&client, HELLO).await.unwrap();
            let slow = client.get("http://www/slow".parse().unwrap());
            let crash = async {
                context.sleep(3000 * MS).await;
                host.crash(Crash::Reset).unwrap();
                host.restart().unwrap();
            };
            let (told, ()) = join!(slow, crash);
            assert!(matches!(told, Err(RequestError::Failed(_))), "{told:?}");
        });
    }
}

/// Makes its first connection to a server that has closed it by then.
#[derive(Clone)]
struct Unlucky {
    context: Context,
    begun: Arc<AtomicU32>,
}

impl Connect for Unlucky {
    type Io = <Connector<Context> as Connect>::Io;

    async fn connect(&self, _uri: &Uri) -> io::Result<Self::Io> {
        let first = self.begun.fetch_add(1, Relaxed) == 0;
        let uri = match first {
            true => "http://closes",
            false => "http://www",
        };
        let connector = Connector::new(self.context.clone());
        let connected = Connect::connect(&connector, &uri.parse().unwrap()).await;
        self.context.sleep(1000 * MS).await;
        connected
    }
}

/// Over HTTP/2, where requests wait for the same connection: it is new to the one who asked for it.
#[test]
fn who_waited_for_anothers_connection_asks_again_when_it_is_closed() {
    let mut not_sent = 0;
    for seed in 0..100 {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async {
            let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
            context.world().host("www", serve).unwrap();
            let closes = |context: Context| async move {
                let mut listener = context.bind(([0, 0, 0, 0], 80).into()).await.unwrap();
                while listener.accept().await.is_ok() {}
            };
            context.world().host("closes", closes).unwrap();
            context.sleep(MS).await;
            let unlucky = Unlucky {
                context: context.clone(),
                begun: Arc::default(),
            };
            let client: Client<Context, Body, _> =
                Client::with_connector(context.clone(), unlucky.clone(), |options| {
                    options.http2_only(true);
                });
            let ask = || client.get(HELLO.parse().unwrap());
            let (one, other, third) = join!(ask(), ask(), ask());
            // Else the requests were under way when the end was seen.
            if let Err(RequestError::NotSent(_)) = one {
                assert_eq!(other.unwrap().status(), StatusCode::OK, "seed {seed}");
                assert_eq!(third.unwrap().status(), StatusCode::OK, "seed {seed}");
                assert_eq!(unlucky.begun.load(Relaxed), 2, "seed {seed}");
                not_sent += 1;
            }
        });
    }
    assert_ne!(not_sent, 0, "no seed sees the end before the requests");
}
