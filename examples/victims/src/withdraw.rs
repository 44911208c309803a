//! Withdrawals over datagrams, which are sent again until they are answered.
//!
//! The mistake: the network may deliver one request twice, and the server carries out both. Seen in:
//! NFS servers before the duplicate request cache (Juszczak, "Improving the Performance and
//! Correctness of an NFS Server", 1989).

use crate::call::{bytes, words};
use runtime_traits::{Clock, Datagram, Datagrams, Error};
use std::{net::SocketAddr, time::Duration};

const AGAIN: Duration = Duration::from_millis(100);

/// Gives out money to one client, and tells `balance` what is left each time.
///
/// # Errors
/// What the socket says.
pub async fn serve<R: Datagrams>(
    context: R,
    socket: SocketAddr,
    mut left: u64,
    mut balance: impl FnMut(u64),
    fixed: bool,
) -> Result<(), Error> {
    let datagram = context.bind_datagram(socket).await?;
    let (mut newest, mut request) = (0, [0; 24]);
    loop {
        let (_, client) = datagram.recv_from(&mut request).await?;
        let [number, amount, _] = words(request);
        let is_known = fixed && number <= newest;
        if !is_known {
            (left, newest) = (left - amount, number);
            balance(left);
        }
        datagram.send_to(&request, client).await?;
    }
}

/// Withdraws, with a number greater than that of every withdrawal before.
///
/// # Errors
/// What the socket says.
pub async fn withdraw<R: Datagrams + Clock>(
    context: &R,
    server: SocketAddr,
    number: u64,
    amount: u64,
) -> Result<(), Error> {
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    let datagram = context.bind_datagram(any).await?;
    let request = bytes([number, amount, 0]);
    loop {
        datagram.send_to(&request, server).await?;
        let mut answer = [0; 24];
        let answered = context.timeout(AGAIN, datagram.recv_from(&mut answer));
        if answered.await.is_ok() && answer == request {
            return Ok(());
        }
    }
}
