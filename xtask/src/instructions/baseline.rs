//! The costs that are kept beside the code, and when new ones are too much more.

use std::fmt;
use std::process::Command;

use anyhow::{Context, Result};

use super::Cost;

/// By how many per cent an operation may cost more than is kept.
pub(super) const SHARE: f64 = 5.0;
/// How many times as much an operation may cost among many.
const MANY: f64 = 1.25;
/// Differences below are not counted: a few instructions are the compiler's.
const FEW: f64 = 2.0;
/// A twentieth of an allocation: what a list that grows takes now and then.
const ALLOCATIONS: f64 = 0.05;

const HEAD: &str = "\
# What an operation of the simulator costs, counted by callgrind: its name, instructions of the program
# without SHA-256, instructions in the system's libraries, allocations. They are of the compiler and the
# processor below; `cargo xtask instructions` compares on the same alone, but for the libraries, which
# depend on the system. `cargo xtask instructions --write` renews the file.
";

/// On what the counts depend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Build {
    rustc: String,
    /// The features of the processor by which the dependencies choose their code.
    features: String,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Baseline {
    pub(super) build: Build,
    pub(super) costs: Vec<(String, Cost)>,
}

/// What a comparison says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The baseline is of another build.
    Other,
    /// All within the share; what is much less, or new, is noted.
    Within(Vec<String>),
    /// A sentence for each that is more.
    Exceeded(Vec<String>),
}

pub(super) fn heading() -> String {
    let titles = format!(
        "{:<10} {:<32}{:>13}{:>9}",
        "workload", "one operation", "instructions", "before"
    );
    format!("{titles}{:>11}{:>13}", "libraries", "allocations")
}

pub(super) fn row(name: &str, what: &str, now: Cost, before: Option<Cost>) -> String {
    let before = before.map_or("-".to_owned(), |before| format!("{:.0}", before.own));
    let Cost {
        own,
        system,
        allocations,
    } = now;
    format!("{name:<10} {what:<32}{own:>13.0}{before:>9}{system:>11.0}{allocations:>13.2}")
}

impl Build {
    /// Of the compiler in use and of this processor.
    pub(super) fn here() -> Result<Self> {
        let output = Command::new("rustc")
            .arg("-vV")
            .output()
            .context("cannot start rustc -vV")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let release = line("rustc ").context("rustc -vV names no version")?;
        let host = line("host: ").context("rustc -vV names no host")?;
        Ok(Self {
            rustc: format!("{release}, {host}"),
            features: features(),
        })
    }
}

/// Valgrind shows the program no more than these.
#[cfg(target_arch = "x86_64")]
fn features() -> String {
    let known = [
        ("ssse3", is_x86_feature_detected!("ssse3")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
    ];
    let found = known.into_iter().filter(|(_, found)| *found);
    found.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> String {
    "none that is asked for".to_owned()
}

impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rustc {}; processor with {}", self.rustc, self.features)
    }
}

impl Baseline {
    pub(super) fn new(build: Build) -> Self {
        let costs = Vec::new();
        Self { build, costs }
    }

    pub(super) fn cost(&self, name: &str) -> Option<Cost> {
        let found = self.costs.iter().find(|(known, _)| known == name);
        found.map(|(_, cost)| *cost)
    }

