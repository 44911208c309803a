//! The table as the main README.md has it, and what is said of its rows in the benchmarks' own.

use super::{
    Figure, Results,
    targets::{ROWS, Row, Target},
};
use crate::programs::{self, Program};
use anyhow::Result;
use std::fmt::Write;

const BASE: &str = "tokio";
const OURS: &str = "ours";

pub(super) fn render(results: &Results, programs: &[Program], rounds: u64) -> Result<String> {
    let mut text = String::from("\n| | |");
    for program in programs {
        let name = program.runtime.name;
        match name {
            OURS => write!(text, " **ours** | target |")?,
            _ => write!(text, " {name} {} |", program.runtime.version()?)?,
        }
    }
    let columns = "---:|".repeat(programs.len() + 1);
    writeln!(text, "\n|---|---|{columns}")?;
    let mut held = 0;
    for row in ROWS {
        write!(text, "| {} | {} |", row.name, row.what)?;
        for program in programs {
            let cell = cell(results, row, program.runtime.name);
            write!(text, " {cell} |")?;
            if program.runtime.name == OURS {
                let (holds, target) = target(results, row);
                held += u32::from(holds);
                write!(text, " {target} |")?;
            }
        }
        text.push('\n');
    }
    let of = ROWS.len();
    writeln!(
        text,
        "\nLeast CPU time of {rounds} rounds, one process for each runtime and workload, and `×` tokio's in the same run; \
         {held} of {of} targets hold. On {}.",
        programs::machine()?
    )?;
    writeln!(
        text,
        "Where a runtime does not do quite the same work, or cannot do it, \
         [this list](benchmarks/README.md#not-quite-the-same-work) says what differs."
    )?;
    Ok(text)
}

/// What is not the same work, or not there, a line for each runtime and reason.
pub(super) fn notes(results: &Results) -> Result<String> {
    let mut text = String::from("\n");
    for ((runtime, note), rows) in &results.notes {
        writeln!(text, "- *{runtime}* in {}: {note}.", rows.join(", "))?;
    }
    Ok(text)
}

fn cell(results: &Results, row: &Row, runtime: &str) -> String {
    let Some(figure) = results.figure(row.name, runtime) else {
        return "–".to_owned();
    };
    let base = results.figure(row.name, BASE);
    let text = match (row.figure, base) {
        (Figure::Peak, _) => format!("{figure:.0} MiB"),
        (Figure::Growth, _) => format!("{figure:.0} B"),
        (Figure::Time, Some(base)) if runtime != BASE => times(figure / base),
        (Figure::Time, _) => nanoseconds(figure),
    };
    match runtime {
        OURS => format!("**{text}**"),
        _ => text,
    }
}

/// Whether ours holds it, and how the table says so.
fn target(results: &Results, row: &Row) -> (bool, String) {
    let target = match (row.figure, row.target) {
        (_, Target::Ratio(most)) => format!("≤ {most}×"),
        (Figure::Growth, Target::Most(_)) => "0 B".to_owned(),
        (_, Target::Most(most)) => format!("≤ {most} MiB"),
    };
    let (ours, base) = (
        results.figure(row.name, OURS),
        results.figure(row.name, BASE),
    );
    match (ours, base) {
        (Some(ours), Some(base)) if row.target.holds(ours, base) => (true, format!("{target} ✓")),
        (Some(_), Some(_)) => (false, format!("{target} missed")),
        _ => (false, format!("{target} not measured")),
    }
}

fn times(ratio: f64) -> String {
    match ratio {
        ..10.0 => format!("{ratio:.2}×"),
        _ => format!("{}×", thousands(ratio)),
    }
}

fn nanoseconds(figure: f64) -> String {
    format!("{} ns", thousands(figure))
}

/// A whole number with its thousands apart.
fn thousands(figure: f64) -> String {
    let digits = format!("{figure:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Results, notes, target, thousands, times};
    use crate::speed::{Cell, targets::ROWS};

    #[test]
    fn numbers_are_short() {
        assert_eq!(times(0.345), "0.34×");
        assert_eq!(times(123.4), "123×");
        assert_eq!(thousands(999.4), "999");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
    }

    #[test]
    fn a_target_is_held_missed_or_not_measured() {
        let row = &ROWS[0];
        let mut results = Results::default();
        assert_eq!(
            target(&results, row),
            (false, "≤ 0.45× not measured".into())
        );
        results
            .cells
            .insert((row.name, "tokio"), Cell::Figure(100.0));
        results.cells.insert((row.name, "ours"), Cell::Figure(45.0));
        assert_eq!(target(&results, row), (true, "≤ 0.45× ✓".into()));
        results.cells.insert((row.name, "ours"), Cell::Figure(46.0));
        assert_eq!(target(&results, row), (false, "≤ 0.45× missed".into()));
    }

    #[test]
    fn a_note_names_the_runtime_and_the_rows_that_it_is_of() {
        let mut results = Results::default();
        results.add("g", "bach", Err("it has no disks".into()));
        results.add("d", "bach", Ok((1.0, "datagrams".into())));
        results.add("e", "bach", Ok((1.0, "datagrams".into())));
        results.add("d", "tokio", Ok((1.0, "a pipe".into())));
        let text = "\n- *bach* in d, e: datagrams.\n- *bach* in g: it has no disks.\n- *tokio* in d: a pipe.\n";
        assert_eq!(notes(&results).unwrap(), text);
    }
}
