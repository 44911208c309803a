//! Tasks, blocking work, labels, and the word to stop.

use crate::{one_thread, run, run_with};
use futures::{FutureExt, channel::oneshot};
use runtime_tokio::{Config, Context, Executor};
use runtime_traits::{Clock, Current, Error, Here, Random, Runner, Spawner, reschedule, select};
use std::{
    collections::BTreeSet,
    future::{pending, poll_fn},
    hint,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    task::{Poll, Wake, Waker},
    thread,
    time::Duration,
};

/// Says when it is dropped, and as which task.
struct Tell(Option<oneshot::Sender<String>>);

impl Drop for Tell {
    fn drop(&mut self) {
        let _ = self.0.take().unwrap().send(Current::label());
    }
}

#[test]
fn a_task_starts_unawaited_and_outlives_its_handle() {
    run(async |context| {
        let (sender, receiver) = oneshot::channel();
        drop(context.spawn("detached", async move {
            reschedule().await;
            sender.send(7).unwrap();
        }));
        assert_eq!(receiver.await, Ok(7));
    });
}

#[test]
fn an_aborted_task_is_dropped_by_itself_before_its_handle_resolves() {
    run_with(one_thread(), async |context| {
        let (dropped, mut label) = oneshot::channel();
        let (started, running) = oneshot::channel();
        let tell = Tell(Some(dropped));
        let handle = context.spawn("aborted", async move {
            let _tell = tell;
            started.send(()).unwrap();
            pending::<()>().await;
        });
        running.await.unwrap();
        handle.abort();
        handle.abort();
        assert_eq!(label.try_recv(), Ok(None), "dropped inside abort");
        assert_eq!(handle.await, Err(Error::Aborted));
        assert_eq!(label.try_recv(), Ok(Some("aborted".into())));
    });
}

#[test]
fn abort_before_the_first_poll_prevents_it_and_after_the_end_changes_nothing() {
    run_with(one_thread(), async |context| {
        let polled = Arc::new(AtomicBool::new(false));
        let inside = polled.clone();
        let early = context.spawn("early", async move { inside.store(true, SeqCst) });
        early.abort();
        assert_eq!(early.await, Err(Error::Aborted));
        assert!(!polled.load(SeqCst));

        let late = context.spawn("late", async { 5 });
        while !late.is_finished() {
            reschedule().await;
        }
        late.abort();
        assert_eq!(late.await, Ok(5));
    });
}

#[test]
fn labels_nest_by_task_and_are_counted() {
    run(async |context| {
        let inner = context.clone();
        let have = context.spawn("have", async move {
            inner.spawn("fun", async { Current::label() }).await
        });
        assert_eq!(have.await, Ok(Ok("have_fun".into())));
        let inner = context.clone();
        let work = move || {
            let handle = inner.spawn("out", async { Current::label() });
            (Current::label(), handle)
        };
        let (label, handle) = context.spawn_blocking("work", work).await.unwrap();
        assert_eq!(
            (label, handle.await),
            ("work".into(), Ok("work_out".into()))
        );

        let waiting = context.spawn("have", pending::<()>());
        let counts: Vec<_> = context
            .tasks()
            .into_iter()
            .map(|c| (c.label, c.spawned, c.running))
            .collect();
        let expected = [
            ("have", 2, 1),
            ("have_fun", 1, 0),
            ("work", 1, 0),
            ("work_out", 1, 0),
        ];
        assert_eq!(
            counts,
            expected.map(|(label, spawned, running)| (label.to_owned(), spawned, running))
        );
        drop(waiting);
    });
}

#[test]
fn a_task_carries_the_context_that_spawned_it() {
    let (outer, outer_context) = Executor::init(one_thread());
    let (_idle, other) = Executor::default();
    outer.start(async {
        assert!(Context::here().is_some());
        let ask = async || (Context::here().map(|c| labels(&c)), Current::label());
        let own = outer_context.spawn("own", async move { ask().await });
        assert_eq!(own.await, Ok((Some(vec!["own".into()]), "own".into())));
        // From another run's task: that run's context, and a label of its own.
        let inside = other.clone();
        let foreign = outer_context.spawn("here", async move {
            inside
                .spawn("there", async move { ask().await })
                .await
                .unwrap()
        });
        assert_eq!(
            foreign.await,
            Ok((Some(vec!["there".into()]), "there".into()))
        );
    });
    assert!(Context::here().is_none());
    let outside = other.spawn("outside", async { Current::label() });
    assert_eq!(futures::executor::block_on(outside), Ok("outside".into()));
}

fn labels(context: &Context) -> Vec<String> {
    context
        .tasks()
        .into_iter()
        .map(|count| count.label)
        .collect()
}

#[test]
fn blocking_work_runs_beside_the_tasks() {
    run_with(one_thread(), async |context| {
        let (sender, receiver) = mpsc::channel();
        let work = context.spawn_blocking("work", move || receiver.recv().unwrap());
        context
            .spawn("feed", async move { sender.send(3).unwrap() })
            .await
            .unwrap();
        assert_eq!(work.await, Ok(3));
    });
}

