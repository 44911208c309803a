//! The run itself: every task, host, link, disk and timer, on the thread that runs them.
//!
//! It decides what happens next. It never calls user code: what it wakes or drops of the user's
//! goes through its outbox, and the runner polls.

mod ahead;
mod due;
mod lives;
pub(crate) mod local;
mod outbox;
mod paused;
mod remains;
mod report;
mod runs;
mod shared;
mod step;
mod tasks;

pub(crate) use due::{Due, Sleeper};
pub(crate) use outbox::Outbox;
pub(crate) use remains::emptied;
pub(crate) use runs::{BITS as RUN_BITS, Run};
pub(crate) use shared::{Injected, Shared, Spawn};
pub(crate) use step::{Step, Turn};
pub(crate) use tasks::{ROOT, TaskId, Wait};

use crate::{
    audit::{Chain, Log, Source, State, Work},
    config::Config,
    draws::{Draws, Picks, Purpose},
    event::Event,
    faults::{Budgets, FaultKind, Faults, Fired, Nemesis, Sites},
    host::{HostState, Names},
    network::Switch,
    ready::ReadySet,
    runner::message,
    schedule::{Policy, Schedule},
    storage::give_back_idle,
    task::{self, Job, Name},
    timers::Timers,
};
use remains::Remains;
use runtime_traits::{Panics, Tasks as Labels, panics::Payload};
use std::{
    collections::BTreeSet,
    mem,
    panic::Location,
    sync::Arc,
    task::{Context, Waker},
};
use tasks::{Stage, Tasks};

pub(crate) struct Kernel {
    pub(crate) run: Run,
    pub(crate) shared: Arc<Shared>,
    pub(crate) config: Config,
    pub(crate) outbox: Outbox,
    pub(crate) now: u64,
    /// The instant at which the run is to have ended.
    limit: u64,
    pub(crate) ended: bool,
    pub(crate) tasks: Tasks,
    pub(crate) timers: Timers<Due>,
    /// What is due now, while it is done.
    due: Vec<Due>,
    pub(crate) chain: Chain,
    pub(crate) hosts: Vec<HostState>,
    pub(crate) names: Names,
    pub(crate) switch: Switch,
    /// Files made so far.
    pub(crate) files: u32,
    /// Changes of directory entries asked for so far.
    pub(crate) asked: u32,
    select: Draws,
    ready: ReadySet,
    /// Who chooses among them, where not each is equally likely.
    policy: Option<Box<dyn Policy>>,
    /// Whether a host is paused, or a policy is to be told who becomes ready.
    heeds: bool,
    pub(crate) paused: paused::Paused,
    /// Whether any host's process is started again when it ends.
    pub(crate) supervises: bool,
    schedule: Picks,
    ahead: ahead::Ahead,
    ties: Draws,
    /// What goes wrong, as it was drawn.
    pub(crate) faults: Faults,
    /// Who does that, if anything does.
    pub(crate) nemesis: Option<Box<Nemesis>>,
    pub(crate) sites: Option<Box<Sites>>,
    pub(crate) spared: BTreeSet<u32>,
    pub(crate) budgets: Budgets,
    pub(crate) fired: Fired,
    /// Who is polled, or was last.
    polled: TaskId,
    /// Whether anybody is.
    polling: bool,
    polls: u64,
    /// Of these, those before this instant.
    polls_before: u64,
    /// The `polls` that no task may exceed at this instant.
    polls_allowed: u64,
    messages: u64,
    panicked: Option<String>,
    /// What no seed decides, as far as it was seen.
    pub(crate) sources: Vec<Source>,
    /// Whether everything waited when another thread wanted something.
    pub(crate) waited: bool,
    /// Why the run ends: what a destructor panicked with, a livelock, or the end of its time.
    pub(crate) failed: Option<Payload>,
    /// Where its memory is left for the next run.
    remains: Box<Remains>,
}

/// Who waits for something: a task of this run by its number, or anybody by a waker.
pub(crate) enum Waiter {
    Task(TaskId),
    Other(Waker),
}

/// How a run ended, for those who ask afterwards.
#[derive(Clone)]
pub(crate) struct Ending {
    pub(crate) state: State,
    pub(crate) work: Work,
    pub(crate) faults: Faults,
    pub(crate) schedule: Schedule,
    pub(crate) fired: Fired,
    pub(crate) log: Option<Arc<Log>>,
    pub(crate) sources: Vec<Source>,
    /// Who panicked first: host and label.
    pub(crate) panicked: Option<String>,
}

impl Default for Ending {
    fn default() -> Self {
        let (state, work) = (Chain::start(), Work::default());
        Self {
            state,
            work,
            faults: Faults::none(),
            schedule: Schedule::Random,
            fired: Fired::default(),
            log: None,
            sources: Vec::new(),
            panicked: None,
        }
    }
}

