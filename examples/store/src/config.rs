//! What a server is told at its start.

use crate::error::Error;
use std::net::SocketAddr;

/// A server and its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// This server's place in `servers`, from 1 on. Given to another machine or another disk, an id
    /// breaks what was promised in its name.
    pub id: u16,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where all servers are reached, this one included, in the same order on every server.
    pub servers: Vec<SocketAddr>,
    /// The partition of the storage that holds this server's data.
    pub partition: String,
    /// How many servers may ever forget what they had on disk, because it was wiped, damaged, or
    /// never was there although the disk said so. Promotions need so many more servers that those
    /// which remember are always among them. The same on every server.
    pub forgetful: u16,
}

impl Config {
    /// The configuration of server `id`, which listens where the others reach it keeps its data
    /// in the partition `store`, and trusts all disks.
    ///
    /// # Errors
    /// [`Error::Config`] when `id` is no place in `servers`, or an address is there twice.
    pub fn new(id: u16, servers: Vec<SocketAddr>) -> Result<Self, Error> {
        let place = usize::from(id).checked_sub(1);
        let own = place.and_then(|place| servers.get(place));
        let listen = *own.ok_or_else(|| no_place(id, &servers))?;
        let partition = String::from("store");
        let config = Self {
            id,
            listen,
            servers,
            partition,
            forgetful: 0,
        };
        config.check()?;
        Ok(config)
    }

    /// How many servers a put must be on the disks of: a majority.
    pub(crate) fn majority(&self) -> usize {
        self.servers.len() / 2 + 1
    }

    /// How many servers a promotion must fence off. Of so many and of any majority, one more than
    /// may forget are the same.
    pub(crate) fn fence(&self) -> usize {
        let overlap = self.servers.len() + usize::from(self.forgetful) + 1 - self.majority();
        overlap.max(self.majority())
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let count = self.servers.len();
        if self.id == 0 || usize::from(self.id) > count || u16::try_from(count).is_err() {
            return Err(no_place(self.id, &self.servers));
        }
        if self.fence() > count {
            return Err(Error::Config(format!(
                "{} of {count} servers may forget: at most {} can, for one of each majority remembers",
                self.forgetful,
                self.majority() - 1
            )));
        }
        let twice = |place: &usize| self.servers[..*place].contains(&self.servers[*place]);
        match (0..count).find(twice) {
            Some(place) => Err(Error::Config(format!(
                "{} is listed twice: give each server its own address",
                self.servers[place]
            ))),
            None => Ok(()),
        }
    }
}

fn no_place(id: u16, servers: &[SocketAddr]) -> Error {
    let count = servers.len();
    Error::Config(format!(
        "id {id} with {count} servers: an id is a place in the list of servers, from 1 to {count}"
    ))
}

#[cfg(test)]
mod tests;
