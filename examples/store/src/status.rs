//! What a server says of itself.

use crate::{
    epoch::Epoch,
    wire::{Input, Malformed, Wire},
};
use std::fmt;

/// A server, as it sees itself. It may be wrong about being primary: a later epoch may exist of
/// which it has not heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: u16,
    /// What it does in its epoch.
    pub role: Role,
    /// The latest epoch that it knows.
    pub epoch: Epoch,
    /// The number of records in its log.
    pub length: u64,
    /// How many of them it knows to be on a majority's disks.
    pub committed: u64,
}

/// What a server does in its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It takes records from the primary.
    Backup,
    /// It is being promoted: it fences the others off, then fetches the most recent log.
    Candidate,
    /// It serves clients.
    Primary,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            role,
            epoch,
            length,
            committed,
        } = self;
        write!(
            f,
            "server {id}: {role}, epoch {epoch}, {length} records, {committed} committed"
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backup => "backup",
            Self::Candidate => "candidate",
            Self::Primary => "primary",
        })
    }
}

impl Wire for Status {
    fn encode(&self, out: &mut Vec<u8>) {
        self.id.encode(out);
        self.role.encode(out);
        self.epoch.encode(out);
        self.length.encode(out);
        self.committed.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: Wire::decode(input)?,
            role: Wire::decode(input)?,
            epoch: Wire::decode(input)?,
            length: Wire::decode(input)?,
            committed: Wire::decode(input)?,
        })
    }
}

impl Wire for Role {
    fn encode(&self, out: &mut Vec<u8>) {
        let tag: u8 = match self {
            Self::Backup => 1,
            Self::Candidate => 2,
            Self::Primary => 3,
        };
        tag.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match u8::decode(input)? {
            1 => Ok(Self::Backup),
            2 => Ok(Self::Candidate),
            3 => Ok(Self::Primary),
            tag => Err(Malformed::Tag("role", tag)),
        }
    }
}
