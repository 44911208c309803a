//! What a seed does alone, against what it did after others in one process.

use std::collections::BTreeSet;
use std::fs;

use super::{FAILING, Scene};
use crate::alone::Verdict;

#[test]
fn two_runs_of_a_seed_that_differ_are_a_failure() {
    let scene = Scene::new();
    let shown = scene.show("case $seed in 57) pass $$ ;; *) pass ;; esac", 7..100);
    assert!(shown.contains("1 seed, the least 57\n   not deterministic: two runs of the seed differ\nfirst run:  passed, audit state "), "{shown}");
    assert!(
        shown.contains("replay: cargo xtask seed-sweep --seed 57 --filter fake::it::simulation\n"),
        "{shown}"
    );
    assert!(
        shown.contains("2 seeds run again, alone: 1 not deterministic"),
        "{shown}"
    );
    let alone = scene.show("pass $$", 57..58);
    assert!(
        alone.contains("1 seed run again, alone: 1 not deterministic"),
        "the replay shows it: {alone}"
    );
}

/// Records its state, and tells both where it is another than the recorded one.
const DIVERGING: &str = r#"
    state=$((state + 1))
    [ -n "$SIM_RECORD" ] && mkdir -p "$SIM_RECORD" && echo "$state.$$" > "$SIM_RECORD/$seed"
    if [ -f "$SIM_COMPARE/$seed" ]; then
        say 'failed\t%s\tx\tpolls=3\tno panic: not deterministic\n' "$seed"
        printf -- '---- simulation failed: it seed %s ----\nnot deterministic: first divergence: event 3\n' "$seed" >&2
        printf 'one run\n  %s\nthe other\n  %s\nreplay\n  it\n---- end ----\n' "$(cat "$SIM_COMPARE/$seed")" "$state.$$" >&2
        status=101
        return
    fi"#;

#[test]
fn where_two_runs_of_a_seed_diverge_is_shown() {
    let scene = Scene::new();
    let body = format!("{DIVERGING}\ncase $seed in 57) pass $$ ;; *) pass ;; esac");
    let shown = scene.show(&body, 7..100);
    let (_, told) = shown
        .split_once("first divergence: event 3\n")
        .expect(&shown);
    let lines: Vec<_> = told.lines().collect();
    let [one, "the other", other] = [lines[1].trim(), lines[2], lines[3].trim()] else {
        panic!("{shown}");
    };
    let runs = [one, other].map(|run| run.strip_prefix("1."));
    assert!(
        runs[0].is_some() && runs[1].is_some(),
        "both ran alone: {shown}"
    );
    assert_ne!(one, other, "in processes of their own");
    assert!(
        lines[4].starts_with("replay: cargo xtask seed-sweep --seed 57 "),
        "{shown}"
    );
}

#[test]
fn what_the_seeds_before_changed_is_shown_against_the_seed_alone() {
    let scene = Scene::new();
    let body = format!(
        "{DIVERGING}\nif [ $state = 4 ]; then fail 'src/a.rs:7:5: the fourth'; else pass; fi"
    );
    let mut sweep = scene.sweep(vec![scene.simulation("it", &body)], 0..8);
    sweep.chunk = Some(8);
    let shown = scene.shown(&sweep);
    assert!(
        shown.contains("\nfirst divergence: event 3\none run\n  1."),
        "{shown}"
    );
    assert!(
        shown.contains("\nthe other\n  4."),
        "the fourth of its process: {shown}"
    );
}

#[test]
fn each_of_a_few_failing_seeds_is_run_again_alone() {
    let body = "case $seed in 11|29|30) fail 'src/a.rs:7:5: lost' ;; *) pass ;; esac";
    let scene = Scene::new();
    let report = scene
        .run(&scene.sweep(vec![scene.simulation("it", body)], 1..40))
        .unwrap()
        .report;
    assert_eq!(report.totals().again, 4, "the failing ones, and the first");
    assert_eq!(report.causes[0].alone, Some(Verdict::Same));
    assert_eq!(report.causes[0].otherwise(), 0);
}

