//! What only a backend can show that can break its machines: power failures, disks that fail, walls
//! that jump. A suite has this topic when it is given `machine`, and that of several
//! [`machines`](crate::machines).
//!
//! The clauses take a run with a function that makes a machine of a name, inside the run.

use crate::{drops::Guard, outside::poll_once};
use runtime_traits::{
    Blob, Clock, Error, Listener, Network, Runner, Sink, Spawner, Storage, Stream,
};
use std::{
    future::pending,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Poll,
    time::Duration,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// One write of a disk: what lies in another is not torn with it.
const SECTOR: usize = 4096;

/// A machine in the hand of a test.
///
/// ```
/// use runtime_conformance::machine::Machine;
/// use runtime_deterministic::{Context, Crash, DiskOp, Host};
/// use std::{net::IpAddr, time::Duration};
///
/// struct Simulated(Host<()>);
///
/// impl Machine for Simulated {
///     type Context = Context;
///
///     fn context(&self) -> Context {
///         self.0.context()
///     }
///
///     fn addr(&self) -> IpAddr {
///         self.0.addr()
///     }
///
///     fn crash(&self) {
///         self.0.crash(Crash::Reset).expect("it runs");
///         self.0.restart().expect("it has crashed");
///     }
///
///     fn fail_next_sync(&self) {
///         self.0.disk().fail_next(DiskOp::Sync);
///     }
///
///     fn jump(&self, by: Duration) {
///         self.0.clock().jump(by);
///     }
///
///     fn jump_back(&self, by: Duration) {
///         self.0.clock().jump_back(by);
///     }
/// }
/// ```
pub trait Machine {
    /// What its programs use.
    type Context: Spawner + Clock + Network + Storage;

    /// The context of its present life. Nothing runs on a machine but what the clauses spawn there.
    fn context(&self) -> Self::Context;

    /// The address at which the others reach it, the same in each life.
    fn addr(&self) -> IpAddr;

    /// The power fails, and comes back: the next life begins.
    fn crash(&self);

    /// The next sync on its disk fails.
    fn fail_next_sync(&self);

    /// Its wall clock jumps forwards.
    fn jump(&self, by: Duration);

    /// Its wall clock jumps back.
    fn jump_back(&self, by: Duration);
}

async fn content<B: Blob>(blob: &B) -> Vec<u8> {
    let len = blob.len().await.expect("the disk works");
    let mut bytes = vec![0xee; len as usize];
    let read = blob.read_at(&mut bytes, 0).await;
    read.expect("so long it is");
    bytes
}

/// What a blob holds after the power failed.
async fn content_after_crash<M: Machine>(machine: &M) -> Vec<u8> {
    machine.crash();
    content(&opened(machine).await).await
}

pub(crate) async fn opened<M: Machine>(machine: &M) -> <M::Context as Storage>::Blob {
    let opened = machine.context().open("wal", b"log").await;
    opened.expect("it is made")
}

/// A blob that `open` made is there after a power failure, once `open` has returned.
pub fn open_is_durable_when_it_returns<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let names: Vec<_> = (0..8).map(|number| vec![number]).collect();
        for name in &names {
            let opened = machine.context().open("wal", name).await;
            opened.expect("it is made");
        }
        machine.crash();
        assert_eq!(machine.context().scan("wal").await, Ok(names));
    });
}

/// What `remove` removed, blob or partition, is gone after a power failure, once it has returned.
pub fn remove_is_durable_when_it_returns<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let context = machine.context();
        for partition in ["blob", "whole"] {
            let blob = context.open(partition, b"gone").await.expect("it is made");
            blob.write_at(b"abc", 0).await.expect("there is room");
            blob.sync().await.expect("the disk works");
        }
        assert_eq!(context.remove("blob", Some(b"gone")).await, Ok(()));
        assert_eq!(context.remove("whole", None).await, Ok(()));
        machine.crash();
        assert_eq!(machine.context().scan("blob").await, Ok(Vec::new()));
        let missing = Error::PartitionMissing("whole".into());
        assert_eq!(machine.context().scan("whole").await, Err(missing));
    });
}

