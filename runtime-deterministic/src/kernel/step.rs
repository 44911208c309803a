//! What happens next: which task is polled, and when time moves.

use super::{
    Due, Injected, Kernel, ROOT, TaskId, Wait, Waiter,
    ahead::{AT_HAND, fetch_soon},
    tasks::Stage,
};
use crate::{
    audit::SourceKind,
    clock::NEVER,
    event::Event,
    sync::atomic::{Ordering::SeqCst, fence},
    task::{Job, Name},
};
use std::mem;

/// A task's turn: the runner polls it and gives it back with the next step.
pub(crate) struct Turn {
    pub(crate) task: TaskId,
    /// `None` for the root, whose future the runner keeps.
    pub(crate) job: Option<Job>,
    /// Whether it is to be given back.
    pub(crate) lent: bool,
}

impl Turn {
    /// Nobody's.
    pub(crate) fn none() -> Self {
        Self {
            task: ROOT,
            job: None,
            lent: false,
        }
    }

    /// What reports call who has it.
    pub(crate) fn name(&mut self) -> Name {
        match &mut self.job {
            Some(job) => job.name(),
            None => Name::root(),
        }
    }
}

#[derive(PartialEq, Eq)]
pub(crate) enum Step {
    /// It is this turn's.
    Poll,
    /// Something of the user's is to be woken or dropped first.
    Again,
    /// No task is ready and no timer runs.
    Blocked,
    /// The run may not go on, by the kernel's `failed`.
    Fail,
}

impl Kernel {
    /// The next thing to do, after the runner gave back what it polled last.
    #[inline(always)]
    pub(crate) fn step(&mut self, turn: &mut Turn) -> Step {
        if mem::take(&mut turn.lent) {
            self.give_back(turn);
        }
        self.take_injected();
        if self.failed.is_some() {
            return Step::Fail;
        }
        loop {
            if !self.outbox.is_empty() {
                return Step::Again;
            }
            if self.ready.len() > 0 {
                return self.choose(turn);
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Step::Blocked,
                Err(failure) => return self.fail(failure),
            }
        }
    }

    /// Picks one of the tasks that are ready: by their numbers, not by who was woken first.
    #[inline(always)]
    fn choose(&mut self, turn: &mut Turn) -> Step {
        let index = match self.policy.is_some() {
            false if self.ready.spans(AT_HAND) => self.choose_ahead(),
            false => self.ready.take(|bound| self.schedule.below(bound)),
            true => match self.choose_by_policy() {
                Ok(index) => index,
                Err(why) => return self.fail(why),
            },
        };
        self.chain.enter_poll(index);
        self.polls += 1;
        let task = self.tasks.at(index);
        task.polls = task.polls.max(self.polls_before) + 1;
        if task.polls > self.polls_allowed {
            let failure = self.livelock(index);
            return self.fail(failure);
        }
        task.waits = Wait::Unknown;
        task.stage = Stage::Polled;
        let serial = task.serial;
        turn.task = TaskId { index, serial };
        // The turn has had none.
        mem::swap(&mut turn.job, &mut task.job);
        turn.lent = true;
        (self.polled, self.polling) = (turn.task, true);
        Step::Poll
    }

    #[inline(never)]
    fn choose_by_policy(&mut self) -> Result<u32, String> {
        let policy = self.policy.as_mut().expect("a policy chooses");
        let index = policy.choose(&self.ready, self.now)?;
        self.ready.remove(index);
        Ok(index)
    }

    #[cold]
    fn fail(&mut self, why: String) -> Step {
        self.failed = Some(Box::new(why));
        Step::Fail
    }

    #[inline(always)]
    fn give_back(&mut self, turn: &mut Turn) {
        self.polling = false;
        let TaskId { index, .. } = turn.task;
        let task = self.tasks.at(index);
        // The task has had none.
        mem::swap(&mut turn.job, &mut task.job);
        if mem::replace(&mut task.stage, Stage::Waiting) != Stage::Polled {
            self.bury(index);
        }
    }

    /// The task does not go on: its future is dropped once the kernel is released.
    #[cold]
    fn bury(&mut self, index: u32) {
        if let Some(job) = self.forget(index) {
            self.outbox.end_later(job);
        }
    }

