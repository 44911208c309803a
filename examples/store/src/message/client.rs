//! What clients and operators ask of a server.

use super::Ask;
use crate::{
    epoch::Epoch,
    record::{Put, Record},
    status::Status,
    wire::{Input, Malformed, Wire},
};
use std::{net::SocketAddr, sync::Arc};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    /// Set a key.
    Put(Put),
    /// What is the value of a key?
    Get { key: Vec<u8> },
    /// Become primary.
    Promote,
    /// How are you?
    Status,
    /// Which records of your log are on your disk, from this one on?
    Records { start: u64 },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The put is on a majority's disks.
    Stored,
    Value {
        value: Option<Vec<u8>>,
    },
    Promoted {
        epoch: Epoch,
    },
    Status(Status),
    Records {
        records: Vec<Arc<Record>>,
    },
    /// Ask the primary, which is perhaps this one.
    NotPrimary {
        primary: Option<SocketAddr>,
    },
    /// No majority answered in time. A put may still take effect.
    Unavailable,
    /// The request will never do.
    Invalid {
        reason: String,
    },
}

impl Ask for Request {
    type Answer = Answer;

    fn into_request(self) -> super::Request {
        super::Request::Client(self)
    }
}

impl Wire for Request {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Put(put) => {
                1_u8.encode(out);
                put.encode(out);
            }
            Self::Get { key } => {
                2_u8.encode(out);
                key.encode(out);
            }
            Self::Promote => 3_u8.encode(out),
            Self::Status => 4_u8.encode(out),
            Self::Records { start } => {
                5_u8.encode(out);
                start.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(match u8::decode(input)? {
            1 => Self::Put(Wire::decode(input)?),
            2 => Self::Get {
                key: Wire::decode(input)?,
            },
            3 => Self::Promote,
            4 => Self::Status,
            5 => Self::Records {
                start: Wire::decode(input)?,
            },
            tag => return Err(Malformed::Tag("client's request", tag)),
        })
    }
}

impl Wire for Answer {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Stored => 1_u8.encode(out),
            Self::Value { value } => {
                2_u8.encode(out);
                value.encode(out);
            }
            Self::Promoted { epoch } => {
                3_u8.encode(out);
                epoch.encode(out);
            }
            Self::Status(status) => {
                4_u8.encode(out);
                status.encode(out);
            }
            Self::Records { records } => {
                5_u8.encode(out);
                records.encode(out);
            }
            Self::NotPrimary { primary } => {
                6_u8.encode(out);
                primary.encode(out);
            }
            Self::Unavailable => 7_u8.encode(out),
            Self::Invalid { reason } => {
                8_u8.encode(out);
                reason.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(match u8::decode(input)? {
            1 => Self::Stored,
            2 => Self::Value {
                value: Wire::decode(input)?,
            },
            3 => Self::Promoted {
                epoch: Wire::decode(input)?,
            },
            4 => Self::Status(Wire::decode(input)?),
            5 => Self::Records {
                records: Wire::decode(input)?,
            },
            6 => Self::NotPrimary {
                primary: Wire::decode(input)?,
            },
            7 => Self::Unavailable,
            8 => Self::Invalid {
                reason: Wire::decode(input)?,
            },
            tag => return Err(Malformed::Tag("answer", tag)),
        })
    }
}
