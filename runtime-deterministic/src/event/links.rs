//! What a test does to links, and what comes of it.

use super::{address, at, words::Pipe};
use crate::{
    audit::Chain,
    network::{Cut, How, Loss, Setting},
};
use std::{fmt, net::SocketAddr};

/// An event of links. A way is named by the hosts it runs from and to.
pub(crate) enum Links<'a> {
    Set {
        way: Way<'a>,
        setting: &'a Setting,
    },
    Part {
        way: Way<'a>,
    },
    Hold {
        way: Way<'a>,
    },
    Release {
        way: Way<'a>,
    },
    Heal,
    /// Each connection is to be cut.
    CutEach {
        way: Way<'a>,
        cut: Cut,
    },
    /// A segment, or what it carries, does not arrive.
    Lost {
        pipe: u32,
        loss: Loss,
    },
    /// What was not answered is sent again.
    Again {
        pipe: u32,
    },
    GiveUp {
        pipe: u32,
    },
    Cut {
        pipe: u32,
        how: How,
    },
    /// Something arrives at a link that is held.
    Held {
        from: u32,
        to: u32,
    },
    /// A dialler's segment is lost, or the answer to it.
    LostDial {
        socket: SocketAddr,
        loss: Loss,
    },
    /// A datagram is lost on its way.
    LostDatagram {
        to: SocketAddr,
        loss: Loss,
    },
    Duplicate {
        to: SocketAddr,
    },
    /// A keepalive probe finds no answer.
    Probe {
        connection: u32,
    },
}

/// The hosts that a way runs from and to, by numbers and names.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) hosts: [u32; 2],
    pub(crate) names: [&'a str; 2],
}

impl Links<'_> {
    pub(super) fn encode(&self, chain: &mut Chain) {
        match *self {
            Self::Set { way, setting } => {
                way.encode(chain, 60);
                setting.encode(chain);
            }
            Self::Part { way } => way.encode(chain, 61),
            Self::Hold { way } => way.encode(chain, 62),
            Self::Release { way } => way.encode(chain, 63),
            Self::Heal => chain.head(64, 0),
            Self::CutEach { way, cut } => {
                way.encode(chain, 65);
                chain.number(cut.how as u64);
                chain.number(cut.after_bytes);
            }
            Self::Lost { pipe, loss } => at(chain, 66, pipe, loss as u64),
            Self::Again { pipe } => chain.head(67, pipe),
            Self::GiveUp { pipe } => chain.head(68, pipe),
            Self::Cut { pipe, how } => at(chain, 69, pipe, how as u64),
            Self::Held { from, to } => at(chain, 70, from, to.into()),
            Self::LostDial { socket, loss } => address(chain, 71, loss as u32, socket),
            Self::LostDatagram { to, loss } => address(chain, 72, loss as u32, to),
            Self::Duplicate { to } => address(chain, 73, 0, to),
            Self::Probe { connection } => chain.head(74, connection),
        }
    }
}

impl Way<'_> {
    fn encode(self, chain: &mut Chain, kind: u8) {
        let [from, to] = self.hosts;
        at(chain, kind, from, to.into());
    }
}

impl fmt::Display for Links<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set { way, setting } => write!(f, "sets the link {way}: {setting}"),
            Self::Part { way } => write!(f, "parts {way}"),
            Self::Hold { way } => write!(f, "holds {way}"),
            Self::Release { way } => write!(f, "releases {way}"),
            Self::Heal => write!(f, "heals every link"),
            Self::CutEach { way, cut } => write!(
                f,
                "cuts connections {way} after {} bytes by {}",
                cut.after_bytes, cut.how
            ),
            Self::Lost { pipe, loss } => write!(f, "a segment on {} is lost: {loss}", Pipe(*pipe)),
            Self::Again { pipe } => write!(f, "{} sends again what has no answer", Pipe(*pipe)),
            Self::GiveUp { pipe } => {
                write!(f, "{} gives up: nothing answers", Pipe(*pipe))
            }
            Self::Cut { pipe, how } => write!(f, "{} is cut by {how}", Pipe(*pipe)),
            Self::Held { from, to } => {
                write!(f, "something from host {from} to host {to} is held")
            }
            Self::LostDial { socket, loss } => write!(f, "a dial of {socket} is lost: {loss}"),
            Self::LostDatagram { to, loss } => write!(f, "a datagram to {to} is lost: {loss}"),
            Self::Duplicate { to } => write!(f, "a datagram to {to} is on its way twice"),
            Self::Probe { connection } => {
                write!(f, "a probe of connection {connection} finds no answer")
            }
        }
    }
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = self.names;
        write!(f, "from {from} to {to}")
    }
}

#[cfg(test)]
mod tests;
