//! The operator: promotes servers, and repairs what is broken. What breaks is in `trouble`.

use crate::{
    client::{CLIENTS, Clients, get},
    cluster::Cluster,
    history::{Acknowledged, History},
};
use runtime_deterministic::Context;
use runtime_traits::{Clock, Random};
use std::{sync::Arc, time::Duration};
use store::{Client, Record, Role, Status};

/// For a put to be acknowledged while a majority and a primary are up.
const PUT_LIMIT: Duration = Duration::from_secs(3);
/// For every client to have a put acknowledged, once all servers are up.
const EVERYONE_LIMIT: Duration = Duration::from_secs(5);
/// For all servers to hear of a primary.
const FOLLOW_LIMIT: Duration = Duration::from_secs(2);
/// Promotions before a repair is given up.
const REPAIRS: usize = 3;
/// For all logs to become one.
const LOGS_LIMIT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

pub(crate) struct Operator {
    pub(crate) context: Context,
    pub(crate) cluster: Cluster,
    acknowledged: Acknowledged,
    /// The server that was promoted last.
    pub(crate) primary: u16,
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

    /// Some servers have slow disks.
    pub(crate) fn slow_down_some(&self) {
        let slow = self.cluster.ids().filter(|_| self.between(0, 1) == 0);
        slow.for_each(|server| self.cluster.slow_down(server));
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

    /// Promotes a server that may be down, or not reach the others.
    pub(crate) fn promote_impatiently(
        &self,
        server: u16,
        limit: Duration,
    ) -> impl Future<Output = ()> + Send + use<> {
        let mut client = self.client(server).with_limit(limit);
        let address = self.cluster.address(server);
        async move {
            match client.promote(address).await {
                Ok(_) | Err(store::Error::Unavailable(..)) => {}
                Err(error) => panic!("promote: {error}"),
            }
        }
    }

    pub(crate) async fn pause(&self, longest: Duration) {
        let pause = self.between(0, longest.as_micros() as u64);
        self.context.sleep(Duration::from_micros(pause)).await;
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

    /// Waits until every client has had a put acknowledged from now on.
    pub(crate) async fn expect_everyone(&mut self, history: &History) {
        let before = history.counts();
        let end = self.context.monotonic() + EVERYONE_LIMIT;
        loop {
            let now = history.counts();
            let left = (0..CLIENTS).filter(|client| now[*client] == before[*client]);
            let left: Vec<_> = left.collect();
            if left.is_empty() {
                return;
            }
            let late = self.context.monotonic() > end;
            assert!(
                !late,
                "clients {left:?} get nothing through within {EVERYONE_LIMIT:?}"
            );
            self.expect_puts(1).await;
        }
    }

    /// Gets every key, from the primary that there is now.
    pub(crate) async fn read_all(&self, history: &History) {
        let mut client = self.client(self.primary);
        for id in 0..CLIENTS {
            assert!(
                get(&mut client, id, history).await,
                "a get of client {id}'s key"
            );
        }
    }

    /// The logs of all servers, once they are the same.
    pub(crate) async fn logs(&mut self) -> Vec<Vec<Arc<Record>>> {
        let end = self.context.monotonic() + LOGS_LIMIT;
        loop {
            let late = self.context.monotonic() > end;
            let logs = self.log_of_each().await;
            let same = |logs: &Vec<Vec<_>>| logs.iter().all(|log| *log == logs[0]);
            match logs {
                Ok(logs) if late || same(&logs) => return logs,
                Err(error) if late => panic!("a server that is up: {error}"),
                _ => self.context.sleep(LOOK_AGAIN).await,
            }
        }
    }

    async fn log_of_each(&self) -> Result<Vec<Vec<Arc<Record>>>, store::Error> {
        let mut logs = Vec::new();
        for server in self.cluster.ids() {
            let mut client = self.client(server);
            logs.push(client.records(self.cluster.address(server)).await?);
        }
        Ok(logs)
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
        if statuses.len() < self.cluster.ids().count() {
            return false;
        }
        let primary = statuses.iter().find(|status| status.role == Role::Primary);
        primary.is_some_and(|primary| statuses.iter().all(|status| status.epoch == primary.epoch))
    }

    /// What those servers say of themselves that answer.
    async fn statuses(&self) -> Vec<Status> {
        let mut statuses = Vec::new();
        for server in self.cluster.servers(true) {
            let mut client = self.client(server);
            statuses.extend(client.status(self.cluster.address(server)).await);
        }
        statuses
    }

    /// The clients end, all keys can be read and all logs are the same, and the servers stop.
    pub(crate) async fn end(mut self, clients: Clients, history: &History) {
        clients.finish().await;
        self.promote_any().await;
        self.read_all(history).await;
        history.check_logs(&self.logs().await);
        self.cluster.stop().await;
    }

    /// Whether there was one to restart. The last primary comes last, so that it matters what the
    /// others have on their disks.
    pub(crate) fn restart_any(&mut self) -> bool {
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

    pub(crate) fn client(&self, server: u16) -> Client<Context> {
        let address = self.cluster.address(server);
        Client::new(self.context.clone(), &[address]).expect("there is a server")
    }

    pub(crate) fn any(&self, servers: Vec<u16>) -> Option<u16> {
        let last = servers.len().checked_sub(1)?;
        Some(servers[self.between(0, last as u64) as usize])
    }

    /// Waits until a put is acknowledged, or the limit has passed.
    pub(crate) async fn next_put(&mut self, limit: Duration) -> bool {
        let next = self.acknowledged.next();
        self.context.timeout(limit, next).await.is_ok()
    }
}
