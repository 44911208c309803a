//! What timers do when they fire. Which are due, and when, is the heap's to know.

use super::{Kernel, TaskId, Waiter};
use crate::network::Packet;
use std::{io::ErrorKind, mem};

/// What a timer does when it fires. There are many: what is large is boxed, and most are a task in
/// one place, whatever its clock.
#[repr(u32)]
pub(crate) enum Due {
    /// A task sleeps by the run's time.
    Wake {
        task: TaskId,
    },
    /// A task sleeps by a host's own clock, which shows the run's time.
    Sleep {
        task: TaskId,
        host: u32,
    },
    /// Anybody sleeps, by any clock.
    Tell(Box<Sleeper>),
    Arrive {
        pipe: u32,
    },
    Deliver(Box<Packet>),
    Break {
        connection: u32,
        end: u8,
        kind: ErrorKind,
    },
    /// A wait for an answer is over.
    Retry {
        pipe: u32,
        run: u32,
    },
    /// An idle connection is to be probed.
    Probe {
        connection: u32,
    },
    Nemesis,
    /// A host's process is to be started again, by its supervisor.
    StartAgain {
        host: u32,
        life: u32,
        up: bool,
    },
}

/// Who waits for a deadline, by a host's own clock or by the run's time.
pub(crate) struct Sleeper {
    pub(crate) clock: Option<u32>,
    pub(crate) deadline: u64,
    pub(crate) waiter: Waiter,
}

const _: () = assert!(size_of::<Option<Due>>() == 16);

impl Kernel {
    /// Does what is due, and was not done while it fired.
    pub(super) fn do_due(&mut self) {
        let mut due = mem::take(&mut self.due);
        let mut faults = false;
        for what in due.drain(..) {
            match what {
                Due::Wake { task } | Due::Sleep { task, .. } => self.wake(task),
                Due::Tell(sleeper) => self.tell(sleeper.waiter),
                Due::Arrive { pipe } => self.arrive(pipe),
                Due::Deliver(packet) => self.deliver(*packet),
                Due::Break {
                    connection,
                    end,
                    kind,
                } => self.break_arrives(connection, end.into(), kind),
                Due::Retry { pipe, run } => self.retry(pipe, run),
                Due::Probe { connection } => self.probe(connection),
                Due::Nemesis => faults = true,
                Due::StartAgain { host, life, up } => self.start_again(host, life, up),
            }
        }
        self.due = due;
        if faults {
            self.wake_nemesis();
        }
        // What waits side by side within one task, as in a `FuturesUnordered`, has its order from here.
        self.ties.shuffle(self.outbox.wakes());
    }
}
