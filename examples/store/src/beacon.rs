//! Who is primary, told by datagram now and then: a hint that needs no connection.
//!
//! A primary says so, and servers that hear of a later epoch give way at once. What is lost, doubled
//! or late changes nothing but when they do.

use crate::wire::Wire;
use crate::{config::Config, epoch::Epoch, limits::BEACON, monitor::Monitor, replica::Replica};
use runtime_traits::{Clock, Datagram, Datagrams};

/// More than an epoch takes.
const SIZE: usize = 64;

/// Tells the other servers and hears them, until it is dropped. A server that gets no socket is told
/// by the others' links alone.
pub(crate) async fn run<C: Datagrams + Clock>(
    context: C,
    replica: Monitor<Replica>,
    config: Config,
) {
    let Ok(socket) = context.bind_datagram(config.listen).await else {
        return;
    };
    let mut next = context.monotonic();
    loop {
        let mut bytes = [0; SIZE];
        let wait = next.saturating_sub(context.monotonic());
        match context.timeout(wait, socket.recv_from(&mut bytes)).await {
            Ok(Ok((length, _))) => hear(&replica, &bytes[..length]),
            Ok(Err(_)) => context.sleep(BEACON).await,
            Err(_) => {
                next = context.monotonic() + BEACON;
                tell(&socket, &replica, &config).await;
            }
        }
    }
}

fn hear(replica: &Monitor<Replica>, bytes: &[u8]) {
    let Ok(epoch) = Epoch::from_bytes(bytes) else {
        return;
    };
    // Most say nothing new, and nobody need be woken for them.
    if replica.read(Replica::epoch) < epoch {
        replica.update(|replica| replica.hear(epoch));
    }
}

async fn tell(socket: &impl Datagram, replica: &Monitor<Replica>, config: &Config) {
    let Some(epoch) = replica.read(Replica::reign) else {
        return;
    };
    let mut bytes = Vec::new();
    epoch.encode(&mut bytes);
    let servers = (1..).zip(&config.servers);
    for (_, server) in servers.filter(|(id, _)| *id != config.id) {
        // It is told again soon.
        let _ = socket.send_to(&bytes, *server).await;
    }
}
