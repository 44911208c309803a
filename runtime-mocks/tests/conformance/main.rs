//! The clauses of one direction of a connection, held by plain and by scripted channels, under
//! three executors.

mod mocked;
mod plain;

use mocked::Mocked;
use runtime_mocks::Script;

/// Every byte comes alone, and late.
fn bytewise() -> Script {
    Script::new().pending(1).bytes(1).repeat()
}

/// Now more, now less than what a call asks for.
fn uneven() -> Script {
    Script::new().bytes(3).pending(2).bytes(7).repeat()
}

/// The suite under each executor, on channels whose ends follow a script.
macro_rules! suites {
    ($name:ident, $script:expr) => {
        mod $name {
            use super::*;

            mod futures_block_on {
                use super::*;

                runtime_conformance::suite!(
                    |_seed| Mocked::on(plain::new(), $script),
                    topics = [streams]
                );
            }

            mod tokio_current_thread {
                use super::*;
                use runtime_tokio::{Config, Context, Executor, Runner, Threads};

                fn run() -> (Runner, Context) {
                    let mut config = Config::default();
                    config.threads = Threads::Current;
                    Executor::init(config)
                }

                runtime_conformance::suite!(|_seed| Mocked::on(run(), $script), topics = [streams]);
            }

            mod simulator {
                use super::*;
                use runtime_deterministic::{Context, Executor, Runner};

                fn run(seed: u64) -> (Runner, Context) {
                    let (runner, context, _auditor) = Executor::seeded(seed);
                    (runner, context)
                }

                runtime_conformance::suite!(
                    |seed| Mocked::on(run(seed), $script),
                    seeds = 0..10,
                    topics = [streams]
                );
            }
        }
    };
}

suites!(unscripted, Script::new());
suites!(every_byte_alone, bytewise());
suites!(in_uneven_pieces, uneven());
