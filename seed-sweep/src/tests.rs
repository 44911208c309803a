//! Sweeps over a stand-in for a test executable: a shell script that speaks the simulations' protocol.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::time::Duration;

use tempfile::TempDir;

use crate::child::Limits;
use crate::report::Part;
use crate::shard::Shard;
use crate::simulation::Simulation;
use crate::stop::Stop;
use crate::sweep::{Found, Sweep};

mod alone;
mod bound;
mod ends;
mod parts;

/// Runs the seeds of `SIM_SEEDS`; `$1` is the test's path, here the script's own name. `run` decides what a seed
/// does; `pass` and `fail` report how it ended.
const PROTOCOL: &str = r#"
[ "$1 $2 $3" = "--exact --nocapture --include-ignored" ] || exit 99
say() { printf "$@" >> "$SIM_REPORT"; }
pass() { say 'ok\t%s\t%s\tpolls=3\tmessages=%s\tvirtual_nanos=1000000000%b\n' "$seed" "${1:-same}" "${messages:-4}" "$faults"; }
fail() {
  say 'failed\t%s\tabc\tpolls=3\t%s\n' "$seed" "$1"
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

/// Fails each seed, and tells in `runs` which of them a process of its own ran.
const FAILING: &str = r#"
    [ "${SIM_SEEDS%..*}" = "$(( ${SIM_SEEDS#*..} - 1 ))" ] && echo "$seed" >> runs
    fail "src/a.rs:7:5: write $seed is lost"
"#;

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

    /// A sweep to change and run.
    fn sweep(&self, simulations: Vec<Simulation>, seeds: Range<u64>) -> Sweep {
        Sweep {
            known: vec![BTreeSet::new(); simulations.len()],
            simulations,
            part: Part {
                begin: seeds.start,
                end: seeds.end,
                shard: Shard::WHOLE,
            },
            jobs: 3,
            chunk: None,
            max_failures: None,
            limits: Limits {
                patience: Duration::from_secs(60),
                memory: None,
            },
            stop: Stop::default(),
            folder: self.folder.path().join("desks/desk"),
            line: LINE.to_owned(),
        }
    }

    fn run(&self, sweep: &Sweep) -> anyhow::Result<Found> {
        let found = sweep.run();
        let left = self.folder.path().join("desks");
        assert!(!left.exists(), "the children's files are removed");
        found
    }

    /// What a sweep over one stand-in shows.
    fn show(&self, body: &str, seeds: Range<u64>) -> String {
        let sweep = self.sweep(vec![self.simulation("it", body)], seeds);
        self.shown(&sweep)
    }

    fn shown(&self, sweep: &Sweep) -> String {
        self.run(sweep).unwrap().report.to_string()
    }

    /// The same for a sweep that calls a second and a half of silence a hang.
    fn show_impatiently(&self, body: &str, seeds: Range<u64>) -> String {
        let mut sweep = self.sweep(vec![self.simulation("it", body)], seeds);
        sweep.limits.patience = Duration::from_millis(1500);
        self.shown(&sweep)
    }
}

#[test]
fn a_sweep_without_failures_shows_what_it_ran() {
    let scene = Scene::new();
    let simulations = vec![
        scene.simulation("one", "pass"),
        scene.simulation("two", "pass"),
    ];
    let mut report = scene.run(&scene.sweep(simulations, 10..70)).unwrap().report;
    assert_eq!(report.causes, []);
    report.seconds = 2.0;
    let expected = "2 simulations, 120 seeds run: 120 passed, 0 failed\n\
        4 seeds run again, alone: 0 not deterministic, 0 changed by the seeds before\n\
        480 messages\n\
        360 polls\n\
        2 min 0 s of virtual time\n\
        2.0 s, 60 seeds/s";
    assert_eq!(report.to_string(), expected);
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
fn a_report_that_breaks_the_protocol_breaks_the_sweep() {
    let scene = Scene::new();
    for body in [
        "say 'done\\n'",
        "pass; pass",
        "say 'start\\t%s\\n' $seed",
        "seed=$((seed + 1)); pass",
    ] {
        let sweep = scene.sweep(vec![scene.simulation("it", body)], 0..1000);
        let error = scene.run(&sweep).unwrap_err();
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
    let error = scene.run(&scene.sweep(vec![absent], 0..10)).unwrap_err();
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
