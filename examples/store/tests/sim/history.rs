//! What clients asked and were told, and what must therefore be so.

use crate::{client::CLIENTS, value};
use futures::channel::mpsc;
use std::sync::{Arc, Mutex, MutexGuard};
use store::{Change, Record};

/// What was put, by whom. Clones share it.
///
/// Each client has one key, and puts the versions 1, 2, 3 … of it. With one writer for each key,
/// puts and gets are linearizable if every get returns a version that was put before it ended, and
/// none older than what was acknowledged, or got by anybody, before it began.
#[derive(Clone)]
pub(crate) struct History {
    versions: Arc<Mutex<Vec<Versions>>>,
    acknowledged: mpsc::UnboundedSender<()>,
}

#[derive(Clone, Default)]
struct Versions {
    attempted: u64,
    acknowledged: Vec<u64>,
    /// The highest version that is known to have taken effect: acknowledged, or got.
    settled: u64,
}

/// Tells of each put that is acknowledged.
pub(crate) struct Acknowledged(mpsc::UnboundedReceiver<()>);

impl Acknowledged {
    /// Waits for a put that is acknowledged from now on.
    pub(crate) async fn next(&mut self) {
        while self.0.try_recv().is_ok() {}
        self.0.recv().await.expect("the clients hold the other end");
    }
}

/// The key of a client.
pub(crate) fn key(client: usize) -> Vec<u8> {
    format!("client-{client}").into()
}

impl History {
    pub(crate) fn new() -> (Self, Acknowledged) {
        let (acknowledged, heard) = mpsc::unbounded();
        let versions = Arc::new(Mutex::new(vec![Versions::default(); CLIENTS]));
        let history = Self {
            versions,
            acknowledged,
        };
        (history, Acknowledged(heard))
    }

    /// The next version of a client's key: about to be put.
    pub(crate) fn attempt(&self, client: usize) -> u64 {
        let versions = &mut self.lock()[client];
        versions.attempted += 1;
        versions.attempted
    }

    pub(crate) fn acknowledge(&self, client: usize, version: u64) {
        let versions = &mut self.lock()[client];
        versions.acknowledged.push(version);
        versions.settled = versions.settled.max(version);
        // Nobody hears it when the run ends.
        let _ = self.acknowledged.unbounded_send(());
    }

    /// How many puts of each client were acknowledged.
    pub(crate) fn counts(&self) -> Vec<usize> {
        let versions = self.lock();
        versions.iter().map(|one| one.acknowledged.len()).collect()
    }

    /// The version of a client's key that a get which begins now must not fall behind.
    pub(crate) fn settled(&self, client: usize) -> u64 {
        self.lock()[client].settled
    }

    /// A get has returned `bytes`, before which version `settled` was settled.
    pub(crate) fn check_read(&self, client: usize, settled: u64, bytes: Option<&[u8]>) {
        let versions = &mut self.lock()[client];
        let read = bytes.map_or(Some(0), |bytes| value::version(client, bytes));
        let Some(read) = read else {
            panic!("client {client}: read what nobody put: {}", excerpt(bytes));
        };
        let attempted = versions.attempted;
        assert!(
            (settled..=attempted).contains(&read),
            "client {client}: read version {read}; {settled} was acknowledged or read before, \
             {attempted} is the last that was put"
        );
        versions.settled = versions.settled.max(read);
    }

    /// Every log is the same, holds nothing that nobody put, and has every acknowledged put in its
    /// order.
    pub(crate) fn check_logs(&self, logs: &[Vec<Arc<Record>>]) {
        for (client, versions) in self.lock().iter().enumerate() {
            for (place, log) in logs.iter().enumerate() {
                let kept = effective(log, client);
                let lost = versions.acknowledged.iter().find(|put| !kept.contains(put));
                assert_eq!(
                    lost,
                    None,
                    "lost by server {}, of client {client}",
                    place + 1
                );
            }
        }
        for (place, log) in logs.iter().enumerate() {
            assert!(*log == logs[0], "servers 1 and {} differ", place + 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Versions>> {
        self.versions.lock().expect("no holder panics")
    }
}

/// The versions of a client's key that a log gives it, one after the other. What comes later than a
/// higher version is a repetition, and has no effect.
fn effective(log: &[Arc<Record>], client: usize) -> Vec<u64> {
    let key = key(client);
    let puts = log.iter().filter_map(|record| match &record.change {
        Change::Put(put) if put.key == key => Some(&put.value),
        Change::Put(_) | Change::Opened => None,
    });
    puts.fold(Vec::new(), |mut kept, bytes| {
        let Some(version) = value::version(client, bytes) else {
            panic!(
                "client {client}: logged what nobody put: {}",
                excerpt(Some(bytes))
            );
        };
        if kept.last().is_none_or(|last| *last < version) {
            kept.push(version);
        }
        kept
    })
}

fn excerpt(bytes: Option<&[u8]>) -> String {
    let bytes = bytes.unwrap_or_default();
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]);
    format!("{} bytes that begin {head:?}", bytes.len())
}