/// What `write_at` and `truncate` did is there after a power failure, once `sync` has returned.
pub fn what_was_synced_is_durable<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let blob = opened(&machine).await;
        blob.write_at(&[7; 3 * SECTOR], 0)
            .await
            .expect("there is room");
        blob.truncate(10).await.expect("it is longer");
        blob.write_at(b"end", 12).await.expect("there is room");
        blob.sync().await.expect("the disk works");
        let expected = b"\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\0\0end";
        assert_eq!(content_after_crash(&machine).await, expected);
    });
}

/// `close` syncs before it returns.
pub fn close_is_durable_when_it_returns<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let blob = opened(&machine).await;
        blob.write_at(&[7; SECTOR], 0).await.expect("there is room");
        blob.close().await.expect("the disk works");
        assert_eq!(content_after_crash(&machine).await, [7; SECTOR]);
    });
}

/// What was not synced may be lost at a power failure: over some seeds it is, and dropping the handle
/// syncs nothing.
pub fn what_was_not_synced_may_be_lost<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let survives = |seed| {
        let (runner, machines) = fresh(seed);
        runner.start(async {
            let machine = machines("db");
            let blob = opened(&machine).await;
            blob.write_at(&[7; SECTOR], 0).await.expect("there is room");
            drop(blob);
            content_after_crash(&machine).await == [7; SECTOR]
        })
    };
    assert!((0..64).any(|seed| !survives(seed)), "nothing is ever lost");
}

/// Whatever becomes of a write that was not synced, what was synced beside it stays as it was.
pub fn an_unsynced_write_tears_nothing_beside_it<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    for seed in 0..32 {
        let (runner, machines) = fresh(seed);
        runner.start(async {
            let machine = machines("db");
            let blob = opened(&machine).await;
            blob.write_at(&[7; 4 * SECTOR], 0)
                .await
                .expect("there is room");
            blob.sync().await.expect("the disk works");
            blob.write_at(&[8; SECTOR], SECTOR as u64)
                .await
                .expect("there is room");
            let left = content_after_crash(&machine).await;
            assert_eq!(left.len(), 4 * SECTOR);
            let (before, after) = (&left[..SECTOR], &left[2 * SECTOR..]);
            let is_torn = before.iter().chain(after).any(|byte| *byte != 7);
            assert!(!is_torn, "with run {seed}");
        });
    }
}

/// After a failed sync every call on the handle and its clones is [`Error::BlobSyncFailed`], a
/// second sync too: it must not pretend. Opened again, the blob can be written and synced.
pub fn after_a_failed_sync_the_handle_fails<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let blob = opened(&machine).await;
        blob.write_at(b"lost", 0).await.expect("there is room");
        machine.fail_next_sync();
        for handle in [&blob, &blob, &blob.clone()] {
            fails("sync", handle.sync().await);
            fails("write_at", handle.write_at(b"more", 0).await);
            fails("truncate", handle.truncate(0).await);
            fails("read_at", handle.read_at(&mut [0; 4], 0).await);
            fails("len", handle.len().await.map(drop));
        }
        fails("close", blob.close().await);
        let blob = opened(&machine).await;
        blob.truncate(0).await.expect("there is room");
        blob.write_at(b"kept", 0).await.expect("there is room");
        assert_eq!(blob.sync().await, Ok(()));
        assert_eq!(content_after_crash(&machine).await, b"kept");
    });

    fn fails(call: &str, result: Result<(), Error>) {
        match result {
            Err(Error::BlobSyncFailed(partition, name, _)) => {
                assert_eq!((partition.as_str(), name.as_str()), ("wal", "log"));
            }
            other => panic!("{call}: expected BlobSyncFailed, got {other:?}"),
        }
    }
}

/// Handles to the tasks of a machine whose power failed yield [`Error::Exited`], once the futures
/// are dropped.
pub fn a_crash_ends_its_tasks_with_exited<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let (guard, fate) = Guard::new();
        let task = machine.context().spawn("serves", async move {
            let _guard = guard;
            pending::<()>().await;
        });
        machine.crash();
        assert_eq!(task.await, Err(Error::Exited));
        assert!(fate.is_dropped());
    });
}

