//! `seed-sweep` from its flags to its exit code.

use crate::scratch::{Scratch, stdout};

#[test]
fn failures_are_found_and_their_lines_replay_them() {
    let scratch = Scratch::new();
    let swept = scratch.paste("seed-sweep --seeds 0..100");
    let shown = stdout(&swept);
    assert_eq!(swept.status.code(), Some(1), "{shown}");
    assert!(
        shown.contains("2 simulations, 200 seeds run: 197 passed, 3 failed\n"),
        "{shown}"
    );

    let lines: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("replay: "))
        .collect();
    assert_eq!(
        lines,
        [
            "seed-sweep --seed 17 --filter shop::till::simulation",
            "seed-sweep --seed 40 --filter shop::till::simulation",
        ]
    );
    let once = |shown: &str| assert!(!shown.contains("SIM_SEED="), "one line each: {shown}");
    once(&shown);
    for (line, what) in lines.into_iter().zip(["the till is short", "SIGABRT"]) {
        let replayed = scratch.paste(line);
        let shown = stdout(&replayed);
        assert_eq!(replayed.status.code(), Some(1), "{shown}");
        assert!(shown.contains(what), "{shown}");
        once(&shown);
        assert!(shown.contains(&format!("replay: {line}\n")), "{shown}");
        assert!(
            shown.contains("1 simulation, 1 seed run: 0 passed, 1 failed\n"),
            "{shown}"
        );
    }
}

#[test]
fn a_sweep_that_finds_nothing_succeeds() {
    let scratch = Scratch::new();
    let swept = scratch.paste("seed-sweep --seeds 0..17 --jobs 1");
    assert_eq!(swept.status.code(), Some(0), "{}", stdout(&swept));
    let filtered = scratch.paste("seed-sweep --filter shop::queue");
    assert!(stdout(&filtered).starts_with("1 simulation, 1000 seeds run: 1000 passed, 0 failed\n"));
    assert_eq!(filtered.status.code(), Some(0));
}

#[test]
fn what_cannot_run_says_why() {
    let scratch = Scratch::new();
    scratch.refuses("seed-sweep --seeds 7..7", "the range holds no seed");
    scratch.refuses("seed-sweep --seed seven", "'seven' is not a seed");
    scratch.refuses("seed-sweep --seed 7 --seeds 0..9", "cannot be used with");
    scratch.refuses("seed-sweep --jobs 0", "--jobs");
    scratch.refuses("seed-sweep --shards 3", "unexpected argument '--shards'");
    scratch.refuses("seed-sweep 7", "unrecognized subcommand '7'");
    scratch.refuses(
        "seed-sweep --filter shelf",
        "none of 2 has \"shelf\" in its name",
    );
    scratch.write(
        "shop/tests/it.rs",
        "//! No simulation.\n#[test]\nfn one() {}\n",
    );
    scratch.refuses("seed-sweep", "no test of shop ends in ::simulation");
    scratch.write(
        "shop/tests/it.rs",
        "//! Does not build.\nfn one() -> u8 {}\n",
    );
    scratch.refuses("seed-sweep", "the tests of shop do not build");
    scratch.write(
        "shop/Cargo.toml",
        "[package]\nname = \"shop\"\nedition = \"2024\"\n",
    );
    scratch.refuses(
        "seed-sweep",
        "no package of the workspace depends on runtime-deterministic",
    );
}

#[test]
fn a_replay_line_has_the_faults_of_the_environment() {
    let scratch = Scratch::new();
    let mut sweep = scratch.command("seed-sweep --seeds 0..20 --filter till");
    let swept = sweep
        .env("SIM_FAULTS", "crash=1/2 pace=5ms")
        .env("SIM_SCHEDULE", "fifo")
        .output()
        .unwrap();
    let line = "replay: SIM_FAULTS='crash=1/2 pace=5ms' SIM_SCHEDULE='fifo' seed-sweep --seed 17 --filter shop::till::simulation\n";
    assert!(stdout(&swept).contains(line), "{}", stdout(&swept));
}
