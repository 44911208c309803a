//! Counts of tasks that do not count something.

use super::Mutant;
use crate::defect::counts;
use runtime_deterministic::Context;
use runtime_traits::TaskCount;

impl Mutant<Context> {
    pub(crate) fn tasks(&self) -> Vec<TaskCount> {
        let mut tasks = self.inner.tasks();
        match self.flaw.defect {
            counts::a_running_task_is_counted => {
                tasks.iter_mut().for_each(|task| task.running = 0);
            }
            counts::an_ended_task_counts_as_spawned_alone => {
                tasks.retain(|task| task.running > 0);
            }
            counts::counts_are_of_nested_labels => {
                tasks.retain(|task| !task.label.contains('_'));
            }
            counts::counts_ascend_by_label => tasks.reverse(),
            counts::blocking_work_is_counted => {
                tasks.retain(|task| task.label != "work");
            }
            _ => {}
        }
        tasks
    }
}
