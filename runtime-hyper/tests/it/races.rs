//! Which of several addresses a client is connected to.

use runtime_deterministic::{Context, Crash, Executor, Host};
use runtime_hyper::{Connector, NotATarget, Target};
use runtime_traits::{Clock, Error, Listener, Network, Runner};
use std::{io::ErrorKind, net::IpAddr, time::Duration};

const MS: Duration = Duration::from_millis(1);

/// Accepts for ever.
async fn accept(context: Context) {
    let mut listener = context.bind(([0, 0, 0, 0], 80).into()).await.unwrap();
    let mut connections = Vec::new();
    while let Ok(connection) = listener.accept().await {
        connections.push(connection);
    }
}

fn hosts(context: &Context, names: [&str; 2]) -> [Host<()>; 2] {
    names.map(|name| context.world().host(name, accept).unwrap())
}

/// How long it took to connect, and with what result.
async fn connect(context: &Context, addrs: Vec<IpAddr>) -> (Duration, Result<(), Error>) {
    let mut target = Target::new("www", 80);
    target.addrs = addrs;
    let before = context.monotonic();
    let connected = Connector::new(context.clone()).connect(&target).await;
    (context.monotonic() - before, connected.map(drop))
}

#[test]
fn the_second_address_is_tried_after_a_quarter_of_a_second() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let [one, two] = hosts(&context, ["one", "two"]);
        context.sleep(MS).await;
        one.crash(Crash::Silent).unwrap();
        let (took, connected) = connect(&context, vec![one.addr(), two.addr()]).await;
        assert_eq!(connected, Ok(()));
        assert!((250 * MS..253 * MS).contains(&took), "{took:?}");
    });
}

#[test]
fn the_second_address_is_tried_at_once_when_the_first_refuses() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let [one, two] = hosts(&context, ["one", "two"]);
        context.sleep(MS).await;
        one.crash(Crash::Reset).unwrap();
        let (took, connected) = connect(&context, vec![one.addr(), two.addr()]).await;
        assert_eq!(connected, Ok(()));
        assert!(took < 5 * MS, "{took:?}");
    });
}

#[test]
fn the_last_failure_is_told_when_all_fail() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let [one, two] = hosts(&context, ["one", "two"]);
        context.sleep(MS).await;
        one.crash(Crash::Reset).unwrap();
        two.crash(Crash::Reset).unwrap();
        let (_, connected) = connect(&context, vec![one.addr(), two.addr()]).await;
        let socket = (two.addr(), 80).into();
        let refused = ErrorKind::ConnectionRefused.into();
        assert_eq!(connected, Err(Error::ConnectionFailed(socket, refused)));
    });
}

#[test]
fn a_connect_limit_is_each_attempts() {
    let (runner, context, _) = Executor::default();
    runner.start(async {
        let [one, _two] = hosts(&context, ["one", "two"]);
        context.sleep(MS).await;
        one.crash(Crash::Silent).unwrap();
        let mut target = Target::new("one", 80);
        target.socket.connect_limit = Some(40 * MS);
        let before = context.monotonic();
        let connected = Connector::new(context.clone()).connect(&target).await;
        assert_eq!(connected.map(drop), Err(Error::Timeout));
        assert_eq!(context.monotonic() - before, 40 * MS);
    });
}

#[test]
fn a_uri_names_a_host_in_brackets_or_without_and_a_port_or_80() {
    for (uri, host, port) in [
        ("http://www/x", "www", 80),
        ("http://10.0.0.1:8080", "10.0.0.1", 8080),
        ("http://[2001:db8::1]:81/x", "2001:db8::1", 81),
    ] {
        let target = Target::from_uri(&uri.parse().unwrap());
        assert_eq!(target, Ok(Target::new(host, port)));
    }
    let uri: http::Uri = "https://www/".parse().unwrap();
    assert_eq!(Target::from_uri(&uri), Err(NotATarget::Scheme(uri.clone())));
}
