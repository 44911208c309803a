//! What a sweep reads of a run: a line per seed at its start and at its end.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a sweep names a file to report to, outside of runs"
)]

use super::Run;
use crate::Work;
use std::{
    collections::BTreeMap,
    env,
    fs::{File, OpenOptions}, // tidy: a sweep names a file to report to
    io::Write,
};

/// The file that `SIM_REPORT` names, or nothing.
pub(super) struct Report(Option<File>);

impl Report {
    /// # Panics
    /// When the file cannot be written.
    pub(super) fn from_environment() -> Self {
        Self(env::var_os("SIM_REPORT").map(|path| {
            let file = OpenOptions::new().create(true).append(true).open(&path);
            file.unwrap_or_else(|error| panic!("SIM_REPORT={}: {error}", path.display()))
        }))
    }

    /// Whether seeds are run after one has failed.
    pub(super) fn goes_on(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn start(&mut self, seed: u64) {
        self.line(format_args!("start\t{seed}"));
    }

    pub(super) fn end(&mut self, seed: u64, run: &Run) {
        let Work {
            polls,
            virtual_nanos,
            messages,
        } = run.work;
        let mut run_of_it = format!(
            "{seed}\t{}\tpolls={polls}\tvirtual_nanos={virtual_nanos}\tmessages={messages}",
            run.state
        );
        // A kind that is on is told although it has not struck.
        let on = run.faults.kinds().map(|(kind, _)| (kind, 0));
        let mut faults: BTreeMap<_, _> = on.collect();
        faults.extend(&run.fired);
        for (kind, count) in faults {
            run_of_it += &format!("\tfault.{kind}={count}");
        }
        match &run.cause {
            None => self.line(format_args!("ok\t{run_of_it}")),
            Some(cause) => {
                let site = cause.site.as_deref().unwrap_or("no panic");
                let text = format!("{site}: {}", cause.message);
                let text = text.escape_default();
                self.line(format_args!("failed\t{run_of_it}\t{text}"));
            }
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        if let Some(file) = &mut self.0 {
            let written = writeln!(file, "{line}").and_then(|()| file.flush());
            written.unwrap_or_else(|error| panic!("the file of SIM_REPORT: {error}"));
        }
    }
}
