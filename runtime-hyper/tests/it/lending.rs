//! Which connection a request gets, how many are made, and what becomes of them when requests are
//! dropped.

use crate::{
    app::{self, get_body},
    failure::Failure,
    scene::{Counted, HELLO, SECOND, Scene, Slow, over_seeds, over_seeds_with},
};
use axum::body::Body;
use futures::{FutureExt, join, poll};
use http_body_util::BodyExt;
use runtime_deterministic::{Context, Crash, Cut, Executor, How};
use runtime_hyper::{Client, ClientOptions, RequestError, Server, find};
use runtime_traits::{Clock, Error, Runner, Spawner};
use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Wake, Waker},
    time::Duration,
};

const BODY: &str = "hello, moon";

#[test]
fn a_connection_of_http1_is_free_when_the_body_has_been_read_to_its_end() {
    over_seeds(false, async |scene| {
        let large = "http://www/large".parse().unwrap();
        let response = scene.client.get(large).await.unwrap();
        // A second request finds none free.
        scene.get(HELLO).await.unwrap();
        assert_eq!(scene.dials(), (2, 0));
        response.into_body().collect().await.unwrap();
        scene.sleep(SECOND).await;
        // And two at once now find two.
        let (one, other) = join!(scene.get(HELLO), scene.get(HELLO));
        assert_eq!((one, other, scene.dials()), (Ok(()), Ok(()), (2, 0)));
    });
}

#[test]
fn a_connection_of_http1_whose_body_is_dropped_is_closed() {
    over_seeds(false, async |scene| {
        let drip = "http://www/drip".parse().unwrap();
        drop(scene.client.get(drip).await.unwrap());
        scene.sleep(SECOND / 10).await;
        scene.get(HELLO).await.unwrap();
        assert_eq!(scene.dials(), (2, 0));
        scene.sleep(2 * SECOND).await;
        assert_eq!(scene.connections(), (2, 1));
    });
}

#[test]
fn requests_over_http2_share_one_connection_from_the_first_ones_on() {
    over_seeds(true, async |scene| {
        let (one, other) = join!(scene.get(HELLO), scene.get(HELLO));
        assert_eq!((one, other), (Ok(()), Ok(())));
        let (slow, other) = join!(scene.get("http://www/slow"), scene.get(HELLO));
        assert_eq!((slow, other), (Ok(()), Ok(())));
        assert_eq!(scene.dials(), (1, 0));
    });
}

#[test]
fn what_becomes_free_is_taken_before_the_own_connection_is_made() {
    over_seeds(false, async |scene| {
        scene.get(HELLO).await.unwrap();
        let before = scene.context.monotonic();
        let (one, other) = join!(scene.get(HELLO), scene.get(HELLO));
        assert_eq!((one, other), (Ok(()), Ok(())));
        let took = scene.context.monotonic() - before;
        assert!(took < SECOND, "{took:?}");
        // The one that was begun is for others.
        scene.sleep(2 * SECOND).await;
        let (one, other) = join!(scene.get(HELLO), scene.get(HELLO));
        assert_eq!((one, other), (Ok(()), Ok(())));
        assert_eq!(scene.dials(), (2, 0));
    });
}

#[test]
fn a_request_that_is_dropped_gives_up_its_connection_while_it_is_made() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            let limited = scene.context.timeout(SECOND / 2, scene.get(HELLO));
            assert_eq!(limited.await.map(drop), Err(Error::Timeout));
            scene.sleep(SECOND / 100).await;
            assert_eq!(scene.dials(), (1, 0));
            scene.sleep(SECOND).await;
            assert_eq!(scene.connections(), (0, 0));
            scene.get(HELLO).await.unwrap();
            assert_eq!(scene.dials(), (2, 0));
        });
    }
}

#[test]
fn whoever_waits_for_the_same_connection_gets_it_though_the_first_is_dropped() {
    over_seeds(true, async |scene| {
        let mut first = Box::pin(scene.get(HELLO));
        assert!(poll!(&mut first).is_pending());
        let mut second = Box::pin(scene.get(HELLO));
        assert!(poll!(&mut second).is_pending());
        scene.sleep(SECOND / 2).await;
        drop(first);
        assert_eq!(second.await, Ok(()));
        assert_eq!(scene.dials(), (1, 0));
    });
}

