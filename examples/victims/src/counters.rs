//! Events that one machine counts and another adds up, over datagrams.
//!
//! The mistake: each datagram says what came new, and one that is lost is never made up for. Seen in:
//! StatsD, by its protocol (statsd/statsd#245, 2013).

use runtime_traits::{Clock, Datagram, Datagrams, Error};
use std::{net::SocketAddr, time::Duration};

const PAUSE: Duration = Duration::from_millis(10);
/// How often it reports after the last event.
const AFTER: u64 = 20;

/// Counts so many events and reports them as they come.
///
/// # Errors
/// What the socket says.
pub async fn count<R: Datagrams + Clock>(
    context: &R,
    collector: SocketAddr,
    events: u64,
    fixed: bool,
) -> Result<(), Error> {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let datagram = context.bind_datagram(any).await?;
    let mut reported = 0;
    for time in 1..=events + AFTER {
        let counted = time.min(events);
        let report = if fixed { counted } else { counted - reported };
        datagram.send_to(&report.to_be_bytes(), collector).await?;
        reported = counted;
        context.sleep(PAUSE).await;
    }
    Ok(())
}

/// Adds up what one machine reports; `told` hears the sum each time.
///
/// # Errors
/// What the socket says.
pub async fn collect<R: Datagrams>(
    context: R,
    socket: SocketAddr,
    mut told: impl FnMut(u64),
    fixed: bool,
) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let (mut sum, mut report) = (0_u64, [0; 8]);
    loop {
        datagram.recv_from(&mut report).await?;
        let report = u64::from_be_bytes(report);
        sum = if fixed { sum.max(report) } else { sum + report };
        told(sum);
    }
}
