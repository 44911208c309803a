//! In which span a task, and what it drops, is seen.

use crate::{log, run};
use runtime_traits::{Spawner, reschedule};
use std::future::pending;

struct Tell;

impl Drop for Tell {
    fn drop(&mut self) {
        tracing::info!("spanned drop");
    }
}

#[test]
fn tasks_and_blocking_work_run_in_spans_with_their_labels() {
    log::keep();
    run(async |context| {
        let inside = context.clone();
        let outer = context.spawn("outer", async move {
            tracing::info!("spanned first");
            reschedule().await;
            tracing::info!("spanned later");
            let inner = inside.spawn("inner", async { tracing::info!("spanned inner") });
            inner.await.unwrap();
            let work = inside.spawn_blocking("work", || tracing::info!("spanned work"));
            work.await.unwrap();
        });
        outer.await.unwrap();
        let tell = Tell;
        let dropped = context.spawn("dropped", async move {
            let _tell = tell;
            pending::<()>().await;
        });
        dropped.abort();
        dropped.await.unwrap_err();
        tracing::info!("spanned root");
    });
    let spans = [
        ("first", "in task label=outer"),
        ("later", "in task label=outer"),
        ("inner", "in task label=outer_inner"),
        ("work", "in blocking label=outer_work"),
        ("drop", "in task label=dropped"),
        ("root", "spanned root"),
    ];
    for (text, end) in spans {
        let lines = log::with(&format!("spanned {text}"));
        assert!(lines.len() == 1 && lines[0].ends_with(end), "{lines:?}");
    }
}
