//! The order in which addresses are tried.

use super::interleave;
use std::net::IpAddr;

fn addrs(text: &str) -> Vec<IpAddr> {
    text.split_whitespace()
        .map(|ip| ip.parse().unwrap())
        .collect()
}

#[test]
fn families_take_turns_from_the_first_addresss_on() {
    for (resolved, tried) in [
        ("", ""),
        ("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2"),
        ("10.0.0.1 10.0.0.2 ::1 ::2", "10.0.0.1 ::1 10.0.0.2 ::2"),
        ("::1 ::2 ::3 10.0.0.1", "::1 10.0.0.1 ::2 ::3"),
    ] {
        assert_eq!(interleave(addrs(resolved)), addrs(tried));
    }
}
