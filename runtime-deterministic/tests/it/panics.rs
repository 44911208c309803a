//! Panics in wakers and destructors, of which some come when the run ends.

use crate::tasks::panic_of;
use runtime_deterministic::{Config, Context, Crash, Executor};
use runtime_traits::{
    Clock, Datagram, Datagrams, Error, Listener, Network, Panics, Runner, Sink, Spawner, Stream,
};
use std::{
    any::Any,
    future::pending,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
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

/// A waker that counts its end, and panics then.
struct Fragile(Arc<AtomicU32>);

impl Wake for Fragile {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Fragile {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
        panic!("planted");
    }
}

/// Futures that are kept beyond their run, in which each is polled with a fragile waker of its own.
#[derive(Default)]
struct Kept {
    futures: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    wakers: u32,
    dropped: Arc<AtomicU32>,
}

impl Kept {
    fn poll<F: Future<Output: Send> + Send + 'static>(&mut self, future: F) {
        self.futures.push(Box::pin(async { drop(future.await) }));
        self.poll_again();
    }

    /// The last of them, with another waker.
    fn poll_again(&mut self) {
        self.wakers += 1;
        self.poll_last(&Waker::from(Arc::new(Fragile(self.dropped.clone()))));
    }

    fn poll_last(&mut self, waker: &Waker) {
        let last = self.futures.last_mut().unwrap();
        let polled = last
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker));
        assert!(polled.is_pending());
    }

    fn dropped(&self) -> u32 {
        self.dropped.load(Relaxed)
    }
}

/// A run that keeps so many wakers ends by the panic of one of them, once each is dropped.
fn keep(count: u32, test: impl AsyncFnOnce(Context, &mut Kept)) {
    let (runner, context, _) = Executor::default();
    let mut kept = Kept::default();
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(test(context, &mut kept));
    }));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"planted"));
    assert_eq!((kept.wakers, kept.dropped()), (count, count));
}

#[test]
fn wakers_of_sleeps_that_are_kept_beyond_a_run_may_panic_each() {
    keep(3, async |context, kept| {
        (1..4).for_each(|second| kept.poll(context.sleep(Duration::from_secs(second))));
    });
}

#[test]
fn wakers_of_sockets_that_are_kept_beyond_a_run_may_panic_each() {
    keep(4, async |context, kept| {
        let socket = SocketAddr::new(context.addr(), 80);
        let mut listener = context.bind(socket).await.unwrap();
        let (mut sink, mut stream) = context.dial(socket).await.unwrap();
        let accepted = listener.accept().await.unwrap();
        let datagram = context.bind_datagram(socket).await.unwrap();
        kept.poll(async move { listener.accept().await.map(drop) });
        kept.poll(async move { stream.recv(&mut [0]).await });
        kept.poll(async move {
            let _accepted = accepted;
            sink.send(&[0; 1 << 20]).await
        });
        kept.poll(async move { datagram.recv_from(&mut [0]).await });
    });
}

#[test]
fn wakers_of_dials_that_are_kept_beyond_a_run_may_panic_each() {
    keep(4, async |context, kept| {
        let world = context.world();
        let host = world.host("db", async |_| pending::<()>().await).unwrap();
        world.hold(&["root"], &["db"]).unwrap();
        let (dialler, socket) = (context.clone(), SocketAddr::new(host.addr(), 80));
        let dial = async move { drop(dialler.dial(socket).await) };
        kept.futures.push(Box::pin(dial));
        kept.poll_last(Waker::noop());
        // It is at the link then, where each poll leaves a waker.
        context.sleep(Duration::from_secs(1)).await;
        (0..4).for_each(|_| kept.poll_again());
    });
}

#[test]
fn wakers_of_signals_that_are_kept_beyond_a_run_may_panic_each() {
    keep(2, async |context, kept| {
        let host = context.world().host("db", async |_| pending::<()>().await);
        kept.poll(context.stopped());
        kept.poll(host.unwrap().context().stopped());
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "another thread is the subject")]
fn wakers_of_other_threads_that_are_kept_beyond_a_run_may_panic_each() {
    keep(2, async |context, kept| {
        let sleeps = [1, 2].map(|second| context.sleep(Duration::from_secs(second)));
        let poll = || sleeps.into_iter().for_each(|sleep| kept.poll(sleep));
        std::thread::scope(|scope| drop(scope.spawn(poll)));
    });
}

#[test]
fn wakers_may_panic_each_where_a_runner_is_dropped() {
    let (runner, context, _) = Executor::default();
    let mut kept = Kept::default();
    (1..4).for_each(|second| kept.poll(context.sleep(Duration::from_secs(second))));
    drop(runner);
    assert_eq!((kept.wakers, kept.dropped()), (3, 3));
}

/// Panics when it is dropped, and carries another.
struct Nested;

impl Drop for Nested {
    fn drop(&mut self) {
        resume_unwind(Box::new(Self));
    }
}

/// Panics when it is dropped, and carries what it is told.
struct Carries(Option<Box<dyn Any + Send + Sync>>);

impl Drop for Carries {
    fn drop(&mut self) {
        resume_unwind(self.0.take().expect("it is dropped once"));
    }
}

fn text(of: &'static str) -> Carries {
    Carries(Some(Box::new(of)))
}

fn nested() -> Carries {
    Carries(Some(Box::new(Nested)))
}

impl Wake for Carries {
    fn wake(self: Arc<Self>) {}
}

/// Whether `f` panics. What that carries stays here: a harness could not drop it.
fn panics(f: impl FnOnce()) -> bool {
    let result = catch_unwind(AssertUnwindSafe(f));
    result.map_err(std::mem::forget).is_err()
}

/// A task that panics when it is dropped unfinished.
fn leave(context: &Context, carries: Carries) {
    drop(context.spawn("left", async move {
        pending::<()>().await;
        drop(carries);
    }));
}

#[test]
fn what_a_caught_panic_carries_ends_nothing() {
    let mut config = Config::default();
    config.panics = Panics::Catch;
    let (runner, context, _) = Executor::init(config);
    let run = async {
        let panics = context.spawn("panics", async { resume_unwind(Box::new(Nested)) });
        assert_eq!(panics.await, Err::<(), _>(Error::Exited));
        let carries = nested();
        let aborted = context.spawn("aborted", async move {
            pending::<()>().await;
            drop(carries);
        });
        aborted.abort();
        assert_eq!(aborted.await, Err(Error::Exited));
        leave(&context, nested());
    };
    assert!(!panics(|| runner.start(run)));
}

#[test]
fn what_later_panics_carry_is_let_go_at_the_end_of_a_run() {
    let (runner, context, _) = Executor::default();
    for carries in [text("first"), nested(), nested()] {
        leave(&context, carries);
    }
    let result = catch_unwind(AssertUnwindSafe(|| {
        runner.start(async {
            let mut sleep = Box::pin(context.sleep(Duration::from_secs(1)));
            let waker = Waker::from(Arc::new(nested()));
            let cx = &mut std::task::Context::from_waker(&waker);
            assert!(sleep.as_mut().poll(cx).is_pending());
            // Its waker is left, too.
            std::mem::forget(sleep);
            Nested
        })
    }));
    let payload = result.map(std::mem::forget).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"first"));
    let (runner, context, _) = Executor::default();
    leave(&context, nested());
    leave(&context, nested());
    assert!(!panics(|| drop(runner)));
}
