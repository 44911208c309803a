//! What Linux takes, and what it does not.

use super::local;
use runtime_traits::{Keepalive, SocketConfig};
use std::{
    io::ErrorKind::{self, AddrNotAvailable, InvalidInput},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

fn from(ip: &str, to: &str) -> Result<Option<IpAddr>, ErrorKind> {
    let mut config = SocketConfig::default();
    config.local = Some(ip.parse().unwrap());
    dial(&config, to)
}

fn dial(config: &SocketConfig, to: &str) -> Result<Option<IpAddr>, ErrorKind> {
    let own = IpAddr::from([10, 0, 0, 1]);
    let to = SocketAddr::new(to.parse().unwrap(), 80);
    local(config, to, own).map_err(|error| error.kind())
}

#[test]
fn a_dial_comes_from_an_address_of_its_host() {
    let ip = |ip: &str| Ok(Some(ip.parse().unwrap()));
    assert_eq!(from("10.0.0.1", "10.0.0.2"), ip("10.0.0.1"));
    assert_eq!(from("10.0.0.1", "127.0.0.1"), ip("10.0.0.1"));
    assert_eq!(from("127.0.0.2", "127.0.0.1"), ip("127.0.0.2"));
    assert_eq!(from("127.0.0.1", "10.0.0.1"), ip("127.0.0.1"));
    assert_eq!(from("::1", "::1"), ip("::1"));
    assert_eq!(from("10.0.0.3", "10.0.0.2"), Err(AddrNotAvailable));
}

#[test]
fn an_address_that_is_any_is_the_systems_choice() {
    assert_eq!(from("0.0.0.0", "10.0.0.2"), Ok(None));
    assert_eq!(from("::", "::1"), Ok(None));
    assert_eq!(dial(&SocketConfig::default(), "10.0.0.2"), Ok(None));
}

#[test]
fn an_address_that_reaches_nobody_there_is_refused() {
    assert_eq!(from("127.0.0.1", "10.0.0.2"), Err(InvalidInput));
    assert_eq!(from("::1", "127.0.0.1"), Err(InvalidInput));
    assert_eq!(from("::", "127.0.0.1"), Err(InvalidInput));
}

#[test]
fn keepalive_is_in_whole_seconds_that_fit() {
    let second = Duration::from_secs(1);
    let takes = |idle, interval, retries| {
        let mut keepalive = Keepalive::after(idle);
        (keepalive.interval, keepalive.retries) = (interval, retries);
        let mut config = SocketConfig::default();
        config.keepalive = Some(keepalive);
        dial(&config, "10.0.0.2").map(drop)
    };
    for time in [second, 32_767 * second] {
        assert_eq!(takes(time, None, None), Ok(()));
        assert_eq!(takes(second, Some(time), None), Ok(()));
    }
    for time in [Duration::ZERO, second / 2, 32_768 * second, Duration::MAX] {
        assert_eq!(takes(time, None, None), Err(InvalidInput));
        assert_eq!(takes(second, Some(time), None), Err(InvalidInput));
    }
    assert_eq!([1, 127].map(|n| takes(second, None, Some(n))), [Ok(()); 2]);
    let refused = [0, 128].map(|n| takes(second, None, Some(n)));
    assert_eq!(refused, [Err(InvalidInput); 2]);
}