/// The context of a life that is over is dead: its tasks do not run, its calls are
/// [`Error::Closed`], and what it opened and bound is closed as well.
pub fn the_context_of_a_past_life_is_closed<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("db");
        let past = machine.context();
        let blob = opened(&machine).await;
        let socket = SocketAddr::new(machine.addr(), 0);
        let mut listener = past.bind(socket).await.expect("a free port");
        let (mut sink, mut stream) = past.dial(listener.local_addr()).await.expect("itself");
        machine.crash();
        let runs = Arc::new(AtomicBool::new(false));
        let ran = runs.clone();
        let late = past.spawn("late", async move { ran.store(true, SeqCst) });
        assert_eq!(late.await, Err(Error::Exited));
        assert!(!runs.load(SeqCst), "its tasks run");
        assert_eq!(past.stopped().await, Err(Error::Closed));
        let closed = Some(Error::Closed);
        assert_eq!(past.open("wal", b"log").await.err(), closed);
        assert_eq!(past.scan("wal").await.err(), closed);
        assert_eq!(past.remove("wal", None).await.err(), closed);
        assert_eq!(past.bind(socket).await.err(), closed);
        assert_eq!(past.dial(socket).await.err(), closed);
        assert_eq!(blob.write_at(b"late", 0).await.err(), closed);
        assert_eq!(blob.read_at(&mut [0; 1], 0).await.err(), closed);
        assert_eq!(blob.truncate(0).await.err(), closed);
        assert_eq!(blob.truncate(u64::MAX).await.err(), closed);
        assert_eq!(blob.write_at(b"late", u64::MAX).await.err(), closed);
        assert_eq!(blob.read_at(&mut [0; 1], u64::MAX).await.err(), closed);
        assert_eq!(blob.len().await.err(), closed);
        assert_eq!(blob.sync().await.err(), closed);
        assert_eq!(blob.close().await.err(), closed);
        assert_eq!(sink.send(b"late").await.err(), closed);
        assert_eq!(stream.recv_some(&mut [0; 1]).await.err(), closed);
        assert_eq!(listener.accept().await.err(), closed);
    });
}

/// A jump of the wall clock, forwards or back, moves no sleep, not even one until a time of the wall.
pub fn a_jump_of_the_wall_moves_no_sleep<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let (minute, second) = (Duration::from_secs(60), Duration::from_secs(1));
        let jumps: [fn(&M); 2] = [|m| m.jump(HOUR), |m| m.jump_back(HOUR)];
        for (name, jump) in ["one", "other"].into_iter().zip(jumps) {
            let machine = machines(name);
            let clock = machine.context();
            let deadline = clock.monotonic() + minute;
            let sleeps = [
                clock.sleep(minute),
                clock.sleep_until(clock.current() + minute),
                clock.sleep_until_monotonic(deadline),
            ];
            let unpolled = [
                clock.sleep(minute),
                clock.sleep_until(clock.current() + minute),
                clock.sleep_until_monotonic(deadline),
            ];
            let mut sleeps = sleeps.map(Box::pin);
            for sleep in &mut sleeps {
                assert_eq!(poll_once(sleep), early(clock.monotonic() < deadline));
            }
            jump(&machine);
            for mut sleep in sleeps.into_iter().chain(unpolled.map(Box::pin)) {
                assert_eq!(poll_once(&mut sleep), early(clock.monotonic() < deadline));
                let slept = clock.timeout(minute + second, sleep).await;
                assert_eq!(slept, Ok(()), "it ends late");
                assert!(clock.monotonic() >= deadline, "it ends early");
            }
        }
    });

    fn early(is_early: bool) -> Poll<()> {
        match is_early {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    }
}

/// A jump of the wall clock is none of the monotonic clock, which goes neither back nor ahead.
pub fn a_jump_of_the_wall_leaves_monotonic_alone<R: Runner, M: Machine, F: Fn(&str) -> M>(
    fresh: &dyn Fn(u64) -> (R, F),
) {
    let (runner, machines) = fresh(0);
    runner.start(async {
        let machine = machines("clocks");
        let clock = machine.context();
        let (wall, before) = (clock.current(), clock.monotonic());
        machine.jump(2 * HOUR);
        assert!(clock.current() >= wall + 2 * HOUR, "the wall jumps");
        machine.jump_back(3 * HOUR);
        assert!(clock.current() < wall, "the wall jumps back");
        let after = clock.monotonic();
        assert!(
            after >= before && after < before + HOUR,
            "{before:?} {after:?}"
        );
    });
}
