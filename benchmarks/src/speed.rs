//! Every workload on every runtime: least CPU time, beside tokio's in the same run.
//!
//! Rounds alternate between the runtimes, so that a machine that gets busy is busy for all.

mod table;
mod targets;

use crate::{
    Options, marked,
    programs::{self, Program, RUNTIMES, Said},
};
use anyhow::Result;
use std::collections::BTreeMap;
use work::{Size, WORKLOADS};

const COMMAND: &str = "cargo run --release --manifest-path benchmarks/Cargo.toml";
/// So often a process does its work, and tells the least: the first times its memory is cold.
const RUNS: u64 = 5;

/// What is in a cell of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nanoseconds an operation, MiB, or bytes an operation.
    Figure(f64),
    /// There is none, for the reason that is noted.
    None,
}

/// A row: a workload, or what its processes tell beside time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    Time,
    /// The peak of the process, in MiB.
    Peak,
    /// By how many bytes an operation the peak grows.
    Growth,
}

/// All that was measured, by row and runtime.
#[derive(Debug, Default)]
pub(crate) struct Results {
    cells: BTreeMap<(&'static str, &'static str), Cell>,
    /// By runtime and text: the workloads that it is said of.
    notes: BTreeMap<(&'static str, String), Vec<&'static str>>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let Options { rounds, write, .. } = *options;
    let programs = programs::build(RUNTIMES)?;
    let mut results = Results::default();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for row in targets::ROWS {
            let once = row.figure != Figure::Time;
            if once && round > 1 {
                continue;
            }
            for program in &programs {
                results.add(row.name, program.runtime.name, measure(program, row)?);
            }
        }
    }
    let text = table::render(&results, &programs, rounds)?;
    let notes = table::notes(&results)?;
    println!("{text}{notes}");
    if write {
        let folder = programs::folder();
        marked::write(&folder.join("../README.md"), COMMAND, &text)?;
        marked::write(&folder.join("README.md"), COMMAND, &notes)?;
        println!("README.md and benchmarks/README.md have it now");
    }
    Ok(())
}

/// One process; or two, when it is asked what memory grows by.
fn measure(program: &Program, row: &targets::Row) -> Result<Result<(f64, String), String>> {
    let Size { operations, scale } = size(row.workload);
    let run = |operations, runs| program.run(row.workload, operations, scale, runs);
    let (nanoseconds, peak, note) = match run(
        operations,
        if row.figure == Figure::Time { RUNS } else { 1 },
    )? {
        Said::Measured {
            nanoseconds,
            peak,
            note,
        } => (nanoseconds as f64, peak as f64, note),
        Said::Cannot(reason) | Said::Failed(reason) => return Ok(Err(reason)),
    };
    let figure = match row.figure {
        Figure::Time => nanoseconds / operations as f64,
        Figure::Peak => peak / 1024.0,
        Figure::Growth => match run(operations / 10, 1)? {
            Said::Measured { peak: small, .. } => {
                let bytes = (peak - small as f64) * 1024.0;
                // What a process differs by from run to run is no growth.
                (bytes / (operations - operations / 10) as f64).max(0.0)
            }
            Said::Cannot(reason) | Said::Failed(reason) => return Ok(Err(reason)),
        },
    };
    Ok(Ok((figure, note)))
}

fn size(name: &str) -> Size {
    let found = WORKLOADS.iter().find(|workload| workload.name == name);
    found.expect("the rows name workloads that there are").size
}

impl Results {
    fn add(
        &mut self,
        row: &'static str,
        runtime: &'static str,
        measured: Result<(f64, String), String>,
    ) {
        let (cell, note) = match measured {
            Ok((figure, note)) => (Cell::Figure(figure), note),
            Err(reason) => (Cell::None, reason),
        };
        let kept = self.cells.entry((row, runtime)).or_insert(cell.clone());
        match (&*kept, &cell) {
            (Cell::Figure(before), Cell::Figure(now)) if now < before => *kept = cell,
            (Cell::None, Cell::Figure(_)) => *kept = cell,
            _ => {}
        }
        if !note.is_empty() {
            let rows = self.notes.entry((runtime, note)).or_default();
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }

    fn figure(&self, row: &str, runtime: &str) -> Option<f64> {
        let found = self
            .cells
            .iter()
            .find(|((of, by), _)| *of == row && *by == runtime);
        match found {
            Some((_, Cell::Figure(figure))) => Some(*figure),
            _ => None,
        }
    }
}
