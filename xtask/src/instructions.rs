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

/// One that ends in `-many` is held to the one of the same name without: an operation may cost a quarter
/// more among many.
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
    /// Instructions in the system's libraries. They depend on its C library, so nothing is held to them.
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
    let steep = now.steep();
    if !steep.is_empty() {
        println!(
            "{}\ninstructions: an operation must cost about the same among many. Look for what grows with the \
             number of tasks, hosts or bytes:\n  callgrind_annotate --auto=no {}/WORKLOAD-OPERATIONS.callgrind",
            steep.join("\n"),
            folder.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    if arguments.write {
        fs::write(&path, now.to_string()).with_context(|| format!("cannot write {KEPT}"))?;
        println!("instructions: {KEPT} holds them now");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(judge(&before, &now, &folder))
}

fn judge(before: &Baseline, now: &Baseline, folder: &Path) -> ExitCode {
    match before.compare(now) {
        Verdict::Other => {
            println!(
                "instructions: not compared, since {KEPT} is of another build:\n  it     {}\n  here   {}",
                before.build, now.build
            );
            ExitCode::SUCCESS
        }
        Verdict::Within(notes) => {
            for note in &notes {
                println!("{note}");
            }
            println!(
                "instructions: as in {KEPT}, or fewer, within {} %",
                baseline::SHARE
            );
            ExitCode::SUCCESS
        }
        Verdict::Exceeded(complaints) => {
            for complaint in &complaints {
                println!("{complaint}");
            }
            println!(
                "instructions: {KEPT} allows less, {} times over. If the change is worth it, renew the file\n  \
                 cargo xtask instructions --write\nand say in the commit what it buys. If it is not, this \
                 shows where they are:\n  callgrind_annotate --auto=no {}/WORKLOAD-OPERATIONS.callgrind",
                complaints.len(),
                folder.display()
            );
            ExitCode::FAILURE
        }
    }
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
