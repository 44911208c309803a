//! Runs on a tokio runtime of the user's own.

use crate::{log, network::any_port};
use futures::FutureExt;
use runtime_tokio::{Attached, Config, ConfigError, Context, Executor};
use runtime_traits::{Blob, Clock, Current, Error, Here, Network, Panics, Spawner, Storage};
use std::{future::pending, panic::AssertUnwindSafe, sync::mpsc, time::Duration};
use tempfile::TempDir;
use tokio::runtime::{Builder, Handle, Runtime};

fn runtimes() -> [Runtime; 2] {
    let [mut one, mut two] = [Builder::new_current_thread(), Builder::new_multi_thread()];
    two.worker_threads(2);
    [
        one.enable_all().build().unwrap(),
        two.enable_all().build().unwrap(),
    ]
}

fn attach(config: Config) -> (Attached, Context) {
    Executor::attach(Handle::current(), config).unwrap()
}

/// Runs `test` on each kind of runtime, which outlives what is attached.
fn on_each(test: impl AsyncFn()) {
    for runtime in runtimes() {
        runtime.block_on(async {
            test().await;
            assert_eq!(tokio::spawn(async { "goes on" }).await.unwrap(), "goes on");
        });
    }
}

#[test]
fn an_attached_context_is_a_context() {
    on_each(async || {
        let (attached, context) = attach(Config::default());
        let task = context.spawn("task", async {
            (Current::label(), Context::here().is_some())
        });
        assert_eq!(task.await, Ok(("task".into(), true)));
        assert_eq!(context.spawn_blocking("work", || 1).await, Ok(1));
        context.sleep(Duration::from_millis(1)).await;
        context.bind(any_port()).await.unwrap();
        let blob = context.open("p", b"x").await.unwrap();
        blob.write_at(b"x", 0).await.unwrap();
        attached.end().await;
    });
}

#[test]
fn the_end_of_an_attached_run_drops_its_tasks_and_closes_the_rest() {
    on_each(async || {
        let directory = TempDir::new().unwrap();
        let mut config = Config::default();
        config.storage = Some(directory.path().into());
        let (attached, context) = attach(config.clone());
        let second = Executor::attach(Handle::current(), config.clone());
        assert!(matches!(second, Err(ConfigError::StorageInUse { .. })));
        let (sender, receiver) = mpsc::channel::<()>();
        let handles: Vec<_> = (0..20)
            .map(|_| {
                let sender = sender.clone();
                context.spawn("hung", async move {
                    let _sender = sender;
                    pending::<()>().await;
                })
            })
            .collect();
        drop(sender);
        context.spawn("ended", async {}).await.unwrap();
        attached.end().await;
        assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
        for handle in handles {
            assert_eq!(handle.await, Err(Error::Closed));
        }
        assert_eq!(context.spawn("late", async {}).await, Err(Error::Closed));
        assert_eq!(context.bind(any_port()).await.err(), Some(Error::Closed));
        assert_eq!(context.stopped().await, Err(Error::Closed));
        assert_eq!(context.sleep(Duration::ZERO).now_or_never(), None);
        attach(config).0.end().await;
    });
}

#[test]
fn after_stop_tasks_end_by_themselves_or_are_named() {
    log::keep();
    on_each(async || {
        let (attached, context) = attach(Config::default());
        let inside = context.clone();
        let leaving = context.spawn("leaving", async move {
            inside.stopped().await.unwrap();
            inside.sleep(Duration::from_millis(5)).await;
        });
        context.stop(0);
        attached.end().await;
        assert_eq!(leaving.await, Ok(()));
    });
    let mut config = Config::default();
    config.shutdown_grace = Duration::from_millis(10);
    on_each(async || {
        let (attached, context) = attach(config.clone());
        let hung = context.spawn("hung-attached", pending::<()>());
        context.stop(0);
        attached.end().await;
        assert_eq!(hung.await, Err(Error::Closed));
    });
    let lines = log::with("hung-attached");
    assert!(
        lines.len() == 2 && lines[0].contains("still running"),
        "{lines:?}"
    );
}

#[test]
fn no_attached_task_has_longer_than_the_grace() {
    let mut config = Config::default();
    config.shutdown_grace = Duration::from_millis(20);
    on_each(async || {
        let (attached, context) = attach(config.clone());
        let inside = context.clone();
        let slow = context.spawn("slow", async move {
            inside.sleep(Duration::from_secs(2)).await;
        });
        context.stop(0);
        attached.end().await;
        assert_eq!(slow.await, Err(Error::Closed));
    });
}

#[test]
fn blocking_work_is_waited_for_within_the_grace_or_named() {
    log::keep();
    on_each(async || {
        let (attached, context) = attach(Config::default());
        let work = context.spawn_blocking("work", || std::thread::sleep(Duration::from_millis(10)));
        attached.end().await;
        assert_eq!(work.now_or_never(), Some(Ok(())));
    });
    let mut config = Config::default();
    config.shutdown_grace = Duration::from_millis(10);
    on_each(async || {
        let (attached, context) = attach(config.clone());
        let (free, wait) = mpsc::channel::<()>();
        let work = context.spawn_blocking("attached-work", move || {
            let _ = wait.recv();
        });
        attached.end().await;
        assert_eq!(work.await, Err(Error::Closed));
        drop(free);
    });
    assert_eq!(log::with("attached-work").len(), 2);
}

#[test]
fn dropped_it_ends_the_run_without_waiting() {
    on_each(async || {
        let (attached, context) = attach(Config::default());
        let hung = context.spawn("hung", pending::<()>());
        drop(attached);
        assert_eq!(context.spawn("late", async {}).await, Err(Error::Closed));
        assert_eq!(hung.await, Err(Error::Closed));
    });
}

#[test]
fn a_propagated_panic_leaves_the_end() {
    on_each(async || {
        let mut config = Config::default();
        config.panics = Panics::Propagate;
        let (attached, context) = attach(config);
        let task = context.spawn("task", async { panic!("of a task") });
        assert_eq!(task.await, Err::<(), _>(Error::Exited));
        let end = AssertUnwindSafe(attached.end()).catch_unwind().await;
        assert_eq!(end.unwrap_err().downcast_ref(), Some(&"of a task"));
    });
}
