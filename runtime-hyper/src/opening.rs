//! The first bytes of a connection at a server, which say what protocol it speaks: hyper's own limits
//! begin when that is known.

#[cfg(test)]
mod tests;

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

/// What HTTP/2 begins with. Whatever differs from it is HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Hears the first bytes of a connection.
#[derive(Debug)]
pub(crate) struct Opening {
    /// What is still to come, if it is HTTP/2.
    rest: &'static [u8],
    known: Arc<AtomicBool>,
}

impl Opening {
    /// Also for how long it may take.
    pub(crate) fn within<S>(sleep: Option<S>) -> (Self, Limit<S>) {
        let known: Arc<AtomicBool> = Arc::default();
        let limit = Limit {
            known: known.clone(),
            sleep: sleep.map(Box::pin),
        };
        let rest = PREFACE;
        (Self { rest, known }, limit)
    }

    /// These bytes came next, or none more. Whether it is over.
    pub(crate) fn hears(&mut self, bytes: &[u8]) -> bool {
        let count = bytes.len().min(self.rest.len());
        let (these, rest) = self.rest.split_at(count);
        self.rest = rest;
        let over = count == 0 || rest.is_empty() || bytes[..count] != *these;
        if over {
            self.known.store(true, Ordering::Release);
        }
        over
    }
}

/// How long an [`Opening`] may take.
pub(crate) struct Limit<S> {
    known: Arc<AtomicBool>,
    /// Until it is known, if there is a limit.
    sleep: Option<Pin<Box<S>>>,
}

impl<S: Future<Output = ()>> Limit<S> {
    /// Whether it took too long.
    pub(crate) fn has_passed(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(sleep) = &mut self.sleep else {
            return false;
        };
        if self.known.load(Ordering::Acquire) {
            self.sleep = None;
            return false;
        }
        matches!(sleep.as_mut().poll(cx), Poll::Ready(()))
    }
}
