//! Which ports are handed out.

use super::{EPHEMERAL, Ports};
use std::net::SocketAddr;

#[test]
fn a_port_is_lent_to_one_connection_at_a_time() {
    let mut ports = Ports::new("10.0.0.1".parse().unwrap());
    let listener: SocketAddr = "10.0.0.1:40000".parse().unwrap();
    ports.take(listener, 1).unwrap();
    let mut lent: Vec<_> = std::iter::from_fn(|| ports.lend()).collect();
    lent.sort_unstable();
    let expected: Vec<_> = EPHEMERAL.filter(|port| *port != 40_000).collect();
    assert_eq!(lent, expected);
    assert_eq!(ports.lend(), None);
    ports.give_back(50_000);
    assert_eq!(ports.lend(), Some(50_000));
}
