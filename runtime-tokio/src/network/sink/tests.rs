//! The options that a connection's socket has.

use super::Sink;
use crate::{Context, Executor};
use runtime_traits::{Keepalive, Listener, Network, Runner, SocketConfig};
use socket2::SockRef;
use std::{net::Ipv4Addr, time::Duration};
use tokio::net::TcpStream;

fn socket(sink: &Sink) -> SockRef<'_> {
    let half = sink.half.as_ref().expect("not poisoned");
    SockRef::from(AsRef::<TcpStream>::as_ref(half))
}

/// The dialling and the accepting end.
async fn connected(context: &Context, config: &SocketConfig) -> (Sink, Sink) {
    let mut listener = context.bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let dialled = context
        .dial_with(listener.local_addr(), config)
        .await
        .unwrap();
    (dialled.0, listener.accept().await.unwrap().1)
}

#[test]
fn nothing_is_held_back_by_default_on_either_end() {
    let (runner, context) = Executor::default();
    runner.start(async {
        let (dialled, accepted) = connected(&context, &SocketConfig::default()).await;
        for end in [&dialled, &accepted] {
            assert!(socket(end).tcp_nodelay().unwrap());
        }
        assert!(!socket(&dialled).keepalive().unwrap());
        assert_eq!(socket(&dialled).linger().unwrap(), None);
    });
}

#[test]
fn every_option_reaches_the_socket() {
    let mut config = SocketConfig::default();
    config.nodelay = false;
    let mut keepalive = Keepalive::after(Duration::from_secs(31));
    keepalive.interval = Some(Duration::from_secs(7));
    keepalive.retries = Some(4);
    config.keepalive = Some(keepalive);
    config.linger = Some(Duration::from_secs(1));
    // Far from the defaults; the system may double them.
    config.send_buffer = Some(20_000);
    config.recv_buffer = Some(30_000);
    let (runner, context) = Executor::default();
    runner.start(async {
        let (dialled, _accepted) = connected(&context, &config).await;
        let socket = socket(&dialled);
        assert!(!socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.linger().unwrap(), Some(Duration::from_secs(1)));
        assert!((20_000..=40_000).contains(&socket.send_buffer_size().unwrap()));
        assert!((30_000..=60_000).contains(&socket.recv_buffer_size().unwrap()));
        #[cfg(target_os = "linux")]
        {
            assert_eq!(
                socket.tcp_keepalive_time().unwrap(),
                Duration::from_secs(31)
            );
            assert_eq!(
                socket.tcp_keepalive_interval().unwrap(),
                Duration::from_secs(7)
            );
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), 4);
        }
    });
}
