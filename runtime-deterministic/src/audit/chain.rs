//! SHA-256 over events, and their bytes where a log is wanted.

use super::{
    Log, PayloadHash, Record, State,
    encoding::{Block, Encoder},
    recorder::Recorder,
};
use crate::event::Event;
use sha2::{Digest, Sha256};
use std::{panic::Location, sync::Arc};

/// Enters the chain first: states of different versions never compare equal.
pub(super) const VERSION: &[u8] = b"runtime-deterministic audit 1";

/// What is encoded is hashed in blocks, and kept where it is asked for.
pub(crate) struct Chain {
    hasher: Sha256,
    encoder: Encoder,
    recorder: Option<Box<Recorder>>,
}

impl Chain {
    pub(crate) fn new(hash: PayloadHash, record: Record, block: Block) -> Self {
        let mut encoder = Encoder::within(hash, block);
        let recorder = Recorder::new(hash, record).map(Box::new);
        if recorder.is_some() {
            encoder.watch();
        }
        Self {
            hasher: Sha256::new_with_prefix(VERSION),
            encoder,
            recorder,
        }
    }

    /// The state of a run in which nothing has happened.
    pub(crate) fn start() -> State {
        State(Sha256::digest(VERSION).into())
    }

    /// An event happens; `outside` of a task's poll or within one.
    #[inline(always)]
    pub(crate) fn enter(&mut self, event: &Event<'_>, outside: bool) {
        event.encode(&mut self.encoder);
        if self.encoder.has_enough() {
            self.keep(event, outside);
        }
    }

    /// A task is polled. The event is made again where more than its bytes is wanted: so it need not
    /// lie in memory.
    #[inline(always)]
    pub(crate) fn enter_poll(&mut self, task: u32) {
        Event::Poll { task }.encode(&mut self.encoder);
        if self.encoder.has_enough() {
            self.keep_poll(task);
        }
    }

    #[cold]
    fn keep_poll(&mut self, task: u32) {
        self.keep(&Event::Poll { task }, false);
    }

    #[cold]
    fn keep(&mut self, event: &Event<'_>, outside: bool) {
        if let Some(recorder) = &mut self.recorder {
            recorder.enter(event, outside);
        }
        if self.encoder.is_full() {
            self.flush();
        }
    }

    /// The task of the next event is spawned here.
    #[inline]
    pub(crate) fn spawned_at(&mut self, site: &'static Location<'static>) {
        if self.recorder.is_some() {
            self.record_site(site);
        }
    }

    #[cold]
    fn record_site(&mut self, site: &'static Location<'static>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.spawned_at(site);
        }
    }

    pub(crate) fn state(&self) -> State {
        let [before, block] = self.encoder.parts();
        let hasher = self.hasher.clone().chain_update(before);
        State(hasher.chain_update(block).finalize().into())
    }

    /// The events so far, if they are recorded.
    pub(crate) fn log(&mut self) -> Option<Arc<Log>> {
        self.flush();
        let recorder = self.recorder.as_deref()?;
        Some(recorder.log.clone().into())
    }

    /// All events, once there are no more.
    pub(crate) fn end(&mut self) -> Option<Arc<Log>> {
        self.flush();
        self.recorder.take().map(|recorder| recorder.log.into())
    }

    /// Its memory, for another.
    pub(crate) fn into_block(self) -> Block {
        self.encoder.into_block()
    }

    fn flush(&mut self) {
        for part in self.encoder.parts() {
            self.hasher.update(part);
            if let Some(recorder) = &mut self.recorder {
                recorder.take(part);
            }
        }
        self.encoder.clear();
    }
}
