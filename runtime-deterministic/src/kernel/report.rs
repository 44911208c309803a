//! What a run says of itself when it cannot go on.

use super::{Kernel, ROOT, TaskId, Wait, tasks::Task};
use crate::{
    audit::{Source, SourceKind, add_source},
    clock::Instant,
    host::Ending,
    task::Name,
};
use std::{fmt::Write, time::Duration};

impl Kernel {
    /// One task: where it runs, what it is called, where it was spawned.
    pub(crate) fn describe(&mut self, task: TaskId) -> String {
        let name = match self.tasks.get(task) {
            Some(_) if task == ROOT => Name::root(),
            Some(Task { job: Some(job), .. }) => job.name(),
            _ => return "a task that has ended".into(),
        };
        self.describe_name(&name)
    }

    pub(crate) fn describe_name(&self, name: &Name) -> String {
        let host = self.names.of(name.host);
        match &*name.label {
            "" if name.host == 0 => "the root".into(),
            "" => format!("host {host}, its boot function"),
            label => format!("host {host}, task {label:?} (spawned at {})", name.site),
        }
    }

    /// Something was seen that no seed decides.
    pub(crate) fn suspect(&mut self, kind: SourceKind, who: String) {
        let time = Duration::from_nanos(self.now);
        add_source(&mut self.sources, Source { time, who, kind });
    }

    pub(crate) fn deadlock(&mut self) -> String {
        let mut text = format!(
            "deadlock at {}: no task is ready and no timer runs. Everything waits:\n",
            Instant(self.now)
        );
        self.list_tasks(&mut text);
        let of_threads = |source: &&Source| !matches!(source.kind, SourceKind::SlowPoll(_));
        if let Some(source) = self.sources.iter().find(of_threads) {
            let _ = writeln!(
                text,
                "It may be no deadlock: a thread outside the simulation takes part, for which time \
                 does not wait. Use a task in its place.\n  {source}"
            );
        }
        text
    }

    pub(super) fn time_is_up(&mut self) -> String {
        let limit = self.config.timeout.unwrap_or_default();
        let mut text = format!(
            "the limit of {limit:?} of virtual time passed; a test that needs longer raises its \
             `timeout`. Not yet ended:\n"
        );
        self.list_tasks(&mut text);
        text
    }

    pub(super) fn livelock(&mut self, index: u32) -> String {
        let serial = self.tasks.at(index).serial;
        let task = self.describe(TaskId { index, serial });
        let (limit, now) = (self.config.poll_limit, Instant(self.now));
        format!(
            "livelock: {task} was polled more than {limit} times at {now}. Virtual time moves only \
             when every task waits: let the loop sleep, or await something, instead of \
             rescheduling; or raise Config.poll_limit"
        )
    }

    fn list_tasks(&mut self, text: &mut String) {
        let live = self.tasks.live();
        let tasks: Vec<_> = live
            .map(|(index, task)| {
                (
                    TaskId {
                        index,
                        serial: task.serial,
                    },
                    task.waits,
                )
            })
            .collect();
        for (task, wait) in tasks {
            let host = self.tasks.at(task.index).host;
            let paused = match self.paused.contains(host) {
                true => "paused, ",
                false => "",
            };
            let (task, wait) = (self.describe(task), self.describe_wait(wait));
            let _ = writeln!(text, "  {task}: {paused}{wait}");
        }
        for host in 1..self.hosts.len() as u32 {
            if let Some(state) = self.out_of_work(host) {
                let _ = writeln!(text, "  host {}: {state}", self.names.of(host));
            }
        }
    }

    /// Why a host does nothing, or no more what it is for, and why nobody starts it.
    fn out_of_work(&mut self, host: u32) -> Option<String> {
        let state = &self.hosts[host as usize];
        let (ended, by_itself) = match state.ending()? {
            Ending::Crashed => ("has crashed, and was not restarted", false),
            Ending::Panicked => ("a panic, which was caught, ended its process", true),
            Ending::Returned => ("its boot function has returned", true),
        };
        let has_tasks = self.tasks.has_any_of(host, state.life);
        let why = match (state.stopped, state.supervised) {
            _ if !by_itself => "",
            (true, _) => "; it was told to stop, and so is not started again",
            (false, true) if has_tasks => "; it is started again once its tasks have ended, too",
            (false, true) => "; it is about to be started again",
            (false, false) => "",
        };
        Some(format!("{ended}{why}"))
    }

    fn describe_wait(&mut self, wait: Wait) -> String {
        match wait {
            Wait::Unknown => "waits for a channel or something else of its own".into(),
            Wait::Handle(task) => format!("waits for the handle of {}", self.describe(task)),
            Wait::Sleep(deadline) => format!("sleeps until {}", Instant(deadline.into())),
            Wait::Accept(listener) => match self.switch.fabric.local_addr(listener) {
                Some(socket) => format!("accepts on {socket}"),
                None => "accepts".into(),
            },
            Wait::Receive(pipe) => format!("receives from {}", self.far_end(pipe)),
            Wait::Send(pipe) => format!("sends to {}", self.near_end(pipe)),
            Wait::Datagram(socket) => match self.switch.mailboxes.local_addr(socket) {
                Some(local) => format!("receives datagrams at {local}"),
                None => "receives datagrams".into(),
            },
        }
    }
}
