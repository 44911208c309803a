//! Connections that never come: whom they hold up, and for how long.

use crate::{
    app::{self, get_body},
    failure::Failure,
    scene::{Counted, HELLO, SECOND, Scene, over_seeds, over_seeds_with},
};
use axum::body::Body;
use futures::{join, poll};
use runtime_deterministic::Context;
use runtime_hyper::{Client, ClientOptions};
use runtime_traits::{Clock, Error, Listener, Network, Runner, Spawner};

const SLOW: &str = "http://www/slow";

#[test]
fn a_connection_that_is_not_made_in_time_is_given_up() {
    for http2 in [false, true] {
        over_seeds(http2, async |scene| {
            scene.hang(1);
            let before = scene.context.monotonic();
            assert_eq!(
                scene.get(HELLO).await,
                Err(Failure::Runtime(Error::Timeout))
            );
            assert_eq!(scene.context.monotonic() - before, 30 * SECOND);
            assert_eq!(scene.dials(), (1, 0));
            assert_eq!(scene.get(HELLO).await, Ok(()));
        });
    }
}

/// Else those who overlap would keep it for one another for ever.
#[test]
fn requests_of_http2_that_overlap_are_not_held_up_for_longer_than_the_limit() {
    let set = |options: &mut ClientOptions<Context>| {
        options.http2_only(true).connect_timeout(10 * SECOND);
    };
    over_seeds_with(set, async |scene| {
        scene.hang(1);
        let mut hasty = Box::pin(scene.get(HELLO));
        assert!(poll!(&mut hasty).is_pending());
        scene.sleep(6 * SECOND).await;
        let mut patient = Box::pin(scene.get(HELLO));
        assert!(poll!(&mut patient).is_pending());
        drop(hasty);
        scene.sleep(5 * SECOND).await;
        let told = poll!(&mut patient);
        let timeout = Err(Failure::Runtime(Error::Timeout));
        assert_eq!(told, std::task::Poll::Ready(timeout));
        assert_eq!(scene.get(HELLO).await, Ok(()));
        assert_eq!(scene.dials(), (2, 0));
    });
}

#[test]
fn without_a_limit_a_connection_may_take_for_ever() {
    let set = |options: &mut ClientOptions<Context>| {
        options.connect_timeout(None);
    };
    over_seeds_with(set, async |scene| {
        scene.hang(1);
        let limited = scene.context.timeout(10_000 * SECOND, scene.get(HELLO));
        assert_eq!(limited.await.map(drop), Err(Error::Timeout));
    });
}

#[test]
fn a_request_of_http1_does_not_wait_for_what_was_asked_for_by_another() {
    over_seeds(false, async |scene| {
        scene.get(HELLO).await.unwrap();
        scene.hang(1);
        // ada is served by the first connection. Her own hangs.
        let (slow, ada) = join!(scene.get(SLOW), scene.get(HELLO));
        assert_eq!((slow, ada, scene.dials()), (Ok(()), Ok(()), (2, 1)));
        let bob = scene.context.timeout(3 * SECOND, scene.get(HELLO));
        let (slow, bob) = join!(scene.get(SLOW), bob);
        assert_eq!((slow, bob), (Ok(()), Ok(Ok(()))));
        assert_eq!(scene.dials().0, 3);
    });
}

#[test]
fn a_request_of_http1_that_is_dropped_takes_no_connection_of_another() {
    over_seeds(false, async |scene| {
        scene.get(HELLO).await.unwrap();
        scene.hang(1);
        let (slow, ada) = join!(scene.get(SLOW), scene.get(HELLO));
        assert_eq!((slow, ada), (Ok(()), Ok(())));
        let others = async {
            let mut bob = Box::pin(scene.get(HELLO));
            assert!(poll!(&mut bob).is_pending());
            let mut cyd = Box::pin(scene.get(HELLO));
            assert!(poll!(&mut cyd).is_pending());
            scene.sleep(SECOND / 2).await;
            drop(bob);
            scene.context.timeout(SECOND, cyd).await
        };
        let (slow, cyd) = join!(scene.get(SLOW), others);
        assert_eq!((slow, cyd), (Ok(()), Ok(Ok(()))));
    });
}

#[test]
fn what_is_being_made_is_given_up_with_the_last_client() {
    over_seeds(false, async |scene| {
        scene.get(HELLO).await.unwrap();
        scene.hang(1);
        let (slow, other) = join!(scene.get(SLOW), scene.get(HELLO));
        assert_eq!((slow, other), (Ok(()), Ok(())));
        let Scene {
            context,
            slow,
            client,
            ..
        } = scene;
        assert_eq!(slow.dials(), (2, 1));
        drop(client);
        context.sleep(SECOND / 100).await;
        assert_eq!(slow.dials(), (2, 0));
    });
}

/// On threads: nobody sees the pool between two steps.
#[test]
fn on_tokio_requests_of_http2_that_begin_at_once_share_one_connection() {
    let (runner, context) = runtime_tokio::Executor::default();
    runner.start(async {
        let listener = context.bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let uri = format!("http://{}/hello/moon", listener.local_addr());
        let serve = app::serve_at(context.clone(), listener, |_| {});
        let served = context.spawn("server", serve);
        for round in 0..100 {
            let counted = Counted::new(context.clone());
            let client: Client<_, Body, _> =
                Client::with_connector(context.clone(), counted.clone(), |options| {
                    options.http2_only(true);
                });
            let asking = (0..8).map(|_| {
                let (client, uri) = (client.clone(), uri.clone());
                context.spawn("asks", async move { get_body(&client, &uri).await })
            });
            for asking in asking.collect::<Vec<_>>() {
                asking.await.unwrap().unwrap();
            }
            assert_eq!(counted.begun(), 1, "round {round}");
        }
        context.stop(0);
        assert_eq!(served.await, Ok(Ok(())));
    });
}
