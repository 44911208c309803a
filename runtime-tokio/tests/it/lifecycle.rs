//! Before `start`, the end of a run, and what works after it.

use crate::{log, network::any_port, one_thread, two_workers};
use futures::{channel::oneshot, executor::block_on, future::FutureExt, poll};
use runtime_tokio::{Config, ConfigError, Context, Executor, Threads};
use runtime_traits::{
    Blob, Clock, Current, Datagram, Datagrams, Error, Here, Listener, Network, Resolver, Runner,
    Sink, Spawner, Storage, Stream,
};
use std::{
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Weak, mpsc},
    task::{Poll, Waker},
    thread::{self, ThreadId},
    time::{Duration, SystemTime},
};

const FLAVOURS: [fn() -> Config; 2] = [two_workers, one_thread];

#[test]
fn the_configuration_is_checked() {
    let mut config = Config::default();
    config.threads = Threads::Workers(0);
    let refused = Executor::try_init(config.clone()).err().unwrap();
    assert!(matches!(refused, ConfigError::NoWorkers));
    let panic = catch_unwind(|| drop(Executor::init(config))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>(), Some(&refused.to_string()));
    let (mut blocking, mut storage) = (Config::default(), Config::default());
    blocking.blocking_threads = 0;
    storage.storage_threads = 0;
    for (config, name) in [(blocking, "blocking_threads"), (storage, "storage_threads")] {
        let refused = Executor::try_init(config).err().unwrap();
        assert!(matches!(refused, ConfigError::NoThreads(named) if named == name));
    }
    assert_eq!(Config::default(), Config::default());
}

#[test]
fn each_refusal_says_what_to_change() {
    let cause = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let path = || std::path::PathBuf::from("/data");
    let storage = ConfigError::Storage {
        path: path(),
        source: cause(),
    };
    for (refusal, advice) in [
        (ConfigError::NoWorkers, "give at least 1"),
        (ConfigError::NoThreads("storage_threads"), "give at least 1"),
        (ConfigError::Signals(cause()), "set Config.stop_on_signals"),
        (storage, "or name another directory in Config.storage"),
        (
            ConfigError::StorageInUse { path: path() },
            "or name another directory",
        ),
        (ConfigError::Threads(cause()), "fewer in Config.threads"),
    ] {
        let text = refusal.to_string();
        assert!(text.contains(advice), "{text}");
    }
}

#[test]
fn the_root_runs_on_the_calling_thread_and_tasks_where_configured() {
    fn threads(config: Config) -> (ThreadId, ThreadId) {
        let (runner, context) = Executor::init(config);
        runner.start(async move {
            let root = thread::current().id();
            let task = context.spawn("task", async { thread::current().id() });
            (root, task.await.unwrap())
        })
    }
    let here = thread::current().id();
    assert_eq!(threads(one_thread()), (here, here));
    let (root, task) = threads(two_workers());
    assert_eq!(root, here);
    assert_ne!(task, here);
}

#[test]
fn what_a_context_makes_before_start_is_awaited_inside() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let begin = context.monotonic();
        let sleep = context.sleep(Duration::from_millis(10));
        let task = context.spawn("early", async { Context::here().is_some() });
        let work = context.spawn_blocking("early", || 2);
        let stopped = context.stopped();
        let mut listener = context.bind(any_port()).now_or_never().unwrap().unwrap();
        let datagram = context
            .bind_datagram(any_port())
            .now_or_never()
            .unwrap()
            .unwrap();
        context.stop(4);
        let open = context.open("p", b"x");
        runner.start(async {
            sleep.await;
            assert!(context.monotonic() >= begin + Duration::from_millis(10));
            assert_eq!(
                (task.await, work.await, stopped.await),
                (Ok(true), Ok(2), Ok(4))
            );
            let dial = context.dial(listener.local_addr());
            let (dialled, accepted) = futures::join!(dial, listener.accept());
            assert!(dialled.is_ok() && accepted.is_ok());
            datagram.send_to(b"x", datagram.local_addr()).await.unwrap();
            datagram.recv_from(&mut [0]).await.unwrap();
            open.await.unwrap().write_at(b"x", 0).await.unwrap();
        });
    }
}

#[test]
fn tasks_run_before_start_on_workers() {
    let (_runner, context) = Executor::init(two_workers());
    let task = context.spawn("early", async { 1 });
    assert_eq!(block_on(task), Ok(1));
    let sleeper = context.clone();
    block_on(async move { sleeper.sleep(Duration::from_millis(1)).await });
}

