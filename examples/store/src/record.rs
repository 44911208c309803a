//! What the log holds.

use crate::{
    epoch::Epoch,
    limits::{KEY_LIMIT, VALUE_LIMIT},
    wire::{Input, Malformed, Wire},
};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The epoch in which it was written.
    pub epoch: Epoch,
    /// What it does.
    pub change: Change,
}

/// What a record does to the keys and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: it opens its epoch. Once a majority has it, so has it all that lies before.
    Opened,
    /// Sets a key.
    Put(Put),
}

/// A client's wish to set a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The client that asks.
    pub client: u64,
    /// The client's count of its puts. One that is not above the client's last is a repetition, and
    /// changes nothing.
    pub sequence: u64,
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

impl Record {
    /// About how many bytes it takes, never fewer than it does.
    pub(crate) fn size(&self) -> usize {
        const FIXED: usize = 64;
        match &self.change {
            Change::Opened => FIXED,
            Change::Put(put) => FIXED + put.key.len() + put.value.len(),
        }
    }
}

/// Refuses a key or value that is too long, with the reason. Clients ask before they send, for no
/// server reads a message that is larger than any legal one.
pub(crate) fn check_size(key: &[u8], value: &[u8]) -> Result<(), String> {
    let (key, value) = (key.len(), value.len());
    match key <= KEY_LIMIT && value <= VALUE_LIMIT {
        true => Ok(()),
        false => Err(format!(
            "a key has at most {KEY_LIMIT} bytes and a value {VALUE_LIMIT}, these have {key} and {value}"
        )),
    }
}

impl Wire for Record {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        match &self.change {
            Change::Opened => 0_u8.encode(out),
            Change::Put(put) => {
                1_u8.encode(out);
                put.encode(out);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let epoch = Wire::decode(input)?;
        let change = match u8::decode(input)? {
            0 => Change::Opened,
            1 => Change::Put(Wire::decode(input)?),
            tag => return Err(Malformed::Tag("change", tag)),
        };
        Ok(Self { epoch, change })
    }
}

impl Wire for Put {
    fn encode(&self, out: &mut Vec<u8>) {
        self.client.encode(out);
        self.sequence.encode(out);
        self.key.encode(out);
        self.value.encode(out);
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            client: Wire::decode(input)?,
            sequence: Wire::decode(input)?,
            key: Wire::decode(input)?,
            value: Wire::decode(input)?,
        })
    }
}
