//! The command line of a program that looks for a mistake, seed by seed.

use crate::meter::cpu;
use std::{
    any::Any,
    env,
    panic::{AssertUnwindSafe, catch_unwind, set_hook},
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What the first panic of a seed said: what comes behind is a consequence.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// Runs `test` for seed after seed, as the command line `SEEDS FAILURES SECONDS` says: no more seeds, no
/// more of them that fail, no more seconds of CPU time.
///
/// Prints `failed: SEED NANOSECONDS CAUSE` for each that panics, with the CPU time so far, and at last
/// `searched: SEEDS NANOSECONDS`.
#[must_use]
pub fn search(test: impl Fn(u64)) -> ExitCode {
    let numbers: Vec<u64> = env::args()
        .skip(1)
        .map_while(|text| text.parse().ok())
        .collect();
    let [seeds, failures, seconds] = numbers[..] else {
        eprintln!("usage: SEEDS FAILURES SECONDS, three numbers");
        return ExitCode::from(2);
    };
    set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or("a panic without words");
        let place = info
            .location()
            .map_or(String::new(), |place| place.to_string());
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| format!("{place}: {text}"));
    }));
    let (start, mut failed, mut seed) = (cpu(), 0, 0);
    let limit = Duration::from_secs(seconds);
    while seed < seeds && failed < failures && cpu() - start < limit {
        let ended = catch_unwind(AssertUnwindSafe(|| test(seed)));
        let first = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(cause) = cause(ended, first) {
            failed += 1;
            let cause = cause.lines().collect::<Vec<_>>().join(" ");
            println!("failed: {seed} {} {cause}", (cpu() - start).as_nanos());
        }
        seed += 1;
    }
    println!("searched: {seed} {}", (cpu() - start).as_nanos());
    ExitCode::SUCCESS
}

/// Why a seed failed; a panic that something caught on its way counts.
fn cause(ended: Result<(), Box<dyn Any + Send>>, first: Option<String>) -> Option<String> {
    match (ended, first) {
        (Ok(()), None) => None,
        (_, Some(first)) => Some(first),
        (Err(_), None) => Some("a panic that was resumed".to_owned()),
    }
}
