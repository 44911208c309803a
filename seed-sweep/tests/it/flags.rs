//! Each flag, by what it changes.

use crate::scratch::{Scratch, stdout};

/// The lines of standard output, and the exit code.
fn sweep(scratch: &Scratch, line: &str) -> (String, Option<i32>) {
    let output = scratch.paste(line);
    (stdout(&output), output.status.code())
}

#[test]
fn a_range_may_be_told_by_its_length_and_in_hexadecimal() {
    let scratch = Scratch::new();
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0x10..+2 --filter shop::till");
    assert!(
        shown.contains("1 simulation, 2 seeds run: 1 passed, 1 failed\n"),
        "{shown}"
    );
    assert_eq!(code, Some(1));
}

#[test]
fn minutes_end_a_sweep_without_end() {
    let scratch = Scratch::new();
    let (shown, code) = sweep(&scratch, "seed-sweep --minutes 0.02 --filter queue");
    assert_eq!(code, Some(0), "{shown}");
    let seeds = shown.strip_prefix("1 simulation, ").unwrap();
    let seeds: u64 = seeds.split_once(' ').unwrap().0.parse().unwrap();
    assert!(seeds > 1000, "more than without --minutes: {shown}");
    scratch.refuses("seed-sweep --minutes 0", "is no number of minutes");
}

#[test]
fn one_job_runs_one_process_at_a_time_and_a_chunk_of_one_gives_each_seed_its_own() {
    let scratch = Scratch::with(
        r#"//! Fails when it is not alone, and in every process that ran a seed before.
use std::{fs, sync::atomic::{AtomicBool, Ordering}, thread::sleep, time::Duration};
static USED: AtomicBool = AtomicBool::new(false);
fn world(_: u64) -> Result<(), &'static str> {
    if fs::create_dir("busy").is_err() {
        return Err("tests/it.rs:5:1: two at a time");
    }
    sleep(Duration::from_millis(5));
    fs::remove_dir("busy").unwrap();
    if USED.swap(true, Ordering::Relaxed) { Err("tests/it.rs:9:1: used") } else { Ok(()) }
}
mod alone {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("alone", super::world);
    }
}
"#,
    );
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0..40 --jobs 1 --chunk 1");
    assert!(
        shown.starts_with("1 simulation, 40 seeds run: 40 passed, 0 failed\n"),
        "{shown}"
    );
    assert_eq!(code, Some(0), "{shown}");
    let (shown, code) = sweep(
        &scratch,
        "seed-sweep --seeds 0..40 --jobs 1 --chunk 20 --fresh",
    );
    assert!(
        shown.contains("1 simulation, 40 seeds run: 2 passed, 38 failed\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\n8 of the 38 seeds ran again, alone: 8 did otherwise\n"),
        "{shown}"
    );
    assert_eq!(code, Some(1), "{shown}");
    let line = shown
        .lines()
        .find_map(|line| line.strip_prefix("replay: "))
        .unwrap();
    let (shown, code) = sweep(&scratch, line);
    assert!(
        shown.contains("1 seed, the least 1\n   tests/it.rs:9:1: used\n"),
        "{line}: {shown}"
    );
    assert_eq!(code, Some(1), "{shown}");
}

#[test]
fn patience_and_memory_are_limits_and_stay_in_the_replay_line() {
    let scratch = Scratch::with(
        r#"//! Takes its time, and memory.
mod sleep {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("sleep", |seed| {
            if seed == 3 { std::thread::sleep(std::time::Duration::from_secs(600)); }
            Ok(())
        });
    }
}
mod eat {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("eat", |seed| {
            let eaten = vec![seed as u8 + 1; if seed == 4 { 500 << 20 } else { 1 }];
            if eaten[eaten.len() / 2] > 0 { Ok(()) } else { Err("src/eat.rs:1:1: lost") }
        });
    }
}
"#,
    );
    let (shown, code) = sweep(
        &scratch,
        "seed-sweep --seeds 0..6 --patience 2 --memory 300",
    );
    assert_eq!(code, Some(1), "{shown}");
    for what in [
        "1. shop::sleep::simulation: 1 seed, the least 3\n   the process reported nothing for 2s and was killed\n",
        "replay: seed-sweep --patience 2 --memory 300 --seed 3 --filter shop::sleep::simulation\n",
        "2. shop::eat::simulation: 1 seed, the least 4\n   the process ran out of memory: signal: 6 (SIGABRT)\n",
        "memory allocation of 524288000 bytes failed",
        "replay: seed-sweep --patience 2 --memory 300 --seed 4 --filter shop::eat::simulation\n",
    ] {
        assert!(shown.contains(what), "{what} is not in\n{shown}");
    }
    let (shown, code) = sweep(&scratch, "seed-sweep --seed 4 --filter eat --memory 0");
    assert_eq!(code, Some(0), "{shown}");
}

#[test]
fn shards_are_merged_into_the_report_of_the_whole() {
    let scratch = Scratch::new();
    for line in [
        "seed-sweep --seeds 0..101 --report ../whole.json --junit ../whole.xml",
        "seed-sweep --seeds 0..101 --shard 1/2 --report ../1.json",
        "seed-sweep --seeds 0..101 --shard 2/2 --report ../2.json",
    ] {
        scratch.paste(line);
    }
    let (shown, code) = sweep(
        &scratch,
        "seed-sweep merge ../2.json ../1.json --report ../merged.json --junit ../merged.xml",
    );
    assert_eq!(code, Some(1), "{shown}");
    assert!(
        shown.contains("2 simulations, 202 seeds run: 199 passed, 3 failed\n"),
        "{shown}"
    );
    let untimed = |path: &str, timed: &str| -> Vec<String> {
        let text = scratch.read(path).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with(timed));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        untimed("merged.json", "\"seconds\""),
        untimed("whole.json", "\"seconds\"")
    );
    let xml = untimed("merged.xml", "<testsuite ");
    assert_eq!(xml, untimed("whole.xml", "<testsuite "));
    assert!(
        xml.iter()
            .any(|line| line.contains("<testcase classname=\"shop\" name=\"till::simulation\">")),
        "{xml:?}"
    );

    scratch.refuses(
        "seed-sweep merge ../1.json ../1.json",
        "hold the same seeds",
    );
    scratch.refuses(
        "seed-sweep merge ../shop/Cargo.toml",
        "is no report of a sweep",
    );
    scratch.refuses("seed-sweep merge", "<REPORT>");
}

