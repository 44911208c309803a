//! What is sent again by itself, and what is not.

use crate::{
    app::{self, get_body},
    failure::Failure,
};
use runtime_deterministic::{Context, Crash, Executor};
use runtime_hyper::Client;
use runtime_traits::{Clock, Error, Runner};
use std::{io::ErrorKind, time::Duration};

const MS: Duration = Duration::from_millis(1);
const HELLO: &str = "http://www/hello/again";

/// Asks for a second time at the very moment at which the end of the pooled connection arrives: which
/// of both is seen first, is the seed's to decide.
fn ask_at_the_end(seed: u64, retries: bool) -> Result<(), Failure> {
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
        let client: Client<Context, axum::body::Body> = Client::with(context.clone(), |options| {
            options.retry_canceled_requests(retries);
        });
        get_body(&client, HELLO).await.unwrap();
        let reset = context.sleep(MS);
        host.crash(Crash::Reset).unwrap();
        host.restart().unwrap();
        reset.await;
        let again = get_body(&client, HELLO).await?;
        assert_eq!(again, "hello, again");
        Ok(())
    })
}

#[test]
fn a_request_that_was_not_sent_is_sent_on_a_new_connection() {
    let reset = Error::RecvFailed(ErrorKind::ConnectionReset.into());
    let mut not_sent = 0;
    for seed in 0..200 {
        assert_eq!(ask_at_the_end(seed, true), Ok(()), "seed {seed}");
        match ask_at_the_end(seed, false) {
            Ok(()) => {}
            Err(failure) => {
                assert_eq!(failure, Failure::Runtime(reset.clone()), "seed {seed}");
                not_sent += 1;
            }
        }
    }
    assert!(
        (20..180).contains(&not_sent),
        "not sent in {not_sent} of 200 seeds"
    );
}

#[test]
fn a_pooled_connection_that_a_crash_ended_is_not_used_again() {
    for seed in 0..100 {
        let (runner, context, _) = Executor::seeded(seed);
        runner.start(async {
            let serve = |context| app::serve(context, ([0, 0, 0, 0], 80).into());
            let host = context.world().host("www", serve).unwrap();
            context.sleep(MS).await;
            let client: Client<Context, axum::body::Body> = Client::new(context.clone());
            get_body(&client, HELLO).await.unwrap();
            host.crash(Crash::Reset).unwrap();
            host.restart().unwrap();
            // The reset takes its way.
            context.sleep(2 * MS).await;
            let again = get_body(&client, HELLO).await;
            assert_eq!(again.unwrap(), "hello, again", "seed {seed}");
        });
    }
}
