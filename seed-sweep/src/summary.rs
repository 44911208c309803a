//! A report in words: the causes, each with the line that replays it, and the totals last.

use std::fmt;

use crate::cause;
use crate::report::{Amount, Cause, Report, Totals};

impl Report {
    /// Over all simulations.
    pub(crate) fn totals(&self) -> Totals {
        let mut all = Totals::default();
        self.simulations
            .values()
            .for_each(|totals| all.join(totals));
        all
    }
}

/// A sweep for some minutes goes on to the highest seed: of what it leaves out there is no telling number.
const ENDLESS: u64 = 1 << 62;

impl Totals {
    /// What was left out of a simulation since enough of its seeds had failed.
    pub(crate) fn early_end(&self) -> Option<String> {
        let failing = plural(self.failed, "failing seed");
        let seeds = match self.not_run {
            0 => return None,
            ENDLESS.. => String::new(),
            seeds => format!(": {} not run", plural(seeds, "seed")),
        };
        Some(format!("ended early after {failing}{seeds}"))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, cause) in (1..).zip(&self.causes) {
            show_cause(f, number, cause)?;
        }
        let totals = self.totals();
        let Totals { seeds, failed, .. } = totals;
        writeln!(
            f,
            "{}, {} run: {} passed, {failed} failed",
            plural(self.simulations.len() as u64, "simulation"),
            plural(seeds, "seed"),
            seeds - failed
        )?;
        for (name, totals) in &self.simulations {
            if let Some(text) = totals.early_end() {
                writeln!(f, "{name} {text}")?;
            }
        }
        writeln!(
            f,
            "{} run again, alone: {} not deterministic, {} changed by the seeds before",
            plural(totals.again, "seed"),
            totals.not_deterministic,
            totals.leaking
        )?;
        for (name, amount) in &totals.work {
            show_work(f, name, *amount)?;
        }
        show_faults(f, &totals)?;
        let rate = seeds as f64 / self.seconds.max(f64::EPSILON);
        write!(f, "{:.1} s, {rate:.0} seeds/s", self.seconds)
    }
}

fn show_cause(f: &mut fmt::Formatter<'_>, number: usize, cause: &Cause) -> fmt::Result {
    let count = plural(cause.count, "seed");
    writeln!(
        f,
        "{number}. {}: {count}, {}",
        cause.simulation,
        which(cause)
    )?;
    writeln!(f, "   {}", cause::first_line(&cause.cause))?;
    writeln!(f, "{}", cause.block)?;
    let (again, otherwise) = (cause.again.len() as u64, cause.otherwise());
    let did = match otherwise {
        0 => "all did the same".to_owned(),
        _ => format!("{otherwise} did otherwise"),
    };
    // Where the one seed, or each, ran again and did the same there is nothing to say.
    if again > 0 && cause.count > 1 && (again < cause.count || otherwise > 0) {
        writeln!(f, "{again} of the {count} ran again, alone: {did}")?;
    }
    writeln!(f, "replay: {}\n", cause.replay)
}

/// Which seed of a cause is told of.
pub(crate) fn which(cause: &Cause) -> String {
    let least = format!("the least {}", cause.least());
    match cause.shown == cause.least() {
        true => least,
        false => format!("{least}; shown is {}, which ran again", cause.shown),
    }
}

fn show_work(f: &mut fmt::Formatter<'_>, name: &str, amount: Amount) -> fmt::Result {
    let Amount {
        total,
        seeds_without,
    } = amount;
    match name {
        "virtual_nanos" => write!(f, "{} of virtual time", virtual_time(total))?,
        _ => write!(f, "{total} {name}")?,
    }
    match seeds_without {
        0 => writeln!(f),
        _ => writeln!(f, ", none in {}", plural(seeds_without, "seed")),
    }
}

/// Those that struck, each on its line; then those that only were on.
fn show_faults(f: &mut fmt::Formatter<'_>, totals: &Totals) -> fmt::Result {
    if totals.faults.is_empty() {
        return Ok(());
    }
    let mut idle = Vec::new();
    for (kind, fault) in &totals.faults {
        let on = plural(fault.seeds, "seed");
        if fault.struck == 0 {
            idle.push(format!("{kind} in {on}"));
            continue;
        }
        let times = plural(fault.struck, "time");
        writeln!(
            f,
            "fault {kind}: on in {on}, struck {times} in {} of them",
            fault.seeds_struck
        )?;
    }
    if !idle.is_empty() {
        writeln!(f, "faults on that never struck: {}", idle.join(", "))?;
    }
    let without = plural(totals.without_faults, "seed");
    writeln!(f, "no fault on in {without}")
}

pub(crate) fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn virtual_time(nanoseconds: u64) -> String {
    let seconds = nanoseconds / 1_000_000_000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{:.3} s", nanoseconds as f64 / 1e9),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::virtual_time;

    #[test]
    fn virtual_time_is_told_in_the_units_that_fit() {
        assert_eq!(virtual_time(4_000_000), "0.004 s");
        assert_eq!(virtual_time(61_900_000_000), "1 min 1 s");
        assert_eq!(virtual_time(86_400_000_000_000), "24 h 0 min");
    }
}
