//! Names of hosts, as the system resolves them.

use crate::{Context, metrics::Operation};
use runtime_traits::{Error, Resolver};
use std::{
    io,
    net::{IpAddr, ToSocketAddrs},
    time::Instant,
};

impl Resolver for Context {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        self.run().check()?;
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let (meter, began) = (self.run().meters.here(), Instant::now());
        let name = host.to_owned();
        let look_up = move || Ok(addresses(&name));
        let found = self.run().job("resolve a name".into(), look_up).await?;
        meter.note(Operation::Resolve, began.elapsed(), &found);
        found.map_err(|error| Error::ResolveFailed(host.into(), error.into()))
    }
}

fn addresses(host: &str) -> io::Result<Vec<IpAddr>> {
    let sockets = (host, 0).to_socket_addrs()?;
    let found = each_once(sockets.map(|socket| socket.ip()));
    match found.is_empty() {
        true => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        )),
        false => Ok(found),
    }
}

/// In the system's order, which may name one several times.
fn each_once(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for address in addresses {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

#[cfg(test)]
mod tests;
