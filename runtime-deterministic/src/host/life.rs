//! The lives of hosts, as the kernel knows them.

use super::{Boot, Crash, Lives};
use crate::{
    draws::{Draws, Purpose},
    event::Event,
    faults::FaultKind,
    kernel::{Due, Kernel, TaskId},
    storage::{Disk, Faults},
};
use runtime_traits::Tasks;
use std::sync::Arc;

/// How long a supervisor waits: systemd's `RestartSec`, in nanoseconds.
const START_AGAIN: u64 = 100_000_000;

/// What the kernel keeps of a host.
pub(crate) struct HostState {
    pub(crate) life: u32,
    pub(crate) up: bool,
    /// Nothing answers at its address.
    pub(crate) silent: bool,
    /// What counts the tasks of this life, until the first of them takes it: the rest ask `Shared`.
    pub(crate) labels: Option<Tasks>,
    pub(crate) draws: Draws,
    pub(crate) disk: Disk,
    pub(crate) disk_draws: Draws,
    pub(crate) faults: Faults,
    /// Its process is started again when it ends.
    pub(crate) supervised: bool,
    /// This life was told to stop.
    pub(crate) stopped: bool,
    /// This life's boot function has returned.
    pub(super) returned: bool,
    /// A panic that was caught ended this life.
    fell: bool,
    /// What begins its lives, and calls the boot function. Both are here until the run is over.
    lives: Option<Arc<dyn Lives>>,
    boot: Option<Boot>,
}

/// Why a host's process does nothing, or no more what it is for.
pub(crate) enum Ending {
    Crashed,
    Panicked,
    Returned,
}

impl HostState {
    /// `None` while its boot function runs.
    pub(crate) fn ending(&self) -> Option<Ending> {
        match (self.up, self.fell, self.returned) {
            (false, true, _) => Some(Ending::Panicked),
            (false, false, _) => Some(Ending::Crashed),
            (true, _, true) => Some(Ending::Returned),
            (true, _, false) => None,
        }
    }
}

impl Kernel {
    pub(crate) fn find_host(&self, name: &str) -> Option<u32> {
        self.names.find(name)
    }

    /// Makes a host, and takes its boot function, unless another host has its name.
    pub(super) fn add_host(&mut self, name: &str, boot: &mut Option<Boot>) -> Option<u32> {
        if !self.names.add(name) {
            return None;
        }
        let labels = self.new_life(self.hosts.len() as u32, 0);
        Some(self.put_host(name, labels, boot.take()))
    }

    /// The root.
    pub(crate) fn add_root(&mut self, labels: Tasks) {
        self.names.add("root");
        self.put_host("root", labels, None);
    }

    /// A host whose name is known, and whose first life has begun.
    fn put_host(&mut self, name: &str, labels: Tasks, boot: Option<Boot>) -> u32 {
        let number = self.hosts.len() as u32;
        self.note(Event::Host { host: number, name });
        self.hosts.push(HostState {
            life: 0,
            up: true,
            silent: false,
            labels: Some(labels),
            draws: Draws::new(self.config.seed, Purpose::Host(number)),
            disk: Disk::default(),
            disk_draws: Draws::new(self.config.seed, Purpose::Storage(number)),
            faults: Faults::new(self.config.seed, number),
            supervised: false,
            stopped: false,
            returned: false,
            fell: false,
            lives: None,
            boot,
        });
        self.switch.fabric.add_host();
        self.switch.mailboxes.add_host();
        number
    }

    pub(super) fn set_lives(&mut self, host: u32, lives: Arc<dyn Lives>) {
        self.hosts[host as usize].lives = Some(lives);
    }

    pub(crate) fn drop_boots(&mut self) {
        let hosts = self.hosts.iter_mut();
        let kept = hosts.map(|host| (host.lives.take(), host.boot.take()));
        self.outbox.drop_boots(kept);
    }

    /// The place of a host's boot function, which is not there while it is called.
    pub(super) fn boot_of(&mut self, host: u32) -> &mut Option<Boot> {
        &mut self.hosts[host as usize].boot
    }

    pub(crate) fn stop(&mut self, host: u32, life: u32, value: i32) {
        if self.is_alive(host, life) {
            self.note_host(host);
            self.note(Event::Stop { value });
            self.hosts[host as usize].stopped = true;
            if let Some((first, Some(signaler))) = self.shared.stop(host, life, value) {
                self.outbox.signal_later(signaler, first);
            }
        }
    }

    /// The machine gets an empty disk.
    pub(crate) fn wipe(&mut self, host: u32) {
        self.fired.add(FaultKind::Wipe);
        self.note(Event::Wipe { host });
        self.hosts[host as usize].disk = Disk::default();
        self.damaged(host);
    }

