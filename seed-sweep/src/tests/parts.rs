//! Which seeds are run, on this machine and on others.

use std::collections::BTreeSet;

use super::Scene;
use crate::shard::Shard;

/// Fails for two causes in each of two simulations, and aborts in one.
const BODY: &str = "case $seed in
    *7) fail \"src/a.rs:7:5: write $seed is lost\" ;;
    33) fail 'src/a.rs:8:5: other' ;;
    44) messages=0 pass ;;
    5*) faults='\\tfault.crash=3\\tfault.rot=0' pass ;;
    81) kill -ABRT $$ ;;
    *) pass ;;
esac";

#[test]
fn two_shards_merged_are_one_whole_run() {
    let scene = Scene::new();
    let simulations = || vec![scene.simulation("one", BODY), scene.simulation("two", BODY)];
    let mut whole = scene
        .run(&scene.sweep(simulations(), 3..120))
        .unwrap()
        .report;
    let shard = |number| {
        let mut sweep = scene.sweep(simulations(), 3..120);
        sweep.part.shard = Shard { number, of: 2 };
        scene.run(&sweep).unwrap().report
    };
    let mut merged = shard(2).join(shard(1)).unwrap();
    merged.fold_parts();
    (whole.seconds, merged.seconds) = (0.0, 0.0);
    assert_eq!(whole.causes.len(), 6, "{whole}");
    assert_eq!(merged, whole);
}

#[test]
fn seeds_that_failed_before_are_run_also_when_they_lie_outside_the_range() {
    let scene = Scene::new();
    let mut sweep = scene.sweep(vec![scene.simulation("it", BODY)], 0..7);
    sweep.known = vec![BTreeSet::from([3, 500, 507])];
    let found = scene.run(&sweep).unwrap();
    let shown = found.report.to_string();
    assert!(shown.contains("1 seed, the least 507\n"), "{shown}");
    assert!(
        shown.contains("9 seeds run: 8 passed, 1 failed\n"),
        "{shown}"
    );
    assert_eq!(
        BTreeSet::from_iter(found.mended),
        BTreeSet::from([(0, 3), (0, 500)])
    );
}

#[test]
fn seeds_that_did_none_of_some_work_are_counted() {
    let shown = Scene::new().show(
        "case $seed in 3|4) messages=0 pass ;; *) pass ;; esac",
        0..6,
    );
    assert!(
        shown.contains("16 messages, none in 2 seeds\n18 polls\n"),
        "{shown}"
    );
}

#[test]
fn kinds_of_faults_are_counted_and_those_that_never_struck_are_told() {
    let faults = |crashes| {
        let idle = "\\tfault.cut=0\\tfault.rot=0";
        format!("faults='{idle}\\tfault.crash={crashes}' pass")
    };
    let body = format!(
        "case $seed in 3|4) {} ;; 5) {} ;; *) pass ;; esac",
        faults(7),
        faults(0)
    );
    let shown = Scene::new().show(&body, 0..10);
    let expected = "\nfault crash: on in 3 seeds, struck 14 times in 2 of them\n\
        faults on that never struck: cut in 3 seeds, rot in 3 seeds\n\
        no fault on in 7 seeds\n";
    assert!(shown.contains(expected), "{shown}");
}