    /// What [`Display`](fmt::Display) wrote.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut baseline = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(rustc) = line.strip_prefix("rustc: ") {
                baseline.build.rustc = rustc.to_owned();
            } else if let Some(features) = line.strip_prefix("processor: ") {
                baseline.build.features = features.to_owned();
            } else {
                let cost = parse_cost(line).with_context(|| format!("in the line {line:?}"))?;
                baseline.costs.push(cost);
            }
        }
        Ok(baseline)
    }

    /// A sentence for each operation that costs too much more among many. It needs no baseline: the two
    /// were counted in one build on one machine, so that what a library takes, as a copy does, counts too.
    pub(super) fn steep(&self) -> Result<Vec<String>> {
        let mut complaints = Vec::new();
        for (name, many) in &self.costs {
            let Some(partner) = name.strip_suffix("-many") else {
                continue;
            };
            let few = self.cost(partner).with_context(|| {
                format!("{name} has nothing to be compared with: count {partner} as well")
            })?;
            let (is, among_few) = (many.own + many.system, few.own + few.system);
            let times = is / among_few;
            // Not `times > MANY`: no count at all on both sides is no relation that holds.
            if !matches!(times, 0.0..=MANY) {
                complaints.push(format!("{name}: {is:.0} instructions per operation, libraries and all, {among_few:.0} among few: {times:.2} times as many, {MANY} are allowed"));
            }
            if many.allocations > few.allocations + ALLOCATIONS {
                let (is, among_few) = (many.allocations, few.allocations);
                complaints.push(format!(
                    "{name}: {is:.2} allocations per operation, {among_few:.2} among few"
                ));
            }
        }
        Ok(complaints)
    }

    pub(super) fn compare(&self, now: &Self) -> Verdict {
        if self.build != now.build {
            return Verdict::Other;
        }
        let (mut complaints, mut notes) = (Vec::new(), Vec::new());
        for (name, now) in &now.costs {
            let Some(before) = self.cost(name) else {
                notes.push(format!(
                    "{name} is not in the baseline yet; --write adds it"
                ));
                continue;
            };
            let share = 100.0 * (now.own / before.own - 1.0);
            let (was, is) = (before.own, now.own);
            if share > SHARE && is > was + FEW {
                complaints.push(format!(
                    "{name}: {is:.0} instructions per operation, {was:.0} before: {share:+.1} %, {SHARE} % are allowed"
                ));
            } else if share < -SHARE && is < was - FEW {
                notes.push(format!(
                    "{name}: {is:.0} instructions per operation, {was:.0} before: {share:+.1} %; --write keeps what was won"
                ));
            }
            if now.allocations > before.allocations + ALLOCATIONS {
                complaints.push(format!(
                    "{name}: {:.2} allocations per operation, {:.2} before",
                    now.allocations, before.allocations
                ));
            }
        }
        if complaints.is_empty() {
            Verdict::Within(notes)
        } else {
            Verdict::Exceeded(complaints)
        }
    }
}

