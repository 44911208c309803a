//! The run itself: every task, host, link, disk and timer, on the thread that runs them.
//!
//! It decides what happens next. It never calls user code: what it wakes or drops of the user's
//! goes through its outbox, and the runner polls.

pub(crate) mod local;
mod report;
mod shared;
mod tasks;

pub(crate) use shared::{Injected, Shared, Spawn};
pub(crate) use tasks::{ROOT, Stage, TaskId, Wait};

use crate::{
    audit::{Chain, State, Work},
    config::Config,
    draws::{Draws, Purpose},
    event::Event,
    host::HostState,
    network::Switch,
    ready::ReadySet,
    timers::Timers,
};
use runtime_traits::Signaler;
use shared::TaskWaker;
use std::{
    any::Any,
    collections::VecDeque,
    io::ErrorKind,
    mem,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Waker},
};
use tasks::{Task, Tasks};

/// A task's future, with its handle's other half.
pub(crate) type Body = Box<dyn Future<Output = ()> + Send + Unpin>;

pub(crate) struct Kernel {
    pub(crate) shared: Arc<Shared>,
    pub(crate) config: Config,
    pub(crate) outbox: Outbox,
    pub(crate) now: u64,
    pub(crate) ended: bool,
    pub(crate) tasks: Tasks,
    pub(crate) timers: Timers<Due>,
    pub(crate) chain: Chain,
    pub(crate) hosts: Vec<HostState>,
    pub(crate) switch: Switch,
    /// Files made so far.
    pub(crate) files: u32,
    select: Draws,
    ready: ReadySet,
    schedule: Draws,
    polled: Polled,
    polls: u64,
    panicked: Option<String>,
    /// The last events in words, when they are wanted.
    last_events: Option<VecDeque<String>>,
}

/// Who is polled: its task, and the addresses of its waker's parts, to know it without a clone.
struct Polled {
    task: TaskId,
    waker: (usize, usize),
}

/// What a timer does when it fires.
pub(crate) enum Due {
    Wake(Waiter),
    Arrive {
        pipe: u32,
    },
    Break {
        connection: u32,
        end: usize,
        kind: ErrorKind,
    },
    Limit,
}

/// Who waits for something: a task of this run by its number, or anybody by a waker.
pub(crate) enum Waiter {
    Task(TaskId),
    Other(Waker),
}

/// A task's turn: the runner polls it and gives it back.
pub(crate) struct Turn {
    pub(crate) task: TaskId,
    /// `None` for the root, whose future the runner keeps.
    pub(crate) body: Option<Body>,
    pub(crate) waker: Waker,
}

pub(crate) enum Step {
    Poll(Turn),
    /// Something of the user's was woken or dropped: look again.
    Again,
    /// No task is ready and no timer runs.
    Blocked,
    /// The run may not go on.
    Fail(String),
}

/// How a run ended, for those who ask afterwards.
#[derive(Clone)]
pub(crate) struct Ending {
    pub(crate) over: bool,
    pub(crate) state: State,
    pub(crate) work: Work,
    pub(crate) last_events: Vec<String>,
    /// Who panicked first: host and label.
    pub(crate) panicked: Option<String>,
}

impl Default for Ending {
    fn default() -> Self {
        let (state, work) = (Chain::default().state(), Work::default());
        Self {
            over: false,
            state,
            work,
            last_events: Vec::new(),
            panicked: None,
        }
    }
}

/// What is to be woken and dropped once the kernel is released: it is other people's code.
#[derive(Default)]
pub(crate) struct Outbox {
    wakes: Vec<Waker>,
    signals: Vec<(Arc<Mutex<Signaler>>, i32)>,
    drops: Vec<Box<dyn Any + Send>>,
    bodies: Vec<Body>,
}

impl Outbox {
    pub(crate) fn drop_later(&mut self, value: impl Any + Send) {
        self.drops.push(Box::new(value));
    }

    pub(crate) fn signal_later(&mut self, signaler: Arc<Mutex<Signaler>>, value: i32) {
        self.signals.push((signaler, value));
    }

    fn is_empty(&self) -> bool {
        let Self {
            wakes,
            signals,
            drops,
            bodies,
        } = self;
        wakes.is_empty() && signals.is_empty() && drops.is_empty() && bodies.is_empty()
    }

    fn take(&mut self) -> Option<Self> {
        (!self.is_empty()).then(|| mem::take(self))
    }

    fn deliver(self) {
        self.wakes.into_iter().for_each(Waker::wake);
        for (signaler, value) in self.signals {
            signaler
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .signal(value);
        }
        drop(self.bodies);
        drop(self.drops);
    }
}

