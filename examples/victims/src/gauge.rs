//! A value that one machine measures and another shows, over datagrams.
//!
//! The mistake: what arrives last need not be what was sent last. Seen in: StatsD, whose gauges keep
//! what arrives last.

use crate::call::{bytes, words};
use runtime_traits::{Clock, Datagram, Datagrams, Error};
use std::{net::SocketAddr, time::Duration};

const PAUSE: Duration = Duration::from_millis(10);

/// Reports values, one after the other.
///
/// # Errors
/// What the socket says.
pub async fn report<R: Datagrams + Clock>(
    context: &R,
    display: SocketAddr,
    values: &[u64],
) -> Result<(), Error> {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let datagram = context.bind_datagram(any).await?;
    for (number, value) in (1..).zip(values) {
        let report = bytes([number, *value, 0]);
        datagram.send_to(&report, display).await?;
        context.sleep(PAUSE).await;
    }
    Ok(())
}

/// Shows what one machine reports, on `show`.
///
/// # Errors
/// What the socket says.
pub async fn display<R: Datagrams>(
    context: R,
    socket: SocketAddr,
    mut show: impl FnMut(u64),
    fixed: bool,
) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let (mut newest, mut report) = (0, [0; 24]);
    loop {
        datagram.recv_from(&mut report).await?;
        let [number, value, _] = words(report);
        if fixed && number < newest {
            continue;
        }
        newest = number;
        show(value);
    }
}
