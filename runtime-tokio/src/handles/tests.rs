//! An end that falls between the place of a task and the task.

use super::Handles;
use std::future::pending;
use tokio::runtime::Builder;

#[test]
fn a_task_that_is_spawned_while_all_are_ended_is_ended_too() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let handles = Handles::default();
        let (early, late) = (handles.add(), handles.add());
        let early_task = tokio::spawn(pending::<()>());
        handles.spawned(early, early_task.abort_handle());
        assert_eq!(handles.abort().len(), 1);
        let late_task = tokio::spawn(pending::<()>());
        handles.spawned(late, late_task.abort_handle());
        for task in [early_task, late_task] {
            assert!(task.await.unwrap_err().is_cancelled());
        }
    });
}
