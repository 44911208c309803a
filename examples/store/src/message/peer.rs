//! What servers say to each other.
//!
//! Every request carries its sender's epoch. A server that knows a later one answers
//! [`Answer::Refused`] to all of them.

use super::Ask;
use crate::{
    epoch::{Epoch, Position},
    record::Record,
    wire::{Input, Malformed, Wire},
};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// Refuse every epoch before mine from now on, and tell where your log ends.
    Fence { epoch: Epoch },
    /// Give me your records behind `after`.
    Fetch { epoch: Epoch, after: Position },
    /// Take these records.
    Append(Append),
}

/// Records for a backup, or none: then it asks only whether the epoch still stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Append {
    pub(crate) epoch: Epoch,
    /// Where the primary's log ends before `records`.
    pub(crate) after: Position,
    pub(crate) records: Vec<Arc<Record>>,
    /// How many records the primary knows to be on a majority's disks.
    pub(crate) committed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Earlier epochs are fenced off; the log ends here. Both are on disk.
    Fenced { position: Position },
    /// The records behind `after`, as far as they fit into one message.
    Records { records: Vec<Arc<Record>> },
    /// So many records, counted from the log's start, are on disk and the same as the primary's.
    Appended { length: u64 },
    /// My log does not reach or differs at `after`: go back to at most so many records.
    Gap { length: u64 },
    /// I know a later epoch.
    Refused { epoch: Epoch },
}

impl Ask for Request {
    type Answer = Answer;

    fn into_request(self) -> super::Request {
        super::Request::Peer(self)
    }
}

impl Wire for Request {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fence { epoch } => {
                1_u8.encode(out);
                epoch.encode(out);
            }
            Self::Fetch { epoch, after } => {
                2_u8.encode(out);
                epoch.encode(out);
                after.encode(out);
            }
            Self::Append(append) => {
                3_u8.encode(out);
                append.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(match u8::decode(input)? {
            1 => Self::Fence {
                epoch: Wire::decode(input)?,
            },
            2 => Self::Fetch {
                epoch: Wire::decode(input)?,
                after: Wire::decode(input)?,
            },
            3 => Self::Append(Wire::decode(input)?),
            tag => return Err(Malformed::Tag("peer's request", tag)),
        })
    }
}

impl Wire for Append {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.after.encode(out);
        self.records.encode(out);
        self.committed.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            epoch: Wire::decode(input)?,
            after: Wire::decode(input)?,
            records: Wire::decode(input)?,
            committed: Wire::decode(input)?,
        })
    }
}

impl Wire for Answer {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fenced { position } => {
                1_u8.encode(out);
                position.encode(out);
            }
            Self::Records { records } => {
                2_u8.encode(out);
                records.encode(out);
            }
            Self::Appended { length } => {
                3_u8.encode(out);
                length.encode(out);
            }
            Self::Gap { length } => {
                4_u8.encode(out);
                length.encode(out);
            }
            Self::Refused { epoch } => {
                5_u8.encode(out);
                epoch.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(match u8::decode(input)? {
            1 => Self::Fenced {
                position: Wire::decode(input)?,
            },
            2 => Self::Records {
                records: Wire::decode(input)?,
            },
            3 => Self::Appended {
                length: Wire::decode(input)?,
            },
            4 => Self::Gap {
                length: Wire::decode(input)?,
            },
            5 => Self::Refused {
                epoch: Wire::decode(input)?,
            },
            tag => return Err(Malformed::Tag("peer's answer", tag)),
        })
    }
}