fn parse_cost(line: &str) -> Result<(String, Cost)> {
    let mut words = line.split_whitespace();
    let name = words.next().context("there is no name")?;
    let mut number = || -> Result<f64> {
        let word = words.next().context("there are four columns")?;
        word.parse()
            .with_context(|| format!("{word:?} is no number"))
    };
    let cost = Cost {
        own: number()?,
        system: number()?,
        allocations: number()?,
    };
    Ok((name.to_owned(), cost))
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Build { rustc, features } = &self.build;
        writeln!(f, "{HEAD}rustc: {rustc}\nprocessor: {features}")?;
        for (
            name,
            Cost {
                own,
                system,
                allocations,
            },
        ) in &self.costs
        {
            writeln!(f, "{name:<10}{own:>10.1}{system:>10.1}{allocations:>8.2}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, Build, Cost, Verdict};

    fn baseline(own: f64, allocations: f64) -> Baseline {
        let build = Build {
            rustc: "1.95.0, some-host".into(),
            features: "avx2".into(),
        };
        let cost = Cost {
            own,
            system: 7.0,
            allocations,
        };
        let costs = vec![("a".into(), cost)];
        Baseline { build, costs }
    }

    #[test]
    fn what_is_written_is_read() {
        let kept = baseline(240.5, 1.0);
        assert_eq!(Baseline::parse(&kept.to_string()).unwrap(), kept);
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named() {
        let error = Baseline::parse("rustc: 1.95.0\na 1.0 many 2.0\n").unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "in the line \"a 1.0 many 2.0\": \"many\" is no number: invalid float literal"
        );
    }

    #[test]
    fn more_than_the_share_is_a_complaint_that_names_both_counts() {
        let verdict = baseline(200.0, 1.0).compare(&baseline(211.0, 1.0));
        let complaint = "a: 211 instructions per operation, 200 before: +5.5 %, 5 % are allowed";
        assert_eq!(verdict, Verdict::Exceeded(vec![complaint.into()]));
    }

    #[test]
    fn less_than_the_share_and_a_few_instructions_are_allowed() {
        let within = Verdict::Within(Vec::new());
        assert_eq!(baseline(200.0, 1.0).compare(&baseline(209.0, 1.04)), within);
        assert_eq!(baseline(10.0, 0.0).compare(&baseline(12.0, 0.0)), within);
    }

    #[test]
    fn an_allocation_more_is_a_complaint() {
        let verdict = baseline(200.0, 1.0).compare(&baseline(200.0, 2.0));
        let complaint = "a: 2.00 allocations per operation, 1.00 before";
        assert_eq!(verdict, Verdict::Exceeded(vec![complaint.into()]));
    }

    /// Beside `a`, which costs 193 and 7 instructions and an allocation.
    fn beside(own: f64, system: f64, allocations: f64) -> Vec<String> {
        let mut counted = baseline(193.0, 1.0);
        let many = Cost {
            own,
            system,
            allocations,
        };
        counted.costs.push(("a-many".into(), many));
        counted.steep().unwrap()
    }

    #[test]
    fn an_operation_that_costs_more_than_a_quarter_more_among_many_is_a_complaint() {
        assert_eq!(beside(243.0, 7.0, 1.04), Vec::<String>::new());
        let complaint = "a-many: 252 instructions per operation, libraries and all, 200 among few: 1.26 times as many, 1.25 are allowed";
        assert_eq!(beside(245.0, 7.0, 1.0), [complaint]);
    }

    #[test]
    fn copies_and_allocations_among_many_count_too() {
        let complaint = "a-many: 252 instructions per operation, libraries and all, 200 among few: 1.26 times as many, 1.25 are allowed";
        assert_eq!(beside(193.0, 59.0, 1.0), [complaint]);
        let complaint = "a-many: 2.00 allocations per operation, 1.00 among few";
        assert_eq!(beside(193.0, 7.0, 2.0), [complaint]);
    }

    #[test]
    fn no_count_among_many_or_few_is_a_complaint() {
        assert_eq!(beside(f64::NAN, 7.0, 1.0).len(), 1);
        let nothing = |name: &str| {
            let cost = Cost {
                own: 0.0,
                system: 0.0,
                allocations: 0.0,
            };
            (name.to_owned(), cost)
        };
        let costs = vec![nothing("a"), nothing("a-many")];
        let zeros = Baseline {
            costs,
            ..baseline(0.0, 0.0)
        };
        assert_eq!(zeros.steep().unwrap().len(), 1);
    }

    #[test]
    fn a_count_among_many_without_one_among_few_is_an_error() {
        let mut counted = baseline(200.0, 1.0);
        counted.costs[0].0 = "a-many".into();
        let error = counted.steep().unwrap_err().to_string();
        assert_eq!(
            error,
            "a-many has nothing to be compared with: count a as well"
        );
    }

    #[test]
    fn what_was_won_and_what_is_new_is_noted() {
        let note =
            "a: 100 instructions per operation, 200 before: -50.0 %; --write keeps what was won";
        let verdict = baseline(200.0, 1.0).compare(&baseline(100.0, 1.0));
        assert_eq!(verdict, Verdict::Within(vec![note.into()]));
        let empty = Baseline {
            costs: Vec::new(),
            ..baseline(0.0, 0.0)
        };
        let note = "a is not in the baseline yet; --write adds it";
        let verdict = empty.compare(&baseline(100.0, 1.0));
        assert_eq!(verdict, Verdict::Within(vec![note.into()]));
    }

    #[test]
    fn another_compiler_or_processor_is_not_compared() {
        let mut other = baseline(200.0, 1.0);
        other.build.rustc = "1.96.0, some-host".into();
        assert_eq!(other.compare(&baseline(900.0, 9.0)), Verdict::Other);
        other = baseline(200.0, 1.0);
        other.build.features.clear();
        assert_eq!(other.compare(&baseline(900.0, 9.0)), Verdict::Other);
    }
}