    /// A life begins. Returns what counts its tasks.
    fn new_life(&mut self, host: u32, number: u32) -> Tasks {
        let labels = Tasks::new();
        self.shared.begin(host, number, labels.clone());
        labels
    }

    /// A fault ends the host's life.
    pub(crate) fn crash(&mut self, host: u32, crash: Crash) {
        self.fired.add(match crash {
            Crash::Reset => FaultKind::Crash,
            Crash::Silent => FaultKind::SilentCrash,
        });
        self.go_down(host, crash);
    }

    /// Ends the host's life: its tasks are dropped, its connections break, its disk loses what was
    /// not synced.
    pub(crate) fn go_down(&mut self, host: u32, crash: Crash) {
        self.close_life(host);
        self.note(Event::Crash {
            host,
            silent: crash == Crash::Silent,
        });
        let state = &mut self.hosts[host as usize];
        let life = state.life;
        (state.up, state.silent) = (false, crash == Crash::Silent);
        self.end_life(host, life);
        self.lose_unsynced(host);
    }

    /// Starts the host's next life. What a life left that ended by itself goes first.
    pub(super) fn restart(&mut self, host: u32) -> u32 {
        if self.hosts[host as usize].up {
            self.close_life(host);
        }
        self.note(Event::Restart { host });
        let life = self.hosts[host as usize].life;
        if self.hosts[host as usize].up {
            self.hosts[host as usize].up = false;
            self.end_life(host, life);
        }
        let labels = self.new_life(host, life + 1);
        let state = &mut self.hosts[host as usize];
        (state.up, state.silent, state.life) = (true, false, life + 1);
        state.labels = Some(labels);
        (state.stopped, state.returned, state.fell) = (false, false, false);
        self.answer_again(host);
        life + 1
    }

    /// As [`restart`](Self::restart), by nobody's hand.
    pub(crate) fn restart_by_itself(&mut self, host: u32) {
        let life = self.restart(host);
        if let Some(lives) = self.hosts[host as usize].lives.clone() {
            self.outbox.boot_later(lives, life);
        }
    }

    /// From now on no other thread stops this life of the host. What they wanted before is done.
    fn close_life(&mut self, host: u32) {
        let life = self.hosts[host as usize].life;
        // Whoever else watches this life's `stop` hears that it is over.
        if let Some(signaler) = self.shared.end_life(host, life) {
            self.outbox.drop_later(signaler);
        }
        self.take_injected();
    }

    fn end_life(&mut self, host: u32, life: u32) {
        self.paused.remove(host);
        self.drop_connections(host);
        self.close_datagrams(host);
        self.drop_tasks(host, life);
    }

    /// A task panicked, and the panic is caught: its host's process ends, unless it is the root's.
    pub(crate) fn end_process_of(&mut self, task: TaskId) {
        let Some((host, life)) = self.tasks.get(task).map(|task| (task.host, task.life)) else {
            return;
        };
        if host != 0 && self.is_alive(host, life) {
            self.go_down(host, Crash::Reset);
            self.hosts[host as usize].fell = true;
            self.look_after(host);
        }
    }

    /// The boot function of a life has returned. What it spawned may run on.
    pub(super) fn boot_returned(&mut self, host: u32, life: u32) {
        if self.is_alive(host, life) {
            self.hosts[host as usize].returned = true;
        }
    }

    /// From now on the host's process is started again when it ends, or has ended.
    pub(crate) fn supervise(&mut self, host: u32) {
        self.hosts[host as usize].supervised = true;
        self.supervises = true;
        self.look_after(host);
    }

    /// Whether the host's process has ended by itself, and was not told to.
    fn has_ended(&mut self, host: u32) -> bool {
        let state = &self.hosts[host as usize];
        let ended = match state.up {
            true => state.returned && !self.tasks.has_any_of(host, state.life),
            false => state.fell,
        };
        ended && !state.stopped
    }

    /// A host's process may have ended. Its supervisor, if it has one, starts it again: once it is
    /// resumed, if it is paused.
    pub(crate) fn look_after(&mut self, host: u32) {
        let state = &self.hosts[host as usize];
        let (life, up) = (state.life, state.up);
        if state.supervised && !self.paused.contains(host) && self.has_ended(host) {
            let again = Due::StartAgain { host, life, up };
            self.timers
                .insert(self.now.saturating_add(START_AGAIN), again);
        }
    }

    /// Unless the host went down or came up meanwhile, or is paused.
    pub(crate) fn start_again(&mut self, host: u32, life: u32, up: bool) {
        let state = &self.hosts[host as usize];
        let same = (state.life, state.up) == (life, up);
        if same && !self.paused.contains(host) && self.has_ended(host) {
            // Another thread may have stopped it since this turn began; from here on none does.
            self.close_life(host);
            if !self.hosts[host as usize].stopped {
                self.restart_by_itself(host);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
