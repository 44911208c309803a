//! Sweeps over a stand-in for a test executable: a shell script that speaks the simulations' protocol.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::simulation::Simulation;
use crate::sweep::Sweep;
use crate::tally::Tally;
use crate::tally::replay_line;

/// Runs the seeds of `SIM_SEEDS`; `$1` is the test's path, here the script's own name. `run` decides what a seed
/// does; `pass` and `fail` report how it ended.
const PROTOCOL: &str = r#"
[ "$1 $2 $3" = "--exact --nocapture --include-ignored" ] || exit 99
say() { printf "$@" >> "$SIM_REPORT"; }
pass() { say 'ok\t%s\t%s\t3\t1000000000\n' "$seed" "${1:-same}"; }
fail() {
  say 'failed\t%s\tabc\t3\t1000000000\t%s\n' "$seed" "$1"
  printf -- '---- simulation failed: it seed %s ----\nseed %s: %s\n---- end ----\n' "$seed" "$seed" "$1" >&2
  status=101
}
status=0
for (( seed = ${SIM_SEEDS%..*}; seed < ${SIM_SEEDS#*..}; seed++ )); do
  say 'start\t%s\n' "$seed"
  run
done
exit $status
"#;

const LINE: &str = "cargo xtask seed-sweep";

/// A folder with the stand-ins.
struct Scene {
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// A simulation whose seeds do what the shell function's body says.
    fn simulation(&self, name: &str, body: &str) -> Simulation {
        let path = format!("{name}::simulation");
        let script = format!("run() {{\n{body}\n}}\n{PROTOCOL}");
        fs::write(self.folder.path().join(&path), script).unwrap();
        Simulation {
            name: format!("fake::{path}"),
            path,
            executable: "bash".into(),
            folder: self.folder.path().to_owned(),
        }
    }

    fn sweep(&self, simulations: Vec<Simulation>, seeds: Range<u64>) -> anyhow::Result<Tally> {
        self.sweep_within(Duration::from_secs(60), simulations, seeds)
    }

    fn sweep_within(
        &self,
        patience: Duration,
        simulations: Vec<Simulation>,
        seeds: Range<u64>,
    ) -> anyhow::Result<Tally> {
        let folder = self.folder.path().join("desk");
        let tally = Sweep {
            simulations,
            seeds,
            jobs: 3,
            patience,
            folder: folder.clone(),
            line: LINE,
        }
        .run();
        assert!(
            !Path::new(&folder).exists(),
            "the children's files are removed"
        );
        tally
    }

    /// What a sweep over one stand-in shows.
    fn show(&self, body: &str, seeds: Range<u64>) -> String {
        let tally = self
            .sweep(vec![self.simulation("it", body)], seeds)
            .unwrap();
        tally.show(Duration::from_secs(2)).to_string()
    }

    /// The same for a sweep that calls a second and a half of silence a hang.
    fn show_impatiently(&self, body: &str, seeds: Range<u64>) -> String {
        let simulations = vec![self.simulation("it", body)];
        let tally = self
            .sweep_within(Duration::from_millis(1500), simulations, seeds)
            .unwrap();
        tally.show(Duration::from_secs(2)).to_string()
    }
}

#[test]
fn a_sweep_without_failures_shows_what_it_ran() {
    let scene = Scene::new();
    let simulations = vec![
        scene.simulation("one", "pass"),
        scene.simulation("two", "pass"),
    ];
    let tally = scene.sweep(simulations, 10..70).unwrap();
    assert!(!tally.any_failed());
    let expected = "2 simulations, 120 seeds run: 120 passed, 0 failed\n\
        4 seeds run twice: 0 not deterministic\n\
        360 polls, 2 min 0 s of virtual time\n\
        2.0 s, 60 seeds/s";
    assert_eq!(tally.show(Duration::from_secs(2)).to_string(), expected);
}

#[test]
fn failures_are_grouped_by_cause_with_the_least_seed_and_its_replay_line() {
    let body = "case $seed in
        11|29) fail \"src/a.rs:7:5: write $seed is lost\" ;;
        13) fail \"src/a.rs:8:5: write $seed is lost\" ;;
        *) pass ;;
    esac";
    let shown = Scene::new().show(body, 3..40);
    let expected = "\
1. fake::it::simulation: 2 seeds, the least 11
   src/a.rs:7:5: write 11 is lost
---- simulation failed: it seed 11 ----
seed 11: src/a.rs:7:5: write 11 is lost
---- end ----
replay: cargo xtask seed-sweep --seed 11 --filter fake::it::simulation

2. fake::it::simulation: 1 seed, the least 13
   src/a.rs:8:5: write 13 is lost
---- simulation failed: it seed 13 ----
seed 13: src/a.rs:8:5: write 13 is lost
---- end ----
replay: cargo xtask seed-sweep --seed 13 --filter fake::it::simulation

1 simulation, 37 seeds run: 34 passed, 3 failed
";
    assert!(shown.starts_with(expected), "{shown}");
}

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
        shown.contains(&replay_line(LINE, "fake::it::simulation", 6)),
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
        6) say 'failed\\t6\\tabc\\t3\\t1\\tsrc/a.rs:7:5: lost\\n'; echo last words >&2; kill -ABRT $$ ;;
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
fn two_runs_of_a_seed_that_differ_are_a_failure() {
    let scene = Scene::new();
    let shown = scene.show("case $seed in 57) pass $$ ;; *) pass ;; esac", 7..100);
    assert!(shown.contains("1 seed, the least 57\n   not deterministic: two runs of the seed differ\nfirst run:  audit state "), "{shown}");
    assert!(
        shown.contains(&replay_line(LINE, "fake::it::simulation", 57)),
        "{shown}"
    );
    assert!(
        shown.contains("2 seeds run twice: 1 not deterministic"),
        "{shown}"
    );
    let alone = scene.show("pass $$", 57..58);
    assert!(
        alone.contains("1 seed run twice: 1 not deterministic"),
        "the replay shows it: {alone}"
    );
}

#[test]
fn a_report_that_breaks_the_protocol_breaks_the_sweep() {
    let scene = Scene::new();
    for body in [
        "say 'done\\n'",
        "pass; pass",
        "say 'start\\t%s\\n' $seed",
        "seed=$((seed + 1)); pass",
    ] {
        let error = scene
            .sweep(vec![scene.simulation("it", body)], 0..1000)
            .unwrap_err();
        assert!(format!("{error:#}").contains("report"), "{body}: {error:#}");
    }
}

#[test]
fn an_executable_that_cannot_start_breaks_the_sweep() {
    let scene = Scene::new();
    let absent = Simulation {
        executable: "/nowhere/it".into(),
        ..scene.simulation("it", "pass")
    };
    let error = scene.sweep(vec![absent], 0..10).unwrap_err();
    assert_eq!(error.to_string(), "cannot start /nowhere/it");
}

#[test]
fn a_sweep_of_one_seed_shows_all_that_it_printed() {
    let body = "echo on the way >&2; fail 'src/a.rs:7:5: lost'";
    let scene = Scene::new();
    assert!(
        scene
            .show(body, 7..8)
            .contains("on the way\n---- simulation failed: it seed 7 ----\n")
    );
    assert!(!scene.show(body, 7..9).contains("on the way"));
}
