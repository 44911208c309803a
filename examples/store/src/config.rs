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
}

impl Config {
    /// The configuration of server `id`, which listens where the others reach it and keeps its data
    /// in the partition `store`.
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
        };
        config.check()?;
        Ok(config)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let count = self.servers.len();
        if self.id == 0 || usize::from(self.id) > count || u16::try_from(count).is_err() {
            return Err(no_place(self.id, &self.servers));
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
