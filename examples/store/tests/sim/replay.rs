//! The same seeds give the same logs in another process, on two threads, after other seeds.

use std::{env, fs, io, path::Path, process::Command};

#[test]
fn seeds_replay_event_by_event_in_another_process() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("store-logs");
    let _ = fs::remove_dir_all(&folder);
    run(&[
        ("SIM_RECORD", folder.to_str().unwrap()),
        ("SIM_SEEDS", "3..6"),
    ]);
    let logs = fs::read_dir(&folder).unwrap();
    let name = |log: io::Result<fs::DirEntry>| log.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = logs.map(name).collect();
    names.sort_unstable();
    let expected =
        [3, 4, 5].map(|seed| format!("sim.acknowledged_puts_survive.simulation-{seed}.log"));
    assert_eq!(names, expected);
    run(&[
        ("SIM_COMPARE", folder.to_str().unwrap()),
        ("SIM_SEEDS", "0..6"),
        ("SIM_JOBS", "2"),
    ]);
    fs::remove_dir_all(&folder).unwrap();
}

fn run(variables: &[(&str, &str)]) {
    let mut test = Command::new(env::current_exe().unwrap());
    test.args(["acknowledged_puts_survive::simulation", "--exact"]);
    for name in [
        "SIM_SEED",
        "SIM_SEEDS",
        "SIM_JOBS",
        "SIM_RECORD",
        "SIM_COMPARE",
        "SIM_REPORT",
    ] {
        test.env_remove(name);
    }
    let output = test.envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
}