/// Dropped, it says where.
struct Tell(mpsc::Sender<(&'static str, String)>, &'static str);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.send((self.1, Current::label())).unwrap();
    }
}

#[test]
fn outstanding_tasks_are_dropped_and_their_handles_closed() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let (sender, receiver) = mpsc::channel();
        let tell = |text| Tell(sender.clone(), text);
        let root_tell = tell("root");
        let inside = context.clone();
        let handles: Vec<_> = runner.start(async move {
            let _tell = root_tell;
            let waiting = (0..20).map(|_| {
                let tell = tell("task");
                let sleep = inside.sleep(Duration::from_secs(3600));
                inside.spawn("waiting", async move {
                    let _tell = tell;
                    sleep.await;
                })
            });
            waiting.collect()
        });
        // All of them when `start` has returned, the root first.
        let dropped: Vec<_> = receiver.try_iter().collect();
        assert_eq!(dropped[0], ("root", String::new()));
        assert_eq!(dropped[1..], vec![("task", "waiting".to_owned()); 20]);
        for handle in handles {
            assert!(handle.is_finished());
            // It comes too late: what the end has dropped was not aborted.
            handle.abort();
            assert_eq!(block_on(handle), Err(Error::Closed));
        }
        assert_eq!(context.tasks()[0].running, 0);
    }
}

/// Takes its time to be dropped, and then says so.
struct Slow(mpsc::Sender<()>);

impl Drop for Slow {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(30));
        self.0.send(()).unwrap();
    }
}

#[test]
fn tasks_have_the_time_to_be_dropped_however_short_the_grace() {
    let mut config = two_workers();
    config.shutdown_grace = Duration::ZERO;
    let hold = |sender: &mpsc::Sender<()>| {
        let slow = Slow(sender.clone());
        async move {
            let _slow = slow;
            pending::<()>().await;
        }
    };
    let (sender, receiver) = mpsc::channel();
    let (runner, context) = Executor::init(config.clone());
    runner.start(async { drop(context.spawn("slow", hold(&sender))) });
    assert_eq!(receiver.try_recv(), Ok(()));

    // And so it is on a runtime that goes on.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    let here = runtime.handle().clone();
    let (attached, context) = Executor::attach(here, config).unwrap();
    drop(context.spawn("slow", hold(&sender)));
    runtime.block_on(attached.end());
    assert_eq!(receiver.try_recv(), Ok(()));
}

#[test]
fn tasks_that_wait_on_each_other_are_freed_and_kept_wakers_are_harmless() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let value = Arc::new(());
        let freed: Weak<()> = Arc::downgrade(&value);
        let waker: Waker = runner.start(async {
            let (one, other) = (oneshot::channel::<()>(), oneshot::channel::<()>());
            let wait = |from: oneshot::Receiver<()>, to: oneshot::Sender<()>| {
                let value = value.clone();
                async move {
                    let _kept = (from.await, to, value);
                }
            };
            drop(context.spawn("one", wait(one.1, other.0)));
            drop(context.spawn("other", wait(other.1, one.0)));
            let (send, receive) = oneshot::channel();
            drop(context.spawn("waker", async move {
                let waker = std::future::poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
                send.send(waker).unwrap();
                pending::<()>().await;
            }));
            receive.await.unwrap()
        });
        drop(value);
        assert_eq!(freed.upgrade(), None);
        waker.wake_by_ref();
        waker.wake();
    }
}

