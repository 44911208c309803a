//! Buyers who want a seat, whatever becomes of their requests: they ask again until they know.

use crate::counter::{Answer, Counter, Way};
use runtime_traits::{Random, Runtime};
use std::time::Duration;
use tickets::Refusal;

/// For one answer. Then the buyer asks again.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than a hold, now and then.
const LONGEST_THOUGHT: u64 = 15 * 60;

/// Somebody with a name, who wants as many seats as can be had.
pub(crate) struct Buyer<R: Runtime> {
    runtime: R,
    name: String,
    counter: Counter,
    /// The requests that brought no answer.
    unanswered: u64,
}

/// What a buyer knows in the end.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) name: String,
    pub(crate) bought: Vec<u32>,
    /// The seats that others have bought.
    pub(crate) missed: Vec<u32>,
    pub(crate) unanswered: u64,
}

impl<R: Runtime> Buyer<R> {
    pub(crate) fn new(runtime: R, name: String, base: &str, way: Way) -> Self {
        let counter = Counter::new(&runtime, base, way);
        Self {
            runtime,
            name,
            counter,
            unanswered: 0,
        }
    }

    /// Buys until nothing is left.
    pub(crate) async fn run(mut self, seats: u32) -> Memory {
        let mut left: Vec<u32> = (1..=seats).collect();
        let (mut bought, mut missed) = (Vec::new(), Vec::new());
        while !left.is_empty() {
            let place = below(&self.runtime, left.len() as u64) as usize;
            match self.want(left[place]).await {
                Ok(()) => bought.push(left.swap_remove(place)),
                Err(Refusal::Sold) => missed.push(left.swap_remove(place)),
                // Another holds it, or the thought took too long: perhaps later.
                Err(Refusal::Held | Refusal::NotHeld) => self.pause(60).await,
                Err(Refusal::NoSuchSeat) => panic!("the hall has lost a seat"),
            }
        }
        Memory {
            name: self.name,
            bought,
            missed,
            unanswered: self.unanswered,
        }
    }

    /// Holds a seat, thinks about it, and buys it.
    async fn want(&mut self, seat: u32) -> Result<(), Refusal> {
        self.insist(seat, false).await?;
        if below(&self.runtime, 4) == 0 {
            self.pause(LONGEST_THOUGHT).await;
        }
        self.insist(seat, true).await
    }

    /// Asks until the office has answered. What took effect unknown to the buyer takes effect once.
    async fn insist(&mut self, seat: u32, buy: bool) -> Result<(), Refusal> {
        loop {
            let limited = self.runtime.clone();
            match limited.timeout(PATIENCE, self.ask(seat, buy)).await {
                Ok(Ok(answer)) => return answer,
                Ok(Err(_)) | Err(_) => self.unanswered += 1,
            }
            self.pause(2).await;
        }
    }

    async fn ask(&mut self, seat: u32, buy: bool) -> Answer {
        match buy {
            true => self.counter.buy(seat, &self.name).await,
            false => self.counter.hold(seat, &self.name).await,
        }
    }

    async fn pause(&self, seconds: u64) {
        let millis = below(&self.runtime, seconds * 1000);
        self.runtime.sleep(Duration::from_millis(millis)).await;
    }
}

pub(crate) fn below(random: &impl Random, limit: u64) -> u64 {
    random.next_u64() % limit
}
