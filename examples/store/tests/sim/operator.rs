//! The operator: promotes servers, sees them crash, and restarts them.

use crate::{cluster::Cluster, history::History};
use runtime_deterministic::{Context, Crash};
use runtime_traits::{Clock, Random};
use std::{sync::Arc, time::Duration};
use store::{Client, Record};

/// For puts to be acknowledged while a majority and a primary are up.
const PUTS_LIMIT: Duration = Duration::from_secs(10);
/// For all logs to become one.
const LOGS_LIMIT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_micros(500);
const LONGEST_PAUSE_MICROS: u64 = 4000;

pub(crate) struct Operator {
    context: Context,
    cluster: Cluster,
    history: History,
    client: Client<Context>,
}

impl Operator {
    pub(crate) fn new(context: Context, cluster: Cluster, history: History) -> Self {
        let client = Client::new(context.clone(), &cluster.servers());
        Self {
            client: client.expect("there are servers"),
            context,
            cluster,
            history,
        }
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.context.next_u64() % (most - least + 1)
    }

    /// A few faults, at moments that nobody chose; then a majority is up and has a primary.
    pub(crate) async fn trouble(&mut self) {
        for _ in 0..self.between(0, 4) {
            self.pause().await;
            self.fault();
        }
        self.pause().await;
        while self.cluster.places(true).len() < 2 {
            self.restart_any();
        }
        self.promote_any().await;
    }

    /// Everything is up again, and has a primary.
    pub(crate) async fn repair(&mut self) {
        while self.restart_any() {}
        self.promote_any().await;
    }

    /// Promotes a server that is up, perhaps the one that is primary.
    pub(crate) async fn promote_any(&mut self) {
        let place = self.any(&self.cluster.places(true));
        let server = self.cluster.servers()[place.expect("a majority is up")];
        let promoted = self.client.promote(server).await;
        promoted.expect("a majority is up");
    }

    /// Waits until the clients have so many more puts acknowledged.
    pub(crate) async fn expect_puts(&self, count: usize) {
        let before = self.history.count();
        let start = self.context.monotonic();
        while self.history.count() < before + count {
            let waited = self.context.monotonic() - start;
            let done = self.history.count() - before;
            assert!(waited < PUTS_LIMIT, "{done} of {count} puts in {waited:?}");
            self.context.sleep(LOOK_AGAIN).await;
        }
    }

    /// The logs of all servers, once they are the same.
    pub(crate) async fn logs(&mut self) -> Vec<Vec<Arc<Record>>> {
        let start = self.context.monotonic();
        loop {
            let mut logs = Vec::new();
            for server in self.cluster.servers() {
                let log = self.client.records(server).await;
                logs.push(log.expect("every server is up"));
            }
            let waited = self.context.monotonic() - start;
            if logs.iter().all(|log| *log == logs[0]) || waited > LOGS_LIMIT {
                return logs;
            }
            self.context.sleep(LOOK_AGAIN).await;
        }
    }

    pub(crate) async fn stop(&self) {
        self.cluster.stop(&self.context).await;
    }

    fn fault(&mut self) {
        match self.between(0, 5) {
            0 => self.cut_power(),
            1..=3 => self.crash_any(),
            _ => {
                self.restart_any();
            }
        }
    }

    /// All servers go down at one moment.
    fn cut_power(&mut self) {
        for place in self.cluster.places(true) {
            self.cluster.crash(place, Crash::Silent);
        }
    }

    fn crash_any(&mut self) {
        let crash = match self.between(0, 1) {
            0 => Crash::Reset,
            _ => Crash::Silent,
        };
        if let Some(place) = self.any(&self.cluster.places(true)) {
            self.cluster.crash(place, crash);
        }
    }

    /// Whether there was one to restart.
    fn restart_any(&mut self) -> bool {
        let down = self.any(&self.cluster.places(false));
        if let Some(place) = down {
            self.cluster.restart(place);
        }
        down.is_some()
    }

    fn any(&self, places: &[usize]) -> Option<usize> {
        let last = places.len().checked_sub(1)?;
        Some(places[self.between(0, last as u64) as usize])
    }

    async fn pause(&self) {
        let pause = Duration::from_micros(self.between(0, LONGEST_PAUSE_MICROS));
        self.context.sleep(pause).await;
    }
}
