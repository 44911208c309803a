//! A hall that many ask at once, by a runtime's clock. It knows no protocol.

use crate::hall::{Hall, Refusal, Seat};
use futures::{
    Stream, StreamExt,
    channel::mpsc::{UnboundedSender, unbounded},
    stream,
};
use runtime_traits::Runtime;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A hall with its clock. Clones sell the same seats.
#[derive(Clone)]
pub(crate) struct Office<R> {
    runtime: R,
    books: Arc<Mutex<Books>>,
}

struct Books {
    hall: Hall,
    /// In the order of the sales.
    sold: Vec<(u32, String)>,
    watchers: Vec<UnboundedSender<(u32, String)>>,
}

impl<R: Runtime> Office<R> {
    pub(crate) fn new(runtime: R, seats: u32) -> Self {
        let books = Books {
            hall: Hall::new(seats),
            sold: Vec::new(),
            watchers: Vec::new(),
        };
        let books = Arc::new(Mutex::new(books));
        Self { runtime, books }
    }

    pub(crate) fn seats(&self) -> Vec<Seat> {
        let now = self.now();
        self.books().hall.seats(now)
    }

    pub(crate) fn seat(&self, seat: u32) -> Result<Seat, Refusal> {
        let now = self.now();
        self.books().hall.seat(seat, now)
    }

    pub(crate) fn hold(&self, seat: u32, by: &str) -> Result<(), Refusal> {
        let now = self.now();
        self.books().hall.hold(seat, by, now)
    }

    pub(crate) fn buy(&self, seat: u32, by: &str) -> Result<(), Refusal> {
        let now = self.now();
        let mut books = self.books();
        if books.hall.buy(seat, by, now)? {
            let sale = (seat, by.to_owned());
            books.sold.push(sale.clone());
            books
                .watchers
                .retain(|watcher| watcher.unbounded_send(sale.clone()).is_ok());
        }
        Ok(())
    }

    /// All sales, those that were and those to come, until the runtime is told to stop: a stream
    /// without an end would keep its server from ending.
    pub(crate) fn watch(&self) -> impl Stream<Item = (u32, String)> + Send + use<R> {
        let (watcher, sales) = unbounded();
        let mut books = self.books();
        books.watchers.push(watcher);
        let sold = stream::iter(books.sold.clone());
        sold.chain(sales).take_until(self.runtime.stopped())
    }

    fn now(&self) -> Duration {
        self.runtime.monotonic()
    }

    /// A sale is one change of the hall and one of the list, neither of which panics half-way.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