impl Kernel {
    /// A run whose root's tasks are counted in `labels`.
    pub(crate) fn new(mut config: Config, shared: Arc<Shared>, labels: Labels) -> Box<Self> {
        give_back_idle();
        let seed = config.seed;
        let faults = config.faults.draw(seed);
        config.schedule = config.schedule.draw(seed);
        let policy = config.schedule.policy(seed);
        let mut remains = Remains::take();
        let block = remains.block.take().unwrap_or_default();
        let mut kernel = Box::new(Self {
            run: shared.run,
            shared,
            outbox: Outbox::default(),
            now: 0,
            limit: u64::MAX,
            ended: false,
            tasks: mem::take(&mut remains.tasks),
            timers: mem::take(&mut remains.timers),
            due: mem::take(&mut remains.due),
            chain: Chain::new(config.payload_hash, config.record, block),
            hosts: mem::take(&mut remains.hosts),
            names: mem::take(&mut remains.names),
            files: 0,
            asked: 0,
            switch: Switch::new(
                Draws::new(seed, Purpose::Network),
                mem::take(&mut remains.lists),
            ),
            select: Draws::new(seed, Purpose::Select),
            ready: mem::take(&mut remains.ready),
            heeds: policy.is_some(),
            policy,
            paused: paused::Paused::default(),
            supervises: false,
            schedule: Picks::new(Draws::new(seed, Purpose::Schedule)),
            ahead: ahead::Ahead::default(),
            ties: Draws::new(seed, Purpose::Ties),
            nemesis: Nemesis::new(&faults, seed),
            sites: Sites::new(faults.share(FaultKind::Buggify), seed),
            spared: BTreeSet::new(),
            budgets: Budgets::default(),
            fired: Fired::default(),
            faults,
            polled: ROOT,
            polling: false,
            polls: 0,
            polls_before: 0,
            polls_allowed: config.poll_limit,
            messages: 0,
            panicked: None,
            sources: Vec::new(),
            waited: false,
            failed: None,
            remains,
            config,
        });
        kernel.add_root(labels);
        kernel.admit_root();
        if let Some(limit) = kernel.config.timeout {
            kernel.limit = crate::clock::nanos(limit);
        }
        kernel.start_nemesis();
        kernel
    }

    /// Enters an event into the audit. What kind it is is known where it is noted, so that little of
    /// this is left there.
    #[inline(always)]
    pub(crate) fn note(&mut self, event: Event<'_>) {
        self.chain.enter(&event, !self.polling);
        self.messages += u64::from(matches!(event, Event::Send { .. } | Event::SendTo { .. }));
    }

    /// Something is done on a life of a host, if that lasts. It does where the polled task is of it, and
    /// was not doomed since.
    #[inline]
    pub(crate) fn acts_on(&mut self, host: u32, life: u32) -> bool {
        let task = self.tasks.at(self.polled.index);
        let own = matches!(task.stage, Stage::Polled) && (task.host, task.life) == (host, life);
        own && !self.ended || self.acts_elsewhere(host, life)
    }

    #[inline(never)]
    fn acts_elsewhere(&mut self, host: u32, life: u32) -> bool {
        let lasts = self.is_alive(host, life);
        if lasts {
            self.note_host(host);
        }
        lasts
    }

    /// Notes on which host something is done, unless it is the polled task's own.
    pub(crate) fn note_host(&mut self, host: u32) {
        let own = self.tasks.get(self.polled).map(|task| task.host);
        if !self.polling || own != Some(host) {
            self.note_elsewhere(host);
        }
    }

    #[cold]
    fn note_elsewhere(&mut self, host: u32) {
        self.note(Event::On { host });
    }

    pub(crate) fn work(&self) -> Work {
        Work {
            polls: self.polls,
            virtual_nanos: self.now,
            messages: self.messages,
        }
    }

    /// Takes a new task in, ready to be polled. A host that is down takes none.
    pub(crate) fn spawn(
        &mut self,
        mut job: Job,
        host: u32,
        life: u32,
        site: &'static Location<'static>,
    ) {
        if !self.is_alive(host, life) {
            return self.outbox.end_later(job);
        }
        let id = self.tasks.vacant();
        let task = id.index;
        self.chain.spawned_at(site);
        job.with_label(|label| self.note(Event::Spawn { task, host, label }));
        job.admit(id);
        self.tasks.occupy(host, life).job = Some(job);
        if let Some(policy) = &mut self.policy {
            policy.spawned(task);
        }
        self.make_ready(task);
    }

    fn admit_root(&mut self) {
        self.tasks.occupy(0, 0);
        if let Some(policy) = &mut self.policy {
            policy.spawned(ROOT.index);
        }
        self.admit(ROOT.index);
    }

    /// The task becomes ready, if it has not ended.
    #[inline(always)]
    pub(crate) fn wake(&mut self, id: TaskId) {
        if self.tasks.lives(id) {
            self.make_ready(id.index);
        }
    }

    /// A task can go on: at once, or when its host does.
    #[inline(always)]
    fn make_ready(&mut self, index: u32) {
        match self.heeds {
            false => self.ready.insert(index),
            true => self.hold_or_admit(index),
        }
    }

    #[inline(never)]
    fn hold_or_admit(&mut self, index: u32) {
        if !self.paused.hold(self.tasks.at(index).host, index) {
            self.admit(index);
        }
    }

