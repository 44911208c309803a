//! Processes that die, hang, take too much, or are ended before their seeds are.

use std::time::{Duration, Instant};

use super::Scene;
use crate::stop::Stop;

#[test]
fn an_abort_is_charged_to_its_seed_and_the_sweep_goes_on() {
    let shown = Scene::new().show(
        "case $seed in 6) echo last words >&2; kill -ABRT $$ ;; *) pass ;; esac",
        0..20,
    );
    assert!(
        shown.contains("fake::it::simulation: 1 seed, the least 6\n"),
        "{shown}"
    );
    assert!(
        shown.contains("the process ended within the run: signal: 6 (SIGABRT)"),
        "{shown}"
    );
    assert!(shown.contains("last words"), "{shown}");
    assert!(
        shown.contains("replay: cargo xtask seed-sweep --seed 6 --filter fake::it::simulation\n"),
        "{shown}"
    );
    assert!(
        shown.contains("20 seeds run: 19 passed, 1 failed"),
        "{shown}"
    );
}

#[test]
fn an_exit_within_a_run_is_charged_to_its_seed_too() {
    let shown = Scene::new().show("case $seed in 6) exit 0 ;; *) pass ;; esac", 0..20);
    assert!(
        shown.contains("1 seed, the least 6\n   the process ended within the run: exit status: 0"),
        "{shown}"
    );
    assert!(
        shown.contains("20 seeds run: 19 passed, 1 failed"),
        "{shown}"
    );
}

#[test]
fn a_death_after_a_failure_was_reported_is_not_charged_to_the_next_seed() {
    let body = "case $seed in
        6) say 'failed\\t6\\tabc\\tpolls=3\\tsrc/a.rs:7:5: lost\\n'; echo last words >&2; kill -ABRT $$ ;;
        *) pass ;;
    esac";
    let shown = Scene::new().show(body, 0..20);
    assert!(
        shown.contains("1 seed, the least 6\n   src/a.rs:7:5: lost\nlast words\n"),
        "{shown}"
    );
    assert!(
        shown.contains("20 seeds run: 19 passed, 1 failed"),
        "{shown}"
    );
}

#[test]
fn a_hang_is_killed_and_charged_to_its_seed() {
    let shown =
        Scene::new().show_impatiently("case $seed in 6) exec sleep 600 ;; *) pass ;; esac", 0..20);
    assert!(
        shown.contains(
            "1 seed, the least 6\n   the process reported nothing for 1.5s and was killed"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("20 seeds run: 19 passed, 1 failed"),
        "{shown}"
    );
}

#[test]
fn a_slow_process_that_reports_now_and_then_does_not_hang() {
    let shown = Scene::new().show_impatiently("sleep 0.4; pass", 0..5);
    assert!(
        shown.starts_with("1 simulation, 5 seeds run: 5 passed, 0 failed\n"),
        "{shown}"
    );
}

#[test]
fn a_process_that_fails_after_its_seeds_passed_is_not_a_success() {
    let shown = Scene::new().show("status=3; pass", 0..5);
    assert!(
        shown.contains("every seed passed, then the process ended with exit status: 3"),
        "{shown}"
    );
    assert!(shown.contains("1 failed"), "{shown}");
}

#[test]
fn a_process_that_runs_nothing_fails_every_seed() {
    let shown = Scene::new().show("exit 0; }; seed=9; unset -f say; say() { :", 0..3);
    assert!(shown.contains("3 seeds, the least 0"), "{shown}");
}

#[test]
fn a_process_that_takes_too_much_memory_is_ended_and_its_seed_named() {
    let scene = Scene::new();
    let body = "case $seed in
        6) big=$(head -c 100000000 /dev/zero | tr '\\0' x); pass ;;
        *) pass ;;
    esac";
    let mut sweep = scene.sweep(vec![scene.simulation("it", body)], 0..20);
    let shown = scene.shown(&sweep);
    assert!(
        shown.starts_with("1 simulation, 20 seeds run: 20 passed"),
        "{shown}"
    );
    sweep.limits.memory = Some(50);
    let shown = scene.shown(&sweep);
    assert!(
        shown.contains("1 seed, the least 6\n   the process ended within the run"),
        "{shown}"
    );
    assert!(
        shown.contains("20 seeds run: 19 passed, 1 failed"),
        "{shown}"
    );
}

#[test]
fn what_the_allocator_says_is_the_cause() {
    let body = "case $seed in
        6) echo 'memory allocation of 9999 bytes failed' >&2; kill -ABRT $$ ;;
        *) pass ;;
    esac";
    let shown = Scene::new().show(body, 0..20);
    assert!(
        shown
            .contains("1 seed, the least 6\n   the process ran out of memory: signal: 6 (SIGABRT)"),
        "{shown}"
    );
}

#[test]
fn when_time_is_up_what_ended_is_counted_and_what_runs_is_not() {
    let scene = Scene::new();
    let body = "case $seed in 3) exec sleep 600 ;; *) pass ;; esac";
    let mut sweep = scene.sweep(vec![scene.simulation("it", body)], 0..5);
    sweep.jobs = 1;
    sweep.stop = Stop::at(Instant::now() + Duration::from_secs(3));
    let found = scene.run(&sweep).unwrap();
    let shown = found.report.to_string();
    assert!(
        shown.starts_with("1 simulation, 3 seeds run: 3 passed, 0 failed\n"),
        "{shown}"
    );
    assert!(!found.report.interrupted);
}