#[test]
fn of_many_failing_seeds_of_a_cause_the_least_eight_run_again() {
    let scene = Scene::new();
    let mut sweep = scene.sweep(vec![scene.simulation("it", FAILING)], 3..123);
    sweep.jobs = 1;
    let report = scene.run(&sweep).unwrap().report;
    let runs = fs::read_to_string(scene.folder.path().join("runs")).unwrap();
    let runs: Vec<u64> = runs.lines().map(|seed| seed.parse().unwrap()).collect();
    assert_eq!(runs, Vec::from_iter(3..11));
    let shown = report.to_string();
    let expected = "\n8 of the 120 seeds ran again, alone: all did the same\n\
        replay: cargo xtask seed-sweep --seed 3 --filter fake::it::simulation\n\n\
        1 simulation, 120 seeds run: 0 passed, 120 failed\n\
        8 seeds run again, alone: 0 not deterministic, 0 changed by the seeds before\n";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn what_is_told_of_many_failing_seeds_is_the_same_for_any_number_of_jobs() {
    let scene = Scene::new();
    // The higher a process's seeds, the earlier it is done: the least are found last.
    let body = format!("sleep 0.0$((4 - seed / 10))\n{FAILING}");
    let told = |jobs| {
        let mut sweep = scene.sweep(vec![scene.simulation("it", &body)], 0..40);
        (sweep.jobs, sweep.chunk) = (jobs, Some(10));
        let mut report = scene.run(&sweep).unwrap().report;
        report.seconds = 0.0;
        report
    };
    let (one, many) = (told(1), told(4));
    assert_eq!(one.totals().again, 8);
    assert_eq!(one, many);
}

#[test]
fn a_failure_that_needs_the_seeds_before_it_says_so_and_its_line_replays_it() {
    let body = "state=$((state + 1))
        if [ $state = 4 ]; then fail 'src/a.rs:7:5: the fourth'; else pass; fi";
    let scene = Scene::new();
    let mut sweep = scene.sweep(vec![scene.simulation("it", body)], 0..8);
    sweep.chunk = Some(8);
    let shown = scene.shown(&sweep);
    let expected = "1. fake::it::simulation: 1 seed, the least 3
   src/a.rs:7:5: the fourth
---- simulation failed: it seed 3 ----
seed 3: src/a.rs:7:5: the fourth
---- end ----
state leaks from seed to seed: alone in a fresh process the seed does otherwise \
(look for a static, a thread-local, a file)
first run:  failed, src/a.rs:7:5: the fourth, audit state abc, polls 3
second run: passed, audit state same, messages 4, polls 3, virtual_nanos 1000000000
replay: cargo xtask seed-sweep --seeds 0..+4 --chunk 4 --fresh --filter fake::it::simulation
";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(
        shown.contains(
            "2 seeds run again, alone: 0 not deterministic, 1 changed by the seeds before\n"
        ),
        "{shown}"
    );
    sweep.chunk = Some(1);
    let shown = scene.shown(&sweep);
    assert!(
        shown.starts_with("1 simulation, 8 seeds run: 8 passed, 0 failed\n"),
        "{shown}"
    );
}

#[test]
fn a_seed_that_passes_and_is_changed_by_those_before_is_a_failure() {
    let body = "state=$((state + 1)); pass $state";
    let scene = Scene::new();
    let mut sweep = scene.sweep(vec![scene.simulation("it", body)], 0..52);
    sweep.chunk = Some(52);
    let report = scene.run(&sweep).unwrap().report;
    assert_eq!(report.causes.len(), 1, "{report}");
    assert_eq!(report.causes[0].alone, Some(Verdict::Leaks));
    assert_eq!(report.causes[0].seeds, BTreeSet::from([50]));
}