    fn admit(&mut self, index: u32) {
        if let Some(policy) = &mut self.policy
            && !self.ready.contains(index)
        {
            policy.ready(index);
        }
        self.ready.insert(index);
    }

    /// Stops a host: those of its tasks that are ready, or become it, wait for its resumption.
    pub(crate) fn pause(&mut self, host: u32) {
        self.fired.add(FaultKind::Pause);
        self.note(Event::Pause { host });
        self.paused.insert(host);
        self.heeds = true;
        for index in self.tasks.of_host(host) {
            if self.ready.remove(index) {
                self.paused.hold(host, index);
            }
        }
    }

    pub(crate) fn resume(&mut self, host: u32) {
        self.note(Event::Resume { host });
        for index in self.paused.remove(host) {
            self.admit(index);
        }
        self.heeds = self.policy.is_some() || self.paused.any();
        self.look_after(host);
    }

    #[inline]
    pub(crate) fn tell(&mut self, waiter: Waiter) {
        match waiter {
            Waiter::Task(task) => self.wake(task),
            Waiter::Other(waker) => self.outbox.wake_later(waker),
        }
    }

    /// Whoever `cx` would wake, without a clone when it is the polled task itself. `wait` is what a
    /// report says that the task waits for.
    #[inline]
    pub(crate) fn waiter(&mut self, cx: &Context<'_>, wait: Wait) -> Waiter {
        self.waits(wait);
        match self.polled_by(cx) {
            Some(task) => Waiter::Task(task),
            None => Waiter::Other(cx.waker().clone()),
        }
    }

    /// What a report says that the polled task waits for.
    #[inline(always)]
    pub(crate) fn waits(&mut self, wait: Wait) {
        if let Some(task) = self.tasks.get(self.polled) {
            task.waits = wait;
        }
    }

    /// The polled task, if `cx` wakes that.
    #[inline(always)]
    pub(crate) fn polled_by(&self, cx: &Context<'_>) -> Option<TaskId> {
        let own = self.polling && task::wakes(cx.waker(), self.run, self.polled);
        own.then_some(self.polled)
    }

    /// Puts `waiter` where another may have waited.
    #[inline]
    pub(crate) fn replace(outbox: &mut Outbox, place: &mut Option<Waiter>, waiter: Waiter) {
        if let Some(Waiter::Other(waker)) = place.replace(waiter) {
            outbox.drop_later(waker);
        }
    }

    pub(crate) fn is_alive(&self, host: u32, life: u32) -> bool {
        let host = &self.hosts[host as usize];
        !self.ended && host.up && host.life == life
    }

    /// A task panicked. Who was first is remembered.
    pub(crate) fn panicked(&mut self, task: TaskId, name: &Name, text: &str) {
        let task = task.index;
        self.note(Event::Panic { task, text });
        let who = self.describe_name(name);
        self.panicked.get_or_insert(who);
    }

    /// A destructor panicked, of a task that was dropped unfinished. The first one ends the run, and is
    /// taken for that, unless panics are caught.
    pub(crate) fn panicked_when_dropped(&mut self, payload: &mut Option<Payload>, name: &Name) {
        let (host, label) = (name.host, &name.label);
        let text = payload.as_deref().map_or("", message);
        self.note(Event::DropPanic { host, label, text });
        let who = self.describe_name(name);
        self.panicked.get_or_insert(who);
        if self.config.panics == Panics::Propagate && self.failed.is_none() {
            self.failed = payload.take();
        }
    }

    /// A task is to end at its next poll.
    pub(crate) fn abort(&mut self, id: TaskId) {
        if self.tasks.get(id).is_some() {
            self.note(Event::Abort { task: id.index });
            self.wake(id);
        }
    }

    /// 64 bits for the order of a `select!`.
    pub(crate) fn draw_order(&mut self) -> u64 {
        let bits = self.select.next_u64();
        self.note(Event::Select { bits });
        bits
    }

    /// How often each kind of fault has struck.
    pub(crate) fn fired(&self) -> Fired {
        let mut fired = self.fired.clone();
        fired.add_all(&self.switch.fired());
        fired
    }

    /// Whether a host has anything to do: it is up, and any of its tasks has not ended.
    pub(crate) fn is_busy(&mut self, host: u32) -> bool {
        let up = self.hosts[host as usize].up && !self.paused.contains(host);
        up && self.tasks.has_any(host)
    }

    /// Whether the run, which has ended as it should, is all of what its schedule is for.
    pub(crate) fn fits_schedule(&self) -> Result<(), String> {
        self.policy.as_ref().map_or(Ok(()), |policy| policy.end())
    }

    /// Whether nothing will happen by itself.
    pub(crate) fn is_stuck(&self) -> bool {
        self.timers.is_empty() && self.ready.len() == 0 && self.outbox.is_empty()
    }

    pub(crate) fn ending(&mut self) -> Ending {
        // First, for what is hashed then is not hashed again for the state.
        let log = self.chain.end();
        Ending {
            state: self.chain.state(),
            work: self.work(),
            faults: self.faults.clone(),
            schedule: self.config.schedule.clone(),
            fired: self.fired(),
            log,
            sources: self.sources.clone(),
            panicked: self.panicked.clone(),
        }
    }
}