    /// The task has ended; its job is gone.
    #[inline]
    pub(crate) fn finish(&mut self, task: TaskId) {
        self.polling = false;
        self.note(Event::Finish { task: task.index });
        self.forget(task.index);
        if self.supervises {
            let host = self.tasks.at(task.index).host;
            self.look_after(host);
        }
    }

    #[inline]
    fn forget(&mut self, index: u32) -> Option<Job> {
        self.ready.remove(index);
        if self.paused.any() {
            self.paused.forget(self.tasks.at(index).host, index);
        }
        self.tasks.remove(index)
    }

    /// Moves time to the next event, and does all that is due then. `false` when nothing is.
    #[inline(never)]
    fn advance(&mut self) -> Result<bool, String> {
        let Some(earliest) = self.timers.earliest() else {
            return Ok(false);
        };
        let now = earliest.instant;
        if now == NEVER {
            // By clocks that are too slow: the run is over before they show the deadlines.
            return Ok(false);
        }
        if now != self.now {
            self.now = now;
            self.shared.set_now(now);
            self.polls_before = self.polls;
            self.polls_allowed = self.polls.saturating_add(self.config.poll_limit);
            self.note(Event::Time { now });
        }
        if now >= self.limit {
            return Err(self.time_is_up());
        }
        let Self {
            timers,
            tasks,
            ready,
            due,
            heeds,
            ..
        } = self;
        let wide = ready.spans(AT_HAND);
        let soon = |what: &Due, after| {
            if wide {
                fetch_soon(what, after, tasks);
            }
        };
        let due = |what| match what {
            // Tasks have their order from the choice among them. Where nobody heeds who becomes ready
            // they need not wait for what else is due.
            Due::Wake { task } | Due::Sleep { task, .. } if !*heeds => {
                if tasks.lives(task) {
                    ready.insert(task.index);
                }
            }
            what => due.push(what),
        };
        timers.fire(earliest, due, soon);
        if !self.due.is_empty() {
            self.do_due();
        }
        Ok(true)
    }

    /// Does what other threads want.
    #[inline(always)]
    pub(crate) fn take_injected(&mut self) {
        if self.shared.is_wanted() {
            self.take_all_injected();
        }
    }

    #[cold]
    fn take_all_injected(&mut self) {
        let late = mem::take(&mut self.waited);
        for (mut injected, foreign) in self.shared.take_injected() {
            if foreign {
                self.suspect_foreign(&mut injected, late);
            }
            match injected {
                Injected::Wake(task) => self.wake(task),
                Injected::Spawn(spawn) => {
                    self.spawn(spawn.job, spawn.host, spawn.life, spawn.site);
                    // Another thread has its handle, whose `abort` has the other fence.
                    fence(SeqCst);
                }
                Injected::Timer {
                    clock,
                    deadline,
                    waker,
                } => {
                    self.sleep(clock, deadline, Waiter::Other(waker));
                }
                Injected::Call(call) => call(self),
                Injected::Stop { host, life, value } => self.stop(host, life, value),
            }
        }
    }

    fn suspect_foreign(&mut self, injected: &mut Injected, late: bool) {
        match injected {
            Injected::Wake(task) => {
                let Some(task) = self.tasks.meant(*task) else {
                    return;
                };
                let kind = match late {
                    true => SourceKind::LateWake,
                    false => SourceKind::ForeignWake,
                };
                let who = self.describe(task);
                self.suspect(kind, who);
            }
            Injected::Spawn(spawn) => {
                let who = self.describe_name(&spawn.job.name());
                self.suspect(SourceKind::ForeignSpawn, who);
            }
            _ => {}
        }
    }

    /// Ends the tasks of `host`'s life: their futures are dropped once the kernel is released.
    pub(crate) fn drop_tasks(&mut self, host: u32, life: u32) {
        for index in self.tasks.of_host(host) {
            let task = self.tasks.at(index);
            match task.stage {
                _ if task.life != life => {}
                Stage::Waiting => self.bury(index),
                _ => task.stage = Stage::Doomed,
            }
        }
    }

    /// The run is over: every task but the root is handed out to be dropped.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        self.drop_boots();
        for index in ROOT.index + 1..self.tasks.span() {
            if self.tasks.at(index).stage != Stage::Free {
                self.bury(index);
            }
        }
    }
}
