//! What a failure and a sweep are told of faults, and what the environment says.

use super::{busy, ms};
use runtime_deterministic::{Faults, Simulation, simulate};
use std::{env, process::Command};

/// Fails in its second seed. Its report is read by the tests below.
#[test]
#[ignore = "fails on purpose"]
fn fails_after_faults() {
    let simulation = Simulation {
        seeds: 0..2,
        faults: Faults::drawn(),
        ..Simulation::default()
    };
    let runs = std::cell::Cell::new(0);
    simulate(simulation, |context| {
        runs.set(runs.get() + 1);
        let fails = runs.get() > 1;
        async move {
            let world = context.world();
            busy(context, world, ms(300)).await;
            assert!(!fails, "the second seed");
        }
    });
}

/// What that prints, and what it tells a sweep.
fn fail(faults: &str) -> (String, String) {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["faults::report::fails_after_faults", "--exact", "--ignored"]);
    test.env("SIM_FAULTS", faults)
        .env("SIM_REPORT", "/dev/stdout");
    let output = test.arg("--nocapture").output().unwrap();
    let [printed, report] = [output.stderr, output.stdout].map(String::from_utf8);
    (printed.unwrap(), report.unwrap())
}

#[test]
fn a_failure_shows_its_faults_and_a_sweep_hears_of_each_kind() {
    let faults = "jump=1/1 cut=1/1000000000 rot=1/2 pace=1ms";
    let (block, report) = fail(faults);
    let lines = format!("\nfaults\n  {faults}\nfaults that struck, and how often\n  jump ");
    assert!(block.contains(&lines), "{block}");
    let replay = format!("replay\n  SIM_FAULTS='{faults}' SIM_SEED=1 cargo test ");
    assert!(block.contains(&replay), "{block}");
    let is_end = |line: &&str| line.starts_with("ok\t") || line.starts_with("failed\t");
    let ends: Vec<_> = report.lines().filter(is_end).collect();
    assert_eq!(ends.len(), 2, "{report}");
    assert!(
        block.contains("\nfaults that did not\n  cut\nlast events\n"),
        "{block}"
    );
    for end in ends {
        let jumps = end.split("\tfault.jump=").nth(1).expect("jumps are told");
        let jumps: u32 = jumps.split('\t').next().unwrap().parse().unwrap();
        assert!((200..400).contains(&jumps), "{end}");
        let told = |line: &str| line.starts_with(&format!("  jump {jumps}, rot "));
        assert_eq!(
            block.lines().any(told),
            end.starts_with("failed"),
            "{block}"
        );
        assert!(end.contains("\tfault.cut=0"), "{end}");
        assert!(end.contains("\tfault.rot="), "{end}");
        assert!(!end.contains("\tfault.crash="), "{end}");
    }
}

#[test]
fn the_environment_can_turn_faults_off() {
    let (block, report) = fail("none");
    assert!(!block.contains("\nfaults\n"), "{block}");
    assert!(!report.contains("fault."), "{report}");
}

#[test]
fn what_the_environment_says_and_nobody_understands_is_told() {
    let (block, report) = fail("crash=2");
    assert!(
        block.contains("SIM_FAULTS: \"crash=2\" is not understood: use `none`"),
        "{block}"
    );
    assert!(!report.contains("start"), "{report}");
}
