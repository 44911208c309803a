//! One child process: a simulation over consecutive seeds, watched until it ends or hangs.
//!
//! Knows how to run and end it; what its end means for a seed is in `outcome`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::{ControlFlow, Range};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::protocol::{Event, without_replays};
use crate::simulation::Simulation;
use crate::stop::Stop;

/// How often a running child is looked at; much shorter than a process takes to start.
const GLANCE: Duration = Duration::from_millis(2);

/// What a child may take before it is ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How long it may report nothing.
    pub(crate) patience: Duration,
    /// MiB of memory.
    pub(crate) memory: Option<u64>,
}

/// The files of one worker; each of its children writes them anew.
#[derive(Debug)]
pub(crate) struct Desk {
    report: PathBuf,
    stderr: PathBuf,
    logs: PathBuf,
}

/// What a child does with the logs of its seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logs {
    Leave,
    /// Writes them.
    Record,
    /// Fails the seeds whose runs are not those that were recorded.
    Compare,
}

/// What a child did.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) events: Vec<Event>,
    pub(crate) end: End,
    /// Without the lines that replay its seeds.
    pub(crate) stderr: String,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Exited(ExitStatus),
    /// It reported nothing for this long, and was killed.
    Hung(Duration),
    /// It was killed because no more of its seeds are wanted.
    Stopped,
}

impl Desk {
    pub(crate) fn new(folder: &Path, worker: usize) -> Self {
        Self {
            report: folder.join(format!("{worker}.report")),
            stderr: folder.join(format!("{worker}.stderr")),
            logs: folder.join(format!("{worker}.logs")),
        }
    }

    /// Runs the seeds in a new process until it ends, hangs, or the sweep stops. Each event is handed to
    /// `notice` soon after it was reported; where that breaks, the process ends as if it had not come so far.
    pub(crate) fn run(
        &self,
        simulation: &Simulation,
        seeds: Range<u64>,
        logs: Logs,
        limits: Limits,
        stop: &Stop,
        notice: &mut dyn FnMut(&Event) -> Result<ControlFlow<()>>,
    ) -> Result<Finished> {
        let report = File::create(&self.report).and_then(|_| File::open(&self.report));
        let mut report = Tail {
            file: report.context("cannot make a report file")?,
            partial: Vec::new(),
        };
        let child = self.start(simulation, seeds, logs, limits.memory)?;
        let (events, end) = watch(child, &mut report, limits.patience, stop, notice)?;
        let stderr = fs::read(&self.stderr).context("cannot read a simulation's standard error")?;
        Ok(Finished {
            events,
            end,
            stderr: without_replays(&String::from_utf8_lossy(&stderr)),
        })
    }

    fn start(
        &self,
        simulation: &Simulation,
        seeds: Range<u64>,
        logs: Logs,
        memory: Option<u64>,
    ) -> Result<Running> {
        let stderr = File::create(&self.stderr).context("cannot make a file for standard error")?;
        let mut command = limited(&simulation.executable, memory);
        match logs {
            Logs::Leave => {}
            Logs::Record => {
                command.env("SIM_RECORD", &self.logs);
            }
            Logs::Compare => {
                command.env("SIM_COMPARE", &self.logs);
            }
        }
        command
            .args([
                simulation.path.as_str(),
                "--exact",
                "--nocapture",
                "--include-ignored",
            ])
            .current_dir(&simulation.folder)
            .env("CARGO_MANIFEST_DIR", &simulation.folder)
            .env("SIM_SEEDS", format!("{}..{}", seeds.start, seeds.end))
            .env("SIM_REPORT", &self.report)
            .env_remove("SIM_SEED")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            // A Ctrl-C is for the sweep, which ends its children itself.
            .process_group(0)
            .spawn()
            .map(Running)
            .with_context(|| format!("cannot start {}", simulation.executable.display()))
    }
}

/// The program, in a shell that takes the limit on itself and then becomes the program.
fn limited(program: &Path, memory: Option<u64>) -> Command {
    let Some(memory) = memory else {
        return Command::new(program);
    };
    let mut command = Command::new("/bin/sh");
    let line = format!(
        "ulimit -d {} && exec \"$0\" \"$@\"",
        memory.saturating_mul(1024)
    );
    command.arg("-c").arg(line).arg(program);
    command
}

/// Follows the report until the child ends, by itself or because it hangs.
fn watch(
    mut child: Running,
    report: &mut Tail,
    patience: Duration,
    stop: &Stop,
    notice: &mut dyn FnMut(&Event) -> Result<ControlFlow<()>>,
) -> Result<(Vec<Event>, End)> {
    let mut events = Vec::new();
    let mut heard = Instant::now();
    loop {
        // Looked at before the report is read: nothing is written after an end.
        let status = child.0.try_wait()?;
        let known = events.len();
        report.read_into(&mut events)?;
        for position in known..events.len() {
            if notice(&events[position])?.is_break() {
                events.truncate(position);
                return Ok((events, End::Stopped));
            }
        }
        if let Some(status) = status {
            return Ok((events, End::Exited(status)));
        }
        if events.len() > known {
            heard = Instant::now();
        } else if heard.elapsed() >= patience {
            return Ok((events, End::Hung(patience)));
        }
        if stop.is_over() {
            return Ok((events, End::Stopped));
        }
        thread::sleep(GLANCE);
    }
}

/// A child that does not outlive the interest in it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a child that has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that another process appends to, read line by line.
struct Tail {
    file: File,
    partial: Vec<u8>,
}

impl Tail {
    /// Reads the lines that are complete by now. A line that a dying process cut off never is.
    fn read_into(&mut self, events: &mut Vec<Event>) -> Result<()> {
        self.read().context("cannot read a simulation's report")?;
        let Some(last) = self.partial.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(());
        };
        let rest = self.partial.split_off(last + 1);
        for line in String::from_utf8_lossy(&self.partial).lines() {
            events.push(Event::parse(line)?);
        }
        self.partial = rest;
        Ok(())
    }

    fn read(&mut self) -> io::Result<usize> {
        self.file.read_to_end(&mut self.partial)
    }
}

#[cfg(test)]
mod tests {
    //! A report that is read while it is written.

    use std::fs::File;
    use std::io::Write;

    use super::{Event, Tail};

    #[test]
    fn a_line_is_read_when_it_is_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut tail = Tail {
            file: File::open(file.path()).unwrap(),
            partial: Vec::new(),
        };
        let mut events = Vec::new();
        for (written, known) in [
            ("", 0),
            ("start\t7\nsta", 1),
            ("rt\t", 1),
            ("8\nstart\t9\n", 3),
            ("start\t1", 3),
        ] {
            file.as_file().write_all(written.as_bytes()).unwrap();
            tail.read_into(&mut events).unwrap();
            assert_eq!(events.len(), known, "{events:?}");
        }
        assert_eq!(events, [Event::Start(7), Event::Start(8), Event::Start(9)]);
    }
}
