//! What an operation of ours costs, from few tasks to many, from small files to large, from one host to
//! a thousand.
//!
//! A run is made twice, the second time with four times the operations, and the difference of their least
//! times counts, so that what it takes to make tasks and hosts does not. Files are an exception: theirs is
//! what is measured.

mod plot;

use crate::{
    Options, marked,
    programs::{self, Program, Said},
};
use anyhow::{Context, Result, bail};
use std::fmt::Write;

const COMMAND: &str = "cargo run --release --manifest-path benchmarks/Cargo.toml -- flat";
const MIB: u64 = 256;

/// A line of the plot: one workload at several sizes.
pub(super) struct Line {
    pub(super) what: &'static str,
    workload: &'static str,
    /// What grows along the line.
    pub(super) along: &'static str,
    places: &'static [Place],
    /// Whether only what the longer run has more counts.
    difference: bool,
}

struct Place {
    at: u64,
    operations: u64,
    scale: u64,
}

const fn place(at: u64, operations: u64) -> Place {
    Place {
        at,
        operations,
        scale: at,
    }
}

/// An append of a file of so many MiB.
const fn file(mib: u64) -> Place {
    Place {
        at: mib,
        operations: mib * MIB,
        scale: 1,
    }
}

const TASKS: &[Place] = &[
    place(10, 1_000_000),
    place(100, 1_000_000),
    place(1_000, 1_000_000),
    place(10_000, 1_000_000),
    place(100_000, 1_000_000),
];
const HOSTS: &[Place] = &[
    place(1, 600_000),
    place(10, 600_000),
    place(100, 600_000),
    place(1_000, 600_000),
];
const FILES: &[Place] = &[file(1), file(4), file(16), file(64), file(256), file(1024)];

const LINES: &[Line] = &[
    Line {
        what: "poll",
        workload: "a",
        along: "tasks",
        places: TASKS,
        difference: true,
    },
    Line {
        what: "sleep",
        workload: "c",
        along: "tasks",
        places: TASKS,
        difference: true,
    },
    Line {
        what: "sleep, random",
        workload: "c-random",
        along: "tasks",
        places: TASKS,
        difference: true,
    },
    Line {
        what: "append of 4 KiB",
        workload: "g",
        along: "MiB in the file",
        places: FILES,
        difference: false,
    },
    Line {
        what: "heartbeat",
        workload: "f",
        along: "hosts",
        places: HOSTS,
        difference: true,
    },
];

/// A line with what its operations cost, in nanoseconds.
pub(super) struct Measured {
    pub(super) line: &'static Line,
    pub(super) ours: Vec<(u64, f64)>,
    /// What tokio's cost, whose memory lies no nearer.
    pub(super) tokio: Vec<(u64, f64)>,
}

/// The least times of a short run and of a long one, in nanoseconds.
#[derive(Clone, Copy)]
struct Times([f64; 2]);

impl Default for Times {
    fn default() -> Self {
        Self([f64::MAX; 2])
    }
}

impl Times {
    /// What an operation costs that the long run has more, unless noise hides it.
    fn cost(self, operations: [u64; 2]) -> Option<f64> {
        let [short, long] = self.0;
        let cost = (long - short) / (operations[1] - operations[0]) as f64;
        (cost > 0.0).then_some(cost)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let Options { rounds, write, .. } = *options;
    let programs = programs::build(&programs::RUNTIMES[..2])?;
    let [tokio, ours] = &programs[..] else {
        bail!("the first two runtimes are tokio and ours");
    };
    let measured: Vec<_> = LINES
        .iter()
        .map(|line| line.measure(tokio, ours, rounds))
        .collect::<Result<_>>()?;
    let text = table(&measured)?;
    println!("{text}");
    if write {
        let folder = programs::folder();
        plot::draw(&folder.join("flat.svg"), &measured)?;
        marked::write(&folder.join("README.md"), COMMAND, &text)?;
        println!("benchmarks/README.md and benchmarks/flat.svg have it now");
    }
    Ok(())
}

impl Line {
    fn measure(&'static self, tokio: &Program, ours: &Program, rounds: u64) -> Result<Measured> {
        let mut times = vec![[Times::default(); 2]; self.places.len()];
        for round in 1..=rounds {
            eprintln!("{}, round {round} of {rounds}", self.what);
            for (place, times) in self.places.iter().zip(&mut times) {
                for (program, times) in [ours, tokio].into_iter().zip(times) {
                    for (operations, least) in self.runs(place).into_iter().zip(&mut times.0) {
                        *least = least.min(self.time(program, operations, place.scale)?);
                    }
                }
            }
        }
        let costs = |of: usize| -> Result<Vec<_>> {
            let costs = self.places.iter().zip(&times).map(|(place, times)| {
                let cost = times[of].cost(self.runs(place));
                cost.map(|cost| (place.at, cost))
            });
            costs
                .collect::<Option<_>>()
                .with_context(|| format!("{}: a run of four times the operations took no longer; the machine is too busy", self.what))
        };
        Ok(Measured {
            line: self,
            ours: costs(0)?,
            tokio: costs(1)?,
        })
    }

