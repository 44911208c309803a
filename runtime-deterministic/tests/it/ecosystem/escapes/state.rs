//! State that outlives a run, or was there before it.

use crate::ecosystem::replay::outcome;
use std::{
    cell::Cell,
    env,
    process::Command,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

static RUNS: AtomicU64 = AtomicU64::new(0);

/// Seeds that run one after another in a process share it.
#[test]
fn statics() {
    let count = async |_| RUNS.fetch_add(1, Relaxed);
    assert_ne!(outcome(7, count), outcome(7, count));
}

thread_local! {
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

#[test]
fn thread_locals() {
    let count = async |_| SEEN.replace(SEEN.get() + 1);
    assert_ne!(outcome(7, count), outcome(7, count));
}

/// Runs itself in processes whose environments differ.
#[test]
#[expect(clippy::disallowed_methods, reason = "it is the subject")]
fn environment() {
    const NAME: &str = "LIMIT_OF_THE_LIBRARY";
    let read = async |_| env::var(NAME);
    if env::var(NAME).is_ok() {
        return println!("limit {}", outcome(7, read));
    }
    let limits = ["1", "2"].map(|limit| {
        let mut test = Command::new(env::current_exe().unwrap());
        test.args([
            "ecosystem::escapes::state::environment",
            "--exact",
            "--nocapture",
        ]);
        let output = test.env(NAME, limit).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.split_once("limit "));
        line.expect(&text).1.to_owned()
    });
    assert_eq!(limits, [r#"Ok("1")"#, r#"Ok("2")"#]);
}