#[test]
fn a_sweep_that_cannot_be_judged_is_no_success() {
    let scratch = Scratch::new();
    let (shown, code) = sweep(
        &scratch,
        "seed-sweep --seeds 50..80 --shard 1/3 --report ../1.json",
    );
    assert_eq!(code, Some(0), "{shown}");
    scratch.refuses(
        "seed-sweep merge ../1.json",
        "shard 2/3 of seeds 50..80 is missing among the reports",
    );
    scratch.refuses(
        "seed-sweep --seeds 0..2 --shard 3/4",
        "use more seeds or fewer shards",
    );
    scratch.refuses("seed-sweep --shard 0/4", "is no shard");
    scratch.refuses(
        "seed-sweep --minutes 0.000001",
        "came to its end; give the sweep more time",
    );
    let newer = scratch
        .read("1.json")
        .unwrap()
        .replace("\"version\": 2", "\"version\": 99");
    scratch.write("1.json", &newer);
    scratch.refuses(
        "seed-sweep merge ../1.json",
        "its version is 99, and 2 is understood",
    );
    scratch.refuses(
        "seed-sweep --seeds 0..2 --report ../absent/1.json",
        "cannot write ../absent/1.json",
    );
}

#[test]
fn a_workspace_may_name_what_a_sweep_without_a_filter_runs() {
    let scratch = Scratch::new();
    let shop = scratch.read("shop/Cargo.toml").unwrap();
    scratch.write("stall/Cargo.toml", &shop.replace("\"shop\"", "\"stall\""));
    scratch.write("stall/src/lib.rs", "//! A stall.\n");
    scratch.write("stall/tests/it.rs", "fn one() -> u8 {}\n");
    let root = scratch.read("Cargo.toml").unwrap();
    let root = root.replace("\"ledger\"]", "\"ledger\", \"stall\"]");
    let naming =
        |name: &str| format!("{root}\n[workspace.metadata.seed-sweep]\ndefault = [\"{name}\"]\n");

    scratch.write("Cargo.toml", &naming("shop"));
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0..9");
    assert_eq!(code, Some(0), "{shown}");
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0..9 --filter shop::till");
    assert_eq!(code, Some(0), "{shown}");
    scratch.refuses(
        "seed-sweep --filter stall::it",
        "the tests of stall do not build",
    );
    scratch.refuses(
        "seed-sweep --filter till",
        "the tests of shop, stall do not build",
    );
    scratch.refuses(
        "seed-sweep --workspace",
        "the tests of shop, stall do not build",
    );
    scratch.write("Cargo.toml", &naming("ledger"));
    scratch.refuses(
        "seed-sweep",
        "Cargo.toml names ledger under [workspace.metadata.seed-sweep] default",
    );
}

#[test]
fn features_are_built_with_and_are_in_the_line_that_replays() {
    let scratch = Scratch::with(
        r#"//! Fails in winter.
mod till {
    #[test]
    fn simulation() {
        runtime_deterministic::simulate("till", |seed| match seed {
            3 if cfg!(feature = "winter") => Err("src/till.rs:4:9: frozen"),
            _ => Ok(()),
        });
    }
}
"#,
    );
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0..9");
    assert_eq!(code, Some(0), "{shown}");
    let (shown, code) = sweep(&scratch, "seed-sweep --seeds 0..9 --features shop/winter");
    assert_eq!(code, Some(1), "{shown}");
    let line = shown.lines().find_map(|line| line.strip_prefix("replay: "));
    let line = line.expect("a line replays it");
    assert!(line.contains("--features shop/winter --seed 3 "), "{line}");
    let (shown, code) = sweep(&scratch, line);
    assert!(shown.contains("src/till.rs:4:9: frozen"), "{shown}");
    assert_eq!(code, Some(1), "{shown}");
}

#[test]
fn after_enough_failures_a_simulation_ends_early_and_its_shards_are_merged() {
    let scratch = Scratch::new();
    let line = "seed-sweep --seeds 0..100 --jobs 1 --fresh --filter shop::till --max-failures 1";
    let (shown, code) = sweep(&scratch, line);
    let expected = "\n1 simulation, 18 seeds run: 17 passed, 1 failed\n\
        shop::till::simulation ended early after 1 failing seed: 82 seeds not run\n";
    assert!(shown.contains(expected), "{shown}");
    assert_eq!(code, Some(1));
    for (number, expected) in [(1, Some(1)), (2, Some(0))] {
        let line = format!("{line} --shard {number}/2 --report ../{number}.json");
        let (shown, code) = sweep(&scratch, &line);
        assert_eq!(code, expected, "{shown}");
    }
    let (shown, code) = sweep(&scratch, "seed-sweep merge ../1.json ../2.json");
    let expected = "\n1 simulation, 68 seeds run: 67 passed, 1 failed\n\
        shop::till::simulation ended early after 1 failing seed: 32 seeds not run\n";
    assert!(shown.contains(expected), "{shown}");
    assert_eq!(code, Some(1));
    scratch.refuses("seed-sweep --max-failures 0", "--max-failures");
}