#[test]
fn a_connection_that_was_made_for_a_request_that_is_dropped_is_kept() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            let mut request = Box::pin(scene.get(HELLO));
            assert!(poll!(&mut request).is_pending());
            // It has its connection by now, and does not know.
            scene.sleep(2 * SECOND).await;
            drop(request);
            scene.get(HELLO).await.unwrap();
            assert_eq!(scene.dials(), (1, 0));
        });
    }
}

#[test]
fn a_request_that_is_dropped_on_its_way_ends_its_connection_of_http1_and_no_other() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            let limited = scene
                .context
                .timeout(3 * SECOND, scene.get("http://www/slow"));
            assert_eq!(limited.await.map(drop), Err(Error::Timeout));
            scene.get(HELLO).await.unwrap();
            assert_eq!(scene.dials(), if http2 { (1, 0) } else { (2, 0) });
            assert_eq!(scene.connections().1, 1);
        });
    }
}

#[test]
fn a_failure_is_told_to_all_who_wait_for_the_connection() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            scene.www.crash(Crash::Reset).unwrap();
            let (one, other) = join!(scene.get(HELLO), scene.get(HELLO));
            let refused = io::ErrorKind::ConnectionRefused.into();
            let refused = Error::ConnectionFailed((scene.www.addr(), 80).into(), refused);
            assert_eq!(one, Err(Failure::Runtime(refused.clone())));
            assert_eq!(other, Err(Failure::Runtime(refused)));
            assert_eq!(scene.dials(), (if http2 { 1 } else { 2 }, 0));
            scene.www.restart().unwrap();
            scene.sleep(SECOND).await;
            assert_eq!(scene.get(HELLO).await, Ok(()));
        });
    }
}

/// Whose new connections are closed at once would ask for ever.
#[test]
fn what_was_not_sent_on_a_new_connection_is_told_and_not_sent_again() {
    let not_sent = AtomicU32::new(0);
    over_seeds(true, async |scene| {
        let cut = Cut {
            after_bytes: 0,
            how: How::Fin,
        };
        scene.context.world().cut("www", "root", cut).unwrap();
        let failed = scene.client.get(HELLO.parse().unwrap()).await.unwrap_err();
        if matches!(failed, RequestError::NotSent(_)) {
            not_sent.fetch_add(1, Relaxed);
        }
        assert_eq!(scene.dials(), (1, 0));
    });
    assert_ne!(not_sent.into_inner(), 0, "no seed closes it that early");
}

#[test]
fn no_more_connections_are_idle_than_may_be() {
    let set = |options: &mut ClientOptions<Context>| {
        options.pool_max_idle_per_host(2);
    };
    over_seeds_with(set, async |scene| {
        let got = join!(scene.get(HELLO), scene.get(HELLO), scene.get(HELLO));
        assert_eq!(got, (Ok(()), Ok(()), Ok(())));
        scene.sleep(SECOND).await;
        assert_eq!(scene.connections(), (3, 2));
    });
}

/// Over HTTP/2: of HTTP/1 the server itself closes what is idle for 30 seconds.
#[test]
fn an_idle_connection_is_closed_when_its_time_is_over() {
    for (limit, waits) in [(Some(7 * SECOND), 7), (None, 10_000)] {
        let set = |options: &mut ClientOptions<Context>| {
            options.http2_only(true).pool_idle_timeout(limit);
        };
        over_seeds_with(set, async |scene| {
            scene.get(HELLO).await.unwrap();
            scene.sleep(waits * SECOND - SECOND / 10).await;
            assert_eq!(scene.connections(), (1, 1));
            scene.sleep(SECOND / 5).await;
            assert_eq!(scene.connections().1, u64::from(limit.is_none()));
        });
    }
}

