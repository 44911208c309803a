//! Simulations of which enough seeds have failed.

use std::num::NonZero;

use super::{FAILING, Scene};
use crate::shard::Shard;
use crate::sweep::Sweep;

fn bounded(mut sweep: Sweep, enough: u64, jobs: usize) -> Sweep {
    (sweep.max_failures, sweep.jobs) = (NonZero::new(enough), jobs);
    sweep
}

#[test]
fn a_simulation_ends_after_enough_failing_seeds_and_the_others_go_on() {
    let scene = Scene::new();
    let simulations = || {
        vec![
            scene.simulation("bad", FAILING),
            scene.simulation("good", "pass"),
        ]
    };
    let sweep = bounded(scene.sweep(simulations(), 0..100), 5, 1);
    let report = scene.run(&sweep).unwrap().report;
    let [bad, good] =
        ["bad", "good"].map(|name| &report.simulations[&format!("fake::{name}::simulation")]);
    assert_eq!((bad.seeds, bad.failed, bad.not_run), (5, 5, 95));
    assert_eq!((good.seeds, good.failed, good.not_run), (100, 0, 0));
    let shown = report.to_string();
    let expected = "\n2 simulations, 105 seeds run: 100 passed, 5 failed\n\
        fake::bad::simulation ended early after 5 failing seeds: 95 seeds not run\n";
    assert!(shown.contains(expected), "{shown}");

    let sweep = bounded(scene.sweep(simulations(), 0..100), 5, 4);
    let report = scene.run(&sweep).unwrap().report;
    let bad = &report.simulations["fake::bad::simulation"];
    assert!(
        (5..9).contains(&bad.failed),
        "one more for each other job at most: {report}"
    );
    assert_eq!(bad.seeds + bad.not_run, 100);
}

#[test]
fn seeds_whose_processes_die_are_failing_seeds_too() {
    let scene = Scene::new();
    let simulation = scene.simulation("it", "kill -ABRT $$");
    let report = scene
        .run(&bounded(scene.sweep(vec![simulation], 0..50), 3, 1))
        .unwrap()
        .report;
    let totals = report.totals();
    assert_eq!((totals.seeds, totals.failed, totals.not_run), (3, 3, 47));
}

#[test]
fn processes_that_fail_after_their_seeds_passed_count_too() {
    let scene = Scene::new();
    let mut sweep = scene.sweep(vec![scene.simulation("it", "status=3; pass")], 0..50);
    sweep.chunk = Some(5);
    let report = scene.run(&bounded(sweep, 2, 1)).unwrap().report;
    let totals = report.totals();
    assert_eq!((totals.seeds, totals.failed, totals.not_run), (10, 2, 40));
}

#[test]
fn a_sweep_without_end_ends_when_enough_failed() {
    let scene = Scene::new();
    let simulation = scene.simulation("it", FAILING);
    let mut sweep = bounded(scene.sweep(vec![simulation], 0..u64::MAX), 3, 2);
    sweep.known = vec![[7, 70].into()];
    let totals = scene.run(&sweep).unwrap().report.totals();
    assert_eq!(totals.not_run, u64::MAX - totals.seeds);
    let told = format!("ended early after {} failing seeds", totals.failed);
    assert_eq!(totals.early_end(), Some(told));
}

#[test]
fn the_last_failing_seed_has_its_time_to_say_why() {
    let scene = Scene::new();
    let body = "say 'failed\\t%s\\tabc\\tpolls=3\\tsrc/a.rs:7:5: lost\\n' $seed
        sleep 0.2
        printf -- '---- simulation failed: it seed %s ----\\nwhy\\n---- end ----\\n' $seed >&2
        status=101";
    let simulation = scene.simulation("it", body);
    let shown = scene.shown(&bounded(scene.sweep(vec![simulation], 0..50), 1, 1));
    assert!(
        shown.contains("it seed 0 ----\nwhy\n---- end ----\n"),
        "{shown}"
    );
}

#[test]
fn shards_that_ended_early_are_merged_with_what_they_left() {
    let scene = Scene::new();
    let shard = |number| {
        let simulation = scene.simulation("it", "[ $seed -lt 50 ] && fail lost || pass");
        let mut sweep = bounded(scene.sweep(vec![simulation], 0..100), 2, 1);
        sweep.part.shard = Shard { number, of: 2 };
        scene.run(&sweep).unwrap().report
    };
    let mut merged = shard(2).join(shard(1)).unwrap();
    merged.fold_parts();
    assert!(merged.missing().is_empty());
    let shown = merged.to_string();
    let expected = "\n1 simulation, 52 seeds run: 50 passed, 2 failed\n\
        fake::it::simulation ended early after 2 failing seeds: 48 seeds not run\n";
    assert!(shown.contains(expected), "{shown}");
}
