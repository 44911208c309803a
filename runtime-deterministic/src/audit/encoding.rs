//! The bytes of events: numbers, texts, payloads. It knows no event.

use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

/// Longer payloads enter as length and hash: the audit looks for accidents, not for attackers.
const WHOLE: usize = 32;
/// The number in a head that says that the number follows the head.
const WIDE: u32 = (1 << 24) - 1;

/// By which hash payloads of more than 32 bytes enter the audit.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadHash {
    /// XXH3 of 128 bits, at several bytes a nanosecond: two payloads that differ by accident differ.
    #[default]
    Xxh3,
    /// SHA-256, for payloads that an attacker may have made.
    Sha256,
}

/// What was sent, received, read, written or drawn: its bytes, or what the audit keeps of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Bytes(&'a [u8]),
    Hash { len: u64, hash: &'a [u8] },
}

/// What is read is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

const BLOCK: usize = 4096;
/// A block with so much is taken before the next event, which has room in it as a rule.
const FULL: usize = BLOCK - 256;

/// Memory for events. What was in it before is never read.
pub(crate) struct Block(Box<[u8; BLOCK]>);

impl Default for Block {
    fn default() -> Self {
        Self(Box::new([0; BLOCK]))
    }
}

/// Bytes that events are added to.
pub(crate) struct Encoder {
    block: Box<[u8; BLOCK]>,
    /// How much of the block is used.
    filled: usize,
    /// From how much on there is something to do after an event.
    enough: usize,
    /// What came before it, and had no room.
    before: Vec<u8>,
    hash: PayloadHash,
}

impl Payload<'_> {
    pub(crate) fn len(&self) -> u64 {
        match *self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Hash { len, .. } => len,
        }
    }
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl Encoder {
    pub(crate) fn new(hash: PayloadHash) -> Self {
        Self::within(hash, Block::default())
    }

    pub(super) fn within(hash: PayloadHash, Block(block): Block) -> Self {
        Self {
            block,
            filled: 0,
            enough: FULL,
            before: Vec::new(),
            hash,
        }
    }

    pub(super) fn into_block(self) -> Block {
        Block(self.block)
    }

    /// The head of an event: its kind and a number in four bytes, or in twelve from 2^24 - 1 on.
    #[inline]
    pub(crate) fn head(&mut self, kind: u8, number: u32) {
        if number >= WIDE {
            return self.wide_head(kind, number);
        }
        self.append_array((u32::from(kind) | number << 8).to_le_bytes());
    }

    #[cold]
    fn wide_head(&mut self, kind: u8, number: u32) {
        self.append_array((u32::from(kind) | WIDE << 8).to_le_bytes());
        self.number(number.into());
    }

    #[inline(always)]
    pub(crate) fn number(&mut self, number: u64) {
        self.append_array(number.to_le_bytes());
    }

    /// A text or a name: a log is to be read.
    pub(crate) fn whole(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.append(bytes);
    }

    #[inline]
    pub(crate) fn payload(&mut self, payload: &Payload<'_>) {
        match *payload {
            Payload::Bytes(bytes) => self.bytes(bytes),
            Payload::Hash { len, hash } => {
                self.number(len);
                self.append(hash);
            }
        }
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        if bytes.len() <= WHOLE {
            return self.whole(bytes);
        }
        self.number(bytes.len() as u64);
        match self.hash {
            PayloadHash::Xxh3 => {
                // By halves, each in a register.
                let hash = xxh3(bytes);
                self.number(hash as u64);
                self.number((hash >> u64::BITS) as u64);
            }
            PayloadHash::Sha256 => self.append(&Sha256::digest(bytes)),
        }
    }

    /// From here on there is something to do after each event.
    pub(super) fn watch(&mut self) {
        self.enough = 0;
    }

    /// Whether there is something to do after an event.
    #[inline]
    pub(super) fn has_enough(&self) -> bool {
        self.filled >= self.enough
    }

    /// Whether it is time to take what there is, after an event.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.filled >= FULL
    }

    /// All that was added since it was last cleared, in its order.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.before, &self.block[..self.filled]]
    }

    pub(super) fn clear(&mut self) {
        self.before.clear();
        self.filled = 0;
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) {
        let room = self.block.get_mut(self.filled..);
        match room.and_then(|room| room.get_mut(..bytes.len())) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.filled += bytes.len();
            }
            None => self.append_beyond(bytes),
        }
    }

    /// As [`append`](Self::append), in a store or two.
    // `bytes` stays in a register. Where its address is taken it gets to the stack in parts, and is
    // read from there as a whole: not before all that was stored earlier is in the cache, as a page.
    #[inline(always)]
    fn append_array<const N: usize>(&mut self, bytes: [u8; N]) {
        let room = self.block.get_mut(self.filled..);
        match room.and_then(|room| room.first_chunk_mut()) {
            Some(place) => {
                *place = bytes;
                self.filled += N;
            }
            None => self.append_array_beyond(bytes),
        }
    }

    #[cold]
    fn append_array_beyond<const N: usize>(&mut self, bytes: [u8; N]) {
        self.append_beyond(&bytes);
    }

    #[cold]
    fn append_beyond(&mut self, bytes: &[u8]) {
        self.before.extend_from_slice(&self.block[..self.filled]);
        self.before.extend_from_slice(bytes);
        self.filled = 0;
    }
}

/// Apart, so that all of it is inlined here.
#[inline(never)]
fn xxh3(bytes: &[u8]) -> u128 {
    XxHash3_128::oneshot(bytes)
}

/// Bytes that events are read from.
#[derive(Clone)]
pub(crate) struct Decoder<'a> {
    pub(super) rest: &'a [u8],
    pub(super) hash: PayloadHash,
}

impl<'a> Decoder<'a> {
    pub(crate) fn head(&mut self) -> Result<(u8, u32), Malformed> {
        let head = u32::from_le_bytes(self.array()?);
        let number = match head >> 8 {
            WIDE => self.number()?.try_into().map_err(|_| Malformed)?,
            number => number,
        };
        Ok((head as u8, number))
    }

    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn whole(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.number()?;
        self.bytes(len)
    }

    pub(crate) fn payload(&mut self) -> Result<Payload<'a>, Malformed> {
        let len = self.number()?;
        if len <= WHOLE as u64 {
            return self.bytes(len).map(Payload::Bytes);
        }
        let hash = self.bytes(match self.hash {
            PayloadHash::Xxh3 => 16,
            PayloadHash::Sha256 => 32,
        })?;
        Ok(Payload::Hash { len, hash })
    }

    fn bytes(&mut self, len: u64) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(len).map_err(|_| Malformed)?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*bytes)
    }
}
