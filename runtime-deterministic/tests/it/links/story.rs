//! A partition, a crash and what follows, as a test of a library reads.

use super::{PORT, echo, ms};
use runtime_deterministic::{Context, Crash, Host, simulate};
use runtime_traits::{Clock, Error, Network, Sink, Stream};
use std::{net::SocketAddr, time::Duration};

async fn ping(context: &Context, server: &Host<Result<(), Error>>) -> Result<[u8; 5], Error> {
    let mut buf = *b"ping!";
    let talk = async {
        let socket = SocketAddr::new(server.addr(), PORT);
        let (mut sink, mut stream) = context.dial(socket).await?;
        sink.send(&buf.clone()).await?;
        stream.recv(&mut buf).await
    };
    context.timeout(Duration::from_secs(10), talk).await??;
    Ok(buf)
}

#[simulate(seeds = 0..20)]
async fn a_server_is_parted_healed_crashed_and_restarted(context: Context) {
    let world = context.world();
    let server = world.host("server", echo).unwrap();
    context.sleep(ms(1)).await;
    assert_eq!(ping(&context, &server).await, Ok(*b"ping!"));

    world.partition(&["root"], &["server"]).unwrap();
    assert_eq!(ping(&context, &server).await, Err(Error::Timeout));
    world.heal();
    assert_eq!(ping(&context, &server).await, Ok(*b"ping!"));

    server.crash(Crash::Reset).unwrap();
    let refused = ping(&context, &server).await;
    assert!(
        matches!(refused, Err(Error::ConnectionFailed(..))),
        "{refused:?}"
    );
    server.restart().unwrap();
    context.sleep(ms(1)).await;
    assert_eq!(ping(&context, &server).await, Ok(*b"ping!"));
}