#[test]
fn after_the_end_everything_is_closed_and_nothing_panics() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let inside = context.clone();
        let (mut listener, (mut sink, mut stream), datagram, blob, sleep) =
            runner.start(async move {
                let mut listener = inside.bind(any_port()).await.unwrap();
                let connection = inside.dial(listener.local_addr()).await.unwrap();
                drop(listener.accept().await.unwrap());
                let datagram = inside.bind_datagram(any_port()).await.unwrap();
                let blob = inside.open("p", b"x").await.unwrap();
                let mut sleep = Box::pin(inside.sleep(Duration::from_millis(1)));
                let _ = poll!(&mut sleep);
                (listener, connection, datagram, blob, sleep)
            });
        let address = listener.local_addr();
        block_on(async {
            assert_eq!(listener.accept().await.err(), Some(Error::Closed));
            assert_eq!(sink.send(b"x").await, Err(Error::Closed));
            assert_eq!(sink.close().await, Err(Error::Closed));
            assert_eq!(stream.recv(&mut [0]).await, Err(Error::Closed));
            assert_eq!(stream.recv_some(&mut [0]).await, Err(Error::Closed));
            assert_eq!(datagram.send_to(b"x", address).await, Err(Error::Closed));
            assert_eq!(datagram.recv_from(&mut [0]).await, Err(Error::Closed));
            assert_eq!(blob.write_at(b"x", 0).await, Err(Error::Closed));
            assert_eq!(blob.read_at(&mut [0], 0).await, Err(Error::Closed));
            assert_eq!(blob.len().await, Err(Error::Closed));
            assert_eq!(blob.truncate(0).await, Err(Error::Closed));
            assert_eq!(blob.sync().await, Err(Error::Closed));
            assert_eq!(blob.close().await, Err(Error::Closed));

            assert_eq!(context.bind(any_port()).await.err(), Some(Error::Closed));
            assert_eq!(context.dial(address).await.err(), Some(Error::Closed));
            assert_eq!(
                context.bind_datagram(any_port()).await.err(),
                Some(Error::Closed)
            );
            assert_eq!(context.resolve("localhost").await, Err(Error::Closed));
            assert_eq!(context.open("p", b"x").await.err(), Some(Error::Closed));
            assert_eq!(context.remove("p", None).await, Err(Error::Closed));
            assert_eq!(context.scan("p").await, Err(Error::Closed));
            assert_eq!(context.spawn("late", async {}).await, Err(Error::Closed));
            assert_eq!(
                context.spawn_blocking("late", || ()).await,
                Err(Error::Closed)
            );
            assert_eq!(context.stopped().await, Err(Error::Closed));
            context.stop(1);

            thread::sleep(Duration::from_millis(5));
            assert_eq!(sleep.now_or_never(), None);
            assert_eq!(context.sleep(Duration::ZERO).now_or_never(), None);
            assert_eq!(
                context.sleep_until(SystemTime::UNIX_EPOCH).now_or_never(),
                None
            );
            assert!(
                context.monotonic() > Duration::ZERO && context.current() > SystemTime::UNIX_EPOCH
            );
        });
    }
}