#[test]
fn what_is_idle_is_closed_with_the_last_client_and_nothing_is_left_running() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            scene.get(HELLO).await.unwrap();
            let clone = scene.client.clone();
            let Scene {
                context,
                www,
                client,
                ..
            } = scene;
            let running = |context: &Context| {
                let tasks = context.tasks().into_iter();
                let http = tasks.filter(|count| count.label == "http");
                http.map(|count| count.running).sum::<u64>()
            };
            context.sleep(SECOND).await;
            assert_eq!(running(&www.context()), 1);
            assert_ne!(running(&context), 0);
            drop(client);
            context.sleep(SECOND).await;
            assert_eq!(running(&www.context()), 1);
            drop(clone);
            context.sleep(SECOND).await;
            assert_eq!(running(&www.context()), 0);
            assert_eq!(running(&context), 0);
        });
    }
}

#[test]
fn a_request_of_a_run_that_is_over_says_so() {
    let (runner, context, _) = Executor::default();
    let client: Client<_> = Client::new(context);
    runner.start(async {});
    let asked = client.get(HELLO.parse().unwrap()).now_or_never();
    let failed = asked.expect("nobody is left to wait for").unwrap_err();
    assert!(matches!(failed, RequestError::Connect(_)), "{failed:?}");
    assert_eq!(find(&failed), Some(&Error::Closed));
}

/// A task that asks for a connection of its own at the moment at which it is woken.
struct Asks(Client<Context, Body, Slow>);

impl Wake for Asks {
    fn wake(self: Arc<Self>) {
        let mut request = pin!(self.0.get(HELLO.parse().unwrap()));
        let mut cx = std::task::Context::from_waker(Waker::noop());
        assert!(request.as_mut().poll(&mut cx).is_pending());
    }
}

/// It would wait for ever for a lock that its waker's caller holds.
#[test]
fn whoever_is_woken_may_ask_at_once() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            let asks = Waker::from(Arc::new(Asks(scene.client.clone())));
            let mut request = Box::pin(scene.client.get(HELLO.parse().unwrap()));
            let mut cx = std::task::Context::from_waker(&asks);
            assert!(request.as_mut().poll(&mut cx).is_pending());
            scene.sleep(2 * SECOND).await;
            assert_eq!(request.await.unwrap().status(), 200);
        });
    }
}

/// On threads: what is dropped at any moment loses nothing.
#[test]
fn on_tokio_requests_that_are_dropped_at_any_moment_lose_no_connection() {
    use runtime_traits::{Listener, Network, Random};
    for http2 in [false, true] {
        let (runner, context) = runtime_tokio::Executor::default();
        runner.start(async {
            let listener = context.bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            let socket = listener.local_addr();
            // Else it takes so many requests that are dropped for an attack.
            let lenient = |server: &mut Server<runtime_tokio::Context>| {
                let mut http2 = server.builder().http2();
                http2.max_pending_accept_reset_streams(100_000);
            };
            let serve = app::serve_at(context.clone(), listener, lenient);
            let served = context.spawn("server", serve);
            let counted = Counted::new(context.clone());
            let client: Client<_, Body, _> =
                Client::with_connector(context.clone(), counted.clone(), |options| {
                    options.http2_only(http2);
                });
            let uri = format!("http://{socket}/hello/moon");
            assert_eq!(get_body(&client, &uri).await.unwrap(), BODY);
            let asking = (0..20).map(|_| {
                let (context, client, uri) = (context.clone(), client.clone(), uri.clone());
                context.clone().spawn("asks", async move {
                    for _ in 0..50 {
                        let limit = Duration::from_micros(context.next_u64() % 2000);
                        let asked = context.timeout(limit, get_body(&client, &uri)).await;
                        if let Ok(body) = asked {
                            assert_eq!(body.unwrap(), BODY);
                        }
                    }
                })
            });
            for asking in asking.collect::<Vec<_>>() {
                asking.await.unwrap();
            }
            assert_eq!(get_body(&client, &uri).await.unwrap(), BODY);
            if http2 {
                assert_eq!(counted.begun(), 1);
            }
            drop(client);
            context.stop(0);
            assert_eq!(served.await, Ok(Ok(())));
        });
    }
}
