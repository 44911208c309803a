//! Connections that wait for requests, and requests that wait for connections. It knows no task, no
//! waker, no lock and no clock: who is to be told, and what is to be dropped, it hands out.

#[cfg(test)]
mod tests;

use super::request::Origin;
use std::{collections::BTreeMap, mem, time::Duration};

/// What a pool is asked to keep.
pub(crate) trait Reusable: Sized {
    /// Whether a request can be sent on it now.
    fn is_open(&self) -> bool;

    /// The same once more, where it carries many requests at once.
    fn share(&self) -> Option<Self>;
}

/// What a pool was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Whether one connection is enough for all who wait.
    pub(crate) shared: bool,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_idle: usize,
}

/// Connections `T`, requests `W` that wait for one, and dials `D` that will bring one.
pub(crate) struct Pool<T, W, D> {
    limits: Limits,
    places: BTreeMap<Origin, Place<T, W, D>>,
    tickets: u64,
    /// Whether somebody comes to close what expires.
    watched: bool,
}

/// What there is of one origin.
struct Place<T, W, D> {
    /// Those that were used last come last.
    idle: Vec<Idle<T>>,
    /// By their tickets: who waits longest comes first.
    waiting: BTreeMap<u64, W>,
    /// By the ticket of the request that asked for it. Where connections are shared there is one at
    /// most, for all who wait; else each is its own request's, until that is served by another.
    dials: BTreeMap<u64, Option<D>>,
}

struct Idle<T> {
    since: Duration,
    connection: T,
}

/// A new ticket, and whether its holder has to dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) number: u64,
    pub(crate) dials: bool,
}

/// Where a connection goes.
pub(crate) struct Given<T, W> {
    /// To whom, by their tickets.
    pub(crate) to: Vec<(u64, W, T)>,
    /// There was no room for it.
    pub(crate) surplus: Option<T>,
}

