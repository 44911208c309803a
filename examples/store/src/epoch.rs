//! Who may write, and how far a log reaches. Numbers and their order, nothing else.

use crate::wire::{Input, Malformed, Wire};
use std::fmt;

/// The time in which one server is primary. A later epoch shuts out every earlier one.
///
/// The primary's id is part of it, so that no two servers ever share an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch {
    /// Counts up with each promotion; 0 before the first.
    pub number: u64,
    /// The id of the server that was promoted; 0 before the first promotion.
    pub primary: u16,
    /// Drawn at random for each promotion, so that a server which forgot one, with its disk, does not
    /// begin the same epoch again.
    pub draw: u32,
}

impl Epoch {
    /// An epoch of `primary` that is later than this one.
    pub(crate) fn next(self, primary: u16, draw: u32) -> Self {
        let number = self.number + 1;
        Self {
            number,
            primary,
            draw,
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.number, self.primary)
    }
}

impl Wire for Epoch {
    fn encode(&self, out: &mut Vec<u8>) {
        self.number.encode(out);
        self.primary.encode(out);
        self.draw.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let epoch = Self {
            number: Wire::decode(input)?,
            primary: Wire::decode(input)?,
            draw: Wire::decode(input)?,
        };
        match epoch.number {
            u64::MAX => Err(Malformed::LastEpoch),
            _ => Ok(epoch),
        }
    }
}

/// Where a log, or a prefix of one, ends.
///
/// One primary writes one record at each place of its epoch, and a record is taken only behind the
/// record that it was written behind. Two logs that share a position are therefore the same up to
/// there, and of two logs the one at the later position is the more recent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The epoch in which the last record was written.
    pub(crate) epoch: Epoch,
    /// The number of records.
    pub(crate) length: u64,
}

impl Wire for Position {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.length.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            epoch: Wire::decode(input)?,
            length: Wire::decode(input)?,
        })
    }
}