#[test]
fn aborted_blocking_work_resolves_at_once_and_runs_on() {
    run(async |context| {
        let (go, wait) = mpsc::channel();
        let (tell, told) = oneshot::channel();
        let work = context.spawn_blocking("work", move || {
            wait.recv().unwrap();
            tell.send("done").unwrap();
        });
        work.abort();
        assert_eq!(work.await, Err(Error::Aborted));
        go.send(()).unwrap();
        assert_eq!(told.await, Ok("done"));
    });
}

#[test]
fn stop_kills_nobody_and_its_first_value_wins() {
    run(async |context| {
        let inside = context.clone();
        let task = context.spawn("watcher", async move {
            let value = inside.stopped().await;
            reschedule().await;
            value
        });
        context.stop(1);
        context.stop(2);
        assert_eq!(task.await, Ok(Ok(1)));
        assert_eq!(context.stopped().await, Ok(1));
    });
}

#[test]
fn of_two_threads_that_stop_a_run_each_finds_it_stopped() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    let attach = |_| Executor::attach(runtime.handle().clone(), Config::default()).unwrap();
    let runs: Vec<_> = (0..2_000).map(attach).collect();
    let arrived = AtomicUsize::new(0);
    let too_early = |value| {
        let found = (2..).step_by(2).zip(&runs).filter(|(both, (_, context))| {
            let stopped = context.stopped();
            arrived.fetch_add(1, SeqCst);
            // Not a barrier: the two are to come within nanoseconds of each other.
            while arrived.load(SeqCst) < *both {
                hint::spin_loop();
            }
            context.stop(value);
            stopped.now_or_never().is_none()
        });
        found.count()
    };
    let found = thread::scope(|scope| {
        let other = scope.spawn(|| too_early(1));
        [too_early(2), other.join().unwrap()]
    });
    assert_eq!(found, [0, 0], "pending after `stop`");
}

/// Stops the run again when it is woken.
struct Again(Context);

impl Wake for Again {
    fn wake(self: Arc<Self>) {
        self.0.stop(2);
    }
}

#[test]
fn a_waker_may_stop_the_run_that_wakes_it() {
    run(async |context| {
        let waker = Waker::from(Arc::new(Again(context.clone())));
        let mut stopped = context.stopped();
        assert!(
            stopped
                .poll_unpin(&mut std::task::Context::from_waker(&waker))
                .is_pending()
        );
        let (done, told) = oneshot::channel();
        let inside = context.clone();
        // It never ends where a lock is held meanwhile.
        thread::spawn(move || {
            inside.stop(1);
            done.send(())
        });
        let told = context.timeout(Duration::from_secs(10), told).await;
        assert_eq!(told, Ok(Ok(())));
        assert_eq!(stopped.await, Ok(1));
    });
}

#[test]
fn a_context_spawns_from_any_thread() {
    run(async |context| {
        let inside = context.clone();
        let spawn = move || {
            let handle = inside.spawn("foreign", async { 1 });
            futures::executor::block_on(handle)
        };
        let joined = thread::spawn(spawn).join().unwrap();
        assert_eq!(joined, Ok(1));
    });
}

#[test]
fn the_order_of_select_varies_in_the_root_and_in_tasks() {
    let orders = || {
        (0..200)
            .map(|_| select::order::<3>())
            .collect::<BTreeSet<_>>()
            .len()
    };
    run(async |context| {
        assert_eq!(orders(), 6);
        assert_eq!(context.spawn("task", async move { orders() }).await, Ok(6));
    });
}

#[test]
fn two_runs_draw_different_orders() {
    let draw = || run(async |_| (0..64).map(|_| select::order::<3>()).collect::<Vec<_>>());
    assert_ne!(draw(), draw());
}

#[test]
fn randomness_differs_at_each_draw_through_both_traits() {
    fn through_rand_core(mut rng: impl rand_core::CryptoRng) -> (u64, u32, [u8; 16]) {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        (rng.next_u64(), rng.next_u32(), bytes)
    }
    let (_runner, context) = Executor::default();
    let mut bytes = [[0; 16]; 2];
    bytes.iter_mut().for_each(|bytes| context.fill(bytes));
    assert_ne!(bytes[0], bytes[1]);
    assert_ne!(context.next_u64(), context.next_u64());
    assert_ne!(
        through_rand_core(context.clone()),
        through_rand_core(context)
    );
}

#[test]
fn a_task_that_never_waits_lets_others_run() {
    run_with(one_thread(), async |context| {
        let polls = Arc::new(AtomicUsize::new(0));
        let (inside, counted) = (context.clone(), polls.clone());
        let spin = context.spawn("spin", async move {
            loop {
                inside.sleep(Duration::ZERO).await;
                counted.fetch_add(1, SeqCst);
            }
        });
        while polls.load(SeqCst) < 1000 {
            reschedule().await;
        }
        spin.abort();
        assert_eq!(spin.await, Err(Error::Aborted));
    });
}

#[test]
fn the_root_may_borrow_and_need_not_be_send() {
    let mut polled = std::rc::Rc::new(0);
    let (runner, _context) = Executor::default();
    runner.start(poll_fn(|_| {
        *std::rc::Rc::get_mut(&mut polled).unwrap() += 1;
        Poll::Ready(())
    }));
    assert_eq!(*polled, 1);
}
