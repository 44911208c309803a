//! The programs of the runtimes: built one after the other, run in processes of their own.

use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A runtime that is measured.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// What the tables call it.
    pub(crate) name: &'static str,
    /// The package of its program.
    package: &'static str,
    /// The crate whose version counts.
    krate: &'static str,
    /// Without these flags of the compiler it is another thing.
    flags: &'static str,
}

const fn runtime(name: &'static str, package: &'static str, krate: &'static str) -> Runtime {
    let flags = "";
    Runtime {
        name,
        package,
        krate,
        flags,
    }
}

/// In the order of the tables; what the others are divided by comes first.
pub(crate) const RUNTIMES: &[Runtime] = &[
    runtime("tokio", "bench-tokio", "tokio"),
    runtime("ours", "bench-ours", "runtime-deterministic"),
    Runtime {
        flags: "--cfg madsim",
        ..runtime("madsim", "bench-madsim", "madsim")
    },
    runtime("turmoil", "bench-turmoil", "turmoil"),
    runtime("moonpool", "bench-moonpool", "moonpool-sim"),
    runtime("bach", "bench-bach", "bach"),
    runtime("commonware", "bench-commonware", "commonware-runtime"),
];

/// Those that look for mistakes.
pub(crate) const SEARCHES: &[Runtime] = &[
    runtime("ours", "search-ours", "runtime-deterministic"),
    Runtime {
        flags: "--cfg madsim",
        ..runtime("madsim", "search-madsim", "madsim")
    },
    runtime("turmoil", "search-turmoil", "turmoil"),
];

/// A runtime whose program is there, or why it is not.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) runtime: &'static Runtime,
    pub(crate) path: Result<PathBuf, String>,
}

/// What a process of one workload says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Measured {
        nanoseconds: u64,
        /// Peak of the process, in KiB.
        peak: u64,
        note: String,
    },
    /// The runtime has no such thing.
    Cannot(String),
    /// It failed, or took too long.
    Failed(String),
}

/// How long a process may take; what is slower is said so.
const PATIENCE: Duration = Duration::from_secs(60);

/// Builds the program of every runtime, in release.
pub(crate) fn build(runtimes: &'static [Runtime]) -> Result<Vec<Program>> {
    let target = target()?;
    let build = |runtime: &'static Runtime| {
        eprintln!("builds {}", runtime.name);
        let path = runtime.build(&folder().join("Cargo.toml"), &target, "release")?;
        Ok(Program { runtime, path })
    };
    runtimes.iter().map(build).collect()
}

/// The folder of this package.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where this program was built, and where the others are.
pub(crate) fn target() -> Result<PathBuf> {
    let this = env::current_exe().context("cannot find the running program")?;
    let target = this.ancestors().nth(2);
    Ok(target
        .context("the running program lies in no target folder")?
        .to_owned())
}

impl Runtime {
    /// Where the program is, or the first error of the compiler.
    pub(crate) fn build(
        &self,
        manifest: &Path,
        target: &Path,
        profile: &str,
    ) -> Result<Result<PathBuf, String>> {
        // Other flags build every dependency anew: a folder of their own keeps the others'.
        let target = match self.flags {
            "" => target.to_owned(),
            _ => target.join(self.name),
        };
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(["build", "--locked", "--package", self.package])
            .args(["--profile", profile])
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target);
        if !self.flags.is_empty() {
            command.env("RUSTFLAGS", self.flags);
        }
        let output = command.output().context("cannot start cargo build")?;
        if output.status.success() {
            return Ok(Ok(target.join(profile).join(self.package)));
        }
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        eprintln!("{errors}");
        let error = errors.lines().find(|line| line.starts_with("error"));
        Ok(Err(error.unwrap_or("cargo build failed").to_owned()))
    }

    /// The version that the lock file holds.
    pub(crate) fn version(&self) -> Result<String> {
        let lock =
            fs::read_to_string(folder().join("Cargo.lock")).context("cannot read Cargo.lock")?;
        let name = format!("name = \"{}\"", self.krate);
        let mut lines = lock.lines().skip_while(|line| *line != name);
        let version = lines.nth(1).and_then(|line| line.split('"').nth(1));
        Ok(version
            .with_context(|| format!("Cargo.lock has no {}", self.krate))?
            .to_owned())
    }
}

impl Program {
    /// Runs `workload` in a process of its own.
    pub(crate) fn run(
        &self,
        workload: &str,
        operations: u64,
        scale: u64,
        runs: u64,
    ) -> Result<Said> {
        let path = match &self.path {
            Ok(path) => path,
            Err(error) => return Ok(Said::Failed(format!("does not build: {error}"))),
        };
        let mut child = Command::new(path)
            .arg(workload)
            .args([operations, scale, runs].map(|number| number.to_string()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", path.display()))?;
        if !ends(&mut child)? {
            let took = format!("takes more than {} s", PATIENCE.as_secs());
            return Ok(Said::Failed(took));
        }
        let (mut printed, mut errors) = (String::new(), String::new());
        if let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) {
            stdout.read_to_string(&mut printed)?;
            stderr.read_to_string(&mut errors)?;
        }
        match Said::parse(&printed) {
            Some(said) => Ok(said),
            None => {
                let last = errors.lines().rev().find(|line| !line.trim().is_empty());
                Ok(Said::Failed(format!(
                    "fails: {}",
                    last.unwrap_or("says nothing")
                )))
            }
        }
    }
}

/// Waits for `child`, and ends it when it takes too long.
fn ends(child: &mut Child) -> Result<bool> {
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        sleep(Duration::from_millis(2));
    }
    Ok(true)
}

impl Said {
    fn parse(printed: &str) -> Option<Self> {
        let line = printed.lines().next()?;
        if let Some(reason) = line.strip_prefix("cannot: ") {
            return Some(Self::Cannot(reason.to_owned()));
        }
        let mut words = line.strip_prefix("measured: ")?.splitn(3, ' ');
        Some(Self::Measured {
            nanoseconds: words.next()?.parse().ok()?,
            peak: words.next()?.parse().ok()?,
            note: words.next().unwrap_or_default().to_owned(),
        })
    }
}

/// The machine and the compiler, in a line.
pub(crate) fn machine() -> Result<String> {
    let output = Command::new("rustc")
        .arg("-V")
        .output()
        .context("cannot start rustc -V")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let compiler = printed.split(' ').nth(1).unwrap_or("unknown");
    if !output.status.success() {
        bail!("rustc -V fails");
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("a processor", |line| {
        line.trim_start_matches([' ', '\t', ':'])
    });
    Ok(format!("{model}, {cores} cores, compiler {compiler}"))
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn what_a_program_prints_is_read() {
        let said = Said::Measured {
            nanoseconds: 120,
            peak: 2048,
            note: "no hosts, no link".into(),
        };
        assert_eq!(
            Said::parse("measured: 120 2048 no hosts, no link\n"),
            Some(said)
        );
        let cannot = Said::Cannot("it has no disks".into());
        assert_eq!(Said::parse("cannot: it has no disks\n"), Some(cannot));
        assert_eq!(Said::parse("panicked\n"), None);
    }
}