impl Kernel {
    pub(crate) fn new(config: Config, shared: Arc<Shared>) -> Self {
        let seed = config.seed;
        let mut kernel = Self {
            shared,
            outbox: Outbox::default(),
            now: 0,
            ended: false,
            tasks: Tasks::default(),
            timers: Timers::default(),
            chain: Chain::default(),
            hosts: Vec::new(),
            files: 0,
            switch: Switch::new(Draws::new(seed, Purpose::Network)),
            select: Draws::new(seed, Purpose::Select),
            ready: ReadySet::default(),
            schedule: Draws::new(seed, Purpose::Schedule),
            polled: Polled {
                task: ROOT,
                waker: (0, 0),
            },
            polls: 0,
            panicked: None,
            last_events: config.keep_last_events.then(VecDeque::new),
            config,
        };
        kernel.add_host("root");
        kernel.admit(
            Stage::Root,
            0,
            0,
            Arc::default(),
            std::panic::Location::caller(),
        );
        if let Some(limit) = kernel.config.timeout {
            kernel.timers.insert(crate::clock::nanos(limit), Due::Limit);
        }
        kernel
    }

    /// Enters an event into the audit.
    pub(crate) fn note(&mut self, event: Event<'_>) {
        event.encode(&mut self.chain);
        if self.last_events.is_some() {
            self.remember(&event);
        }
    }

    pub(crate) fn work(&self) -> Work {
        Work {
            polls: self.polls,
            virtual_nanos: self.now,
        }
    }

    /// Takes a new task in, ready to be polled. A host that is down takes none.
    pub(crate) fn spawn(&mut self, spawn: Spawn) {
        let Spawn {
            body,
            host,
            life,
            label,
            site,
        } = spawn;
        if self.ended || !self.is_alive(host, life) {
            return self.outbox.bodies.push(body);
        }
        let task = self.admit(Stage::Waiting(body), host, life, label.clone(), site);
        self.note(Event::Spawn {
            task: task.index,
            host,
            label: &label,
        });
    }

    fn admit(
        &mut self,
        stage: Stage,
        host: u32,
        life: u32,
        label: Arc<str>,
        site: &'static std::panic::Location<'static>,
    ) -> TaskId {
        let (serial, waits, instant, polls, waker) = (0, Wait::Unknown, 0, 0, None);
        let task = Task {
            serial,
            stage,
            host,
            life,
            label,
            site,
            waits,
            instant,
            polls,
            waker,
        };
        let id = self.tasks.insert(task);
        let waker = TaskWaker {
            shared: self.shared.clone(),
            task: id,
        };
        self.tasks.at(id.index).waker = Some(Waker::from(Arc::new(waker)));
        self.ready.insert(id.index);
        id
    }

    /// The next thing to do, after the runner gave back what it polled last.
    pub(crate) fn step(&mut self, back: Option<Turn>) -> Step {
        if let Some(turn) = back {
            self.give_back(turn);
        }
        if self.shared.is_wanted() {
            self.take_injected();
        }
        loop {
            if !self.outbox.is_empty() {
                return Step::Again;
            }
            if self.ready.len() > 0 {
                return self.choose();
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => return Step::Blocked,
                Err(failure) => return Step::Fail(failure),
            }
        }
    }

    /// Picks one of the tasks that are ready: by their numbers, not by who was woken first.
    fn choose(&mut self) -> Step {
        let index = self.ready.select(self.schedule.below(self.ready.len()));
        self.ready.remove(index);
        self.note(Event::Poll { task: index });
        self.polls += 1;
        let now = self.now;
        let limit = self.config.poll_limit;
        let task = self.tasks.at(index);
        if mem::replace(&mut task.instant, now) != now {
            task.polls = 0;
        }
        task.polls += 1;
        if task.polls > limit {
            return Step::Fail(self.livelock(index));
        }
        task.waits = Wait::Unknown;
        let id = TaskId {
            index,
            serial: task.serial,
        };
        let waker = task.waker.take().expect("a task that waits has its waker");
        let body = match mem::replace(&mut task.stage, Stage::Polled) {
            Stage::Waiting(body) => Some(body),
            _ => None,
        };
        self.polled = Polled {
            task: id,
            waker: addresses(&waker),
        };
        Step::Poll(Turn {
            task: id,
            body,
            waker,
        })
    }

    fn give_back(&mut self, turn: Turn) {
        self.polled.waker = (0, 0);
        let task = self.tasks.at(turn.task.index);
        task.waker = Some(turn.waker);
        match (turn.body, &task.stage) {
            (None, _) => task.stage = Stage::Root,
            (Some(body), Stage::Doomed) => {
                self.outbox.bodies.push(body);
                self.forget(turn.task.index);
            }
            (Some(body), _) => task.stage = Stage::Waiting(body),
        }
    }

    /// The task has ended; its body is gone.
    pub(crate) fn finish(&mut self, task: TaskId) {
        self.polled.waker = (0, 0);
        self.note(Event::Finish { task: task.index });
        self.forget(task.index);
    }

