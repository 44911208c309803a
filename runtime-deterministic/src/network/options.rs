//! What a host's system makes of a [`SocketConfig`]: it refuses what Linux refuses.
//!
//! It is pure.

use runtime_traits::{Keepalive, SocketConfig};
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// Linux's `MAX_TCP_KEEPIDLE` and `MAX_TCP_KEEPINTVL`, in seconds, and `MAX_TCP_KEEPCNT`.
const MOST_SECONDS: u64 = 32_767;
const MOST_PROBES: u32 = 127;

/// The address that a dial to `to` comes from, where one was asked for. `own` is the host's.
pub(super) fn local(
    config: &SocketConfig,
    to: SocketAddr,
    own: IpAddr,
) -> io::Result<Option<IpAddr>> {
    if let Some(keepalive) = &config.keepalive {
        check(keepalive)?;
    }
    let Some(local) = config.local else {
        return Ok(None);
    };
    let to = to.ip();
    let within = to.is_loopback() || to.is_unspecified() || to == own;
    let refused = |kind, why: String| Err(io::Error::new(kind, why));
    if local.is_ipv4() != to.is_ipv4() {
        let why = format!("{local} does not reach {to}: name a local address of its kind");
        return refused(ErrorKind::InvalidInput, why);
    }
    if local.is_loopback() && !within {
        let why = format!("{local} is not seen from {to}: name {own}, or no local address");
        return refused(ErrorKind::InvalidInput, why);
    }
    if !(local.is_unspecified() || local.is_loopback() || local == own) {
        let why = format!("{local} is not an address of this host, {own} is");
        return refused(ErrorKind::AddrNotAvailable, why);
    }
    Ok(Some(local).filter(|local| !local.is_unspecified()))
}

fn check(keepalive: &Keepalive) -> io::Result<()> {
    let counts = |time: Duration| (1..=MOST_SECONDS).contains(&time.as_secs());
    let probes = |retries: u32| (1..=MOST_PROBES).contains(&retries);
    let Keepalive {
        idle,
        interval,
        retries,
        ..
    } = *keepalive;
    if counts(idle) && interval.is_none_or(counts) && retries.is_none_or(probes) {
        return Ok(());
    }
    let why = "Linux takes keepalive times of 1 s to 32,767 s, and 1 to 127 probes";
    Err(io::Error::new(ErrorKind::InvalidInput, why))
}

#[cfg(test)]
mod tests;
