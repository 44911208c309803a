//! What clients asked and were told, and what must therefore be so.

use futures::channel::mpsc;
use std::sync::{Arc, Mutex, MutexGuard};
use store::{Change, Record};

/// What was put, by whom. Clones share it.
///
/// Each client has one key, and puts the versions 1, 2, 3 … of it.
#[derive(Clone)]
pub(crate) struct History {
    versions: Arc<Mutex<Vec<Versions>>>,
    acknowledged: mpsc::UnboundedSender<()>,
}

#[derive(Clone, Default)]
struct Versions {
    attempted: u64,
    acknowledged: Vec<u64>,
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
    pub(crate) fn new(clients: usize) -> (Self, Acknowledged) {
        let (acknowledged, heard) = mpsc::unbounded();
        let versions = Arc::new(Mutex::new(vec![Versions::default(); clients]));
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
        self.lock()[client].acknowledged.push(version);
        // Nobody hears it when the run ends.
        let _ = self.acknowledged.unbounded_send(());
    }

    /// The last version of a client's key that was acknowledged; 0 before the first.
    pub(crate) fn acknowledged(&self, client: usize) -> u64 {
        let last = self.lock()[client].acknowledged.last().copied();
        last.unwrap_or(0)
    }

    /// A get that began when version `acknowledged` was the last one acknowledged has returned.
    pub(crate) fn check_read(&self, client: usize, acknowledged: u64, value: Option<&[u8]>) {
        let attempted = self.lock()[client].attempted;
        let read = value.map_or(0, version);
        assert!(
            (acknowledged..=attempted).contains(&read),
            "client {client}: read version {read}; {acknowledged} was acknowledged before, \
             {attempted} is the last that was put"
        );
    }

    /// Every log is the same, and has every acknowledged put in its order.
    pub(crate) fn check_logs(&self, logs: &[Vec<Arc<Record>>]) {
        for (client, versions) in self.lock().iter().enumerate() {
            for (place, log) in logs.iter().enumerate() {
                let kept = effective(log, &key(client));
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

/// The versions of a key that a log gives it, one after the other. What comes later than a higher
/// version is a repetition, and has no effect.
fn effective(log: &[Arc<Record>], key: &[u8]) -> Vec<u64> {
    let puts = log.iter().filter_map(|record| match &record.change {
        Change::Put(put) if put.key == key => Some(version(&put.value)),
        Change::Put(_) | Change::Opened => None,
    });
    puts.fold(Vec::new(), |mut kept, version| {
        if kept.last().is_none_or(|last| *last < version) {
            kept.push(version);
        }
        kept
    })
}

fn version(value: &[u8]) -> u64 {
    let text = std::str::from_utf8(value).expect("versions are text");
    text.parse().expect("versions are numbers")
}
