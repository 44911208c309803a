//! What a backend says of its tasks: how many there have been and are, by label. A suite has this
//! topic when it is given `tasks`, since a context tells them outside the traits.

use runtime_traits::{Clock, Runner, Signaler, Spawner, TaskCount};
use std::{sync::mpsc, time::Duration};

/// A backend's way to tell its tasks.
type Tasks<'a, C> = &'a dyn Fn(&C) -> Vec<TaskCount>;

fn count(label: &str, spawned: u64, running: u64) -> TaskCount {
    TaskCount {
        label: label.into(),
        spawned,
        running,
    }
}

/// Waits until the counts are those, however late a backend notes the end of a task.
async fn come_to<C: Clock>(context: &C, tasks: Tasks<'_, C>, expected: &[TaskCount]) {
    let mut counts = tasks(context);
    for _ in 0..1_000 {
        if counts == expected {
            return;
        }
        context.sleep(Duration::from_millis(1)).await;
        counts = tasks(context);
    }
    assert_eq!(counts, expected);
}

/// A task counts as spawned and as running from `spawn` on.
pub fn a_running_task_is_counted<R: Runner, C: Spawner>(
    (runner, context): (R, C),
    tasks: Tasks<'_, C>,
) {
    runner.start(async {
        assert_eq!(tasks(&context), []);
        let (_signaler, signal) = Signaler::new();
        let _one = context.spawn("waits", signal.clone());
        assert_eq!(tasks(&context), [count("waits", 1, 1)]);
        let _other = context.spawn("waits", signal);
        assert_eq!(tasks(&context), [count("waits", 2, 2)]);
    });
}

/// A task that has ended, by itself or by an abort, runs no more, and stays counted as spawned.
pub fn an_ended_task_counts_as_spawned_alone<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
    tasks: Tasks<'_, C>,
) {
    runner.start(async {
        let (_signaler, signal) = Signaler::new();
        context.spawn("ends", async {}).await.expect("it returns");
        come_to(&context, tasks, &[count("ends", 1, 0)]).await;
        context.spawn("ends", signal.clone()).abort();
        come_to(&context, tasks, &[count("ends", 2, 0)]).await;
        let waits = context.spawn("ends", signal);
        context.sleep(Duration::from_millis(5)).await;
        waits.abort();
        come_to(&context, tasks, &[count("ends", 3, 0)]).await;
    });
}

/// A task is counted under its label behind its spawner's.
pub fn counts_are_of_nested_labels<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
    tasks: Tasks<'_, C>,
) {
    runner.start(async {
        let inner = context.clone();
        let have = context.spawn("have", async move {
            for _ in 0..3 {
                inner.spawn("fun", async {}).await.expect("it returns");
            }
        });
        have.await.expect("it returns");
        let expected = [count("have", 1, 0), count("have_fun", 3, 0)];
        come_to(&context, tasks, &expected).await;
    });
}

/// The counts ascend by label, each label once.
pub fn counts_ascend_by_label<R: Runner, C: Spawner>(
    (runner, context): (R, C),
    tasks: Tasks<'_, C>,
) {
    runner.start(async {
        for label in ["b", "c", "a", "b"] {
            context.spawn(label, async {}).await.expect("it returns");
        }
        let labels = tasks(&context).into_iter().map(|task| task.label);
        assert_eq!(labels.collect::<Vec<_>>(), ["a", "b", "c"]);
    });
}

/// Blocking work is counted as a task is, as running until it ends.
pub fn blocking_work_is_counted<R: Runner, C: Spawner + Clock>(
    (runner, context): (R, C),
    tasks: Tasks<'_, C>,
) {
    runner.start(async {
        let (end, ended) = mpsc::channel();
        let work = context.spawn_blocking("work", move || ended.recv().is_ok());
        assert_eq!(tasks(&context), [count("work", 1, 1)]);
        end.send(()).expect("the work waits");
        assert_eq!(work.await, Ok(true));
        come_to(&context, tasks, &[count("work", 1, 0)]).await;
    });
}
