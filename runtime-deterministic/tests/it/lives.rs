//! Contexts of hosts' lives: from when on they are closed.

use super::hosts::run;
use futures::FutureExt;
use runtime_deterministic::{Context, Crash, Executor, Host};
use runtime_traits::{Clock, Error, Network, Runner, Storage};
use std::{
    future::{pending, poll_fn},
    net::SocketAddr,
    sync::{Arc, OnceLock},
    task::Poll,
    time::Duration,
};

const PORT: u16 = 7000;

#[test]
fn a_poll_that_crashes_its_own_host_finds_it_closed_from_then_on() {
    for restarts in [false, true] {
        run(async |context, world| {
            let slot = Arc::new(OnceLock::<Host<()>>::new());
            let own = slot.clone();
            let found = Arc::new(OnceLock::new());
            let finds = found.clone();
            let host = world.host("db", move |context: Context| {
                let (own, finds) = (own.clone(), finds.clone());
                async move {
                    context.sleep(Duration::from_millis(1)).await;
                    let Some(host) = own.get().filter(|_| finds.get().is_none()) else {
                        return;
                    };
                    host.crash(Crash::Reset).unwrap();
                    if restarts {
                        host.restart().unwrap();
                    }
                    let bound = context.bind(SocketAddr::new(context.addr(), PORT)).await;
                    finds.set(bound.err()).unwrap();
                }
            });
            slot.set(host.unwrap()).unwrap();
            context.sleep(Duration::from_millis(5)).await;
            assert_eq!(found.get(), Some(&Some(Error::Closed)));
            Ok(())
        });
    }
}

#[test]
fn a_task_that_crashes_its_own_host_is_gone_after_that_poll() {
    run(async |context, world| {
        let slot = Arc::new(OnceLock::<Host<()>>::new());
        let own = slot.clone();
        let held = Arc::new(());
        let holds = held.clone();
        let host = world.host("db", move |context: Context| {
            let (own, holds) = (own.clone(), holds.clone());
            async move {
                context.sleep(Duration::from_millis(1)).await;
                own.get().unwrap().crash(Crash::Reset).unwrap();
                pending::<()>().await;
                drop(holds);
            }
        });
        slot.set(host.unwrap()).unwrap();
        // Of the boot function, of the task, and this one.
        context.sleep(Duration::from_micros(500)).await;
        assert_eq!(Arc::strong_count(&held), 3);
        context.sleep(Duration::from_millis(1)).await;
        assert_eq!(Arc::strong_count(&held), 2);
        Ok(())
    });
}

#[test]
fn a_context_of_the_life_before_is_closed_to_the_next() {
    run(async |_, world| {
        let kept = Arc::new(OnceLock::<Context>::new());
        let host = world.host("db", move |context: Context| {
            let kept = kept.clone();
            async move {
                let first = kept.get_or_init(|| context);
                first.bind(SocketAddr::new(first.addr(), PORT)).await.err()
            }
        });
        let host = host.unwrap();
        assert_eq!(host.wait().await, Ok(None));
        host.restart().unwrap();
        assert_eq!(host.wait().await, Ok(Some(Error::Closed)));
        Ok(())
    });
}

#[test]
fn what_a_root_drops_last_finds_the_run_closed() {
    struct Binds(Context, Arc<OnceLock<Option<Error>>>);
    impl Drop for Binds {
        fn drop(&mut self) {
            let bound = self.0.bind(SocketAddr::new(self.0.addr(), PORT));
            let bound = bound.now_or_never().expect("it does not wait");
            self.1.set(bound.err()).unwrap();
        }
    }
    let found = Arc::new(OnceLock::new());
    let (runner, context, _) = Executor::default();
    let binds = Binds(context, found.clone());
    runner.start(poll_fn(move |_| {
        let _kept = &binds;
        Poll::Ready(())
    }));
    assert_eq!(found.get(), Some(&Some(Error::Closed)));
}

/// What opens, a removal and a scan fail with whose names nothing may have.
fn refusals(context: &Context) -> [Option<Error>; 4] {
    let bad = "p/q";
    let refused = [
        context.open(bad, b"log").map(Result::err).now_or_never(),
        context
            .open("p", &[b'x'; 121])
            .map(Result::err)
            .now_or_never(),
        context.remove(bad, None).map(Result::err).now_or_never(),
        context.scan(bad).map(Result::err).now_or_never(),
    ];
    refused.map(|error| error.expect("it does not wait"))
}

#[test]
fn a_bad_name_is_closed_where_all_is() {
    let closed = [const { Some(Error::Closed) }; 4];
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let invalid = || Some(Error::PartitionNameInvalid("p/q".into()));
        let [open, long, remove, scan] = refusals(&context);
        assert_eq!([open, remove, scan], [invalid(), invalid(), invalid()]);
        assert!(matches!(long, Some(Error::BlobOpenFailed(..))), "{long:?}");

        let host = context.world().host("db", async |_| ()).unwrap();
        let inside = host.context();
        host.crash(Crash::Reset).unwrap();
        assert_eq!(refusals(&inside), closed);
        host.restart().unwrap();
        assert_eq!(refusals(&inside), closed);
    });
    assert_eq!(refusals(&context), closed);
}
