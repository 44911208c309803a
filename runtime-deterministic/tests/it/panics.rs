//! Panics in wakers and destructors, of which some come when the run ends.

use crate::tasks::panic_of;
use runtime_deterministic::{Config, Context, Crash, Executor};
use runtime_traits::{Clock, Error, Panics, Runner, Spawner};
use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Wake, Waker},
    time::Duration,
};

struct PanicsWhenWoken;

impl Wake for PanicsWhenWoken {
    fn wake(self: Arc<Self>) {
        panic!("planted");
    }
}

/// The task has ended well: its panic it is not, and nobody else's that could be caught.
#[test]
fn a_panic_in_the_waker_of_who_waits_for_a_task_ends_the_run() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let mut task = context.spawn("task", async {});
            let waker = Waker::from(Arc::new(PanicsWhenWoken));
            let cx = &mut std::task::Context::from_waker(&waker);
            assert!(Pin::new(&mut task).poll(cx).is_pending());
            context.sleep(Duration::from_millis(1)).await;
        });
    }));
    let panic = *result.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(panic, "planted");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("planted");
    }
}

impl Wake for PanicsWhenDropped {
    fn wake(self: Arc<Self>) {}
}

#[test]
#[expect(clippy::disallowed_methods, reason = "after the run")]
fn panics_in_wakers_destructors_end_the_run_as_any_other() {
    let (runner, context, _) = Executor::default();
    let left = context.spawn("left", pending::<()>());
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let mut sleeps = [1, 1].map(|ms| Box::pin(context.sleep(Duration::from_millis(ms))));
            for sleep in &mut sleeps {
                let waker = Waker::from(Arc::new(PanicsWhenDropped));
                let cx = &mut std::task::Context::from_waker(&waker);
                assert!(sleep.as_mut().poll(cx).is_pending());
                drop(waker);
            }
            context.sleep(Duration::from_millis(2)).await;
        });
    }));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"planted"));
    assert_eq!(futures::executor::block_on(left), Err(Error::Closed));
    assert_eq!(
        futures::executor::block_on(context.stopped()),
        Err(Error::Closed)
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "after the run")]
fn several_panics_at_the_end_of_a_run_are_its_first() {
    let (runner, context, _) = Executor::default();
    let mut left: Vec<_> = (0..3)
        .map(|_| context.spawn("left", pending::<()>()))
        .collect();
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let fragile = PanicsWhenDropped;
            let waker = Waker::from(Arc::new(PanicsWhenWoken));
            let cx = &mut std::task::Context::from_waker(&waker);
            let mut polled = left.iter_mut().map(|task| Pin::new(task).poll(cx));
            assert!(polled.all(|polled| polled.is_pending()));
            pending::<()>().await;
            drop(fragile);
        });
    }));
    let text = result.unwrap_err().downcast::<String>().unwrap();
    assert!(text.starts_with("deadlock at "), "{text}");
    for task in left {
        assert_eq!(futures::executor::block_on(task), Err(Error::Closed));
    }
}

/// A task that panics when it is dropped unfinished.
async fn fragile() {
    let _fragile = PanicsWhenDropped;
    pending::<()>().await;
}

#[test]
fn a_panic_in_a_destructor_at_a_crash_follows_the_policy() {
    let crash = async |context: Context| {
        let host = context.world().host("db", async |_| fragile().await);
        let host = host.unwrap();
        context.sleep(Duration::from_millis(1)).await;
        host.crash(Crash::Reset).unwrap();
        context.sleep(Duration::from_millis(1)).await;
        panic!("the run went on: {:?}", host.wait().await);
    };
    assert_eq!(panic_of(Config::default(), crash), "planted");
    let mut config = Config::default();
    config.panics = Panics::Catch;
    assert_eq!(panic_of(config, crash), "the run went on: Err(Exited)");
}

#[test]
fn a_panic_in_a_destructor_at_the_end_follows_the_policy() {
    let end = async |context: Context| {
        drop(context.spawn("left", fragile()));
        context.sleep(Duration::from_millis(1)).await;
    };
    assert_eq!(panic_of(Config::default(), end), "planted");
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    runner.start(end(context));
}

#[test]
fn a_panic_of_the_root_comes_before_those_of_the_destructors() {
    let text = panic_of(Config::default(), async |context| {
        drop(context.spawn("left", fragile()));
        context.sleep(Duration::from_millis(1)).await;
        panic!("the root's");
    });
    assert_eq!(text, "the root's");
}

/// Nor does it come after what is woken and dropped when the run is over: these are kept outside it.
#[test]
fn a_panic_of_the_root_comes_before_those_of_what_outlasts_it() {
    let (runner, context, _) = Executor::default();
    let mut stopped = context.stopped();
    let mut sleep = Box::pin(context.sleep(Duration::from_secs(1)));
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let woken = Waker::from(Arc::new(PanicsWhenWoken));
            let cx = &mut std::task::Context::from_waker(&woken);
            assert!(Pin::new(&mut stopped).poll(cx).is_pending());
            let dropped = Waker::from(Arc::new(PanicsWhenDropped));
            let cx = &mut std::task::Context::from_waker(&dropped);
            assert!(sleep.as_mut().poll(cx).is_pending());
            drop(dropped);
            panic!("the root's");
        });
    }));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"the root's"));
}
