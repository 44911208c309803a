//! `cargo xtask instructions`: what an operation of the simulator costs in instructions, beside what it
//! cost before.
//!
//! Instructions are the same on a busy machine and on an idle one. Each workload of
//! `benchmarks/runtimes/ours` runs under callgrind twice, once with twice the operations; the
//! difference is theirs alone. Knows which workloads are counted, not what any of them does.

mod baseline;
mod callgrind;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::command::Instructions;
use crate::workspace::{Workspace, cargo};
use baseline::{Baseline, Build, Verdict};
use callgrind::Counts;

const PROGRAM: &str = "bench-ours";
const MANIFEST: &str = "benchmarks/Cargo.toml";
const KEPT: &str = "benchmarks/instructions.txt";

/// A count that is kept.
struct Counted {
    name: &'static str,
    workload: &'static str,
    operations: u64,
    /// Over how many tasks or hosts.
    scale: u64,
    /// What one operation is.
    what: &'static str,
}

const fn counted(
    name: &'static str,
    workload: &'static str,
    operations: u64,
    scale: u64,
    what: &'static str,
) -> Counted {
    Counted {
        name,
        workload,
        operations,
        scale,
        what,
    }
}

/// One that ends in `-many` is held to the one of the same name without: an operation may take a quarter
/// more instructions among many, those of the system's libraries included, and no more allocations.
const COUNTED: &[Counted] = &[
    counted("a", "a", 20_000, 1_000, "poll, one of 1,000 tasks"),
    counted(
        "a-many",
        "a",
        200_000,
        100_000,
        "poll, one of 100,000 tasks",
    ),
    counted("b", "b", 10_000, 1, "spawn and join, all at once"),
    counted("b2", "b2", 10_000, 1, "spawn and join, in turn"),
    counted("c", "c", 10_000, 1_000, "sleep, equal deadlines"),
    counted("c-many", "c", 200_000, 100_000, "the same, 100,000 tasks"),
    counted(
        "c-random",
        "c-random",
        10_000,
        1_000,
        "sleep, random deadlines",
    ),
    counted("d", "d", 1_000, 2, "round trip of 64 B"),
    counted("e", "e", 100, 3, "fresh simulation, 1 round trip"),
    counted("f", "f", 1_000, 10, "heartbeat of one of 10 hosts"),
    counted(
        "f-many",
        "f",
        20_000,
        1_000,
        "heartbeat of one of 1,000 hosts",
    ),
    counted("g", "g", 1_000, 1, "append of 4 KiB"),
    counted("g-many", "g", 16_384, 1, "append of 4 KiB behind 64 MiB"),
    counted("cancelled", "cancelled", 10_000, 1, "cancelled time-out"),
];

/// What one operation takes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    /// Instructions of the program itself, but for SHA-256: valgrind knows no instructions for it, so
    /// that its count there says nothing of any machine.
    own: f64,
    /// Instructions in the system's libraries. They depend on its C library, so they are compared within
    /// one run alone.
    system: f64,
    allocations: f64,
}

