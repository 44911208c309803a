//! An end that falls between the place of a task and the task.

use super::Handles;
use std::future::pending;
use tokio::{runtime::Builder, task::yield_now};

#[test]
fn a_task_that_is_spawned_while_all_are_ended_is_ended_too() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let handles = Handles::default();
        let (early, late) = (handles.add(), handles.add());
        let early_task = tokio::spawn(pending::<()>());
        handles.spawned(early, early_task.abort_handle());
        assert_eq!(handles.abort().len(), 1);
        // The last one was let in before the end, too.
        let last = handles.add();
        let [late_task, last_task] = [late, last].map(|place| {
            let task = tokio::spawn(pending::<()>());
            handles.spawned(place, task.abort_handle());
            task
        });
        yield_now().await;
        for task in [early_task, late_task, last_task] {
            assert!(task.is_finished());
        }
    });
}