    /// How many operations a short run has, and a long one.
    fn runs(&self, place: &Place) -> [u64; 2] {
        match self.difference {
            true => [place.operations / 2, 2 * place.operations],
            false => [0, place.operations],
        }
    }

    fn time(&self, program: &Program, operations: u64, scale: u64) -> Result<f64> {
        if operations == 0 {
            return Ok(0.0);
        }
        match program.run(self.workload, operations, scale, 2)? {
            Said::Measured { nanoseconds, .. } => Ok(nanoseconds as f64),
            Said::Cannot(reason) | Said::Failed(reason) => bail!("{}: {reason}", self.what),
        }
    }
}

/// How often the cheapest place goes into the dearest.
fn spread(costs: &[(u64, f64)]) -> f64 {
    let costs = costs.iter().map(|(_, cost)| *cost);
    let least = costs.clone().fold(f64::MAX, f64::min);
    costs.fold(0.0, f64::max) / least
}

/// The place at which ours does worst beside tokio.
fn highest_ratio(ours: &[(u64, f64)], tokio: &[(u64, f64)]) -> f64 {
    let ratios = ours.iter().zip(tokio).map(|(ours, tokio)| ours.1 / tokio.1);
    ratios.fold(0.0, f64::max)
}

fn table(measured: &[Measured]) -> Result<String> {
    let mut text = String::from(
        "\n| | along | from | to | dearest / cheapest | tokio's | ours / tokio's, at most |\n\
         |---|---|---:|---:|---:|---:|---:|\n",
    );
    for Measured { line, ours, tokio } in measured {
        let Line { what, along, .. } = line;
        let end = |place: Option<&(u64, f64)>| {
            place.map_or(String::new(), |(at, cost)| format!("{cost:.0} ns at {at}"))
        };
        let (first, last) = (end(ours.first()), end(ours.last()));
        let most = highest_ratio(ours, tokio);
        let (ours, tokio) = (spread(ours), spread(tokio));
        writeln!(
            text,
            "| {what} | {along} | {first} | {last} | {ours:.1} | {tokio:.1} | {most:.2} |"
        )?;
    }
    writeln!(
        text,
        "\n![What an operation costs](flat.svg)\n\nDashed: tokio's, whose file is a copy in memory. On {}.",
        programs::machine()?
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Times, highest_ratio, spread};

    #[test]
    fn what_both_runs_take_does_not_count() {
        assert_eq!(Times([150.0, 450.0]).cost([50, 200]), Some(2.0));
        assert_eq!(Times([450.0, 450.0]).cost([50, 200]), None);
    }

    #[test]
    fn the_spread_is_from_the_cheapest_to_the_dearest() {
        assert_eq!(spread(&[(1, 20.0), (10, 10.0), (100, 25.0)]), 2.5);
    }

    #[test]
    fn the_highest_ratio_is_of_one_place() {
        let (ours, tokio) = ([(1, 20.0), (10, 30.0)], [(1, 40.0), (10, 40.0)]);
        assert_eq!(highest_ratio(&ours, &tokio), 0.75);
    }
}