pub(crate) fn run(arguments: &Instructions) -> Result<ExitCode> {
    if !callgrind::is_installed() {
        let how = "valgrind is not installed; on Debian and Ubuntu: sudo apt-get install valgrind";
        if arguments.optional {
            println!("instructions: SKIPPED, nothing was counted: {how}");
            return Ok(ExitCode::SUCCESS);
        }
        bail!("{how}");
    }
    let workspace = Workspace::load()?;
    let path = workspace.root.join(KEPT);
    let build = Build::here()?;
    let before = fs::read_to_string(&path).unwrap_or_default();
    let before = Baseline::parse(&before).with_context(|| format!("{KEPT} makes no sense"))?;
    let program = build_program(&workspace)?;
    let folder = workspace.target.join("instructions");
    fs::create_dir_all(&folder).context("cannot make a folder for callgrind's output")?;

    println!("{}", baseline::heading());
    let mut now = Baseline::new(build);
    for Counted {
        name,
        workload,
        operations,
        scale,
        what,
    } in COUNTED
    {
        let (operations, scale) = (*operations, *scale);
        let count = |operations| callgrind::count(&program, &folder, workload, operations, scale);
        let cost = Cost::between(&count(operations)?, &count(2 * operations)?, operations);
        println!("{}", baseline::row(name, what, cost, before.cost(name)));
        now.costs.push(((*name).to_owned(), cost));
    }
    if arguments.write {
        fs::write(&path, now.to_string()).with_context(|| format!("cannot write {KEPT}"))?;
        println!("instructions: {KEPT} holds them now");
    }
    let before = (!arguments.write).then_some(&before);
    let Judgement { text, passes } = judge(before, &now, &folder)?;
    print!("{text}");
    Ok(if passes {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is said of new counts at the end.
struct Judgement {
    text: String,
    passes: bool,
}

/// Holds the counts among many to those among few, and all of them to what is kept, if there is
/// something to compare them with.
fn judge(before: Option<&Baseline>, now: &Baseline, folder: &Path) -> Result<Judgement> {
    let compared = before.map(|before| compare(before, now, folder));
    let Judgement { mut text, passes } = compared.unwrap_or(Judgement {
        text: String::new(),
        passes: true,
    });
    let steep = now.steep()?;
    for complaint in &steep {
        text.extend([complaint, "\n"]);
    }
    if !steep.is_empty() {
        text.extend([
            "instructions: an operation must cost about the same among many. Look for what grows with the \
             number of tasks, hosts or bytes:\n",
            &annotate(folder),
        ]);
    }
    let passes = passes && steep.is_empty();
    Ok(Judgement { text, passes })
}

/// Where the instructions are.
fn annotate(folder: &Path) -> String {
    let folder = folder.display();
    format!("  callgrind_annotate --auto=no {folder}/WORKLOAD-OPERATIONS.callgrind\n")
}

fn compare(before: &Baseline, now: &Baseline, folder: &Path) -> Judgement {
    let (sentences, end, passes) = match before.compare(now) {
        Verdict::Other => {
            let (it, here) = (&before.build, &now.build);
            let end = format!(
                "instructions: not compared, since {KEPT} is of another build:\n  it     {it}\n  here   {here}\n"
            );
            (Vec::new(), end, true)
        }
        Verdict::Within(notes) => {
            let share = baseline::SHARE;
            let end = format!("instructions: as in {KEPT}, or fewer, within {share} %\n");
            (notes, end, true)
        }
        Verdict::Exceeded(complaints) => {
            let end = format!(
                "instructions: {KEPT} allows less, {} times over. If the change is worth it, renew the file\n  \
                 cargo xtask instructions --write\nand say in the commit what it buys. If it is not, this \
                 shows where they are:\n{}",
                complaints.len(),
                annotate(folder)
            );
            (complaints, end, false)
        }
    };
    let mut text: String = sentences.iter().flat_map(|line| [line, "\n"]).collect();
    text.push_str(&end);
    Judgement { text, passes }
}

/// The program in release, as it is measured.
fn build_program(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target.join("benchmarks");
    let manifest = workspace.root.join(MANIFEST);
    let status = cargo()
        .args(["build", "--quiet", "--release", "--package", PROGRAM])
        .arg("--manifest-path")
        .arg(&manifest)
        .arg("--target-dir")
        .arg(&target)
        .status()
        .context("cannot start cargo build")?;
    if !status.success() {
        bail!("{PROGRAM} does not build; the errors are above");
    }
    Ok(target.join("release").join(PROGRAM))
}

impl Cost {
    /// Of each of the `operations` by which the second run had more than the first.
    fn between(first: &Counts, second: &Counts, operations: u64) -> Self {
        let each = |first: u64, second: u64| {
            let more = second as f64 - first as f64;
            more / operations as f64
        };
        Self {
            own: each(first.own, second.own),
            system: each(first.system, second.system),
            allocations: each(first.allocations, second.allocations),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Of what becomes of the counts; the counts are not made here.

    use super::baseline::Baseline;
    use super::{COUNTED, Judgement, judge};
    use std::path::Path;

    fn judged(before: Option<&str>, now: &str) -> Judgement {
        let before = before.map(|text| Baseline::parse(text).unwrap());
        let now = Baseline::parse(now).unwrap();
        judge(before.as_ref(), &now, Path::new("/target")).unwrap()
    }

    #[test]
    fn what_is_steep_fails_beside_what_exceeds_the_baseline_and_without_one() {
        let (kept, now) = ("a 100 0 0\n", "a 200 0 0\na-many 400 0 0\n");
        let Judgement { text, passes } = judged(Some(kept), now);
        assert!(!passes);
        assert!(text.contains("a: 200 instructions per operation, 100 before"));
        assert!(text.contains("a-many: 400 instructions per operation"));

        for before in [None, Some(now)] {
            let Judgement { text, passes } = judged(before, now);
            assert!(!passes);
            assert!(text.contains("a-many: 400 instructions per operation"));
            assert!(text.contains("\n  callgrind_annotate --auto=no /target/"));
        }
    }

    #[test]
    fn what_exceeds_the_baseline_fails_and_what_does_not_passes() {
        assert!(!judged(Some("a 100 0 0\n"), "a 200 0 0\n").passes);
        let flat = "a 200 0 0\na-many 240 0 0\n";
        assert!(judged(Some(flat), flat).passes);
        let Judgement { text, passes } = judged(None, flat);
        assert_eq!((text.as_str(), passes), ("", true));
    }

    #[test]
    fn four_operations_are_counted_among_many_and_each_among_few() {
        let names = COUNTED.iter().map(|counted| counted.name);
        let many: Vec<_> = names
            .filter_map(|name| name.strip_suffix("-many"))
            .collect();
        assert_eq!(many, ["a", "c", "f", "g"]);
        for few in many {
            assert!(COUNTED.iter().any(|counted| counted.name == few), "{few}");
        }
    }
}
