//! Files and sockets of the host.

use super::NO_RUNTIME;
use crate::ecosystem::replay::{outcomes, panic_of};
use runtime_deterministic::Context;
use runtime_traits::{Listener, Network, Storage};
use std::{net, path::Path, sync::Mutex};

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "they are the subject"
)]
fn tokio_net_and_fs() {
    let panics = [
        panic_of(async |_| tokio::net::TcpStream::connect(("127.0.0.1", 9)).await),
        panic_of(async |_| tokio::net::TcpListener::bind(("127.0.0.1", 0)).await),
        panic_of(async |_| tokio::net::UdpSocket::bind(("127.0.0.1", 0)).await),
        panic_of(async |_| tokio::fs::read("file").await),
        panic_of(async |_| tokio::fs::File::open("file").await),
    ];
    for panic in panics {
        assert_eq!(panic, NO_RUNTIME);
    }
}

/// The host's system chooses the ports.
#[test]
#[expect(clippy::disallowed_types, reason = "it is the subject")]
fn std_net() {
    let open = Mutex::new(Vec::new());
    let ports = outcomes(async |_| {
        let listener = net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        open.lock().unwrap().push(listener);
        port
    });
    assert!(ports.len() > 1);
    let simulated = outcomes(async |context: Context| {
        let any = net::SocketAddr::new(context.addr(), 0);
        context.bind(any).await.unwrap().local_addr().port()
    });
    assert_eq!(simulated.len(), 1);
}

/// What a run leaves on the host's disk, the next one finds.
#[test]
#[expect(clippy::disallowed_methods, reason = "they are the subject")]
fn std_fs() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("left by a run");
    let _ = std::fs::remove_file(&path);
    let found = outcomes(async |_| {
        let found = std::fs::read(&path).is_ok();
        std::fs::write(&path, "left").unwrap();
        found
    });
    assert_eq!(found, ["false", "true"].map(str::to_owned).into());
    let simulated = outcomes(async |context: Context| {
        let found = context.scan("files").await.is_ok();
        context.open("files", b"left").await.unwrap();
        found
    });
    assert_eq!(simulated, ["false".to_owned()].into());
}
