//! The operator: promotes servers, sees servers crash and wires cut, and repairs what is broken.

use crate::{cluster::Cluster, history::Acknowledged};
use runtime_deterministic::{Context, Crash};
use runtime_traits::{Clock, Random};
use std::{sync::Arc, time::Duration};
use store::{Client, Record, Role, Status};

/// For a put to be acknowledged while a majority and a primary are up.
const PUT_LIMIT: Duration = Duration::from_secs(3);
/// For a promotion that may fail.
const IMPATIENCE: Duration = Duration::from_millis(20);
/// For all servers to hear of a primary.
const FOLLOW_LIMIT: Duration = Duration::from_secs(2);
/// Promotions before a repair is given up.
const REPAIRS: usize = 3;
/// For all logs to become one.
const LOGS_LIMIT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Operator {
    context: Context,
    cluster: Cluster,
    acknowledged: Acknowledged,
    /// The server that was promoted last.
    primary: u16,
}

impl Operator {
    pub(crate) fn new(context: Context, cluster: Cluster, acknowledged: Acknowledged) -> Self {
        Self {
            context,
            cluster,
            acknowledged,
            primary: 0,
        }
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.context.next_u64() % (most - least + 1)
    }

    /// A few faults, at moments that nobody chose; then a majority is up and has a primary.
    pub(crate) async fn trouble(&mut self) {
        for _ in 0..self.between(1, 4) {
            self.fault().await;
            self.pause().await;
        }
        self.cluster.mend();
        while self.cluster.servers(true).len() < 2 {
            self.restart_any();
        }
        self.promote_any().await;
    }

    /// Everything is up again, and has a primary that all servers follow. Where that cannot be had,
    /// the clients' puts and the logs tell why.
    pub(crate) async fn repair(&mut self) {
        self.cluster.mend();
        while self.restart_any() {}
        for _ in 0..REPAIRS {
            self.promote_any().await;
            if self.is_followed_soon().await {
                return;
            }
        }
    }

    /// Promotes a server that is up, perhaps the one that is primary.
    pub(crate) async fn promote_any(&mut self) {
        let server = self.any(self.cluster.servers(true));
        let server = server.expect("a majority is up");
        self.primary = server;
        let mut client = self.client(server);
        let promoted = client.promote(self.cluster.address(server)).await;
        promoted.expect("a majority is up");
    }

    /// Waits until so many more puts are acknowledged.
    pub(crate) async fn expect_puts(&mut self, count: usize) {
        for number in 1..=count {
            while !self.next_put(PUT_LIMIT).await {
                let replaced = self.replace_missing_primary().await;
                assert!(
                    replaced,
                    "put {number} of {count} not acknowledged within {PUT_LIMIT:?}"
                );
            }
        }
    }

    /// The logs of all servers, once they are the same.
    pub(crate) async fn logs(&mut self) -> Vec<Vec<Arc<Record>>> {
        let end = self.context.monotonic() + LOGS_LIMIT;
        loop {
            let mut logs = Vec::new();
            for server in self.cluster.servers(true) {
                let log = self
                    .client(server)
                    .records(self.cluster.address(server))
                    .await;
                logs.push(log.expect("a server that is up"));
            }
            if logs.iter().all(|log| *log == logs[0]) || self.context.monotonic() > end {
                return logs;
            }
            self.context.sleep(LOOK_AGAIN).await;
        }
    }

    /// Promotes a server if there is no primary; says whether there was none.
    ///
    /// A promotion that failed half-way leaves a later epoch behind on its server. When that server
    /// is met again the primary gives way, and only an operator can say to whom.
    async fn replace_missing_primary(&mut self) -> bool {
        let statuses = self.statuses().await;
        let missing = statuses.iter().all(|status| status.role != Role::Primary);
        if missing {
            self.promote_any().await;
        }
        missing
    }

    async fn is_followed_soon(&self) -> bool {
        let end = self.context.monotonic() + FOLLOW_LIMIT;
        while self.context.monotonic() < end {
            if self.is_followed().await {
                return true;
            }
            self.context.sleep(LOOK_AGAIN).await;
        }
        false
    }

    /// Whether there is one primary, and all servers that are up are in its epoch.
    async fn is_followed(&self) -> bool {
        let statuses = self.statuses().await;
        let primary = statuses.iter().find(|status| status.role == Role::Primary);
        primary.is_some_and(|primary| statuses.iter().all(|status| status.epoch == primary.epoch))
    }

    async fn statuses(&self) -> Vec<Status> {
        let mut statuses = Vec::new();
        for server in self.cluster.servers(true) {
            let mut client = self.client(server);
            let status = client.status(self.cluster.address(server)).await;
            statuses.push(status.expect("a server that is up"));
        }
        statuses
    }

    pub(crate) async fn stop(&self) {
        self.cluster.stop(&self.context).await;
    }

    async fn fault(&mut self) {
        match self.between(0, 7) {
            0..=1 => self.cut_power().await,
            2..=3 => self.crash_any(),
            4 => {
                self.restart_any();
            }
            _ => self.split().await,
        }
    }

    /// All servers go down at one moment, the worst one: when a put has just been acknowledged.
    async fn cut_power(&mut self) {
        self.next_put(LONGEST_PAUSE).await;
        for server in self.cluster.servers(true) {
            self.cluster.crash(server, Crash::Reset);
        }
    }

    fn crash_any(&mut self) {
        let crash = match self.between(0, 3) {
            0 => Crash::Silent,
            _ => Crash::Reset,
        };
        if let Some(server) = self.any(self.cluster.servers(true)) {
            self.cluster.crash(server, crash);
        }
    }

    /// Whether there was one to restart. The last primary comes last, so that it matters what the
    /// others have on their disks.
    fn restart_any(&mut self) -> bool {
        let mut down = self.cluster.servers(false);
        if down.len() > 1 {
            down.retain(|server| *server != self.primary);
        }
        let server = self.any(down);
        if let Some(server) = server {
            self.cluster.restart(server);
        }
        server.is_some()
    }

    /// Two servers do not reach each other any more, but clients reach both. One is promoted; if
    /// the other one was primary, it does not hear of it.
    async fn split(&mut self) {
        let ends = self.cluster.cut(self.between(1, 3) as u16);
        self.pause().await;
        let server = ends[self.between(0, 1) as usize];
        self.primary = server;
        let mut client = self.client(server).with_limit(IMPATIENCE);
        match client.promote(self.cluster.address(server)).await {
            Ok(_) | Err(store::Error::Unavailable(..)) => {}
            Err(error) => panic!("promote: {error}"),
        }
    }

    fn client(&self, server: u16) -> Client<Context> {
        let address = self.cluster.address(server);
        Client::new(self.context.clone(), &[address]).expect("there is a server")
    }

    fn any(&self, servers: Vec<u16>) -> Option<u16> {
        let last = servers.len().checked_sub(1)?;
        Some(servers[self.between(0, last as u64) as usize])
    }

    async fn pause(&mut self) {
        let longest = LONGEST_PAUSE.as_micros() as u64;
        let pause = Duration::from_micros(self.between(0, longest));
        self.context.sleep(pause).await;
    }

    /// Waits until a put is acknowledged, or the limit has passed.
    async fn next_put(&mut self, limit: Duration) -> bool {
        let next = self.acknowledged.next();
        self.context.timeout(limit, next).await.is_ok()
    }
}
