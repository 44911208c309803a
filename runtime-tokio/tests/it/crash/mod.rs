//! Crashes: what was acknowledged is there afterwards, and nothing else is damaged.
//!
//! A process of its own writes, truncates, opens and removes, and is killed at a random moment. A
//! kill loses nothing that the system was told; a power failure loses what was not synced.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod power;
mod script;
mod writer;

use std::{thread, time::Duration};
use tempfile::TempDir;
use writer::{TASKS, Writer, check, contents};

/// Kills a writer after some acknowledgements and a little longer.
fn kill_at_random(mut writer: Writer, rng: &mut fastrand::Rng) -> [usize; TASKS] {
    for _ in 0..rng.usize(..40) {
        assert!(writer.hear(), "the writer ended by itself");
    }
    thread::sleep(Duration::from_micros(rng.u64(..2_000)));
    writer.kill()
}

/// Kills a writer `times` times in one directory.
fn survive_kills(times: u64) {
    let directory = TempDir::new().unwrap();
    let directory = directory.path().join("data");
    let mut rng = fastrand::Rng::new();
    let mut before = Default::default();
    let mut steps = 0;
    for _ in 0..times {
        let seed = rng.u64(..);
        let mut writer = Writer::start(&directory, seed, &[]);
        if rng.bool() {
            assert!(writer.hear(), "the writer ended by itself");
            writer.holds(&directory);
        }
        let done = kill_at_random(writer, &mut rng);
        let found = contents(&directory);
        check(seed, &before, done, &found).unwrap();
        before = found;
        steps += done.iter().sum::<usize>();
    }
    println!("{times} kills, {steps} steps acknowledged, none lost");
    assert!(steps > 0);
}

#[test]
fn what_was_acknowledged_survives_kills() {
    survive_kills(20);
}

#[test]
#[ignore = "takes minutes: cargo test -p runtime-tokio --test it -- --ignored --nocapture a_thousand"]
fn what_was_acknowledged_survives_a_thousand_kills() {
    survive_kills(1_000);
}
