//! What an operation of ours costs, from few tasks to many, from small files to large, from one host to
//! a thousand.
//!
//! A run is made twice, the second time with twice the operations, and the difference counts, so that
//! what it takes to make tasks and hosts does not. Files are an exception: theirs is what is measured.

mod plot;

use crate::{
    Options, marked,
    programs::{self, Program, Said},
};
use anyhow::{Result, bail};
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
    /// Whether only what the second run has more counts.
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
    place(1, 60_000),
    place(10, 60_000),
    place(100, 60_000),
    place(1_000, 60_000),
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
        let none = || {
            self.places
                .iter()
                .map(|place| (place.at, f64::MAX))
                .collect()
        };
        let mut measured = Measured {
            line: self,
            ours: none(),
            tokio: none(),
        };
        for round in 1..=rounds {
            eprintln!("{}, round {round} of {rounds}", self.what);
            for (number, place) in self.places.iter().enumerate() {
                let (by_ours, by_tokio) =
                    (&mut measured.ours[number].1, &mut measured.tokio[number].1);
                *by_ours = by_ours.min(self.cost(ours, place)?);
                *by_tokio = by_tokio.min(self.cost(tokio, place)?);
            }
        }
        Ok(measured)
    }

    fn cost(&self, program: &Program, place: &Place) -> Result<f64> {
        let time = |operations| match program.run(self.workload, operations, place.scale, 2)? {
            Said::Measured { nanoseconds, .. } => Ok(nanoseconds as f64),
            Said::Cannot(reason) | Said::Failed(reason) => bail!("{}: {reason}", self.what),
        };
        let once = time(place.operations)?;
        let all = match self.difference {
            true => time(2 * place.operations)? - once,
            false => once,
        };
        Ok(all / place.operations as f64)
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
    use super::{highest_ratio, spread};

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
