//! What this backend costs over the same work by hand, as ratios with their targets, in one table.
//!
//! Ours and theirs alternate in short rounds, so that whatever else the machine does hits both. A ratio
//! is the median over the rounds of their time by ours: 1 is as fast, 0.5 takes twice as long.
//!
//! With a part of their names as its argument it measures these rows alone.
//!
//! With `--instructions` the table also says how many instructions an operation takes outside the
//! kernel, which no other program changes; valgrind counts them.

#[path = "work/blob_read.rs"]
mod blob_read;
#[path = "work/blob_write.rs"]
mod blob_write;
#[path = "work/round_trip.rs"]
mod round_trip;
#[path = "work/spawn.rs"]
mod spawn;
#[path = "work/throughput.rs"]
mod throughput;

use std::{
    env,
    process::{Command, ExitCode},
    time::Duration,
};

/// Does something so many times; how long that took.
type Work = fn(u64) -> Duration;

struct Row {
    name: &'static str,
    target: f64,
    ours: Work,
    by_hand: Work,
    /// How often it is done in a round of some milliseconds, and how many rounds there are.
    times: u64,
    rounds: usize,
}

const ROWS: [Row; 7] = [
    Row {
        name: "TCP round trip of 64 B",
        target: 0.97,
        ours: round_trip::ours,
        by_hand: round_trip::by_hand,
        times: 400,
        rounds: 201,
    },
    Row {
        name: "TCP one way, 64 KiB a send",
        target: 0.95,
        ours: throughput::ours,
        by_hand: throughput::by_hand,
        times: 300,
        rounds: 201,
    },
    Row {
        name: "spawn and join, two workers",
        target: 0.75,
        ours: spawn::ours_on_two_workers,
        by_hand: spawn::by_hand_on_two_workers,
        times: 10_000,
        rounds: 301,
    },
    Row {
        name: "spawn and join, one thread",
        target: 0.65,
        ours: spawn::ours_on_one_thread,
        by_hand: spawn::by_hand_on_one_thread,
        times: 10_000,
        rounds: 301,
    },
    Row {
        name: "cached read of 4 KiB, to pread",
        target: 0.8,
        ours: blob_read::ours,
        by_hand: blob_read::by_hand,
        times: 20_000,
        rounds: 301,
    },
    Row {
        name: "write of 4 KiB, to tokio::fs",
        target: 1.0,
        ours: blob_write::ours,
        by_hand: blob_write::by_hand,
        times: 200,
        rounds: 301,
    },
    Row {
        name: "write and sync, to tokio::fs",
        target: 1.0,
        ours: blob_write::ours_synced,
        by_hand: blob_write::by_hand_synced,
        times: 4,
        rounds: 401,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--once", name, side, times] => once(name, side, times.parse().unwrap()),
        [] => table("", false),
        ["--instructions"] => table("", true),
        [part] if !part.starts_with('-') => table(part, false),
        _ => {
            eprintln!("unknown arguments: say --instructions, or a part of the names of some rows");
            ExitCode::FAILURE
        }
    }
}

/// What valgrind runs.
fn once(name: &str, side: &str, times: u64) -> ExitCode {
    let row = ROWS.iter().find(|row| row.name == name).unwrap();
    match side {
        "ours" => (row.ours)(times),
        _ => (row.by_hand)(times),
    };
    ExitCode::SUCCESS
}

fn table(part: &str, instructions: bool) -> ExitCode {
    println!(
        "{:32} {:>10} {:>10} {:>7} {:>7}  verdict",
        "", "by hand", "ours", "ratio", "target"
    );
    let rows = ROWS.iter().filter(|row| row.name.contains(part));
    let (mut missed, mut all) = (0, 0);
    for row in rows {
        all += 1;
        let (by_hand, ours, ratio) = row.measure();
        let verdict = match ratio >= row.target {
            true => "holds",
            false => "missed",
        };
        missed += usize::from(ratio < row.target);
        print!(
            "{:32} {:>7.2} µs {:>7.2} µs {ratio:>7.3} {:>7.2}  {verdict}",
            row.name, by_hand, ours, row.target
        );
        if instructions {
            match (row.instructions("by hand"), row.instructions("ours")) {
                (Some(by_hand), Some(ours)) => print!(
                    "; instructions {by_hand:.0} and {ours:.0}: {:.3}",
                    by_hand / ours
                ),
                _ => print!("; instructions are not to be had without valgrind"),
            }
        }
        println!();
    }
    println!("{} of {all} hold", all - missed);
    ExitCode::SUCCESS
}

impl Row {
    /// Microseconds by hand and ours, and the ratio: medians, each.
    fn measure(&self) -> (f64, f64, f64) {
        let each = |work: Work| work(self.times).as_secs_f64() * 1e6 / self.times as f64;
        let (mut theirs, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=self.rounds {
            let pair = match round % 2 {
                0 => {
                    let first = each(self.by_hand);
                    (first, each(self.ours))
                }
                _ => {
                    let first = each(self.ours);
                    (each(self.by_hand), first)
                }
            };
            // The first warms up.
            if round > 0 {
                theirs.push(pair.0);
                ours.push(pair.1);
                ratios.push(pair.0 / pair.1);
            }
        }
        (median(theirs), median(ours), median(ratios))
    }

    /// How many more operations take, by operation.
    fn instructions(&self, side: &str) -> Option<f64> {
        let few = self.count(side, self.times)?;
        let more = self.count(side, 3 * self.times)?;
        Some(more.saturating_sub(few) as f64 / (2 * self.times) as f64)
    }

    fn count(&self, side: &str, times: u64) -> Option<u64> {
        let run = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(env::current_exe().ok()?)
            .args(["--once", self.name, side, &times.to_string()])
            .output()
            .ok()?;
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        let line = said
            .lines()
            .find_map(|line| line.split("Collected : ").nth(1));
        line?.trim().parse().ok()
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
