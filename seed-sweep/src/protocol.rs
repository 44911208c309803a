//! What a simulation's process writes to the file that `SIM_REPORT` names, one line per event.
//!
//! Knows the lines, not the process that writes them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A seed's run begins.
    Start(u64),
    /// It ended as it should.
    Passed(Run),
    /// It failed for this cause: panic site and message, escaped to be one line.
    Failed(Run, String),
}

/// A run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) seed: u64,
    /// The auditor's state in hexadecimal.
    pub(crate) state: String,
    pub(crate) work: Work,
    /// Kinds of faults that were on, and how often each struck.
    pub(crate) faults: Work,
}

/// What a run did, by name: `polls`, `virtual_nanos`, `messages`, and whatever else the simulator counts.
pub(crate) type Work = BTreeMap<String, u64>;

/// What stands before the name of a kind of fault.
const FAULT: &str = "fault.";
/// What stands before the line of a block that replays its seed.
const REPLAY: &str = "\nreplay\n  ";
const END: &str = "\n---- end ----";

impl Event {
    pub(crate) fn parse(line: &str) -> Result<Self> {
        Self::parse_fields(line)
            .with_context(|| format!("a line of a simulation's report is not understood: {line:?}"))
    }

    fn parse_fields(line: &str) -> Result<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["start", seed] => Ok(Event::Start(seed.parse().context("no seed")?)),
            ["ok", ref run @ ..] => Ok(Event::Passed(Run::parse(run)?)),
            ["failed", ref run @ .., cause] => {
                Ok(Event::Failed(Run::parse(run)?, cause.to_owned()))
            }
            _ => bail!("neither start, ok nor failed with their fields"),
        }
    }
}

impl Run {
    fn parse(fields: &[&str]) -> Result<Self> {
        let [seed, state, work @ ..] = fields else {
            bail!("a run has a seed, a state, and what it did");
        };
        let mut run = Self {
            seed: seed.parse().context("no seed")?,
            state: (*state).to_owned(),
            work: Work::new(),
            faults: Work::new(),
        };
        for field in work {
            let (name, amount) = field.split_once('=').context("no NAME=AMOUNT")?;
            let amount = amount.parse().context("no amount")?;
            match name.strip_prefix(FAULT) {
                Some(kind) => run.faults.insert(kind.to_owned(), amount),
                None => run.work.insert(name.to_owned(), amount),
            };
        }
        Ok(run)
    }
}

/// The block that a simulation printed on its standard error for a failing seed, its frame included.
pub(crate) fn block(stderr: &str, seed: u64) -> Option<&str> {
    let suffix = format!(" seed {seed} ----\n");
    let mut offset = 0;
    let begin = stderr.split_inclusive('\n').find_map(|line| {
        let begin = offset;
        offset += line.len();
        (line.starts_with("---- simulation failed: ") && line.ends_with(&suffix)).then_some(begin)
    })?;
    let length = stderr[begin..].find(END)? + END.len();
    Some(&stderr[begin..begin + length])
}

/// What a process printed without the lines that replay its seeds. The sweep has a line of its own for
/// each cause, and theirs do not hold where a seed needs those before it.
pub(crate) fn without_replays(stderr: &str) -> String {
    let mut parts = stderr.split(REPLAY);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.find('\n').map(|end| &part[end..]) {
            Some(rest) if rest.starts_with(END) => kept += rest,
            _ => kept.extend([REPLAY, part]),
        }
    }
    kept
}

/// Where the block of a seed says that its run diverged from the one that was recorded.
pub(crate) fn divergence(stderr: &str, seed: u64) -> Option<&str> {
    let block = block(stderr, seed)?;
    let begin = block.find("first divergence: ")?;
    Some(&block[begin..block.len() - END.len()])
}

#[cfg(test)]
mod tests {
    //! The lines and blocks as the simulator writes them.

    use super::{Event, Run, block, divergence, without_replays};

    fn run() -> Run {
        Run {
            seed: 7,
            state: "a1b2".to_owned(),
            work: [("messages".to_owned(), 0), ("polls".to_owned(), 30)].into(),
            faults: [("one-way".to_owned(), 5)].into(),
        }
    }

    #[test]
    fn the_three_events_are_read() {
        assert_eq!(Event::parse("start\t7").unwrap(), Event::Start(7));
        assert_eq!(
            Event::parse("ok\t7\ta1b2\tpolls=30\tmessages=0\tfault.one-way=5").unwrap(),
            Event::Passed(run())
        );
        let failed =
            "failed\t7\ta1b2\tpolls=30\tfault.one-way=5\tmessages=0\tsrc/a.rs:1:2: lost\\tit";
        let failed = Event::parse(failed).unwrap();
        assert_eq!(
            failed,
            Event::Failed(run(), "src/a.rs:1:2: lost\\tit".to_owned())
        );
    }

    #[test]
    fn another_line_is_an_error_that_quotes_it() {
        for line in [
            "",
            "start",
            "start\tx",
            "ok\t7",
            "ok\t7\ta\tpolls=-1",
            "failed\t7",
            "end\t7",
        ] {
            let error = Event::parse(line).unwrap_err().to_string();
            assert!(error.contains(&format!("{line:?}")), "{error}");
        }
    }

    #[test]
    fn a_divergence_is_what_lies_between_its_first_line_and_the_end() {
        let told = "first divergence: event 3\none run\n  a\nthe other\n  b";
        let stderr = format!(
            "---- simulation failed: store::a seed 7 ----\nfailed\nnot deterministic: {told}\n\
             ---- end ----\n"
        );
        assert_eq!(divergence(&stderr, 7), Some(told));
        assert_eq!(divergence(&stderr, 8), None);
        let none = "---- simulation failed: store::a seed 7 ----\nfailed\n---- end ----\n";
        assert_eq!(divergence(none, 7), None);
    }

    #[test]
    fn the_lines_of_blocks_that_replay_them_go_and_all_else_stays() {
        let printed = |replays: [&str; 2]| {
            let [first, second] = replays;
            format!(
                "begins\nreplay\n  of the user's\nlast events\n  x{first}\n---- end ----\n\
                 between{second}\n---- end ----\nreplay\n  cut off"
            )
        };
        let lines = printed([
            "\nreplay\n  SIM_SEED=1 cargo test",
            "\nreplay\n  SIM_SEED=2 x",
        ]);
        assert_eq!(without_replays(&lines), printed(["", ""]));
    }

    #[test]
    fn a_block_is_found_by_its_seed() {
        let stderr = "noise\n---- simulation failed: store::a seed 17 ----\nsix\n---- end ----\n\
            ---- simulation failed: store::a seed 7 ----\nseven\nlines\n---- end ----\nnoise\n";
        let expected = "---- simulation failed: store::a seed 7 ----\nseven\nlines\n---- end ----";
        assert_eq!(block(stderr, 7), Some(expected));
        assert_eq!(block(stderr, 1), None);
        assert_eq!(
            block("---- simulation failed: store::a seed 1 ----\ncut off", 1),
            None
        );
    }
}
