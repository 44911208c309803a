//! The chain of everything a run did, and what a test sees of it.

use crate::kernel::{Shared, local};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};
use twox_hash::XxHash3_128;

/// Enters the chain first: states of different versions never compare equal.
const VERSION: &[u8] = b"runtime-deterministic audit 1";
/// Longer payloads enter as length and XXH3-128: the audit looks for accidents, not for attackers.
const WHOLE: usize = 32;
const BUFFER: usize = 2048;

/// SHA-256 over events in a fixed little-endian encoding, fed in blocks.
pub(crate) struct Chain {
    hasher: Sha256,
    buffer: Box<[u8; BUFFER]>,
    /// How much of the buffer is not yet in the hash.
    filled: usize,
}

impl Default for Chain {
    fn default() -> Self {
        let mut chain = Self {
            hasher: Sha256::new(),
            buffer: Box::new([0; BUFFER]),
            filled: 0,
        };
        chain.append(VERSION);
        chain
    }
}

impl Chain {
    /// The head of an event: its kind and a number in four bytes, or in twelve from 2^24 - 1 on.
    #[inline]
    pub(crate) fn head(&mut self, kind: u8, number: u32) {
        const WIDE: u32 = (1 << 24) - 1;
        self.push((u32::from(kind) | number.min(WIDE) << 8).to_le_bytes());
        if number >= WIDE {
            self.number(number.into());
        }
    }

    pub(crate) fn number(&mut self, number: u64) {
        self.push(number.to_le_bytes());
    }

    pub(crate) fn payload(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        if bytes.len() > WHOLE {
            return self.push(XxHash3_128::oneshot(bytes).to_le_bytes());
        }
        self.append(bytes);
    }

    pub(crate) fn state(&self) -> State {
        let mut hasher = self.hasher.clone();
        hasher.update(&self.buffer[..self.filled]);
        State(hasher.finalize().into())
    }

    #[inline]
    fn push<const N: usize>(&mut self, bytes: [u8; N]) {
        self.append(&bytes);
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) {
        if self.filled + bytes.len() > BUFFER {
            self.flush();
        }
        self.buffer[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    #[cold]
    fn flush(&mut self) {
        self.hasher.update(&self.buffer[..self.filled]);
        self.filled = 0;
    }
}

/// What a run did, in 32 bytes. Two runs with equal states did the same, event by event.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct State(pub(crate) [u8; 32]);

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({self})")
    }
}

/// Tells what a run has done, while it runs and afterwards.
///
/// ```
/// use runtime_deterministic::Executor;
/// use runtime_traits::{Clock, Runner};
/// use std::time::Duration;
///
/// let state = |millis| {
///     let (runner, context, auditor) = Executor::seeded(7);
///     runner.start(async move { context.sleep(Duration::from_millis(millis)).await });
///     auditor.state()
/// };
/// assert_eq!(state(5), state(5));
/// assert_ne!(state(5), state(6));
/// ```
#[derive(Clone)]
pub struct Auditor(pub(crate) Arc<Shared>);

/// How much a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Polls of tasks.
    pub polls: u64,
    /// Virtual time that passed, in nanoseconds.
    pub virtual_nanos: u64,
    /// Segments of bytes sent on connections, and datagrams sent.
    pub messages: u64,
}

impl Auditor {
    /// The state of the audit: everything that has happened so far, in 32 bytes.
    ///
    /// Every poll, spawn, timer, random draw, network and storage operation with its payload,
    /// crash and panic is in it. Asked from another thread while the run goes on, it gives the
    /// state at the run's start.
    pub fn state(&self) -> State {
        local::with(&self.0, |kernel| kernel.chain.state()).unwrap_or_else(|| self.0.ending().state)
    }

    /// How much has been done so far.
    pub fn work(&self) -> Work {
        local::with(&self.0, |kernel| kernel.work()).unwrap_or_else(|| self.0.ending().work)
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Auditor").field(&self.state()).finish()
    }
}
