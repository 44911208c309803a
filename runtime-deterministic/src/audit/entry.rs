//! An event of a log, as it is told.

use super::{Log, scene::Scene};
use crate::{
    audit::Payload,
    clock::Instant,
    event::{Event, Told},
};
use std::{fmt, time::Duration};

/// An event of a [`Log`]: who did what, and when.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How many events of the run came before.
    pub index: u64,
    /// The virtual time since the start of the run.
    pub time: Duration,
    /// The host to which it happens, or whose task does it. `None` for what happens between hosts.
    pub host: Option<String>,
    /// The label of the task that does it, empty for the root of a host. `None` for what no task
    /// does.
    pub task: Option<String>,
    /// Where that task was spawned, as `file:line:column`. `None` for the root of the run.
    pub spawned_at: Option<String>,
    /// What happens.
    pub words: String,
    /// The bytes that were sent, received, read, written or drawn, as far as the audit keeps them.
    pub payload: Option<String>,
    /// The host of that task, where it happens to a host as a whole.
    by: Option<String>,
    pub(super) is_told: bool,
}

impl Entry {
    pub(super) fn new(log: &Log, scene: &Scene, event: &Event<'_>) -> Self {
        let hosts = &scene.hosts;
        let name = |host: u32| hosts.get(host as usize).cloned();
        let happens_to = event.happens_to();
        let task = scene.task();
        let host = happens_to.or(task.map(|task| task.host));
        let by = task.filter(|_| happens_to.is_some()).map(|task| task.host);
        let site = task.and_then(|task| log.places.get(task.site? as usize));
        Self {
            index: scene.index,
            time: Duration::from_nanos(scene.now),
            host: host.and_then(name),
            task: task.map(|task| task.label.clone()),
            spawned_at: site.cloned(),
            words: Told { event, hosts }.to_string(),
            payload: event.payload().map(|payload| contents(&payload)),
            by: by.and_then(name),
            is_told: event.is_told(),
        }
    }
}

/// Host and label, when and what: a line. With `{:#}` also where the task was spawned, and what was
/// carried.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.time.as_nanos().try_into().unwrap_or(u64::MAX);
        write!(f, "{} ", Instant(nanos))?;
        f.write_str(self.host.as_deref().unwrap_or("network"))?;
        let task = self.task.as_deref().filter(|task| !task.is_empty());
        let site = self.spawned_at.as_deref().filter(|_| f.alternate());
        match (&self.by, task) {
            (Some(by), task) if f.alternate() => {
                write!(f, " (by {by}")?;
                task.map_or(Ok(()), |task| write!(f, " {task}"))?;
                site.map_or(Ok(()), |site| write!(f, ", spawned at {site}"))?;
                f.write_str(")")?;
            }
            (Some(_), _) => {}
            (None, task) => {
                task.map_or(Ok(()), |task| write!(f, " {task}"))?;
                site.map_or(Ok(()), |site| write!(f, " (spawned at {site})"))?;
            }
        }
        write!(f, ": {}", self.words)?;
        match &self.payload {
            Some(payload) if f.alternate() => write!(f, ": {payload}"),
            _ => Ok(()),
        }
    }
}

fn contents(payload: &Payload<'_>) -> String {
    match *payload {
        Payload::Bytes(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Payload::Hash { hash, .. } => {
            let hex = hash.iter().map(|byte| format!("{byte:02x}"));
            format!("hash {}", hex.collect::<String>())
        }
    }
}