impl<T: Reusable, W, D> Pool<T, W, D> {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            places: BTreeMap::new(),
            tickets: 0,
            watched: false,
        }
    }

    /// The connection that was used last, and those that turned out to be closed or too old.
    pub(crate) fn take(&mut self, origin: &Origin, now: Duration) -> (Option<T>, Vec<T>) {
        let (mut taken, mut stale) = (None, Vec::new());
        let Some(place) = self.places.get_mut(origin) else {
            return (taken, stale);
        };
        while let Some(idle) = place.idle.pop() {
            if !idle.connection.is_open() || self.limits.has_expired(idle.since, now) {
                stale.push(idle.connection);
                continue;
            }
            if let Some(connection) = idle.connection.share() {
                let since = now;
                place.idle.push(Idle { since, connection });
            }
            taken = Some(idle.connection);
            break;
        }
        self.forget_empty(origin);
        (taken, stale)
    }

    /// Somebody waits for a connection: for the own one, or one that becomes free before.
    pub(crate) fn wait(&mut self, origin: &Origin, waiter: W) -> Ticket {
        self.tickets += 1;
        let number = self.tickets;
        let shared = self.limits.shared;
        let place = self.place(origin);
        place.waiting.insert(number, waiter);
        let dials = !shared || place.dials.is_empty();
        if dials {
            place.dials.insert(number, None);
        }
        Ticket { number, dials }
    }

    /// The dial of this ticket is under way. Comes back when it is over already.
    pub(crate) fn dials(&mut self, origin: &Origin, ticket: u64, dial: D) -> Option<D> {
        let place = self.places.get_mut(origin);
        match place.and_then(|place| place.dials.get_mut(&ticket)) {
            Some(place) => place.replace(dial),
            None => Some(dial),
        }
    }

    /// The dial of this ticket has brought a connection: for who asked for it first. That of one that
    /// was given up is surplus, since its end is on its way.
    pub(crate) fn dialled(
        &mut self,
        origin: &Origin,
        ticket: u64,
        connection: T,
        now: Duration,
    ) -> (Given<T, W>, Option<D>) {
        match self.place(origin).dials.remove(&ticket) {
            Some(dial) => (self.give(origin, Some(ticket), connection, now), dial),
            None => {
                self.forget_empty(origin);
                let (to, surplus) = (Vec::new(), Some(connection));
                (Given { to, surplus }, None)
            }
        }
    }

    /// A connection can be used: by all who wait, or by the one who waits longest.
    pub(crate) fn put(&mut self, origin: &Origin, connection: T, now: Duration) -> Given<T, W> {
        self.give(origin, None, connection, now)
    }

    fn give(
        &mut self,
        origin: &Origin,
        first: Option<u64>,
        connection: T,
        now: Duration,
    ) -> Given<T, W> {
        let max_idle = self.limits.max_idle;
        let place = self.place(origin);
        let mut to = Vec::new();
        let mut left = Some(connection);
        while let Some(connection) = left.take() {
            let Some((ticket, waiter)) = place.next(first) else {
                left = Some(connection);
                break;
            };
            left = connection.share();
            to.push((ticket, waiter, connection));
        }
        if place.idle.len() < max_idle
            && let Some(connection) = left.take()
        {
            let since = now;
            place.idle.push(Idle { since, connection });
        }
        self.forget_empty(origin);
        let surplus = left;
        Given { to, surplus }
    }

    /// The dial of this ticket has failed: who asked for it is told, and who shares it.
    pub(crate) fn failed(&mut self, origin: &Origin, ticket: u64) -> (Vec<W>, Option<D>) {
        let shared = self.limits.shared;
        let place = self.place(origin);
        let dial = place.dials.remove(&ticket);
        let told = match (&dial, shared) {
            // One that was given up was nobody's.
            (None, _) => Vec::new(),
            (Some(_), true) => mem::take(&mut place.waiting).into_values().collect(),
            (Some(_), false) => place.waiting.remove(&ticket).into_iter().collect(),
        };
        self.forget_empty(origin);
        (told, dial.flatten())
    }

    /// Somebody waits no more. The dial is given up that was for nobody else.
    pub(crate) fn leave(&mut self, origin: &Origin, ticket: u64) -> (Option<W>, Option<D>) {
        let shared = self.limits.shared;
        let place = self.place(origin);
        let waiter = place.waiting.remove(&ticket);
        let given_up = match shared {
            // Who was served leaves nothing: the own dial goes on, and into the pool.
            _ if waiter.is_none() => None,
            false => place.dials.remove(&ticket),
            true if place.waiting.is_empty() => place.dials.pop_first().map(|(_, dial)| dial),
            true => None,
        };
        self.forget_empty(origin);
        (waiter, given_up.flatten())
    }

    /// All dials that are under way, which nobody will need any more.
    pub(crate) fn close(&mut self) -> Vec<D> {
        let places = self.places.values_mut();
        let dials = places.flat_map(|place| mem::take(&mut place.dials).into_values());
        dials.flatten().collect()
    }

    /// Whether somebody has to begin to come when something expires: there is something, and nobody
    /// does.
    pub(crate) fn watch(&mut self) -> bool {
        let begins = !self.watched && self.next_expiry().is_some();
        self.watched |= begins;
        begins
    }

    /// What has expired, and when to come again; never, when nothing is left.
    pub(crate) fn expire(&mut self, now: Duration) -> (Vec<T>, Option<Duration>) {
        let limits = self.limits;
        let mut expired = Vec::new();
        self.places.retain(|_, place| {
            let idle = mem::take(&mut place.idle).into_iter();
            let (old, rest) = idle.partition(|idle| {
                !idle.connection.is_open() || limits.has_expired(idle.since, now)
            });
            place.idle = rest;
            let old: Vec<Idle<T>> = old;
            expired.extend(old.into_iter().map(|idle| idle.connection));
            !place.is_empty()
        });
        let next = self.next_expiry();
        self.watched = next.is_some();
        (expired, next)
    }

    fn next_expiry(&self) -> Option<Duration> {
        let idle = self.places.values().flat_map(|place| &place.idle);
        let expiries = idle.filter_map(|idle| self.limits.expires(idle.since));
        expiries.min()
    }

    fn place(&mut self, origin: &Origin) -> &mut Place<T, W, D> {
        self.places.entry(origin.clone()).or_default()
    }

    fn forget_empty(&mut self, origin: &Origin) {
        if self.places.get(origin).is_some_and(Place::is_empty) {
            self.places.remove(origin);
        }
    }
}

impl Limits {
    fn expires(&self, since: Duration) -> Option<Duration> {
        since.checked_add(self.idle_timeout?)
    }

    fn has_expired(&self, since: Duration, now: Duration) -> bool {
        self.expires(since).is_some_and(|expiry| expiry <= now)
    }
}

impl<T, W, D> Place<T, W, D> {
    /// This one, else who waits longest.
    fn next(&mut self, first: Option<u64>) -> Option<(u64, W)> {
        let first = first.and_then(|ticket| self.waiting.remove_entry(&ticket));
        first.or_else(|| self.waiting.pop_first())
    }

    fn is_empty(&self) -> bool {
        self.idle.is_empty() && self.waiting.is_empty() && self.dials.is_empty()
    }
}

impl<T, W, D> Default for Place<T, W, D> {
    fn default() -> Self {
        Self {
            idle: Vec::new(),
            waiting: BTreeMap::new(),
            dials: BTreeMap::new(),
        }
    }
}
