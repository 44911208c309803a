//! A node that tells a controller, over and over, that it is well.
//!
//! The mistake: it waits for each answer as long as the connection lasts, and a connection on which
//! nothing passes lasts for a quarter of an hour. Seen in: Kubernetes, whose kubelets behind a load
//! balancer were given up (kubernetes/kubernetes#48638, 2017).

use runtime_traits::{Clock, Error, Listener, Network, Sink, Spawner, Stream};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

const BEAT: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(10);
/// After so long without a word a node is given up.
const GRACE: Duration = Duration::from_secs(40);

/// Tells the controller that the node is well.
pub async fn report<R: Network + Clock>(context: R, controller: SocketAddr, fixed: bool) {
    let limit = if fixed { LIMIT } else { Duration::MAX };
    loop {
        context.sleep(BEAT).await;
        let Ok((mut sink, mut stream)) = context.dial(controller).await else {
            continue;
        };
        let mut told = Ok(());
        while told.is_ok() {
            let tell = async {
                sink.send(b"!").await?;
                stream.recv(&mut [0]).await
            };
            told = context.timeout(limit, tell).await.flatten();
            context.sleep(BEAT).await;
        }
    }
}

/// Listens to one node, and returns once it is given up.
///
/// # Errors
/// What the listener says.
pub async fn watch<R: Network + Clock + Spawner>(
    context: R,
    socket: SocketAddr,
) -> Result<(), Error> {
    let mut listener = context.bind(socket).await?;
    let last = Arc::new(Mutex::new(context.monotonic()));
    let heard = last.clone();
    let clock = context.clone();
    context.spawn("accept", async move {
        while let Ok((_, mut sink, mut stream)) = listener.accept().await {
            let (heard, spawner) = (heard.clone(), clock.clone());
            let clock = clock.clone();
            spawner.spawn("node", async move {
                while let Ok(1) = stream.recv_some(&mut [0]).await {
                    *heard.lock().unwrap_or_else(PoisonError::into_inner) = clock.monotonic();
                    if sink.send(b"!").await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    let age = || {
        let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
        context.monotonic() - last
    };
    while age() < GRACE {
        context.sleep(BEAT).await;
    }
    Ok(())
}
