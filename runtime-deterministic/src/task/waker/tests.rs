//! Every function of the table, on this thread and on others.

use super::{Far, INDEX_BITS, SERIAL_BITS, let_go, pack, unpack, waker, wakes};
use crate::{
    Executor,
    kernel::{ROOT, RUN_BITS, Run, TaskId},
};
use runtime_traits::Runner;
use std::{
    future::poll_fn,
    sync::Arc,
    task::{Poll, Wake, Waker},
    thread, // tidy: a foreign thread is the subject
};

const RUN: Run = Run((1 << RUN_BITS) - 1);
const LAST: TaskId = TaskId {
    index: (1 << INDEX_BITS) - 1,
    serial: (1 << SERIAL_BITS) - 1,
};

#[test]
fn what_is_packed_comes_back() {
    for run in [Run(0), Run(1), RUN] {
        for index in [0, 1, LAST.index] {
            for serial in [0, 1, LAST.serial] {
                let task = TaskId { index, serial };
                assert_eq!(unpack(pack(run, task).unwrap()), (run, task));
            }
        }
    }
    let long = TaskId {
        serial: LAST.serial + 3,
        ..LAST
    };
    let short = TaskId { serial: 2, ..LAST };
    assert_eq!(unpack(pack(RUN, long).unwrap()), (RUN, short));
}

#[test]
fn a_task_that_does_not_fit_has_a_waker_too() {
    let (beyond, before) = (LAST.index + 1, LAST);
    let task = TaskId {
        index: beyond,
        serial: 7,
    };
    assert_eq!(pack(RUN, task), None);
    let far = waker(RUN, task);
    assert!(!wakes(&waker(RUN, before), RUN, task));
    assert!(!wakes(&far, RUN, before));
    far.wake_by_ref();
    let_go(far);
}

/// What a task sees of its own waker, and others of it.
async fn woken_by(wake: impl FnOnce(&Waker)) {
    let mut wake = Some(wake);
    poll_fn(|cx| match wake.take() {
        Some(wake) => {
            wake(cx.waker());
            Poll::Pending
        }
        None => Poll::Ready(()),
    })
    .await;
}

#[test]
fn each_way_to_wake_wakes() {
    let (runner, context, _) = Executor::seeded(1);
    let run = context.shared.run;
    runner.start(async {
        woken_by(Waker::wake_by_ref).await;
        #[expect(
            clippy::waker_clone_wake,
            reason = "the clone's own function is the subject"
        )]
        woken_by(|waker| waker.clone().wake()).await;
        woken_by(|waker| {
            assert!(wakes(waker, run, ROOT));
            let clones = [waker.clone(), waker.clone()];
            assert!(clones.iter().all(|clone| clone.will_wake(waker)));
            let [dropped, let_go_of] = clones;
            drop(dropped);
            let_go(let_go_of);
            waker.wake_by_ref();
        })
        .await;
        woken_by(|waker| {
            let waker = waker.clone();
            #[expect(clippy::disallowed_methods, reason = "a foreign thread is the subject")]
            thread::spawn(move || waker.wake()).join().unwrap(); // tidy: as above
        })
        .await;
        woken_by(|_| Waker::from(Arc::new(Far(run, ROOT))).wake()).await;
        woken_by(|_| Arc::new(Far(run, ROOT)).wake_by_ref()).await;
    });
}

#[test]
fn a_waker_kept_past_its_run_wakes_nobody() {
    let (runner, context, _) = Executor::seeded(1);
    let mut kept = None;
    runner.start(poll_fn(|cx| {
        kept = Some(cx.waker().clone());
        Poll::Ready(())
    }));
    drop(context);
    let kept = kept.unwrap();
    kept.wake_by_ref();
    let (other, _, _) = Executor::seeded(1);
    other.start(woken_by(|own| {
        assert!(!kept.will_wake(own));
        kept.wake_by_ref();
        own.wake_by_ref();
    }));
}