#[test]
fn the_end_wakes_who_waits_on_another_thread() {
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let mut listener = context.bind(any_port()).now_or_never().unwrap().unwrap();
        let task = context.spawn("task", pending::<()>());
        let stopped = context.stopped();
        let waits = thread::spawn(move || {
            block_on(async { (listener.accept().await.err(), task.await, stopped.await) })
        });
        runner.start(context.sleep(Duration::from_millis(20)));
        let closed = (Some(Error::Closed), Err(Error::Closed), Err(Error::Closed));
        assert_eq!(waits.join().unwrap(), closed);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_end_closes_a_dial_on_another_thread() {
    let (address, _silent) = crate::dialling::silent();
    for config in FLAVOURS {
        let (runner, context) = Executor::init(config());
        let inside = context.clone();
        let dial = thread::spawn(move || block_on(inside.dial(address)).err());
        runner.start(context.sleep(Duration::from_millis(20)));
        assert_eq!(dial.join().unwrap(), Some(Error::Closed));
    }
}

#[test]
fn a_sleep_on_another_thread_never_ends_with_the_run() {
    for _ in 0..50 {
        let (runner, context) = Executor::init(two_workers());
        let sleepers: Vec<_> = (0..4)
            .map(|_| {
                let context = context.clone();
                thread::spawn(move || {
                    let mut sleep = Box::pin(context.sleep(Duration::from_secs(3600)));
                    let mut cx = std::task::Context::from_waker(Waker::noop());
                    (0..20_000).all(|_| sleep.as_mut().poll(&mut cx).is_pending())
                })
            })
            .collect();
        runner.start(context.sleep(Duration::from_millis(1)));
        for sleeper in sleepers {
            assert!(
                sleeper
                    .join()
                    .expect("a sleep panicked at the end of the run")
            );
        }
    }
}

#[test]
fn blocking_work_is_waited_for_within_the_grace() {
    let (runner, context) = Executor::init(two_workers());
    let (sender, receiver) = mpsc::channel();
    runner.start(async {
        let (started, running) = oneshot::channel();
        drop(context.spawn_blocking("work", move || {
            started.send(()).unwrap();
            thread::sleep(Duration::from_millis(50));
            sender.send("done").unwrap();
        }));
        running.await.unwrap();
    });
    assert_eq!(receiver.try_recv(), Ok("done"));
}

#[test]
fn blocking_work_beyond_the_grace_is_named_and_abandoned() {
    log::keep();
    let mut config = two_workers();
    config.shutdown_grace = Duration::from_millis(20);
    let (runner, context) = Executor::init(config);
    let (go, wait) = mpsc::channel::<()>();
    let (done, told) = mpsc::channel();
    let begin = context.monotonic();
    let mut handle = None;
    runner.start(async {
        let (started, running) = oneshot::channel();
        let work = context.spawn_blocking("abandoned-work", move || {
            started.send(()).unwrap();
            wait.recv().unwrap();
            done.send(()).unwrap();
        });
        running.await.unwrap();
        handle = Some(work);
    });
    assert!(context.monotonic() >= begin + Duration::from_millis(20));
    assert_eq!(block_on(handle.unwrap()), Err(Error::Closed));
    let lines = log::with("abandoned-work");
    assert!(
        lines.len() == 1 && lines[0].starts_with("WARN"),
        "{lines:?}"
    );
    go.send(()).unwrap();
    told.recv().unwrap();
}

#[test]
fn a_task_that_blocks_its_thread_is_named_and_abandoned() {
    log::keep();
    let mut config = two_workers();
    config.shutdown_grace = Duration::ZERO;
    let (runner, context) = Executor::init(config);
    let (go, wait) = mpsc::channel::<()>();
    runner.start(async {
        let (started, running) = oneshot::channel();
        drop(context.spawn("abandoned-task", async move {
            started.send(()).unwrap();
            wait.recv().unwrap();
        }));
        running.await.unwrap();
    });
    assert_eq!(log::with("abandoned-task").len(), 1);
    go.send(()).unwrap();
}

#[test]
fn refused_work_is_dropped_as_its_task() {
    let (runner, context) = Executor::default();
    drop(runner);
    let (sender, receiver) = mpsc::channel();
    let tell = Tell(sender.clone(), "work");
    drop(context.spawn_blocking("late-work", move || drop(tell)));
    let tell = Tell(sender, "task");
    drop(context.spawn("late-task", async move { drop(tell) }));
    let dropped: Vec<_> = receiver.iter().collect();
    let expected = [
        ("work", "late-work".to_owned()),
        ("task", "late-task".to_owned()),
    ];
    assert_eq!(dropped, expected);
}

#[test]
fn a_runner_that_is_never_started_ends_the_run_in_any_context() {
    for config in FLAVOURS {
        let end = || {
            let (runner, context) = Executor::init(config());
            let handle = context.spawn("task", pending::<()>());
            drop(runner);
            assert!(handle.is_finished());
            assert_eq!(context.sleep(Duration::ZERO).now_or_never(), None);
            (handle, context)
        };
        let check = |(handle, context): (runtime_traits::Handle<()>, Context)| {
            assert_eq!(block_on(handle), Err(Error::Closed));
            assert_eq!(block_on(context.stopped()), Err(Error::Closed));
        };
        check(end());
        for outer in FLAVOURS {
            let (runner, _context) = Executor::init(outer());
            check(runner.start(async { end() }));
        }
    }
}

#[test]
fn start_inside_a_runtime_panics_with_a_sentence_and_ends_the_inner_run() {
    for outer in FLAVOURS {
        let (runner, _context) = Executor::init(outer());
        runner.start(async {
            let (inner, context) = Executor::default();
            let handle = context.spawn("inner", pending::<()>());
            let start = || inner.start(async {});
            let panic = catch_unwind(AssertUnwindSafe(start)).unwrap_err();
            let text = panic.downcast_ref::<&str>().unwrap();
            assert!(
                text.starts_with("start was called on a thread that polls tasks"),
                "{text}"
            );
            assert_eq!(handle.await, Err(Error::Closed));
        });
    }
}

#[test]
fn a_run_may_start_inside_blocking_work() {
    crate::run(async |context| {
        let work = || Executor::default().0.start(async { Current::label() });
        assert_eq!(
            context.spawn_blocking("outer", work).await,
            Ok(String::new())
        );
    });
}

#[test]
fn runs_alternate_on_one_thread() {
    let (first, one) = Executor::init(one_thread());
    let (second, two) = Executor::init(one_thread());
    let task = two.spawn("two", async { Current::label() });
    first.start(async { assert_eq!(one.spawn("one", async { 1 }).await, Ok(1)) });
    assert_eq!(second.start(task), Ok("two".into()));
}
