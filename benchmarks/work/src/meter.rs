//! The command line of a runtime's program, and the CPU time of what it does.

use crate::Size;
use rustix::time::{ClockId, clock_gettime};
use std::{env, fs, process::ExitCode, time::Duration};

/// What a runtime makes of a workload.
#[derive(Clone, Copy)]
pub enum Can {
    /// All of it.
    Do(fn(Size)),
    /// It, with a difference that a reader of the table must know.
    But(fn(Size), &'static str),
    /// Nothing, and why.
    Not(&'static str),
}

/// Does the workload that the command line asks for, `WORKLOAD OPERATIONS SCALE RUNS`, and prints
/// `measured: NANOSECONDS KIBIBYTES NOTE` with the least CPU time of a run and the peak of the
/// process, or `cannot: REASON`.
#[must_use]
pub fn measure(workloads: &[(&str, Can)]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((name, size, runs)) = parse(&arguments) else {
        eprintln!(
            "usage: WORKLOAD OPERATIONS SCALE RUNS, four of them, the last three numbers above 0"
        );
        return ExitCode::from(2);
    };
    let Some((_, can)) = workloads.iter().find(|(known, _)| *known == name) else {
        println!("cannot: this program has no workload {name}");
        return ExitCode::SUCCESS;
    };
    let (work, note) = match *can {
        Can::Do(work) => (work, ""),
        Can::But(work, note) => (work, note),
        Can::Not(reason) => {
            println!("cannot: {reason}");
            return ExitCode::SUCCESS;
        }
    };
    let least = (0..runs).map(|_| timed(work, size)).min();
    let least = least.unwrap_or_default().as_nanos();
    println!("measured: {least} {} {note}", peak());
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(&str, Size, u64)> {
    let [name, numbers @ ..] = arguments else {
        return None;
    };
    let numbers: Vec<u64> = numbers.iter().map_while(|text| text.parse().ok()).collect();
    let [operations, scale, runs] = numbers.try_into().ok()?;
    let all = operations > 0 && scale > 0 && runs > 0;
    all.then_some((name, Size { operations, scale }, runs))
}

fn timed(work: fn(Size), size: Size) -> Duration {
    let start = cpu();
    work(size);
    cpu() - start
}

/// CPU time of the process so far.
pub(crate) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// The most memory that the process had resident, in KiB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
