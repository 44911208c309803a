//! Which addresses are tried, and in what order.

use super::addresses;
use crate::Target;
use futures::FutureExt;
use runtime_traits::{Error, Resolver};
use std::net::IpAddr;

/// Every name has these addresses.
#[derive(Clone)]
struct Names(Vec<IpAddr>);

impl Resolver for Names {
    async fn resolve(&self, _: &str) -> Result<Vec<IpAddr>, Error> {
        Ok(self.0.clone())
    }
}

fn ips(texts: [&str; 4]) -> Vec<IpAddr> {
    texts.map(|text| text.parse().unwrap()).into()
}

fn tried(target: &Target) -> Vec<IpAddr> {
    let names = Names(ips(["::1", "::2", "10.0.0.1", "10.0.0.2"]));
    addresses(&names, target).now_or_never().unwrap().unwrap()
}

#[test]
fn families_of_a_resolved_name_take_turns() {
    let turns = ips(["::1", "10.0.0.1", "::2", "10.0.0.2"]);
    assert_eq!(tried(&Target::new("www", 80)), turns);
}

#[test]
fn addresses_of_the_users_own_are_tried_in_their_order() {
    let mut target = Target::new("www", 80);
    target.addrs = ips(["::3", "::4", "10.0.0.3", "10.0.0.4"]);
    assert_eq!(tried(&target), target.addrs);
}
