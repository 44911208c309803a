//! What goes wrong: crashes at the worst moments, and promotions behind a primary's back.

use crate::operator::Operator;
use runtime_deterministic::Crash;
use runtime_traits::{Clock, Spawner};
use std::time::Duration;
use store::{Client, Epoch};

/// For a promotion that may fail.
const IMPATIENCE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// About as long as it takes from one message to what it causes on another server's disk.
const MOMENT: Duration = Duration::from_millis(2);
/// Within which a promotion reaches another server.
const COUP: Duration = Duration::from_millis(20);
/// Between two looks at a server.
const GLANCE: Duration = Duration::from_micros(100);
/// For clients to leave a primary that answers no more.
const EXILE: Duration = Duration::from_secs(1);

impl Operator {
    /// A few faults, at moments that nobody chose; then a majority is up and has a primary.
    pub(crate) async fn trouble(&mut self) {
        match self.between(0, 3) {
            0..=1 => self.coup().await,
            2 => self.exile().await,
            _ => {}
        }
        for _ in 0..self.between(1, 3) {
            self.fault().await;
            self.pause(LONGEST_PAUSE).await;
        }
        self.cluster.mend();
        while self.cluster.servers(true).len() < 2 {
            self.restart_any();
        }
        self.promote_any().await;
    }

    async fn fault(&mut self) {
        match self.between(0, 8) {
            0..=2 => self.cut_power().await,
            3..=4 => self.crash_any(),
            5 => {
                self.restart_any();
            }
            _ => self.split().await,
        }
    }

    /// All servers go down at one moment: when a put has just been acknowledged, or a little later,
    /// in the middle of writes.
    async fn cut_power(&mut self) {
        self.next_put(LONGEST_PAUSE).await;
        if self.between(0, 1) == 0 {
            self.pause(MOMENT).await;
        }
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

    /// Two servers do not reach each other any more, but clients reach both. One is promoted; if
    /// the other one was primary, it does not hear of it.
    async fn split(&mut self) {
        let one = self.between(1, 3) as u16;
        let ends = [one, one % 3 + 1];
        self.cluster.part(ends[0], ends[1]);
        self.pause(LONGEST_PAUSE).await;
        self.primary = ends[self.between(0, 1) as usize];
        self.promote_impatiently(self.primary, IMPATIENCE).await;
    }

    /// A server is promoted, most often while the primary does not reach the others. Once one of
    /// them has heard of it there are crashes; who crashed is back at once, must still know what it
    /// promised a moment ago, and hears from old and new primary.
    async fn coup(&mut self) {
        while self.restart_any() {}
        self.next_put(LONGEST_PAUSE).await;
        let usurper = self.another();
        let witness = 6 - self.primary - usurper;
        for other in [usurper, witness] {
            if self.between(0, 3) > 0 {
                self.cluster.part(self.primary, other);
            }
        }
        let before = self.epoch_of(witness).await;
        let promotion = self.promote_impatiently(usurper, IMPATIENCE);
        let promotion = self.context.spawn("promotion", promotion);
        let end = self.context.monotonic() + COUP;
        while self.context.monotonic() < end && self.epoch_of(witness).await == before {
            self.context.sleep(GLANCE).await;
        }
        self.pause(2 * MOMENT).await;
        self.crash_some(usurper, witness).await;
        if self.between(0, 1) == 0 {
            // What was begun goes on without the server that began it.
            self.cluster.mend();
            self.cluster.part(usurper, self.primary);
            self.cluster.part(usurper, witness);
            self.next_put(EXILE).await;
        }
        self.primary = usurper;
        promotion.await.expect("it does not panic");
    }

    /// Most often the server crashes that both primaries need.
    async fn crash_some(&mut self, usurper: u16, witness: u16) {
        let victims = match self.between(0, 7) {
            0 => vec![usurper],
            1 => vec![self.primary],
            2..=3 => vec![self.primary, usurper, witness],
            _ => vec![witness],
        };
        for victim in &victims {
            self.cluster.crash(*victim, Crash::Reset);
        }
        self.pause(MOMENT).await;
        for victim in victims {
            self.cluster.restart(victim);
        }
    }

    /// The primary reaches no other server, but its clients do not know, and another one is
    /// promoted.
    async fn exile(&mut self) {
        while self.restart_any() {}
        let exiled = self.primary;
        let heir = self.another();
        self.cluster.part(exiled, heir);
        self.cluster.part(exiled, 6 - exiled - heir);
        self.primary = heir;
        self.promote_impatiently(heir, IMPATIENCE).await;
        self.pause(EXILE).await;
        self.next_put(EXILE).await;
    }

    /// The latest epoch that a server has heard of, seen from its own host, where that takes no
    /// time; `None` while it does not answer.
    async fn epoch_of(&self, server: u16) -> Option<Epoch> {
        let (inside, address) = (self.cluster.context(server), self.cluster.address(server));
        let mut client = Client::new(inside, &[address]).expect("there is a server");
        let status = client.status(address).await.ok();
        status.map(|status| status.epoch)
    }

    /// A server that was not promoted last.
    fn another(&self) -> u16 {
        (self.primary + self.between(0, 1) as u16) % 3 + 1
    }
}
