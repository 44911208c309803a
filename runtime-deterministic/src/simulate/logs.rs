//! Where the logs of a simulation's seeds are written, and with which they are compared.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "outside of runs: a developer names folders for logs"
)]

use super::Run;
use crate::{Divergence, Log, Record};
use std::{
    env,
    fmt::Display,
    fs::{self, File}, // tidy: logs are files
    io::{BufReader, BufWriter, ErrorKind},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// The folders that `SIM_RECORD` and `SIM_COMPARE` name.
pub(super) struct Logs {
    /// What the names of the files begin with.
    name: String,
    record: Option<PathBuf>,
    compare: Option<PathBuf>,
    compared: AtomicBool,
}

impl Logs {
    /// For the test of this path, its crate included.
    pub(super) fn from_environment(path: &str) -> Self {
        let folder = |name| env::var_os(name).map(PathBuf::from);
        Self {
            name: path.replace("::", "."),
            record: folder("SIM_RECORD"),
            compare: folder("SIM_COMPARE"),
            compared: AtomicBool::new(false),
        }
    }

    /// What is recorded of a run, of which a test wants `record`.
    pub(super) fn record(&self, record: Record) -> Record {
        match self.record.is_some() || self.compare.is_some() {
            true => Record::All,
            false => record,
        }
    }

    /// Writes a run's log and compares it. Where it diverges from the one that lies there is told.
    ///
    /// # Panics
    /// When a file cannot be written or read.
    pub(super) fn settle(&self, seed: u64, run: &Run) -> Option<Divergence> {
        let log = run.log.as_ref()?;
        let file = format!("{}-{seed}.log", self.name);
        if let Some(folder) = &self.record {
            let written = fs::create_dir_all(folder)
                .and_then(|()| File::create(folder.join(&file)))
                .and_then(|file| log.write(BufWriter::new(file)));
            written.unwrap_or_else(|error| fail("SIM_RECORD", &folder.join(&file), error));
        }
        let path = self.compare.as_ref()?.join(&file);
        let recorded = match File::open(&path) {
            Ok(file) => Log::read(BufReader::new(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => Err(error.into()),
        };
        let recorded = recorded.unwrap_or_else(|error| fail("SIM_COMPARE", &path, error));
        self.compared.store(true, Ordering::Relaxed);
        recorded.divergence(log)
    }

    /// # Panics
    /// When runs were to be compared, and none was.
    pub(super) fn end(&self) {
        if let Some(folder) = &self.compare
            && !self.compared.load(Ordering::Relaxed)
        {
            let why = "no log of a seed that ran lies there: run the same with SIM_RECORD before";
            fail(
                "SIM_COMPARE",
                &folder.join(format!("{}-SEED.log", self.name)),
                why,
            )
        }
    }
}

fn fail<T>(variable: &str, path: &Path, why: impl Display) -> T {
    panic!("{variable}: {}: {why}", path.display())
}
