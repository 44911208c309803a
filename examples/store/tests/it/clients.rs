//! What a client does when the first server that it asks is of no help.

use crate::trio::{Trio, run};
use runtime_deterministic::Crash;
use runtime_traits::Clock;
use std::time::Duration;
use store::Error;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_client_that_knows_one_server_finds_the_primary() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(3).await;
        let mut client = trio.client(&[1]).with_limit(SECOND);
        // Server 1 hears who is primary from the primary.
        context.sleep(SECOND).await;
        assert_eq!(client.put(b"key", b"value").await, Ok(()));
        assert_eq!(client.get(b"key").await, Ok(Some(b"value".to_vec())));
        assert_eq!(client.get(b"other").await, Ok(None));
    });
}

#[test]
fn a_silent_server_costs_a_client_no_more_than_a_few_seconds() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(1).await;
        let mut client = trio.client(&[1, 2, 3]);
        client.put(b"key", b"1").await.expect("a primary");
        trio.hosts[0].crash(Crash::Silent).expect("it is up");
        trio.promote(2).await;
        let mut client = client.with_limit(3 * SECOND);
        assert_eq!(client.put(b"key", b"2").await, Ok(()));
    });
}

#[test]
fn without_a_majority_a_client_gives_up_in_time() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(1).await;
        for id in [2, 3] {
            trio.hosts[id - 1].crash(Crash::Reset).expect("it is up");
        }
        let mut client = trio.client(&[1]).with_limit(SECOND);
        let start = context.monotonic();
        let put = client.put(b"key", b"value").await;
        assert_eq!(context.monotonic() - start, SECOND);
        let last = Box::new(Error::NoMajority(trio.address(1)));
        assert_eq!(put, Err(Error::Unavailable(SECOND, Some(last))));
    });
}

#[test]
fn what_is_too_long_is_refused_at_once() {
    run(async |context| {
        let trio = Trio::start(&context);
        let mut client = trio.client(&[1]);
        for (key, value) in [(1 << 11, 0), (0, 1 << 21)] {
            let put = client.put(&vec![0; key], &vec![0; value]).await;
            assert!(matches!(put, Err(Error::Invalid(_))), "{put:?}");
        }
        let get = client.get(&[0; 1 << 11]).await;
        assert!(matches!(get, Err(Error::Invalid(_))), "{get:?}");
    });
}

#[test]
fn the_largest_value_passes_through_every_message() {
    run(async |context| {
        let trio = Trio::start(&context);
        trio.promote(1).await;
        trio.hosts[2].crash(Crash::Reset).expect("it is up");
        let mut client = trio.client(&[1]);
        let value = vec![7; 1 << 18];
        for key in 0..4 {
            client.put(&[key], &value).await.expect("a majority is up");
        }
        // Server 3 gets all of it from 1 or 2, in more than one message.
        trio.hosts[2].restart().expect("it is down");
        trio.hosts[0].crash(Crash::Reset).expect("it is up");
        trio.promote(3).await;
        let mut client = trio.client(&[3]);
        assert_eq!(client.get(&[3]).await, Ok(Some(value)));
    });
}