    fn forget(&mut self, index: u32) -> Stage {
        self.ready.remove(index);
        self.tasks.remove(index)
    }

    /// Moves time to the next event, and does all that is due then. `false` when nothing is.
    fn advance(&mut self) -> Result<bool, String> {
        let mut due = Vec::new();
        let Some(now) = self.timers.fire(|what| due.push(what)) else {
            return Ok(false);
        };
        if now != self.now {
            self.now = now;
            self.shared.set_now(now);
            self.note(Event::Time { now });
        }
        for what in due {
            match what {
                Due::Wake(waiter) => self.tell(waiter),
                Due::Arrive { pipe } => self.arrive(pipe),
                Due::Break {
                    connection,
                    end,
                    kind,
                } => self.break_end(connection, end, kind),
                Due::Limit => return Err(self.time_is_up()),
            }
        }
        Ok(true)
    }

    fn take_injected(&mut self) {
        for injected in self.shared.take_injected() {
            match injected {
                Injected::Wake(task) => self.wake(task),
                Injected::Spawn(spawn) => self.spawn(spawn),
                Injected::Timer { deadline, waker } => {
                    self.timers
                        .insert(deadline, Due::Wake(Waiter::Other(waker)));
                }
                Injected::Stop { host, life, value } => self.stop(host, life, value),
            }
        }
    }

    /// The task becomes ready, if it has not ended.
    pub(crate) fn wake(&mut self, id: TaskId) {
        if self
            .tasks
            .get(id)
            .is_some_and(|task| !matches!(task.stage, Stage::Free))
        {
            self.ready.insert(id.index);
        }
    }

    pub(crate) fn tell(&mut self, waiter: Waiter) {
        match waiter {
            Waiter::Task(task) => self.wake(task),
            Waiter::Other(waker) => self.outbox.wakes.push(waker),
        }
    }

    /// Whoever `cx` would wake, without a clone when it is the polled task itself. `wait` is what a
    /// report says that the task waits for.
    pub(crate) fn waiter(&mut self, cx: &Context<'_>, wait: Wait) -> Waiter {
        if let Some(task) = self.tasks.get(self.polled.task) {
            task.waits = wait;
        }
        match addresses(cx.waker()) == self.polled.waker {
            true => Waiter::Task(self.polled.task),
            false => Waiter::Other(cx.waker().clone()),
        }
    }

    /// Puts `waiter` where another may have waited.
    pub(crate) fn replace(outbox: &mut Outbox, place: &mut Option<Waiter>, waiter: Waiter) {
        if let Some(Waiter::Other(waker)) = place.replace(waiter) {
            outbox.drop_later(waker);
        }
    }

    pub(crate) fn is_alive(&self, host: u32, life: u32) -> bool {
        let host = &self.hosts[host as usize];
        !self.ended && host.up && host.life == life
    }

    /// Ends the tasks of `host`'s life: their futures are dropped once the kernel is released.
    pub(crate) fn drop_tasks(&mut self, host: u32, life: u32) {
        let of_host = |task: &Task| task.host == host && task.life == life;
        let live = self.tasks.live().filter(|(_, task)| of_host(task));
        let indices: Vec<_> = live.map(|(index, _)| index).collect();
        for index in indices {
            let task = self.tasks.at(index);
            match mem::replace(&mut task.stage, Stage::Doomed) {
                Stage::Waiting(body) => {
                    self.outbox.bodies.push(body);
                    self.forget(index);
                }
                Stage::Root => task.stage = Stage::Root,
                Stage::Polled | Stage::Doomed | Stage::Free => {}
            }
        }
    }

    /// The run is over: every task but the root is handed out to be dropped.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        let live = self
            .tasks
            .live()
            .map(|(index, _)| index)
            .filter(|index| *index != ROOT.index);
        for index in live.collect::<Vec<_>>() {
            if let Stage::Waiting(body) = self.forget(index) {
                self.outbox.bodies.push(body);
            }
        }
    }

    /// A task panicked. Who was first is remembered.
    pub(crate) fn panicked(&mut self, task: TaskId) {
        self.note(Event::Panic { task: task.index });
        let who = self.describe(task);
        self.panicked.get_or_insert(who);
    }

    /// 64 bits for the order of a `select!`.
    pub(crate) fn draw_order(&mut self) -> u64 {
        let bits = self.select.next_u64();
        self.note(Event::Select { bits });
        bits
    }

    pub(crate) fn ending(&self) -> Ending {
        Ending {
            over: true,
            state: self.chain.state(),
            work: self.work(),
            last_events: self.last_events.iter().flatten().cloned().collect(),
            panicked: self.panicked.clone(),
        }
    }
}

fn addresses(waker: &Waker) -> (usize, usize) {
    (
        waker.data().addr(),
        std::ptr::from_ref(waker.vtable()).addr(),
    )
}
